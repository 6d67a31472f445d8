"""What raw HTML in a Markdown text would show, as text.

Known tags go, what they hold stays; anything else in angle brackets (`<order-number>`) was meant as words.
"""

import re
from html import unescape

_TAG = re.compile(
    r"""
      <!--(?:-?>|.*?-->|.*\Z) | <!\[CDATA\[.*?\]\]> | <!doctype\b[^>]*> | <\?[^>]*>
    | </?([a-zA-Z][\w-]*)(?:"[^"]*"|'[^']*'|[^'">])*>
    """,
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
KNOWN = frozenset(
    "a abbr acronym address applet area article aside audio b base bdi bdo big blockquote body br button canvas "
    "caption center cite code col colgroup data dd del details dfn dialog dir div dl dt em embed fieldset "
    "figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input "
    "ins kbd label legend li link main map mark marquee menu meta meter nav noscript object ol optgroup option "
    "output p param picture pre progress q rp rt ruby s samp script search section select slot small source span "
    "strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track "
    "tt u ul var video wbr".split()
)
"""The tags of HTML."""
_BREAKS = frozenset(
    "br div dd details dt fieldset figure footer h1 h2 h3 h4 h5 h6 header hr li p section summary tr".split()
)
_COLUMNS = frozenset("td th".split())


def html_piece(tag: str) -> str:
    """What one inline tag shows: nothing, a line feed, or itself where HTML knows no such tag."""
    match = _TAG.fullmatch(tag)
    if match is None:
        return tag
    name = (match[1] or "").casefold()
    if not name:
        return ""
    if name not in KNOWN:
        return tag
    return "\n" if name == "br" else ""


def as_text(html: str) -> str:
    """What a block of HTML shows, with line feeds where its elements begin and end."""
    return unescape(_TAG.sub(_shown, html))


def _shown(match: re.Match[str]) -> str:
    name = (match[1] or "").casefold()
    if not name:
        return ""
    if name not in KNOWN:
        return match[0].replace("&", "&amp;")
    return "\n" if name in _BREAKS else " " if name in _COLUMNS else ""
