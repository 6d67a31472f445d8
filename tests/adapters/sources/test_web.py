"""Web pages are read as a polite visitor reads them: over a real socket, from a site of our own."""

import gzip
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from adapters.search.library import StoredLibrary
from adapters.sources.settings import SourceSettings
from adapters.sources.syncing import Syncer
from adapters.storage.sqlite import reading_engine, writing_engine
from adapters.tools.guarded import open_outbound
from adapters.tools.settings import OutboundSettings
from core.library import SyncReport
from tests.adapters.storage.scene import NOW
from tests.fakes.clock import StillClock
from tests.servers.running import listen


@dataclass
class Site:
    """Pages by path; answers 304 to who has a page already."""

    pages: dict[str, str | bytes] = field(default_factory=dict[str, str | bytes])
    robots: str | int = ""
    broken: dict[str, int] = field(default_factory=dict[str, int])
    """Paths that answer with this status."""
    moved: dict[str, str] = field(default_factory=dict[str, str])
    asked: list[str] = field(default_factory=list[str])
    spared: list[str] = field(default_factory=list[str])
    """Paths that were answered by 304."""
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        path = request.path
        self.asked.append(path)
        if path == "/robots.txt":
            return web.Response(status=self.robots) if isinstance(self.robots, int) else web.Response(text=self.robots)
        if path in self.broken:
            return web.Response(status=self.broken[path])
        if path in self.moved:
            return web.Response(status=302, headers={"Location": self.moved[path]})
        if path not in self.pages:
            return web.Response(status=404)
        body = self.pages[path]
        content = body if isinstance(body, bytes) else body.replace("HERE", self.url).encode()
        etag = f'"{sha256(content).hexdigest()[:12]}"'
        if request.headers.get("If-None-Match") == etag:
            self.spared.append(path)
            return web.Response(status=304, headers={"ETag": etag})
        kind = "application/xml" if path.endswith((".xml", ".gz")) else "text/html"
        return web.Response(body=content, content_type=kind, headers={"ETag": etag})


@asynccontextmanager
async def serving(site: Site) -> AsyncGenerator[Site]:
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    async with listen(app) as url:
        site.url = url
        yield site


@asynccontextmanager
async def reading(tmp_path: Path, *private: str) -> AsyncGenerator[tuple[Syncer, StoredLibrary]]:
    file = tmp_path / "knowledge.sqlite3"
    async with (
        StoredLibrary.open(writing_engine(file), reading_engine(file)) as library,
        open_outbound(OutboundSettings(private_hosts=private)) as fetcher,
    ):
        yield Syncer(library, fetcher, StillClock(NOW), work_folder=tmp_path / "work"), library


def source(at: str, **more: object) -> SourceSettings:
    return SourceSettings.model_validate({"at": at, "name": "site", "pause_s": 0, **more})


async def texts(library: StoredLibrary) -> set[str]:
    return {each.text for each in await library.passages(["site"])}


def page(text: str, *links: str, head: str = "") -> str:
    shown = "".join(f'<a href="{each}">more</a>' for each in links)
    return f"<html><head><title>T</title>{head}</head><body><h1>T</h1><p>{text}</p><nav>{shown}</nav></body></html>"


async def test_a_site_is_read_below_its_first_page_and_only_where_its_rules_allow(tmp_path: Path) -> None:
    site = Site(
        {
            "/help/": page("Alpha.", "/help/a.html", "secret.html", "/shop/", "https://elsewhere.example/help/", "#x"),
            "/help/a.html": page("Beta.", "/help/", "b.html"),
            "/help/b.html": page("Gamma."),
            "/help/secret.html": page("Secret."),
            "/shop/": page("Shop."),
        },
        robots="User-agent: *\nDisallow: /help/secret\n",
    )
    async with serving(site), reading(tmp_path, "127.0.0.1") as (syncer, library):
        report = await syncer.sync(source(f"{site.url}/help/"))
        assert (report.failed, report.changed, report.skipped) == ("", 3, ())
        assert await texts(library) == {"Alpha.", "Beta.", "Gamma."}
        assert site.asked == ["/robots.txt", "/help/", "/help/a.html", "/help/b.html"]


