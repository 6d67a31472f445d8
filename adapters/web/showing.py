"""A kept file as an answer to a browser: a picture to be shown, all else to be saved; only from its own log."""

from urllib.parse import quote

from aiohttp import web

from adapters.web.chat import WebChat
from adapters.web.uploads import picture_type
from core.carrying import carried
from core.errors import AttachmentError

_KEPT = {"Cache-Control": "private, max-age=86400"}


async def shown_file(chat: WebChat, channel: str, file_id: str) -> web.Response:
    """The file of a channel. Raises 404 for one that is not there and 415 for what is of no kind that is passed on."""
    try:
        content = await chat.uploads.read(f"{channel}/{file_id}", limit_bytes=chat.settings.upload_limit_bytes)
    except AttachmentError as error:
        raise web.HTTPNotFound(text=f"This file cannot be shown: {error}") from error
    if media_type := picture_type(content):
        return web.Response(body=content, content_type=media_type, headers=_KEPT)
    try:
        file = carried(await chat.uploads.name(channel, file_id), content)
    except AttachmentError as error:
        raise web.HTTPUnsupportedMediaType(text=f"This file cannot be opened: {error}") from error
    # Never drawn in the page: whatever it is, it is saved.
    saved = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}", **_KEPT}
    return web.Response(body=content, content_type=file.media_type, headers=saved)
