"""Who takes what a workspace sends."""

from adapters.slack import changes, home, looking, reactions
from adapters.slack.api import SlackApi
from adapters.slack.changes import Changes
from adapters.slack.forms import Forms
from adapters.slack.groups import Groups
from adapters.slack.home import Home
from adapters.slack.identity import Own
from adapters.slack.messages import Messages
from adapters.slack.names import Names
from adapters.slack.payloads import EventEnvelope
from adapters.slack.presses import Presses
from adapters.slack.reactions import Reactions
from adapters.slack.refusing import Refusing
from adapters.slack.staff import Staff
from adapters.slack.verifying import Verifying
from core.errors import StoreError
from core.ports import FrontDesk


class Hands:
    """One workspace's."""

    def __init__(self, api: SlackApi, desk: FrontDesk, own: Own, names: Names) -> None:
        groups, staff = Groups(api), Staff(api, own)
        self.api = api
        self.own = own
        self.messages = Messages(api, desk, own, names, groups, staff)
        self.changes = Changes(desk, own, names, self.messages.gathering)
        self.home = Home(api, desk, own, names, staff)
        self.reactions = Reactions(desk, own, names, staff)
        self.presses = Presses(api, desk, own, names, groups, staff)
        self.forms = Forms(api, desk, own, names, staff)
        self.verifying = Verifying(api, desk, own, names)
        self.refusing = Refusing()

    async def take(self, envelope: EventEnvelope) -> None:
        """One event. Raises `StoreError`: it must not be acknowledged then, and is read back later."""
        try:
            await self._take(envelope)
        except StoreError:
            self.refusing.note(envelope.event)
            raise

    async def _take(self, envelope: EventEnvelope) -> None:
        if envelope.event.type in home.EVENTS:
            self.messages.looking.opened(envelope.event)
            if envelope.event.assistant_thread is not None:
                self.messages.titles.opened(envelope.event.assistant_thread.thread_ts)
            await self.home.receive(envelope.event)
        elif envelope.event.type == reactions.EVENT:
            await self.reactions.receive(envelope.event)
        elif envelope.event.type in looking.EVENTS:
            self.messages.looking.changed(envelope.event)
        elif envelope.event.subtype in changes.SUBTYPES:
            await self.changes.receive(envelope)
        else:
            await self.messages.receive(envelope)
