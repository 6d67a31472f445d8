"""Pages of the web: politely, only where robots.txt lets us, and only what changed since last time."""

import asyncio
import fnmatch
import gzip
import io
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from adapters.sources.files import FORMS
from adapters.sources.reading import Item
from adapters.sources.settings import SourceSettings
from core.fetching import Fetched, Fetcher, Unreachable
from core.library import Document, SourceFailed

if TYPE_CHECKING:
    from protego import Protego

AGENT = "Firstline"
_ABOUT = {"User-Agent": "Firstline/1 (knowledge of a support bot)", "Accept-Language": "*"}
_LONGEST_PAUSE_S = 30.0
_MOST_INFLATED = 50_000_000
_MOST_SITEMAPS = 50
_MEDIA = {
    "text/html": "html", "application/xhtml+xml": "html", "application/pdf": "pdf", "text/plain": "text",
    "text/markdown": "markdown",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}  # fmt: skip
_NO_PAGES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".css", ".js", ".zip", ".mp4", ".ico", ".woff2", ".xml")


async def web_items(
    source: SourceSettings, known: Mapping[str, Document], fetcher: Fetcher
) -> AsyncGenerator[Item, None]:
    """Pages from an address or a sitemap on, of the same host. Raises `SourceFailed` when the first is not had."""
    crawl = _Crawl(source, known, fetcher)
    await crawl.begin()
    while (item := await crawl.next()) is not None:
        yield item


@dataclass
class _Crawl:
    """One walk over a site."""

    source: SourceSettings
    known: Mapping[str, Document]
    fetcher: Fetcher
    waiting: deque[tuple[str, int]] = field(default_factory=deque[tuple[str, int]])
    seen: set[str] = field(default_factory=set[str])
    count: int = 0
    pause_s: float = 0.0
    is_polled: bool = False
    robots: "Protego | None" = None

    async def begin(self) -> None:
        """Read robots.txt, then the sitemap or the first address."""
        start = _plain(self.source.at)
        if urlsplit(start).scheme not in ("http", "https"):
            raise SourceFailed(f"{self.source.at} is no web address: it begins with https://")
        await self._ask_robots(start)
        if self.source.way != "sitemap":
            self._found(start, self.source.depth, is_start=True)
            if not self.waiting:
                raise SourceFailed("robots.txt of that site does not let us read it")
            return
        for url in await self._sitemap(start):
            self._found(url, 0)
        if not self.waiting:
            raise SourceFailed("the sitemap names no page of its own site that we may read")

    async def next(self) -> Item | None:
        """The next page; None when there is none left, or as many were read as may be."""
        while self.waiting and self.count < self.source.pages:
            url, depth = self.waiting.popleft()
            is_first = self.count == 0
            self.count += 1
            item = await self._page(url, depth, is_first=is_first)
            if item is not None:
                return item
        return None

    async def _page(self, url: str, depth: int, *, is_first: bool) -> Item | None:
        before = self.known.get(url)
        try:
            answer = await self._ask(url, before)
        except Unreachable as error:
            if is_first and self.source.way == "web":
                raise SourceFailed(f"{url}: {error}") from error
            return Item(url, problem=str(error))
        if answer.status == 304 and before is not None:
            self._follow(before.links, depth)
            return Item(url, is_unchanged=True)
        if answer.status in (404, 410):
            if is_first and self.source.way == "web":
                raise SourceFailed(f"{url}: the server says that it is not there ({answer.status})")
            return None  # no longer there: what was kept of it goes too
        if answer.status != 200:
            return self._refused(url, answer, is_first=is_first)
        return self._item(url, answer, depth)

    def _refused(self, url: str, answer: Fetched, *, is_first: bool) -> Item:
        if is_first and self.source.way == "web":
            raise SourceFailed(f"{url}: the server answers {answer.status}")
        return Item(url, problem=f"the server answers {answer.status}")

    def _item(self, url: str, answer: Fetched, depth: int) -> Item | None:
        came_from = _plain(answer.url)
        if urlsplit(came_from).netloc != urlsplit(url).netloc:
            return Item(url, problem=f"it leads to another site, {urlsplit(came_from).netloc}")
        if came_from != url and came_from in self.seen:
            return None
        self.seen.add(came_from)
        media = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        form = _MEDIA.get(media) or FORMS.get("." + url.rpartition(".")[2].lower())
        if form is None:
            return Item(url, problem=f"it is {media or 'of no kind that is told'}, not a page")
        links: tuple[str, ...] = ()
        if form == "html":
            links, is_kept, canonical = _look(answer.content, came_from)
            self._follow(links, depth)
            if not is_kept:
                return None
            if canonical and canonical != url and canonical in self.seen:
                return None
        return Item(
            url,
            answer.content,
            form,
            shown=url,
            changed=_day(answer.headers.get("last-modified", "")),
            etag=answer.headers.get("etag", ""),
            modified=answer.headers.get("last-modified", ""),
            links=links,
        )

    def _follow(self, links: tuple[str, ...], depth: int) -> None:
        if depth > 0 and self.source.way == "web":
            for link in links:
                self._found(link, depth - 1)

    def _found(self, url: str, depth: int, *, is_start: bool = False) -> None:
        url = _plain(url)
        if url in self.seen or not (is_start or self._is_wanted(url)):
            return
        self.seen.add(url)
        if self.robots is None or self.robots.can_fetch(url, AGENT):
            self.waiting.append((url, depth))

    def _is_wanted(self, url: str) -> bool:
        parts, home = urlsplit(url), urlsplit(self.source.at)
        if parts.netloc != home.netloc or parts.path.lower().endswith(_NO_PAGES):
            return False
        if any(_fits(parts.path, each) for each in self.source.never):
            return False
        if self.source.only:
            return any(_fits(parts.path, each) for each in self.source.only)
        # Without a word about it, a crawl stays below where it began.
        base = home.path.rpartition("/")[0] + "/"
        return self.source.way == "sitemap" or parts.path.startswith(base)

    async def _ask(self, url: str, before: Document | None = None) -> Fetched:
        if self.is_polled and self.pause_s:
            await asyncio.sleep(self.pause_s)
        self.is_polled = True
        headers = dict(_ABOUT)
        if before is not None and not before.problem:
            if before.etag:
                headers["If-None-Match"] = before.etag
            if before.modified:
                headers["If-Modified-Since"] = before.modified
        return await self.fetcher.fetch(url, headers=headers)

    async def _ask_robots(self, start: str) -> None:
        try:
            from protego import Protego
        except ModuleNotFoundError as error:
            raise SourceFailed("web pages need the extra `sources`: pip install 'firstline[sources]'") from error
        parts = urlsplit(start)
        try:
            answer = await self._ask(f"{parts.scheme}://{parts.netloc}/robots.txt")
        except Unreachable as error:
            raise SourceFailed(f"{parts.netloc}: {error}") from error
        if answer.status >= 500:
            # RFC 9309, 2.3.1.4: a site whose rules cannot be had is not to be read.
            raise SourceFailed(f"{parts.netloc} does not give its robots.txt just now ({answer.status})")
        rules = answer.content.decode("utf-8", "replace") if answer.status == 200 else ""
        self.robots = Protego.parse(rules)
        wanted = max(self.source.pause_s, float(self.robots.crawl_delay(AGENT) or 0))
        self.pause_s = min(wanted, _LONGEST_PAUSE_S)

    async def _sitemap(self, start: str) -> list[str]:
        pages: list[str] = []
        waiting, asked = deque([start]), set[str]()
        while waiting and len(asked) < _MOST_SITEMAPS:
            url = waiting.popleft()
            asked.add(url)
            try:
                answer = await self._ask(url)
            except Unreachable as error:
                raise SourceFailed(f"{url}: {error}") from error
            if answer.status != 200:
                raise SourceFailed(f"{url}: the server answers {answer.status}")
            found, is_index = _locations(_inflated(answer.content))
            if is_index:
                waiting.extend(each for each in found if each not in asked)
            else:
                pages += found
        return pages


