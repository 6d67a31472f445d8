"""What a reader sees of a Markdown text, by way of HTML: judges conversions without using any of them."""

import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote

from markdown_it import MarkdownIt

from core.html_text import KNOWN

_UNSEEN = re.compile(r"[\s\u2060\u200b─│]+")


@dataclass(frozen=True, slots=True)
class Seen:
    """A text as it is seen: words without white space and drawing characters, link targets, code."""

    words: str
    written: str
    """The words with what a chat shows besides: tags that HTML does not know, targets that no chat can open."""
    targets: tuple[str, ...]
    codes: tuple[str, ...]


def see(markdown: str) -> Seen:
    """What a Markdown text shows."""
    return see_html(_markdown().render(markdown))


def see_html(html: str) -> Seen:
    """What HTML shows."""
    reader = _Reader()
    reader.feed(re.sub(r"<!--(?:-?>|.*?-->|.*\Z)|<!\[CDATA\[.*?\]\]>", "", html, flags=re.DOTALL))
    reader.close()
    written = [shown or hidden for shown, hidden in reader.pieces]
    return Seen(
        solid("".join(shown for shown, _ in reader.pieces)),
        solid("".join(written)),
        tuple(reader.targets),
        tuple(map(solid, reader.codes)),
    )


def solid(text: str) -> str:
    """A text without white space and what is not seen."""
    return _UNSEEN.sub("", text)


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[str, str]] = []
        """What is shown, or else what a chat shows in its place."""
        self.targets: list[str] = []
        self.codes: list[str] = []
        self._in_code = False
        self._dead: list[str] = []

    def set_cdata_mode(self, elem: str, **_: object) -> None:
        """What scripts and styles hold was meant as words, too."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in KNOWN:
            self.pieces.append(("", self.get_starttag_text() or ""))
        if tag == "code":
            self._in_code = True
            self.codes.append("")
        if tag == "img":
            self.pieces.append((given.get("alt") or "", ""))
        if tag in ("a", "img"):
            self._see_target(tag, unquote(given.get("href") or given.get("src") or ""))

    def _see_target(self, tag: str, target: str) -> None:
        is_live = target.startswith(("http:", "https:", "mailto:"))
        if is_live:
            self.targets.append(target)
        dead = "" if is_live or not target else f"({target})"
        if tag == "a":
            self._dead.append(dead)
        else:
            self.pieces.append(("", dead))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "code":
            self._in_code = False
        if tag == "a" and self._dead:
            self.pieces.append(("", self._dead.pop()))
        elif tag not in KNOWN:
            self.pieces.append(("", f"</{tag}>"))

    def handle_comment(self, data: str) -> None:
        # Real comments are out already: `<!here>` and the like were meant as words.
        self.pieces.append(("", f"<!{data}>"))

    def handle_decl(self, decl: str) -> None:
        if not decl.casefold().startswith("doctype"):
            self.pieces.append(("", f"<!{decl}>"))

    def handle_data(self, data: str) -> None:
        self.pieces.append((data, ""))
        if self._in_code and self.codes:
            self.codes[-1] += data
