"""Fetching what people uploaded, with the bot token for Slack's own hosts and nobody else's."""

import logging

import aiohttp
from yarl import URL

from adapters.slack.api import SlackApi
from adapters.slack.attached import BY_ID, LINKED, address_of, may_see
from core.conversation import Attachment
from core.errors import AttachmentError, DeliveryError

log = logging.getLogger(__name__)

_MOST_REDIRECTS = 5
_CHUNK_BYTES = 64 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=8)
_SLACK_HOSTS = ("slack.com", "slack-gov.com", "slack-files.com")
_MEGABYTE = 1_000_000

_GONE = "I could not find that file any more. Please upload it again."
_CANNOT_OPEN = "I could not open that file. Please upload it again."
_NOT_HERE = "I can only open links to files that you uploaded yourself or that were shared here. Please upload it here."
_ELSEWHERE = "That file is kept outside Slack, where I cannot open it. Please upload it here."


class Files:
    """Downloads attachments."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._own_host = URL(api.settings.api_url).authority

    async def download(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """See `core.ports.Chat.download`."""
        if attachment.size_bytes > limit_bytes:
            raise _too_large(limit_bytes)
        try:
            address = URL(await self._address(address_of(attachment.source)))
            if not self._is_slack(address):
                raise AttachmentError(_ELSEWHERE)
            return await self._fetch(address, attachment, limit_bytes)
        except (aiohttp.ClientError, TimeoutError, DeliveryError, ValueError) as error:
            log.warning("file not fetched", extra={"why": type(error).__name__})
            raise AttachmentError(_CANNOT_OPEN) from error

    async def _address(self, source: str) -> str:
        if source.startswith(LINKED):
            name, _, place = source.removeprefix(LINKED).partition("/")
        elif source.startswith(BY_ID):
            name, place = source.removeprefix(BY_ID), ""
        else:
            return source
        file = (await self._api.read("files.info", file=name)).get("file", {})
        channel, _, person = place.partition("/")
        if place and not may_see(file, channel=channel, person=person):
            raise AttachmentError(_NOT_HERE)
        return str(file.get("url_private_download") or file.get("url_private") or "")

    def _is_slack(self, address: URL) -> bool:
        host = address.host or ""
        return address.authority == self._own_host or any(
            address.scheme == "https" and (host == own or host.endswith(f".{own}")) for own in _SLACK_HOSTS
        )

    async def _fetch(self, address: URL, attachment: Attachment, limit_bytes: int) -> bytes:
        token = self._api.settings.bot_token.get_secret_value()
        for _ in range(_MOST_REDIRECTS + 1):
            # The client would take the token along to wherever a redirect points.
            headers = {"Authorization": f"Bearer {token}"} if self._is_slack(address) else {}
            async with self._api.session.get(
                address, headers=headers, allow_redirects=False, timeout=_TIMEOUT
            ) as answer:
                if answer.status in (301, 302, 303, 307, 308):
                    address = address.join(URL(answer.headers.get("Location", "")))
                    continue
                return await _content(answer, attachment, limit_bytes)
        raise AttachmentError(_CANNOT_OPEN)


async def _content(answer: aiohttp.ClientResponse, attachment: Attachment, limit_bytes: int) -> bytes:
    if answer.status in (404, 410):
        raise AttachmentError(_GONE)
    if answer.status in (401, 403):
        raise _no_permission()
    answer.raise_for_status()
    if (answer.content_length or 0) > limit_bytes:
        raise _too_large(limit_bytes)
    content = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
        content += chunk
        if len(content) > limit_bytes:
            raise _too_large(limit_bytes)
    # Without files:read Slack answers 200 and its sign-in page, so the status alone proves nothing.
    if attachment.media_type != "text/html" and (
        answer.content_type == "text/html" or _looks_like_page(bytes(content[:200]))
    ):
        raise _no_permission()
    return bytes(content)


def _looks_like_page(head: bytes) -> bool:
    return head.lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _no_permission() -> AttachmentError:
    log.error("Slack gave its sign-in page instead of a file: add the bot scope files:read and reinstall the app")
    return AttachmentError("I am not allowed to open files in this workspace yet. Please describe what it shows.")


def _too_large(limit_bytes: int) -> AttachmentError:
    return AttachmentError(
        f"That file is larger than the {limit_bytes / _MEGABYTE:g} MB I can open. Please send a smaller one."
    )
