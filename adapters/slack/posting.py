"""Whole messages: posted once, edited in place, found again after a crash."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pydantic import JsonValue, ValidationError

from adapters.slack.answers import Found, FoundPage
from adapters.slack.api import SlackApi
from adapters.slack.errors import NoAnswer, Refused
from adapters.slack.rendering import Rendered, render
from adapters.slack.sharing import Sharing
from core.conversation import Thread
from core.errors import DeliveryError, RateLimited
from core.reply import Delivery

log = logging.getLogger(__name__)

_EVENT = "firstline_post"
_FRESH_S = 30.0
"""A row without an id, seen this soon after the start, may have been posted just before the last end."""
_BAD_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
STREAM_IS_OVER = frozenset({"message_not_in_streaming_state"})
STREAM_IS_OPEN = frozenset({"streaming_state_conflict"})


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a delivery is: the messages of one channel, in order."""

    channel: str
    stamps: tuple[str, ...]
    files: tuple[str, ...] = ()
    """Ids of the files that were shared with it."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The ref that `str` wrote. Raises `DeliveryError` on anything else."""
        channel, slash, rest = text.partition("/")
        stamps, _, files = rest.partition("/")
        if not (channel and slash and stamps):
            raise DeliveryError(f"not a Slack message: {text!r}", is_final=True)
        return cls(channel, tuple(stamps.split(",")), tuple(files.split(",")) if files else ())

    def __str__(self) -> str:
        return "/".join([self.channel, ",".join(self.stamps), *([",".join(self.files)] if self.files else [])])


