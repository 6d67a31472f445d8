"""Proving on the page which customer one is. What is typed here is kept and logged nowhere."""

from aiohttp import web

from adapters.web.cast import Cast
from adapters.web.chat import WebChat
from adapters.web.markdown import blocks
from adapters.web.payloads import Proving, read
from adapters.web.visitor import visitor_of
from core.ports import FrontDesk
from core.reply import Press


class VerifyRoutes:
    """`/api/verify`."""

    def __init__(self, chat: WebChat, cast: Cast, front_desk: FrontDesk) -> None:
        self._chat = chat
        self._cast = cast
        self._front_desk = front_desk

    @property
    def routes(self) -> list[web.RouteDef]:
        """For `Application.add_routes`."""
        return [web.post("/api/verify", self._step)]

    async def _step(self, request: web.Request) -> web.Response:
        visitor = visitor_of(request, self._cast, self._chat.settings.tenant)
        sent = await read(request, Proving)
        step = await self._front_desk.verify(
            Press(
                key=f"web:{sent.key}",
                action=sent.action,
                value=sent.value,
                presser_id=visitor.author.id,
                presser_name=visitor.author.name,
                thread=visitor.thread,
                text=sent.text,
            )
        )
        return web.json_response({"html": "".join(blocks(step.line)), "asks": step.asks, "done": step.is_done})
