"""Files in Slack: handed over in three steps, and shared into the thread that they belong to."""

import logging
from collections.abc import Collection, Mapping
from typing import cast

import aiohttp
from pydantic import JsonValue

from adapters.slack.api import SlackApi
from adapters.slack.errors import NoAnswer, Refused
from core.reply import Delivery, SentFile

log = logging.getLogger(__name__)

_NOT_ALLOWED = frozenset({"missing_scope", "not_allowed_token_type", "file_uploads_disabled"})

_NONE: Mapping[str, str] = {}


class Sharing:
    """Shares the files of deliveries."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def share(self, delivery: Delivery, stamp: str, *, known: Mapping[str, str] = _NONE) -> list[str]:
        """Share what goes with a post and return the ids; `known` are those that are there already, by name.

        `stamp` is the post's own: a card outside any thread gets its files as its first replies.

        Raises `DeliveryError`. Where the app may not upload, the post stays without its files and the log says so.
        """
        ids, thread = list[str](), delivery.thread
        root = thread.root or (stamp if delivery.post.kind == "card" else "")
        try:
            for n, file in enumerate(delivery.files):
                name = file_name(delivery, n)
                ids.append(known.get(name) or await self._one(thread.channel, root, file, name))
        except Refused as refusal:
            if refusal.code not in _NOT_ALLOWED:
                raise
            log.error("Slack does not let us share files: add the bot scope files:write", extra={"why": refusal.code})
        return ids

    async def take_away(self, ids: Collection[str]) -> None:
        """Delete files of ours; those that are gone already are fine."""
        for each in ids:
            try:
                await self._api.call("files.delete", file=each)
            except Refused as refusal:
                if refusal.code not in ("file_not_found", "file_deleted"):
                    raise

    async def _one(self, channel: str, root: str, file: SentFile, name: str) -> str:
        place = await self._api.read("files.getUploadURLExternal", filename=name, length=len(file.content))
        try:
            async with self._api.session.post(str(place["upload_url"]), data=file.content) as answer:
                if answer.status != 200:
                    raise NoAnswer(f"Slack did not take a file: {answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAnswer(f"Slack did not take a file: {type(error).__name__}") from error
        shared = cast(list[JsonValue], [{"id": place["file_id"], "title": file.name}])
        await self._api.call("files.completeUploadExternal", files=shared, channel_id=channel, thread_ts=root or None)
        return str(place["file_id"])


def file_name(delivery: Delivery, n: int) -> str:
    """What a file is called at Slack: made of the row, so that a second attempt finds it."""
    return f"{delivery.nonce or delivery.id}-{n}-{delivery.files[n].name}"
