"""What Slack sends, checked here and nowhere else. Fields that we do not read are not named."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, NonNegativeInt


def _no_null(value: object) -> object:
    return "" if value is None else value


Text = Annotated[str, BeforeValidator(_no_null)]
"""Slack leaves a field out, or sends null."""


class _Payload(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class SlackFile(_Payload):
    """A file of a message."""

    id: str
    name: Text = "file"
    mimetype: Text = ""
    size: NonNegativeInt = 0
    url_private: Text = ""
    url_private_download: Text = ""


class AssistantThread(_Payload):
    """A thread that somebody opened in the older assistant view."""

    user_id: Text = ""
    channel_id: Text = ""
    thread_ts: Text = ""


class Reacted(_Payload):
    """What somebody reacted to."""

    type: Text = ""
    channel: Text = ""
    ts: Text = ""


class Entity(_Payload):
    """A thing in Slack that somebody looks at; a message is a value of two fields."""

    type: Text = ""
    value: str | dict[str, str] = ""


class AppContext(_Payload):
    """What somebody looks at, the most relevant first."""

    entities: tuple[Entity, ...] = ()


class SlackShared(_Payload):
    """A message that was passed on, or some other thing that hangs below a post."""

    is_share: bool | None = False
    """Slack itself says so of what was passed on; apps cannot."""
    text: Text = ""
    files: tuple[SlackFile, ...] = ()


class SlackEvent(_Payload):
    """A message event, a mention, a change of a message, or the app being opened."""

    type: Text = ""
    subtype: Text = ""
    channel: Text = ""
    channel_type: Text = ""
    user: Text = ""
    bot_id: Text = ""
    text: Text = ""
    ts: Text = ""
    thread_ts: Text = ""
    files: tuple[SlackFile, ...] = ()
    attachments: tuple[SlackShared, ...] = ()
    hidden: bool = False
    message: "SlackEvent | None" = None
    previous_message: "SlackEvent | None" = None
    deleted_ts: Text = ""
    tab: Text = ""
    assistant_thread: AssistantThread | None = None
    app_context: AppContext | None = None
    context: AppContext | None = None
    user_team: Text = ""
    """Of a guest: the workspace they belong to."""
    reaction: Text = ""
    item: Reacted | None = None
    event_ts: Text = ""

    @property
    def is_of_bot(self) -> bool:
        """An app wrote it."""
        return bool(self.bot_id) or self.subtype == "bot_message"

    @property
    def is_direct(self) -> bool:
        """In the conversation of one person with the bot."""
        return self.channel_type == "im" or self.channel.startswith("D")


class EventEnvelope(_Payload):
    """What an event comes in."""

    event_id: str
    event: SlackEvent


class SlackUser(_Payload):
    """Whoever pressed or commanded."""

    id: str
    name: Text = ""
    username: Text = ""
    team_id: Text = ""


class Named(_Payload):
    """A thing with an id."""

    id: str


class PressedMessage(_Payload):
    """The message under a button."""

    ts: Text = ""
    thread_ts: Text = ""


class PressedAction(_Payload):
    """One pressed button."""

    action_id: str
    value: Text = ""
    action_ts: Text = ""


class BlockActions(_Payload):
    """A press."""

    user: SlackUser
    channel: Named | None = None
    message: PressedMessage | None = None
    actions: tuple[PressedAction, ...]
    trigger_id: Text = ""
    view: Named | None = None
    """The form it was pressed in."""


class SlashCommand(_Payload):
    """A command that somebody typed. Slack allows none inside threads."""

    command: str
    text: Text = ""
    user_id: str
    user_name: Text = ""
    channel_id: str
    trigger_id: Text = ""


class MessageShortcut(_Payload):
    """Somebody used a shortcut of ours on a message."""

    callback_id: str
    user: SlackUser
    channel: Named
    message: SlackEvent
    """The one whose menu was used."""
    message_ts: Text = ""
    action_ts: Text = ""
    trigger_id: Text = ""


class _Typed(_Payload):
    value: Text = ""
    files: tuple[SlackFile, ...] = ()


class _ViewState(_Payload):
    values: dict[str, dict[str, _Typed]] = {}


class SubmittedView(_Payload):
    """A form as it was sent."""

    id: str
    callback_id: Text = ""
    private_metadata: Text = ""
    state: _ViewState = _ViewState()


class KeptPress(_Payload):
    """The press that a form was opened for, as we put it into the form."""

    action: str
    value: Text = ""
    channel: Text = ""
    root: Text = ""


class ViewSubmission(_Payload):
    """Somebody sent a form."""

    user: SlackUser
    view: SubmittedView

    def value(self, block: str) -> str:
        """What was typed into one field."""
        return next((each.value.strip() for each in self.view.state.values.get(block, {}).values()), "")

    def files(self, block: str) -> tuple[SlackFile, ...]:
        """What was uploaded into one field."""
        return tuple(file for each in self.view.state.values.get(block, {}).values() for file in each.files)


class Profile(_Payload):
    """What a person calls themselves."""

    display_name: Text = ""
    real_name: Text = ""
    email: Text = ""
    """Only there with the scope `users:read.email`."""


class Member(_Payload):
    """A person of the workspace."""

    id: str
    name: Text = ""
    profile: Profile = Profile()
    team_id: Text = ""
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_email_confirmed: bool = False

    def is_own_in(self, team: str) -> bool:
        """A full member of this very workspace with a confirmed address: no guest, no stranger, no bot."""
        is_lesser = self.is_restricted or self.is_ultra_restricted or self.is_stranger or self.is_bot or self.deleted
        return self.team_id == team and not is_lesser and self.is_email_confirmed and "@" in self.profile.email

    @property
    def called(self) -> str:
        """The name that Slack shows."""
        return self.profile.display_name or self.profile.real_name or self.name


class Paging(_Payload):
    """Where the next page begins."""

    next_cursor: Text = ""


class MemberPage(_Payload):
    """An answer of users.list."""

    members: tuple[Member, ...] = ()
    response_metadata: Paging = Paging()


class MissedPage(_Payload):
    """An answer of the reading methods, as the events that its messages once were."""

    messages: tuple[SlackEvent, ...] = ()
    response_metadata: Paging = Paging()


class UserAnswer(_Payload):
    """An answer of users.info."""

    user: Member


class Mark(_Payload):
    """What we wrote into a message of ours, so as to know it again."""

    nonce: Text = ""
    part: NonNegativeInt = 0


class Metadata(_Payload):
    """Metadata of a message; other apps' look different."""

    event_type: Text = ""
    event_payload: Mark = Mark()


class Found(_Payload):
    """A message as reading methods give it."""

    ts: str
    thread_ts: Text = ""
    user: Text = ""
    bot_id: Text = ""
    app_id: Text = ""
    files: tuple[SlackFile, ...] = ()
    metadata: Metadata = Metadata()


class FoundPage(_Payload):
    """An answer of conversations.history and conversations.replies."""

    messages: tuple[Found, ...] = ()


def sent_at(stamp: str) -> datetime:
    """The time of a message, which its id is made of."""
    return datetime.fromtimestamp(float(stamp), UTC)
