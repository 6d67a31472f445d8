"""What stood in a thread before: our posts from the outbox and the customer's own lines, in order of time."""

from collections import deque
from dataclasses import replace

from adapters.web.entry import Entry
from adapters.web.uploads import UploadFolder, folder_of
from core.conversation import Line, Thread
from core.ports import Cases, Desk
from core.turn import Posted

_NEWEST = 200
_PAGE = 500
_MOST_PAGES = 60


class History:
    """Reads a thread back after a restart."""

    def __init__(self, desk: Desk, cases: Cases, uploads: UploadFolder) -> None:
        self._desk = desk
        self._cases = cases
        self._uploads = uploads

    async def of(self, thread: Thread) -> list[Entry]:
        """The newest entries, oldest first."""
        entries = [*await self._posts(thread), *await self._lines(thread)]
        return sorted(entries, key=lambda entry: entry.at)[-_NEWEST:]

    async def _posts(self, thread: Thread) -> list[Entry]:
        newest: deque[Posted] = deque(maxlen=_NEWEST)
        after = 0
        for _ in range(_MOST_PAGES):
            page = await self._desk.posts(thread, after=after, limit=_PAGE)
            newest.extend(page)
            if len(page) < _PAGE:
                break
            after = page[-1].delivery.id
        return [await self._with_files(each) for each in newest if _was_shown(each)]

    async def _with_files(self, posted: Posted) -> Entry:
        entry, post = entry_of_post(posted), posted.delivery.post
        if not post.enclosed:
            return entry
        files = await self._uploads.by_message(folder_of(post, posted.delivery.thread))
        return replace(entry, files=files.get(entry.id, ()))

    async def _lines(self, thread: Thread) -> list[Entry]:
        case = await self._cases.find(thread)
        if case is None:
            return []
        files = await self._uploads.by_message(thread.channel)
        lines = await self._cases.lines(case.id, limit=_NEWEST)
        return [
            Entry(
                customer_entry_id(line.message_id),
                "customer",
                line.at,
                line.name,
                line.text,
                files=files.get(line.message_id, ()),
            )
            for line in lines
            if _is_customers_own(line)
        ]


def entry_id(delivery_id: int) -> str:
    """The id of a post in the log: that of its outbox row, so that it stands there once whatever happens."""
    return f"d{delivery_id}"


def customer_entry_id(message_id: str) -> str:
    """The id of a customer's message in the log."""
    return f"m{message_id}"


def entry_of_post(posted: Posted) -> Entry:
    """A post as it was delivered."""
    post = posted.delivery.post
    return Entry(
        id=entry_id(posted.delivery.id),
        kind="notice" if post.kind == "gone" else post.kind,
        is_gone=post.kind == "gone",
        at=posted.at,
        text=post.text,
        citations=post.citations,
        buttons=post.buttons,
        footer=post.footer,
    )


def _was_shown(posted: Posted) -> bool:
    # A row that is due and has a ref was shown before and is about to be edited; others come by themselves.
    return posted.state == "sent" or (posted.state == "due" and bool(posted.delivery.ref))


def _is_customers_own(line: Line) -> bool:
    return line.speaker == "customer" and bool(line.message_id)
