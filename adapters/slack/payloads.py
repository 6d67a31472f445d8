"""The events that Slack sends, checked here and nowhere else. Fields that we do not read are not named."""

from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue, NonNegativeInt, ValidationError


def _no_null(value: object) -> object:
    return "" if value is None else value


def _none_at_all(value: object) -> object:
    return () if value is None else value


Text = Annotated[str, BeforeValidator(_no_null)]
"""Slack leaves a field out, or sends null."""
T = TypeVar("T")
Many = Annotated[tuple[T, ...], BeforeValidator(_none_at_all)]
"""The same for a list."""


class Payload(BaseModel):
    """Whatever Slack sends: more may be in it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class SlackFile(Payload):
    """A file of a message."""

    id: str
    name: Text = "file"
    mimetype: Text = ""
    size: NonNegativeInt = 0
    url_private: Text = ""
    url_private_download: Text = ""


class AssistantContext(Payload):
    """Where somebody was when they opened or turned to the assistant."""

    channel_id: Text = ""


class AssistantThread(Payload):
    """A thread that somebody opened in the older assistant view."""

    user_id: Text = ""
    channel_id: Text = ""
    thread_ts: Text = ""
    context: AssistantContext = AssistantContext()


class Reacted(Payload):
    """What somebody reacted to."""

    type: Text = ""
    channel: Text = ""
    ts: Text = ""


class Entity(Payload):
    """A thing in Slack that somebody looks at; a message is a value of two fields."""

    type: Text = ""
    value: JsonValue = ""


class AppContext(Payload):
    """What somebody looks at, the most relevant first."""

    entities: Many[Entity] = ()


class SlackShared(Payload):
    """A message that was passed on, or some other thing that hangs below a post."""

    is_share: bool | None = False
    """Slack itself says so of what was passed on; apps cannot."""
    text: Text = ""
    files: Many[SlackFile] = ()


def _seen(value: object) -> AppContext | None:
    try:
        return AppContext.model_validate(value)
    except ValidationError:
        return None


Seen = Annotated[AppContext | None, BeforeValidator(_seen)]
"""What somebody says must not be lost for what Slack tells of their screen."""


class SlackEvent(Payload):
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
    files: Many[SlackFile] = ()
    attachments: Many[SlackShared] = ()
    hidden: bool = False
    message: "SlackEvent | None" = None
    previous_message: "SlackEvent | None" = None
    deleted_ts: Text = ""
    tab: Text = ""
    assistant_thread: AssistantThread | None = None
    app_context: Seen = None
    context: Seen = None
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


class EventEnvelope(Payload):
    """What an event comes in."""

    event_id: str
    event: SlackEvent


def sent_at(stamp: str) -> datetime:
    """The time of a message, which its id is made of."""
    return datetime.fromtimestamp(float(stamp), UTC)
