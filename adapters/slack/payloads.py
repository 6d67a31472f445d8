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


class SlackEvent(_Payload):
    """A message event or a mention."""

    type: str
    subtype: Text = ""
    channel: Text = ""
    channel_type: Text = ""
    user: Text = ""
    bot_id: Text = ""
    text: Text = ""
    ts: Text = ""
    thread_ts: Text = ""
    files: tuple[SlackFile, ...] = ()
    hidden: bool = False

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


class SlashCommand(_Payload):
    """A command that somebody typed. Slack allows none inside threads."""

    command: str
    text: Text = ""
    user_id: str
    user_name: Text = ""
    channel_id: str
    trigger_id: Text = ""


class Profile(_Payload):
    """What a person calls themselves."""

    display_name: Text = ""
    real_name: Text = ""


class Member(_Payload):
    """A person of the workspace."""

    id: str
    name: Text = ""
    profile: Profile = Profile()

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
