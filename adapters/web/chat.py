"""The browser as a chat platform: posts and replies become entries of a log that the page shows."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from adapters.web.board import Board
from adapters.web.boards import Boards
from adapters.web.entry import Entry, Upload, closed, drawn
from adapters.web.history import History, entry_id
from adapters.web.settings import PLATFORM, WebSettings
from adapters.web.uploads import UploadFolder, folder_of
from core.conversation import Attachment, Thread
from core.ports import Cases, Desk
from core.reply import Delivery, ReplyEvent, SentFile

STAFF_CHANNEL = "staff"


class WebReply:
    """An answer being written into a log. Browsers read it at their own pace, so nothing here waits."""

    def __init__(self, board: Board, entry: Entry) -> None:
        self._board = board
        self._entry = entry
        self._show(entry)

    @property
    def ref(self) -> str:
        """See `core.ports.ReplyStream`."""
        return self._entry.id

    async def show(self, event: ReplyEvent) -> None:
        """See `core.ports.ReplyStream`."""
        self._show(drawn(self._entry, event))

    async def close(self, delivery: Delivery) -> str:
        """See `core.ports.ReplyStream`."""
        self._show(closed(self._entry, delivery.post))
        return self.ref

    def _show(self, entry: Entry) -> None:
        self._entry = entry
        self._board.put(entry)


class WebChat:
    """Implements `core.ports.Chat`. A log is read back when it is first needed, from what `remember` was given."""

    platform = PLATFORM

    def __init__(self, settings: WebSettings, *, data_folder: Path) -> None:
        self.settings = settings
        self.staff = Thread(tenant=settings.tenant, platform=PLATFORM, channel=STAFF_CHANNEL)
        self.uploads = UploadFolder(data_folder / "uploads", limit_bytes=settings.upload_limit_bytes)
        self.boards = Boards(self._read_back)
        self._history: History | None = None
        self._may_read = asyncio.Event()

    def remember(self, desk: Desk, cases: Cases) -> None:
        """Read logs back from these. Call it once the store is open: until then posts and replies wait."""
        self._history = History(desk, cases, self.uploads)
        self._may_read.set()

    async def open_reply(self, delivery: Delivery) -> WebReply:
        """See `core.ports.Chat`; an entry of an earlier attempt begins anew."""
        board = await self.boards.of(delivery.thread)
        known = board.get(entry_id(delivery.id))
        at = known.at if known else datetime.now(UTC)
        return WebReply(board, Entry(entry_id(delivery.id), "reply", at, is_open=True))

    async def find_reply(self, delivery: Delivery, *, known: Collection[str]) -> str:
        """See `core.ports.Chat`; an entry's id follows from its row, so nothing has to be looked for."""
        return ""

    async def deliver(self, delivery: Delivery) -> str:
        """See `core.ports.Chat`."""
        board = await self.boards.of(delivery.thread)
        known = board.get(entry_id(delivery.id)) or Entry(entry_id(delivery.id), "reply", datetime.now(UTC))
        files = known.files or await self._keep(delivery, known.id)
        board.put(replace(closed(known, delivery.post), files=files, is_gone=delivery.post.kind == "gone"))
        return known.id

    async def _keep(self, delivery: Delivery, message_id: str) -> tuple[Upload, ...]:
        """Files that go with a post are kept beside the uploads, and read back with the log."""
        channel = folder_of(delivery.post, delivery.thread)
        there = (await self.uploads.by_message(channel)).get(message_id, ()) if delivery.files else ()
        if there:
            return there
        kept = [await self.uploads.keep(channel, each.name, each.media_type, _whole(each)) for each in delivery.files]
        return await self.uploads.assign(channel, [each.id for each in kept], message_id) if kept else ()

    def room_on(self, place: Thread, ref: str) -> Thread:
        """See `core.ports.Chat`: the page has one log for all staff."""
        return place

    async def download(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """See `core.ports.Chat`; the source names an upload of this page."""
        return await self.uploads.read(attachment.source, limit_bytes=limit_bytes)

    async def _read_back(self, thread: Thread) -> list[Entry]:
        await self._may_read.wait()
        return await self._history.of(thread) if self._history else []


async def _whole(file: SentFile) -> AsyncGenerator[bytes, None]:
    yield file.content
