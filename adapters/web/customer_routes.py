"""What a customer does on the page: write, send pictures, press buttons."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

from aiohttp import BodyPartReader, web

from adapters.web.cast import Cast
from adapters.web.chat import WebChat
from adapters.web.entry import Entry, Upload
from adapters.web.history import customer_entry_id
from adapters.web.markdown import blocks
from adapters.web.payloads import Pressed, Said, read
from adapters.web.showing import shown_file
from adapters.web.visitor import Visitor, visitor_of
from core.conversation import Attachment, Message
from core.errors import AttachmentError, StoreError
from core.ports import FrontDesk
from core.reply import Press

NOT_SAVED = "Your message could not be saved, so nobody has seen it. Send it again in a moment."
_FORM_BYTES = 10_000
"""What a multipart form adds around its one file, generously."""


class CustomerRoutes:
    """`/api/messages`, `/api/uploads` and `/api/presses` of the customer's side."""

    def __init__(self, chat: WebChat, cast: Cast, front_desk: FrontDesk) -> None:
        self._chat = chat
        self._cast = cast
        self._front_desk = front_desk

    @property
    def routes(self) -> list[web.RouteDef]:
        """For `Application.add_routes`."""
        return [
            web.post("/api/messages", self._say),
            web.post("/api/presses", self._press),
            web.post("/api/forms", self._form),
            web.get("/api/status", self._status),
            web.post("/api/uploads", self._upload),
            web.get("/api/uploads/{id}", self._picture),
        ]

    async def _say(self, request: web.Request) -> web.Response:
        visitor, said = self._visitor(request), await read(request, Said)
        if problem := self._problem(said):
            raise web.HTTPBadRequest(text=problem)
        board = await self._chat.boards.of(visitor.thread)
        if board.get(customer_entry_id(said.id)):
            return web.json_response({"is_new": False})
        files = await self._chat.uploads.assign(visitor.thread.channel, said.uploads, said.id)
        message = self._message(visitor, said, files)
        entry = Entry(
            customer_entry_id(said.id), "customer", message.sent_at, message.author.name, message.text, files=files
        )
        board.put(entry)  # Before the desk has it, for the answer may begin before `receive` returns.
        try:
            is_new = await self._front_desk.receive(message)
        except StoreError as error:
            board.put(replace(entry, is_gone=True))
            raise web.HTTPServiceUnavailable(text=NOT_SAVED) from error
        return web.json_response({"is_new": is_new})

    def _problem(self, said: Said) -> str:
        settings = self._chat.settings
        if not said.text.strip() and not said.uploads:
            return "Write something, or add a picture."
        if len(said.text) > settings.text_limit_chars:
            return f"That is longer than {settings.text_limit_chars} characters. Please shorten it."
        if len(said.uploads) > settings.files_per_message:
            return f"At most {settings.files_per_message} pictures go with one message."
        return ""

    def _message(self, visitor: Visitor, said: Said, files: tuple[Upload, ...]) -> Message:
        return Message(
            id=said.id,
            thread=visitor.thread,
            author=visitor.author,
            text=said.text.strip(),
            sent_at=datetime.now(UTC),
            attachments=tuple(
                Attachment(each.id, each.name, each.media_type, each.size_bytes, f"{visitor.thread.channel}/{each.id}")
                for each in files
            ),
            is_private=True,
        )

    async def _press(self, request: web.Request) -> web.Response:
        line = await self._front_desk.press(await self._pressed(request))
        return web.json_response({"html": "".join(blocks(line))})

    async def _form(self, request: web.Request) -> web.Response:
        """What stands in the form of a press already."""
        asked = await self._front_desk.form(await self._pressed(request))
        return web.json_response({"begins_with": asked.begins_with if asked else ""})

    async def _pressed(self, request: web.Request) -> Press:
        visitor, pressed = self._visitor(request), await read(request, Pressed)
        if pressed.is_staff and not self._chat.settings.has_staff_side:
            raise web.HTTPForbidden(text="Staff cannot act on this page.")
        by = visitor.staff if pressed.is_staff else visitor.author
        return Press(
            key=f"web:{pressed.key}",
            action=pressed.action,
            value=pressed.value,
            presser_id=by.id,
            presser_name=by.name,
            thread=self._chat.staff if pressed.is_staff else visitor.thread,
            is_staff_place=pressed.is_staff,
            text=pressed.text.strip(),
        )

    async def _status(self, request: web.Request) -> web.Response:
        visitor = self._visitor(request)
        line = await self._front_desk.status(visitor.author, visitor.thread)
        return web.json_response({"html": "".join(blocks(line))})

    async def _upload(self, request: web.Request) -> web.Response:
        visitor, uploads = self._visitor(request), self._chat.uploads
        limit = self._chat.settings.upload_limit_bytes
        if (request.content_length or 0) > limit + _FORM_BYTES:
            raise web.HTTPRequestEntityTooLarge(limit, request.content_length or 0, text=uploads.too_large("The file"))
        if not request.content_type.startswith("multipart/"):
            raise web.HTTPBadRequest(text="Send the file as a form.")
        part = await (await request.multipart()).next()
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest(text="There was no file in it.")
        name, media_type = (part.filename or "picture")[:120], part.headers.get("Content-Type", "")[:80]
        try:
            upload = await uploads.keep(visitor.thread.channel, name, media_type, _pieces(part))
        except AttachmentError as error:
            raise web.HTTPRequestEntityTooLarge(limit, limit + 1, text=str(error)) from error
        return web.json_response({"id": upload.id, "name": upload.name, "size": upload.size_bytes})

    async def _picture(self, request: web.Request) -> web.Response:
        visitor = self._visitor(request)
        return await shown_file(self._chat, visitor.thread.channel, request.match_info["id"])

    def _visitor(self, request: web.Request) -> Visitor:
        return visitor_of(request, self._cast, self._chat.settings.tenant)


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk():
        yield piece
