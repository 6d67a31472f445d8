"""Links that lead where they say: which addresses become links at all, and what their words may be."""

import re
from typing import Literal
from urllib.parse import unquote, urlsplit

_WEB = ("http", "https")
_SCHEMES = (*_WEB, "mailto", "tel")
_SPOKEN = re.compile(r"(?:https?:)?//([^\s/?#]+)", re.IGNORECASE)
_BARE_HOST = re.compile(r"((?:[\w-]+\.)+[^\W\d_]{2,24})(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
_FILES = frozenset(
    "cfg conf csv doc docx html jpeg jpg js json log pdf png svg toml ts tsx txt xls xlsx xml yaml yml".split()
)
"""What follows the last dot of a name that is a file's and no host's."""
BARE = re.compile(r"https?://[^\s<>\[\]()|`\"]*[^\s<>\[\]()|`\"'.,;:!?*_~]", re.IGNORECASE)
"""An address in running text, without the punctuation behind it."""

Verdict = Literal["fine", "elsewhere", "dead"]


def judge(label: str, target: str) -> Verdict:
    """What to make of a link with these words.

    `elsewhere`: the words name another place than the link leads to, so the target has to be shown in their
    stead. `dead`: no chat can open it (a path, a script), so it has to be text.
    """
    try:
        parts = urlsplit(target.strip())
        host, user = (parts.hostname or "").casefold(), parts.username
    except ValueError:
        return "dead"
    if parts.scheme.casefold() not in _SCHEMES or any(char.isspace() or char in '<>|"' for char in target):
        return "dead"
    if parts.scheme.casefold() not in _WEB:
        return "fine"
    if not host:
        return "dead"
    if unquote(label) == unquote(target):
        return "fine"
    if user is not None:
        return "elsewhere"
    return "fine" if all(_is_same(name, host) for name in _hosts_in(label)) else "elsewhere"


def shown_target(target: str, *, limit_chars: int = 80) -> str:
    """A target as the words of its own link: host first, nothing before it."""
    parts = urlsplit(target.strip())
    rest = f"{parts.path.rstrip('/')}{'?' + parts.query if parts.query else ''}"
    shown = f"{(parts.hostname or '').casefold()}{rest}"
    return shown if len(shown) <= limit_chars else f"{shown[: limit_chars - 1]}…"


def _hosts_in(label: str) -> set[str]:
    """The hosts that the words of a link name: as an address anywhere, or as all there is."""
    found = _SPOKEN.findall(label)
    whole = _BARE_HOST.fullmatch(label.strip())
    if whole and whole[1].rpartition(".")[2].casefold() not in _FILES:
        found.append(whole[1])
    return {each.rpartition("@")[2].partition(":")[0].casefold().rstrip(".") for each in found}


def _is_same(name: str, host: str) -> bool:
    return name.removeprefix("www.") == host.removeprefix("www.")