class Posting:
    """Delivers whole posts."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._began = api.pace.now()
        self._sharing = Sharing(api)
        self._unsure: set[int] = set()
        """Deliveries whose post got no answer: it may be there."""

    async def deliver(self, delivery: Delivery) -> str:
        """See `core.ports.Chat.deliver`."""
        if delivery.post.kind == "gone":
            return await self._take_away(delivery)
        parts = render(delivery.post)
        thread = delivery.thread
        if delivery.ref:
            old = Ref.parse(delivery.ref)
            return await self.replace(old, parts, delivery)
        there, shared = dict[int, str](), dict[str, str]()
        if delivery.nonce and (delivery.id in self._unsure or self._is_fresh()):
            there, shared = await self._find(thread, delivery.nonce)
        stamps = [there.get(n) or await self._post(thread, part, n, delivery) for n, part in enumerate(parts)]
        if delivery.files:
            self._unsure.add(delivery.id)  # its words are there: an attempt after this one must look
        files = await self._sharing.share(delivery, stamps[0], known=shared)
        self._unsure.discard(delivery.id)
        return str(Ref(thread.channel, tuple(stamps), tuple(files)))

    async def find_reply(self, delivery: Delivery, *, known: Collection[str]) -> str:
        """See `core.ports.Chat.find_reply`. A stream carries no nonce until it ends: what nobody else claims is it."""
        thread, asked = delivery.thread, delivery.answers
        answer = await self._read_thread(thread, oldest=asked.id if asked else "")
        taken = {stamp for ref in known if ref for stamp in Ref.parse(ref).stamps}
        for each in _page(answer):
            mark = each.metadata
            is_ours = bool(each.bot_id) and each.ts not in taken and not each.files
            is_marked = mark.event_type == _EVENT
            if is_ours and (mark.event_payload.nonce == delivery.nonce if is_marked else not mark.event_type):
                return str(Ref(thread.channel, (each.ts,)))
        return ""

    async def _take_away(self, delivery: Delivery) -> str:
        if delivery.ref:
            old = Ref.parse(delivery.ref)
            for stamp in old.stamps:
                await self._delete(old.channel, stamp)
            await self._sharing.take_away(old.files)
        return delivery.ref

    async def replace(self, old: Ref, parts: Sequence[Rendered], delivery: Delivery) -> str:
        """Make the messages of a ref exactly these parts: edited, added to, or taken away."""
        stamps: list[str] = []
        for n, part in enumerate(parts):
            if n < len(old.stamps):
                await self.edit(old.channel, old.stamps[n], part, n, delivery)
                stamps.append(old.stamps[n])
            else:
                stamps.append(await self._post(delivery.thread, part, n, delivery))
        for stamp in old.stamps[len(parts) :]:
            await self._delete(old.channel, stamp)
        return str(Ref(old.channel, tuple(stamps), old.files))

    async def add(self, parts: Sequence[Rendered], delivery: Delivery, *, first: int) -> list[str]:
        """Post further messages of a delivery whose first ones are there."""
        return [await self._post(delivery.thread, part, n, delivery) for n, part in enumerate(parts, first)]

    async def edit(self, channel: str, stamp: str, part: Rendered, n: int, delivery: Delivery) -> None:
        """Make one message exactly this; a stream that was left open in it is ended first."""
        try:
            await self._update(channel, stamp, part, n, delivery)
        except Refused as refusal:
            if refusal.code not in STREAM_IS_OPEN:
                raise
            await self.stop_stream(channel, stamp)
            await self._update(channel, stamp, part, n, delivery)

    async def stop_stream(self, channel: str, stamp: str) -> None:
        """End a stream as it is, if it still runs."""
        try:
            await self._api.call("chat.stopStream", channel=channel, ts=stamp)
        except Refused as refusal:
            if refusal.code not in STREAM_IS_OVER:
                raise

    async def _update(self, channel: str, stamp: str, part: Rendered, n: int, delivery: Delivery) -> None:
        await self._send("chat.update", part, channel=channel, ts=stamp, metadata=metadata(delivery, n))

    async def _post(self, thread: Thread, part: Rendered, n: int, delivery: Delivery) -> str:
        try:
            answer = await self._send(
                "chat.postMessage",
                part,
                channel=thread.channel,
                thread_ts=thread.root or None,
                metadata=metadata(delivery, n),
                unfurl_links=False,
                unfurl_media=False,
            )
        except NoAnswer:
            self._unsure.add(delivery.id)
            raise
        return str(answer["ts"])

    async def _send(self, method: str, part: Rendered, **where: JsonValue) -> dict[str, Any]:
        try:
            return await self._api.call(method, text=part.text, blocks=part.blocks, **where)
        except Refused as refusal:
            if refusal.code not in _BAD_BLOCKS:
                raise
            # Words without buttons are better than neither.
            log.error("Slack refuses our blocks", extra={"why": refusal.code})
            return await self._api.call(method, markdown_text=part.markdown, **where)

    async def _delete(self, channel: str, stamp: str) -> None:
        try:
            await self._api.call("chat.delete", channel=channel, ts=stamp)
        except Refused as refusal:
            if refusal.code != "message_not_found":
                raise

    def _is_fresh(self) -> bool:
        return self._api.pace.now() - self._began < _FRESH_S

    async def _find(self, thread: Thread, nonce: str) -> tuple[dict[int, str], dict[str, str]]:
        """Our own messages that carry this nonce, by part, and the files shared there, id by name."""
        try:
            answer = await self._read_thread(thread)
        except RateLimited:
            raise
        except DeliveryError as error:
            # Not being able to look must not keep a message from being delivered.
            log.warning(
                "cannot look for an earlier post",
                extra={"place": thread.key, "why": str(error)},
            )
            return {}, {}
        files = {file.name: file.id for each in _page(answer) for file in each.files}
        return _carrying(nonce, answer), files

    async def _read_thread(self, thread: Thread, *, oldest: str = "") -> dict[str, Any]:
        where: dict[str, JsonValue] = {"channel": thread.channel, "limit": 100}
        method = "conversations.history"
        if oldest:
            where["oldest"] = oldest
        if thread.root:
            method, where = "conversations.replies", {**where, "ts": thread.root}
        return await self._api.read(method, include_all_metadata=True, **where)


def metadata(delivery: Delivery, n: int) -> JsonValue:
    """What lets us recognise a message of ours: nothing is read of it but nonce and part."""
    if not delivery.nonce:
        return None
    return {
        "event_type": _EVENT,
        "event_payload": {"nonce": delivery.nonce, "part": n},
    }


def _carrying(nonce: str, answer: dict[str, Any]) -> dict[int, str]:
    return {
        each.metadata.event_payload.part: each.ts
        for each in _page(answer)
        if each.metadata.event_type == _EVENT and each.metadata.event_payload.nonce == nonce
    }


def _page(answer: dict[str, Any]) -> tuple[Found, ...]:
    try:
        return FoundPage.model_validate(answer).messages
    except ValidationError:
        return ()
