"""Addresses in an answer are those of a source of this very turn, or are left out.

Pure text in, text out.
"""

import re
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from core.links import judge

_NAMED = re.compile(
    r"!?\[([^\]\n]*)\]\(\s*<?([^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+[\"'][^\"'\n]*[\"'])?\s*\)"
)
_TOP = "com|net|org|io|app|dev|info|biz|xyz|eu|uk|de|fr|nl|ru|cn|ch"
"""Endings of hosts that are no words, so that a full stop without its space makes no address."""
_ENDS = r"[^\s<>\[\]()|`\"]*[^\s<>\[\]()|`\"'.,;:!?*_~]"
_BARE = re.compile(
    rf"(?:https?://|(?<![\w@/.-])www\.){_ENDS}"
    rf"|(?<![\w@/.-])(?:[a-z0-9](?:[\w-]*[a-z0-9])?\.)+(?:(?:{_TOP})\b(?![.@]\w)(?:/{_ENDS})?|[a-z]{{2,24}}/{_ENDS})"
    r"|(?:mailto:)?[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,24}\b",
    re.IGNORECASE,
)
"""An address in running text: with a scheme, a host that chats make a link of, or of a mailbox."""
_MAY_NAME = re.compile(r"://|\S\.\S|@|\]\(")
"""A text without any of it names no address; most sentences are done with here."""


def addresses(text: str) -> frozenset[str]:
    """All addresses that a text names, as they compare."""
    if _MAY_NAME.search(text) is None:
        return frozenset()
    named = [target for _, target in _NAMED.findall(text)]
    return frozenset(filter(None, map(_compared, (*named, *_BARE.findall(text)))))


def with_links_of(
    text: str, is_told: Callable[[str], bool], *, instead: str, hosts: Collection[str] = ()
) -> tuple[str, frozenset[str]]:
    """The text without addresses that nothing tells or that lead out of `hosts`, and those that stayed.

    A link that is taken out leaves its words; an address in running text leaves `instead`. Words that name another
    place than their link leads to give way to the address itself.
    """
    stayed: set[str] = set()

    def may_stand(target: str) -> bool:
        address = _compared(target)
        if not address or not is_told(address) or not _is_of(address, hosts):
            return False
        stayed.add(address)
        return True

    def named(found: re.Match[str]) -> str:
        label, target = found[1], found[2]
        if not _compared(target) or not may_stand(target):
            return instead if _BARE.search(label) or not label.strip() else label
        return target if judge(label, target) == "elsewhere" else found.group()

    def bare(found: re.Match[str]) -> str:
        return found.group() if may_stand(found.group()) else instead

    parts, at = list[str](), 0
    for found in _NAMED.finditer(text):
        parts += [_BARE.sub(bare, text[at : found.start()]), named(found)]
        at = found.end()
    return "".join([*parts, _BARE.sub(bare, text[at:])]), frozenset(stayed)


def _compared(target: str) -> str:
    """Host and what follows, without scheme, `www.` and an ending that leads to the same page; empty: no address."""
    target = target.strip()
    if "@" in target.partition("/")[0] and "://" not in target:
        return target.lower().removeprefix("mailto:").partition("?")[0]
    if target.lower().startswith("tel:"):
        return ""
    try:
        parts = urlsplit(target if "://" in target else f"https://{target}")
        host = (parts.hostname or "").casefold().rstrip(".").removeprefix("www.")
    except ValueError:
        return target.casefold()
    if parts.username is not None:
        return target.casefold()
    rest = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    return f"{host}{rest}" if "." in host or host == "localhost" else ""


def _is_of(address: str, hosts: Collection[str]) -> bool:
    host = address.rpartition("@")[2].partition("/")[0].partition("?")[0]
    return not hosts or any(host == each or host.endswith(f".{each}") for each in hosts)
