"""Web pages: what people see of their main part, as sections of Markdown blocks."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Comment, Tag
from bs4.element import NavigableString

from adapters.sources.reading import Reading, Section

_NEVER = ("script", "style", "noscript", "template", "svg", "iframe", "form", "button", "input", "select", "object")
_AROUND = ("nav", "header", "footer", "aside")
_BLOCKS = frozenset(
    "address article aside blockquote body dd details dialog div dl dt fieldset figcaption figure footer h1 h2 h3 h4 "
    "h5 h6 header hr html li main nav ol p pre section summary table tbody td th thead tr ul".split()
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_RULE = re.compile(r"(?:^|[},])\s*([.#][\w-]+)(?:\s*,\s*[.#][\w-]+)*\s*\{([^}]*)\}")
_UNSEEN = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|font-size:0(?:px|em|rem|%|pt)?(?:;|$)|opacity:0(?:\.0+)?(?:;|$)"
    r"|text-indent:-\d{3,}|(?:left|top|right):-\d{3,}|clip:rect\(0"
)
_WHITE = r"(?:white|#fff(?:fff)?|rgba?\(255,255,255(?:,1)?\))"
_PALE = re.compile(rf"(?:^|;)color:{_WHITE}")
_PAPER = re.compile(rf"background(?:-color)?:{_WHITE}")
_DARK = re.compile(r"background(?:-color|-image)?:")
_SPACE = re.compile(r"\s+")


def read_html(content: bytes, *, name: str) -> Reading:
    """Read a page or a piece of one; `name` is its address or path, against which links are resolved."""
    soup = BeautifulSoup(content, "lxml")
    hidden = list(_take_out_hidden(soup))
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    language = str(soup.html.get("lang") or "") if soup.html else ""
    links = tuple(dict.fromkeys(_links(soup, name)))
    changed = _changed(soup)
    for each in soup(list(_NEVER)):
        each.decompose()
    root = _main(soup)
    walk = _Walk(name)
    walk.inside(root)
    walk.flush()
    heading = next((each.path[0] for each in walk.sections if each.path), "")
    return Reading(
        tuple(walk.sections),
        title=_cleaned(title) or heading,
        language=language.split("-")[0],
        changed=changed,
        hidden=tuple(hidden),
        links=links,
    )


def outline(content: bytes, url: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Where a page leads, what its robots tag says, and its canonical address; each may be empty."""
    soup = BeautifulSoup(content, "lxml")
    tag = soup.find("meta", attrs={"name": re.compile("^(robots|firstline)$", re.IGNORECASE)})
    robots = str(tag.get("content") or "") if isinstance(tag, Tag) else ""
    link = soup.find("link", rel="canonical", href=True)
    canonical = urljoin(url, str(link["href"])) if isinstance(link, Tag) else ""
    base = soup.find("base", href=True)
    home = urljoin(url, str(base["href"])) if isinstance(base, Tag) else url
    words = tuple(each.strip().lower() for each in robots.split(","))
    return tuple(dict.fromkeys(_links(soup, home))), words, canonical


def _take_out_hidden(soup: BeautifulSoup) -> Iterator[str]:
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        yield from _said(str(comment))
        comment.extract()
    unseen = [
        rule[0]
        for style in soup("style")
        for rule in _RULE.findall(style.get_text())
        if _UNSEEN.search(_flat(rule[1])) or _is_pale(_flat(rule[1]))
    ]
    for tag in [*soup.find_all(_is_unseen), *(each for rule in unseen for each in soup.select(rule))]:
        if not tag.decomposed and tag.name not in ("html", "body", "head"):
            yield from _said(tag.get_text(" ", strip=True))
            tag.decompose()


def _said(text: str) -> Iterator[str]:
    # What editors and conditional comments leave behind is no text.
    if text.strip() and not re.match(r"\s*(?:/?wp:|\[(?:if|endif)|<!|#|/?ko\b)", text):
        yield _cleaned(re.sub(r"<[^>]*>", " ", text))


def _is_unseen(tag: Tag) -> bool:
    if tag.name in _NEVER or tag.name in ("meta", "link", "title"):
        return False
    if tag.has_attr("hidden"):
        return True
    style = _flat(str(tag.get("style") or ""))
    return bool(style) and (bool(_UNSEEN.search(style)) or _is_pale(style))


def _is_pale(style: str) -> bool:
    return bool(_PALE.search(style)) and (bool(_PAPER.search(style)) or not _DARK.search(style))


def _flat(style: str) -> str:
    return _SPACE.sub("", style).lower()


def _main(soup: BeautifulSoup) -> Tag:
    """The part that is about something: `main` or the only `article`, else all without what stands around it."""
    for selector in ("main", "[role=main]", "article"):
        found = soup.select(selector)
        if len(found) == 1 and len(found[0].get_text(strip=True)) > 40:
            for each in found[0](["nav", "aside"]):
                each.decompose()
            return found[0]
    for each in soup(list(_AROUND)):
        if each.find_parent(["article", "main"]) is None:
            each.decompose()
    return soup.body or soup


