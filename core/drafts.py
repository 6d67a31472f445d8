"""How much of an answer that is still being written may be shown already.

Half a link or half a tag is held back until it is whole: what it becomes (a link to where it says, or the text
of it) is only then known, and nobody should see it as anything else before.
"""

import re

_OPEN = re.compile(r"!?\[[^\[\]\n]*(?:\](?:\([^()\s]*)?)?\Z|!\Z|<[^<>\n]*\Z")
_LONGEST_CHARS = 400
"""What stays open for longer was no link."""


def settled(draft: str) -> str:
    """The beginning of a draft that stands as it is, whatever comes next."""
    start = max(draft.rfind("\n") + 1, len(draft) - _LONGEST_CHARS)
    found = _OPEN.search(draft, start)
    return draft[: found.start()] if found else draft
