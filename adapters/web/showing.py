"""A kept file as an answer to a browser: pictures only, and only from the log they stand in."""

from aiohttp import web

from adapters.web.chat import WebChat
from adapters.web.uploads import picture_type
from core.errors import AttachmentError


async def shown_file(chat: WebChat, channel: str, file_id: str) -> web.Response:
    """The file of a channel. Raises 404 for one that is not there and 415 for what is no picture."""
    try:
        content = await chat.uploads.read(f"{channel}/{file_id}", limit_bytes=chat.settings.upload_limit_bytes)
    except AttachmentError as error:
        raise web.HTTPNotFound(text=f"This file cannot be shown: {error}") from error
    if not (media_type := picture_type(content)):
        raise web.HTTPUnsupportedMediaType(text="This file is not a picture that can be shown.")
    return web.Response(body=content, content_type=media_type, headers={"Cache-Control": "private, max-age=86400"})
