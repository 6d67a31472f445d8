"""One source read into the library: only what changed, taken into use at once."""

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from adapters.sources.audience import audience_of
from adapters.sources.cutting import cut
from adapters.sources.exports import faq_items, intercom_items, zendesk_items
from adapters.sources.files import folder_items
from adapters.sources.git import git_items
from adapters.sources.readers import read
from adapters.sources.reading import Item, Unreadable
from adapters.sources.settings import SourceSettings
from adapters.sources.web import web_items
from core.fetching import Fetcher
from core.knowledge import Passage
from core.library import Document, Library, Skipped, SourceChange, SourceFailed, SyncReport
from core.ports import Clock
from core.screening import hidden_note, reasons

_LOCAL = {
    "folder": folder_items, "zendesk": zendesk_items, "intercom": intercom_items, "faq": faq_items,
}  # fmt: skip
Told = Callable[[int, str], None]
"""Called with how many documents were looked at so far, and the place of the last."""


def tell_nobody(_count: int, _place: str) -> None:
    """For a sync that nobody watches."""


@dataclass(slots=True)
class _Outcome:
    """What a sync has found so far."""

    put: dict[Document, Sequence[Passage]] = field(default_factory=dict[Document, Sequence[Passage]])
    noted: list[Document] = field(default_factory=list[Document])
    seen: set[str] = field(default_factory=set[str])
    unchanged: int = 0


async def aside(items: Iterator[Item]) -> AsyncGenerator[Item, None]:
    """The same items, each had in a thread: reading files must not hold up those who are answered meanwhile."""
    while (item := await asyncio.to_thread(next, items, None)) is not None:
        yield item


class Syncer:
    """Reads sources into a library. Git addresses are cloned below the work folder, and fetched again later."""

    def __init__(self, library: Library, fetcher: Fetcher, clock: Clock, *, work_folder: Path) -> None:
        self._work_folder = work_folder
        self._library = library
        self._fetcher = fetcher
        self._clock = clock

    async def sync(self, source: SourceSettings, *, tell: Told = tell_nobody) -> SyncReport:
        """Read one source. A source that cannot be read at all keeps what it had; the report says why."""
        began = time.monotonic()
        kept = {each.name: each for each in await self._library.sources()}.get(source.title)
        is_same = kept is not None and kept.fingerprint == source.fingerprint
        known = await self._library.documents(source.title) if kept else {}
        outcome = _Outcome()
        failed = ""
        try:
            async for item in self._items(source, known if is_same else {}):
                await self._take(item, source, known, outcome, is_same=is_same)
                tell(len(outcome.seen), item.place)
        except SourceFailed as error:
            failed = str(error)
        report = self._report(source, known, outcome, failed, time.monotonic() - began)
        if failed:
            await self._library.change(SourceChange(source.title, kept.fingerprint if kept else "", report=report))
            return report
        gone = [place for place in known if place not in outcome.seen]
        await self._library.change(
            SourceChange(source.title, source.fingerprint, outcome.put, outcome.noted, gone, report)
        )
        return report

    def _items(self, source: SourceSettings, known: Mapping[str, Document]) -> AsyncIterator[Item]:
        match source.way:
            case "web" | "sitemap":
                return web_items(source, known, self._fetcher)
            case "git":
                return aside(git_items(source, self._work_folder))
            case kind:
                return aside(_LOCAL[kind](source))

    async def _take(
        self,
        item: Item,
        source: SourceSettings,
        known: Mapping[str, Document],
        outcome: _Outcome,
        *,
        is_same: bool,
    ) -> None:
        if item.place in outcome.seen:
            return
        outcome.seen.add(item.place)
        before = known.get(item.place)
        if item.is_unchanged and before is not None:
            outcome.unchanged += 1
            if before.problem:
                outcome.noted.append(replace(before, problem=""))
            return
        sha256 = await asyncio.to_thread(_hash, item)
        if not item.problem and is_same and before is not None and before.sha256 == sha256:
            outcome.unchanged += 1
            now = replace(before, problem="", etag=item.etag, modified=item.modified, links=item.links or before.links)
            if now != before:
                outcome.noted.append(now)
            return
        try:
            if item.problem:
                raise Unreadable(item.problem)
            document, passages = await asyncio.to_thread(read_whole, item, source, sha256)
        except Unreadable as error:
            outcome.noted.append(replace(before or Document(item.place), problem=str(error)))
            return
        outcome.put[document] = passages

    def _report(
        self, source: SourceSettings, known: Mapping[str, Document], outcome: _Outcome, failed: str, seconds: float
    ) -> SyncReport:
        passages = [each for kept in outcome.put.values() for each in kept]
        return SyncReport(
            source.title,
            changed=len(outcome.put),
            unchanged=outcome.unchanged,
            gone=0 if failed else sum(place not in outcome.seen for place in known),
            passages=len(passages),
            skipped=tuple(Skipped(each.place, each.problem) for each in outcome.noted if each.problem),
            flagged=sum(each.is_suspect for each in passages),
            notes=tuple(Skipped(each.place, note) for each in outcome.put for note in each.notes),
            failed=failed,
            seconds=round(seconds, 2),
            at=self._clock.now().isoformat(timespec="seconds"),
        )


def read_whole(item: Item, source: SourceSettings, sha256: str) -> tuple[Document, list[Passage]]:
    """A document and its passages. Raises `Unreadable`."""
    reading = read(item)
    if not reading.language and not item.language:
        item = replace(item, language=source.language)
    passages = cut(reading, item, source=source.title, audience=audience_of(reading.told, source.audience))
    if not passages:
        raise Unreadable("it holds no text")
    hidden = "\n".join(reading.hidden)
    speaks = reasons(hidden)
    notes = [note for each in reading.hidden if (note := hidden_note(each))]
    if speaks:
        # Who hides words for a machine in a page has had a hand in the rest of it too.
        flags = tuple(f"hidden text on the same page {each}" for each in speaks)
        passages = [replace(each, is_suspect=True, flags=(*each.flags, *flags)) for each in passages]
    document = Document(
        item.place,
        sha256,
        reading.title or item.title,
        item.etag,
        item.modified,
        notes=tuple(notes),
        links=reading.links or item.links,
    )
    return document, passages


def _hash(item: Item) -> str:
    about = "\n".join((item.form, item.title, item.language, item.shown)).encode()
    return hashlib.sha256(about + b"\n" + item.content).hexdigest()
