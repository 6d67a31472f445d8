"""What stands in a conversation from before the bot was called into it; each stays with whoever posted it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.conversation import Attachment, Line

MOST_POSTS = 100
"""How far an adapter reads back."""
MOST_EARLIER = 4
"""Pictures that are taken from there, the newest."""
_MOST_LINES = 20
_MOST_CHARS = 1_000
"""Words that are taken from there: of the newest posts, the beginning of each."""
_KINDS = ("image/", "video/", "application/pdf")


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a message is about besides its own words."""

    files: tuple[Attachment, ...] = ()
    before: tuple[Line, ...] = ()


def posted(author_id: str, attachments: Iterable[Attachment]) -> list[Attachment]:
    """What of an earlier post can be looked at, in the name of its author."""
    return [replace(each, author_id=author_id) for each in attachments if each.media_type.startswith(_KINDS)]


def with_earlier(own: Sequence[Attachment], earlier: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """A message's own files and the newest of those that came before it, oldest first; each once."""
    known = {each.id for each in own}
    new = list({each.id: each for each in earlier if each.id not in known}.values())
    return (*own, *new[-MOST_EARLIER:])


def worded(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The newest of what was written before, oldest first, each no longer than is needed to follow it."""
    told = [replace(each, text=each.text[:_MOST_CHARS]) for each in lines if each.text.strip()]
    return tuple(told[-_MOST_LINES:])