def _plain(url: str) -> str:
    """The same page has one address: no fragment, host in lower case, a path."""
    parts = urlsplit(url.strip())
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, ""))


def _fits(path: str, pattern: str) -> bool:
    return fnmatch.fnmatch(path, pattern) if set(pattern) & set("*?[") else path.startswith(pattern)


def _day(modified: str) -> str:
    try:
        return f"{parsedate_to_datetime(modified).astimezone(UTC):%Y-%m-%d}"
    except (TypeError, ValueError):
        return ""


def _look(content: bytes, url: str) -> tuple[tuple[str, ...], bool, str]:
    """Where a page leads, whether it wants to be kept, and which address it calls its own."""
    from adapters.sources.html import outline

    links, robots, canonical = outline(content, url)
    links = () if "nofollow" in robots else links
    return links, not {"noindex", "none"} & set(robots), _plain(canonical) if canonical else ""


def _inflated(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            found = packed.read(_MOST_INFLATED + 1)
    except (OSError, EOFError) as error:
        raise SourceFailed("the sitemap is packed but damaged") from error
    if len(found) > _MOST_INFLATED:
        raise SourceFailed("the sitemap is too large")
    return found


def _locations(content: bytes) -> tuple[list[str], bool]:
    """The addresses in a sitemap, and whether they are sitemaps themselves."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(content, "xml")
    index = soup.find("sitemapindex")
    if index is None and soup.find("urlset") is None:
        raise SourceFailed("that is no sitemap")
    return [each.get_text(strip=True) for each in soup.find_all("loc")], index is not None
