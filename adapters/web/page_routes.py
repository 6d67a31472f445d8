"""The page itself, what it has to know at its start, and its live connection."""

from dataclasses import asdict, dataclass
from pathlib import Path

from aiohttp import web

from adapters.web.cast import Cast
from adapters.web.chat import WebChat
from adapters.web.live import Watch, stream
from adapters.web.visitor import give_session, visitor_of


@dataclass(frozen=True, slots=True)
class Intro:
    """What the page says about itself."""

    name: str
    banner: str
    suggestions: tuple[str, ...]
    mailbox: str = ""


class PageRoutes:
    """`/`, `/api/start` and `/api/live`."""

    def __init__(self, chat: WebChat, cast: Cast, intro: Intro, static: Path) -> None:
        self._chat = chat
        self._cast = cast
        self._intro = intro
        self._static = static

    @property
    def routes(self) -> list[web.RouteDef]:
        """For `Application.add_routes`."""
        return [
            web.get("/", self._page),
            web.get("/favicon.ico", self._icon),
            web.get("/api/start", self._start),
            web.get("/api/live", self._live),
        ]

    async def _page(self, request: web.Request) -> web.FileResponse:
        response = web.FileResponse(self._static / "index.html")
        give_session(request, response)
        return response

    async def _icon(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(self._static / "icon.svg")

    async def _start(self, request: web.Request) -> web.Response:
        settings = self._chat.settings
        visitor = visitor_of(request, self._cast, settings.tenant)
        return web.json_response(
            {
                **asdict(self._intro),
                "customers": [asdict(each) for each in self._cast.customers],
                "customer": visitor.customer.id if visitor.customer else "",
                "staff": settings.has_staff_side,
                "upload_limit_bytes": settings.upload_limit_bytes,
                "files_per_message": settings.files_per_message,
                "text_limit_chars": settings.text_limit_chars,
            }
        )

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        visitor = visitor_of(request, self._cast, self._chat.settings.tenant)
        boards = self._chat.boards
        watches = [Watch("customer", await boards.of(visitor.thread), request.query.get("customer", ""))]
        if self._chat.settings.has_staff_side:
            watches.append(Watch("staff", await boards.of(self._chat.staff), request.query.get("staff", "")))
        return await stream(request, watches)