async def test_the_next_visit_asks_only_for_what_changed_and_follows_what_went(tmp_path: Path) -> None:
    site = Site({
        "/": page("Alpha.", "/a", "/b", "/c"), "/a": page("Beta."), "/b": page("Gamma."), "/c": page("Delta."),
    })  # fmt: skip
    async with serving(site), reading(tmp_path, "127.0.0.1") as (syncer, library):
        await syncer.sync(source(site.url))
        site.pages["/a"] = page("Beta, second edition.")
        del site.pages["/b"]
        site.broken["/c"] = 500
        report = await syncer.sync(source(site.url))
        assert site.spared == ["/"]
        assert (report.changed, report.unchanged, report.gone) == (1, 1, 1)
        assert [each.why for each in report.skipped] == ["the server answers 500"]
        assert await texts(library) == {"Alpha.", "Beta, second edition.", "Delta."}


async def test_pages_that_do_not_want_to_be_kept_or_followed_are_left_alone(tmp_path: Path) -> None:
    site = Site({
        "/": page("Alpha.", "/quiet", "/shy"),
        "/quiet": page("Quiet.", "/behind", head='<meta name="robots" content="nofollow">'),
        "/shy": page("Shy.", head='<meta name="robots" content="noindex">'),
        "/behind": page("Behind."),
    })  # fmt: skip
    async with serving(site), reading(tmp_path, "127.0.0.1") as (syncer, library):
        await syncer.sync(source(site.url))
        assert await texts(library) == {"Alpha.", "Quiet."}
        assert "/behind" not in site.asked


async def test_a_page_that_leads_to_another_site_is_not_read_from_there(tmp_path: Path) -> None:
    other = Site({"/x": page("Foreign.")})
    async with serving(other):
        site = Site({"/": page("Alpha.", "/x")}, moved={"/x": f"{other.url}/x"})
        async with serving(site), reading(tmp_path, "127.0.0.1") as (syncer, library):
            report = await syncer.sync(source(site.url))
            assert await texts(library) == {"Alpha."}
            assert len(report.skipped) == 1


async def test_a_site_whose_rules_cannot_be_had_or_forbid_it_is_not_read(tmp_path: Path) -> None:
    for robots, why in ((503, "robots.txt"), ("User-agent: *\nDisallow: /\n", "does not let us")):
        site = Site({"/": page("Alpha.")}, robots=robots)
        async with serving(site), reading(tmp_path, "127.0.0.1") as (syncer, library):
            report: SyncReport = await syncer.sync(source(site.url))
            assert why in report.failed
            assert site.asked == ["/robots.txt"]
            assert await texts(library) == set()


async def test_sitemaps_are_read_packed_and_in_parts_for_their_own_site_only(tmp_path: Path) -> None:
    urls = "<urlset><url><loc>HERE/a</loc></url><url><loc>https://elsewhere.example/b</loc></url></urlset>"
    site = Site({
        "/sitemap.xml": "<sitemapindex><sitemap><loc>HERE/part.xml.gz</loc></sitemap></sitemapindex>",
        "/a": page("Alpha.", "/unlisted"),
        "/unlisted": page("Unlisted."),
    })  # fmt: skip
    async with serving(site), reading(tmp_path, "127.0.0.1") as (syncer, library):
        site.pages["/part.xml.gz"] = gzip.compress(urls.replace("HERE", site.url).encode())
        report = await syncer.sync(source(f"{site.url}/sitemap.xml"))
        assert (report.failed, report.changed) == ("", 1)
        assert await texts(library) == {"Alpha."}
        again = await syncer.sync(source(f"{site.url}/sitemap.xml"))
        assert (again.changed, again.unchanged, site.spared[-1]) == (0, 1, "/a")


async def test_a_site_that_is_down_later_keeps_what_was_read_of_it(tmp_path: Path) -> None:
    site = Site({"/": page("Alpha.")})
    async with serving(site), reading(tmp_path, "127.0.0.1") as (syncer, library):
        await syncer.sync(source(site.url))
        site.broken["/"] = 502
        report = await syncer.sync(source(site.url))
        assert "502" in report.failed
        assert await texts(library) == {"Alpha."}


async def test_a_private_address_is_not_read_unless_the_operator_names_it(tmp_path: Path) -> None:
    site = Site({"/": page("Alpha.")})
    async with serving(site), reading(tmp_path) as (syncer, library):
        report = await syncer.sync(source(site.url))
        assert report.failed
        assert site.asked == []
        assert await texts(library) == set()