def _changed(soup: BeautifulSoup) -> str:
    for name in ("article:modified_time", "last-modified", "dateModified", "og:updated_time"):
        meta = soup.find("meta", attrs={"property": name}) or soup.find("meta", attrs={"name": name})
        if isinstance(meta, Tag) and re.match(r"\d{4}-\d\d-\d\d", str(meta.get("content") or "")):
            return str(meta.get("content"))[:10]
    return ""


def _links(soup: BeautifulSoup, name: str) -> Iterator[str]:
    if not name.startswith(("http://", "https://")):
        return
    for anchor in soup.find_all("a", href=True):
        if "nofollow" in (anchor.get("rel") or []):
            continue
        target = urljoin(name, str(anchor["href"])).partition("#")[0]
        if urlsplit(target).scheme in ("http", "https"):
            yield target


class _Walk:
    """Goes through a page once, from top to bottom."""

    def __init__(self, name: str) -> None:
        self.sections: list[Section] = []
        self._path: list[tuple[int, str]] = []
        self._name = name
        self._loose: list[str] = []

    def inside(self, tag: Tag) -> None:
        """Everything in it, block by block; text between blocks is a paragraph."""
        for child in list(tag.children):
            if isinstance(child, Tag) and (child.name in _BLOCKS or child.find(list(_BLOCKS)) is not None):
                self.flush()
                self._block(child)
            elif isinstance(child, Tag | NavigableString):
                self._loose.append(self._inline(child))

    def flush(self) -> None:
        """End the paragraph that loose text makes."""
        text = _cleaned("".join(self._loose))
        self._loose.clear()
        self._add(text)

    def _block(self, tag: Tag) -> None:
        match tag.name:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._head(tag)
            case "table" if not tag.find("table"):
                self._add(self._table(tag))
            case "ul" | "ol":
                self._add("\n".join(self._items(tag, 0)))
            case "pre":
                self._add(f"```\n{tag.get_text().strip()}\n```")
            case "blockquote":
                self._add("\n".join(f"> {line}" for line in _cleaned(tag.get_text(" ")).splitlines()))
            case "dt" | "summary":
                self._add(f"**{_cleaned(tag.get_text(' '))}**" if tag.get_text(strip=True) else "")
            case _:
                self.inside(tag)
                self.flush()

    def _head(self, tag: Tag) -> None:
        title = _cleaned(tag.get_text(" "))
        if title:
            depth = int(tag.name[1])
            self._path = [each for each in self._path if each[0] < depth] + [(depth, title)]
            self.sections.append(Section(tuple(each for _, each in self._path)))

    def _add(self, block: str) -> None:
        if block.strip():
            if not self.sections:
                self.sections.append(Section(()))
            self.sections[-1].blocks.append(block)

    def _items(self, tag: Tag, depth: int) -> Iterator[str]:
        for n, item in enumerate(tag.find_all("li", recursive=False), start=1):
            inner = [each for each in item.find_all(["ul", "ol"]) if each.find_parent("li") is item]
            nested = [line for each in inner for line in self._items(each, depth + 1)]
            for each in inner:
                each.extract()
            mark = f"{n}." if tag.name == "ol" else "-"
            yield f"{'  ' * depth}{mark} {_cleaned(self._inline(item))}"
            yield from nested

    def _table(self, tag: Tag) -> str:
        rows = [
            [_cleaned(self._inline(cell)).replace("|", "\\|") for cell in row.find_all(["td", "th"])]
            for row in tag.find_all("tr")
        ]
        rows = [row for row in rows if any(row)]
        if not rows:
            return ""
        width = max(map(len, rows))
        filled = [[*row, *[""] * (width - len(row))] for row in rows]
        lines = [f"| {' | '.join(row)} |" for row in filled]
        return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])

    def _inline(self, node: Tag | NavigableString) -> str:
        if isinstance(node, NavigableString):
            return _SPACE.sub(" ", str(node))
        if node.name == "br":
            return "\n"
        if node.name == "img":
            return ""
        inner = "".join(self._inline(each) for each in node.children if isinstance(each, Tag | NavigableString))
        if node.name == "code":
            return f"`{inner.strip()}`" if inner.strip() else ""
        if node.name == "a" and inner.strip():
            target = urljoin(self._name, str(node.get("href") or "")) if self._name else str(node.get("href") or "")
            if target.startswith(("http://", "https://")) and "#" not in target:
                return f"[{inner.strip()}]({target})"
        return f" {inner} " if node.name in _BLOCKS else inner


def _cleaned(text: str) -> str:
    lines = (_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
