"""What staff look at on the page besides their log: the cases, and why the bot did what it did."""

from aiohttp import web

from adapters.web.cast import Cast
from adapters.web.chat import WebChat
from adapters.web.showing import shown_file
from adapters.web.views import case_of, view_of_case, view_of_trace
from adapters.web.visitor import visitor_of
from core.case import Case
from core.ports import Cases, Desk

_MOST_CASES = 30


class StaffRoutes:
    """`/api/cases`, `/api/why` and the files of the staff's log."""

    def __init__(self, chat: WebChat, cast: Cast, desk: Desk, cases: Cases) -> None:
        self._chat = chat
        self._cast = cast
        self._desk = desk
        self._cases = cases

    @property
    def routes(self) -> list[web.RouteDef]:
        """For `Application.add_routes`."""
        return [
            web.get("/api/cases", self._list),
            web.get("/api/why/{id}", self._why),
            web.get("/api/staff/files/{channel}/{id}", self._file),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        visitor_of(request, self._cast, self._chat.settings.tenant)
        found: dict[str, Case] = {}
        for thread in self._chat.boards.threads[-_MOST_CASES:]:
            if thread != self._chat.staff and (case := await self._cases.find(thread)):
                found[case.id] = case
        for case_id in await self._named():
            if case_id not in found and (case := await self._cases.get(case_id)):
                found[case.id] = case
        cases = sorted(found.values(), key=lambda case: (case.is_with_ai, -case.opened_at.timestamp()))
        return web.json_response(
            {"cases": [view_of_case(each, name=self._name(each)) for each in cases if each.state == "open"]}
        )

    async def _named(self) -> list[str]:
        """Cases that the newest posts to staff name; they may come from other platforms."""
        entries = (await self._chat.boards.of(self._chat.staff)).entries[-_MOST_CASES:]
        return list(dict.fromkeys(case for entry in entries if (case := case_of(entry))))

    async def _file(self, request: web.Request) -> web.Response:
        visitor_of(request, self._cast, self._chat.settings.tenant)
        return await shown_file(self._chat, request.match_info["channel"], request.match_info["id"])

    async def _why(self, request: web.Request) -> web.Response:
        visitor_of(request, self._cast, self._chat.settings.tenant)
        wanted = request.match_info["id"]
        traces = await self._desk.trace(wanted)
        if not traces:
            raise web.HTTPNotFound(text="Nothing is kept about this yet.")
        return web.json_response({"turns": [view_of_trace(each) for each in traces]})

    def _name(self, case: Case) -> str:
        customer = next((each for each in self._cast.customers if each.id == case.customer_id), None)
        return f"{customer.name} ({customer.id})" if customer else ""
