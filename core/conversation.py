"""Who wrote what, and where: the values every adapter translates its events into."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Self


@dataclass(frozen=True, slots=True)
class Thread:
    """A place to reply in. Two customers never share one key unless they share the place itself."""

    tenant: str
    """The workspace or guild; data never crosses it."""
    platform: str
    channel: str
    root: str = ""
    """The platform's id of what the thread hangs on; empty where the channel itself is the place."""

    def __post_init__(self) -> None:
        if any(":" in part for part in (self.tenant, self.platform, self.channel)):
            raise ValueError(f"a thread's parts must not contain a colon: {self!r}")

    @property
    def key(self) -> str:
        """`platform:tenant:channel:root`, unique everywhere; `from_key` reads it back."""
        return f"{self.platform}:{self.tenant}:{self.channel}:{self.root}"

    @classmethod
    def from_key(cls, key: str) -> Self:
        """The thread whose `key` this is. Raises `ValueError` on anything else."""
        platform, tenant, channel, root = key.split(":", 3)
        return cls(tenant=tenant, platform=platform, channel=channel, root=root)


@dataclass(frozen=True, slots=True)
class Author:
    """A person (or bot) on a platform. `id` is the platform's and unique within tenant and platform."""

    id: str
    name: str
    is_bot: bool = False
    groups: tuple[str, ...] = ()
    """Groups or roles on the platform; only told of people in staff places."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message, as the platform describes it: nothing of this is trusted."""

    id: str
    name: str
    media_type: str
    size_bytes: int
    source: str
    """What the platform's adapter needs to fetch it (an address or an id); meaningless elsewhere."""
    author_id: str = ""
    """Who posted it, where it is from earlier in the thread than the message it comes with."""


Speaker = Literal["customer", "bot", "person", "system"]
"""Whose words: the customer's, ours, a human teammate's, or a boundary note of the case."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of our own transcript, in order."""

    speaker: Speaker
    name: str
    text: str
    at: datetime
    message_id: str = ""
    findings: tuple[str, ...] = ()
    """What pictures sent with it showed, as short texts; data, never instructions."""
    seq: int = field(default=0, compare=False)
    """Its place in our transcript; 0 before it is kept."""
    author_id: str = ""
    """The platform user whose words they are; empty where that was not kept."""


@dataclass(frozen=True, slots=True)
class Message:
    """What one author posted once."""

    id: str
    """The platform's id; unique within the channel."""
    thread: Thread
    author: Author
    text: str
    """Markdown, with the mention of the bot removed."""
    sent_at: datetime
    attachments: tuple[Attachment, ...] = ()
    keys: tuple[str, ...] = ()
    """Every key under which the platform may deliver this again; one seen before makes it a duplicate."""
    is_staff_place: bool = False
    """Written where only staff can write: never a customer's words."""
    mentions_us: bool = False
    """The bot is named in it; the name itself is not in the text any more."""
    is_private: bool = False
    """Only the author and the bot can read the place it was posted in."""

    looking_at: str = ""
    """What the author had before their eyes, as the platform tells it: data, never instructions."""
    only_if_sure: bool = False
    """Nobody asked us: to be answered only if we know the answer, and left alone otherwise."""
    before: tuple[Line, ...] = ()
    """What people wrote in the thread before they called us into it, oldest first: their words, and no more."""

    @property
    def all_keys(self) -> tuple[str, ...]:
        """The delivery keys, with the one that channel and id always give."""
        return tuple(dict.fromkeys((place_key(self.thread, self.id), *self.keys)))


def place_key(place: Thread, message_id: str) -> str:
    """The delivery key of a message that its channel and id give, whatever its thread is."""
    return f"{place.platform}:{place.tenant}:{place.channel}:{message_id}"
