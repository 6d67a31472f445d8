"""A stop sign put on a message ends the answer to it, as the word `stop` does."""

from adapters.slack.identity import Own
from adapters.slack.names import Names
from adapters.slack.payloads import SlackEvent
from adapters.slack.staff import Staff
from core.conversation import Thread
from core.ports import FrontDesk
from core.reply import Press

PLATFORM = "slack"
EVENT = "reaction_added"
SIGNS = frozenset({"octagonal_sign", "black_square_for_stop", "raised_hand", "no_entry", "no_entry_sign"})


class Reactions:
    """Hands stop signs to the desk; all other reactions are people's own."""

    def __init__(self, desk: FrontDesk, own: Own, names: Names, staff: Staff) -> None:
        self._desk = desk
        self._own = own
        self._names = names
        self._staff = staff

    async def receive(self, event: SlackEvent) -> None:
        """Somebody reacted. Raises `StoreError`: the event must not be acknowledged then."""
        item = event.item
        if event.reaction.partition("::")[0] not in SIGNS or item is None or item.type != "message":
            return
        if not event.user or event.user == self._own.user:
            return
        await self._desk.press(
            Press(
                key=f"slack:{self._own.team}:{event.user}:{item.channel}:{item.ts}:{event.event_ts}",
                action="stop",
                value=item.ts,
                presser_id=event.user,
                presser_name=self._names.of(event.user),
                thread=Thread(self._own.team, PLATFORM, item.channel, item.ts),
                is_staff_place=await self._staff.is_place_of(item.channel, event.user),
            )
        )
