"""Pictures from before the bot was called into a conversation; each stays with whoever posted it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.conversation import Attachment

MOST_POSTS = 100
"""How far an adapter reads back."""
MOST_EARLIER = 4
"""Pictures that are taken from there, the newest."""
_KINDS = ("image/", "video/", "application/pdf")


def posted(author_id: str, attachments: Iterable[Attachment]) -> list[Attachment]:
    """What of an earlier post can be looked at, in the name of its author."""
    return [replace(each, author_id=author_id) for each in attachments if each.media_type.startswith(_KINDS)]


def with_earlier(own: Sequence[Attachment], earlier: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """A message's own files and the newest of those that came before it, oldest first; each once."""
    known = {each.id for each in own}
    new = list({each.id: each for each in earlier if each.id not in known}.values())
    return (*own, *new[-MOST_EARLIER:])
