"""The desk as a web application of its own: to look at, never to act."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from markupsafe import Markup

from adapters.web.desk.accounts import Accounts
from adapters.web.desk.case_page import case_page
from adapters.web.desk.door import WHO, Door, html
from adapters.web.desk.layout import ICON, STYLE, Layout
from adapters.web.desk.pieces import Times
from adapters.web.desk.queue_page import queue_page
from adapters.web.desk.reports_page import reports_page, since_of
from adapters.web.desk.search_page import MOST, search_page
from adapters.web.desk.trace_page import trace_page
from adapters.web.guard import add_headers, guarded
from adapters.web.settings import WebDeskSettings, WebSettings
from adapters.web.uploads import picture_type
from core.casebook import Casebook, Dossier, Reach
from core.deskdoor import DeskSessions
from core.errors import AttachmentError
from core.hours import zone_of
from core.modelling import Picture
from core.papers import without_private
from core.ports import Clock
from core.report import figures
from core.reportforms import as_csv, as_json
from core.teams import Teams

_STATIC = Path(__file__).parents[1] / "static"
_LOST = "There is no such case, or it is not one of yours to see."


@dataclass(frozen=True, slots=True)
class DeskRoom:
    """What the desk is made of."""

    casebook: Casebook
    accounts: Accounts
    sessions: DeskSessions
    teams: Teams
    clock: Clock
    copy: Callable[[Picture], Awaitable[Picture]]
    """The team's copy of a customer's picture. Raises `AttachmentError`."""
    name: str = "Firstline"
    zone: str = "UTC"
    currency: str = "USD"
    hides_private: bool = True
    """Accounts and addresses that stand on pictures are not told."""


def desk_app(room: DeskRoom, settings: WebDeskSettings) -> web.Application:
    """The application, with everything behind the door but the login and its style sheet."""
    layout = Layout(room.name)
    door = Door(room.accounts, room.sessions, layout, settings, room.clock)
    served = WebSettings(host=settings.host, port=settings.port, served_names=settings.served_names)
    app = web.Application(middlewares=[_worded(layout), guarded(served), door.middleware()])
    app.on_response_prepare.append(_headers(settings))
    app.on_response_prepare.append(add_headers)
    app.add_routes(door.routes)
    app.add_routes(DeskRoutes(room, layout, settings).routes)
    return app


class DeskRoutes:
    """The pages. Each asks the casebook with the reach of whoever looks."""

    def __init__(self, room: DeskRoom, layout: Layout, settings: WebDeskSettings) -> None:
        self._room = room
        self._layout = layout
        self._settings = settings
        self._zone = zone_of(room.zone)

    @property
    def routes(self) -> list[web.RouteDef]:
        """For `Application.add_routes`."""
        return [
            web.get("/", self._home),
            web.get(STYLE, self._style),
            web.get(ICON, self._icon),
            web.get("/desk", self._queue),
            web.get("/desk/search", self._search),
            web.get("/desk/reports", self._reports),
            web.get("/desk/reports.{form:csv|json}", self._figures),
            web.get("/desk/cases/{case_id:[A-Za-z0-9-]{1,40}}", self._case),
            web.get("/desk/cases/{case_id:[A-Za-z0-9-]{1,40}}/trace", self._trace),
            web.get("/desk/cases/{case_id:[A-Za-z0-9-]{1,40}}/pictures/{sha256:[0-9a-f]{64}}", self._picture),
        ]

    async def _home(self, request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/desk")

    async def _style(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(_STATIC / "css" / "desk.css")

    async def _icon(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(_STATIC / "icon.svg")

    async def _queue(self, request: web.Request) -> web.Response:
        limit = self._settings.queue_rows
        waiting = await self._room.casebook.waiting(_reach(request), limit=limit + 1)
        body = queue_page(
            waiting[:limit],
            show=request.query.get("show", ""),
            times=self._times,
            targets=self._room.teams.target_of,
            limit=limit,
            has_more=len(waiting) > limit,
        )
        return self._page(request, "Queue", body, here="/desk")

    async def _search(self, request: web.Request) -> web.Response:
        words = request.query.get("q", "").replace("\0", "").strip()[:200]
        found = await self._room.casebook.search(words, _reach(request), limit=MOST) if words else []
        return self._page(request, "Search", search_page(words, found, self._times), here="/desk/search")

    async def _reports(self, request: web.Request) -> web.Response:
        body = reports_page(
            await self._room.casebook.tallies(_reach(request)),
            days=request.query.get("days", ""),
            times=self._times,
            targets=self._room.teams.target_of,
            currency=self._room.currency,
        )
        return self._page(request, "Reports", body, here="/desk/reports")

    async def _figures(self, request: web.Request) -> web.Response:
        """The report for programs: the same figures, of the cases that one may see."""
        tallies = await self._room.casebook.tallies(_reach(request))
        now, form = self._room.clock.now(), request.match_info["form"]
        since = since_of(request.query.get("days", ""), now)
        told = figures(tallies.events, since=since, targets=self._room.teams.target_of, now=now)
        text, kind = (as_csv(told), "text/csv") if form == "csv" else (as_json(told), "application/json")
        saved = {"Content-Disposition": f"attachment; filename=report-{now:%Y-%m-%d}.{form}"}
        return web.Response(text=text + "\n", content_type=kind, headers=saved)

    async def _case(self, request: web.Request) -> web.Response:
        told = await self._dossier(request)
        if self._room.hides_private:
            told = replace(told, lines=tuple(map(without_private, told.lines)))
        body = case_page(
            told,
            times=self._times,
            target_of=self._room.teams.target_of(told.case.thread),
            currency=self._room.currency,
        )
        return self._page(request, f"Case {told.case.id}", body)

    async def _trace(self, request: web.Request) -> web.Response:
        told = await self._dossier(request)
        body = trace_page(told, times=self._times, currency=self._room.currency)
        return self._page(request, f"Why: case {told.case.id}", body)

    async def _picture(self, request: web.Request) -> web.Response:
        case_id, sha256 = request.match_info["case_id"], request.match_info["sha256"]
        picture = await self._room.casebook.picture(case_id, sha256, _reach(request))
        if picture is None:
            raise web.HTTPNotFound(text=_LOST)
        try:
            copy = await self._room.copy(picture)
        except AttachmentError as error:
            raise web.HTTPUnsupportedMediaType(text="This picture cannot be shown.") from error
        if not (kind := picture_type(copy.content)):
            raise web.HTTPUnsupportedMediaType(text="This picture cannot be shown.")
        return web.Response(body=copy.content, content_type=kind)

    async def _dossier(self, request: web.Request) -> Dossier:
        told = await self._room.casebook.dossier(request.match_info["case_id"], _reach(request))
        if told is None:
            raise web.HTTPNotFound(text=_LOST)
        return told

    @property
    def _times(self) -> Times:
        return Times(self._zone, self._room.clock.now())

    def _page(self, request: web.Request, title: str, body: Markup, *, here: str = "") -> web.Response:
        session, account = request[WHO]
        foot = Markup('<p class="quiet foot">Times are those of {}.</p>').format(self._room.zone)
        return html(self._layout.page(title, body + foot, who=account.name, form_key=session.form_key, here=here))


def _reach(request: web.Request) -> Reach:
    return request[WHO][1].reach


def _worded(layout: Layout) -> Middleware:
    """Refusals become pages that say what to do next."""

    @web.middleware
    async def worded(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            line = error.text if error.status in (401, 403, 404, 415, 421) and error.text else error.reason
            if error.status == 404 and line.startswith("404"):
                line = "There is no such page."
            return html(layout.lost(error.reason, line), status=error.status)

    return worded


def _headers(settings: WebDeskSettings) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def add(request: web.Request, response: web.StreamResponse) -> None:
        # Browsers send no Origin with a form under `no-referrer`, and the guard asks for one.
        response.headers["Referrer-Policy"] = "same-origin"
        # Nothing about a customer stays behind in a browser whose user has signed out.
        response.headers["Cache-Control"] = "no-store"
        if settings.behind_tls:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"

    return add
