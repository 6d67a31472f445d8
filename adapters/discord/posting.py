"""Messages in channels: posted once by nonce, edited in place, in threads that are begun when needed."""

import logging
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from adapters.discord.api import DiscordApi, Json
from adapters.discord.errors import ARCHIVED, CLOSED_THREAD, Gone, Refused
from adapters.discord.rendering import PLACEHOLDER, body_of, called_by, messages_of
from adapters.discord.threads import Threads
from adapters.discord.waiting import WaitingRoom
from core.conversation import Thread
from core.errors import DeliveryError, RateLimited
from core.reply import Button, Delivery, SentFile

log = logging.getLogger(__name__)

_LOOK_BACK = 25
_CLOCKS_DIFFER = timedelta(seconds=5)
_MANY_ATTEMPTS = 2


class Posting:
    """Writes into Discord; a `ref` is `CHANNEL/MESSAGE[,MESSAGE…]`."""

    def __init__(self, api: DiscordApi, threads: Threads, waiting: WaitingRoom) -> None:
        self._api = api
        self._threads = threads
        self._waiting = waiting
        self._began = datetime.now(UTC) + _CLOCKS_DIFFER

    async def post(
        self,
        thread: Thread,
        text: str,
        *,
        nonce: str,
        buttons: tuple[Button, ...] = (),
        calls: Sequence[str] = (),
        files: Sequence[SentFile] = (),
    ) -> str:
        """Post one message; returns `CHANNEL/MESSAGE`. The same nonce within minutes posts nothing new."""
        await self._threads.begin_expected(thread)
        body = {**body_of(text, buttons=buttons, calls=calls), **_once(nonce)}
        if self._threads.is_refused(thread):
            return await self._post_in_channel(thread, body, files)
        try:
            return await self._send(thread.channel, body, files)
        except Gone:
            if not thread.root:
                raise
        # It was not begun yet, or somebody deleted it.
        if await self._threads.begin(thread):
            return await self._send(thread.channel, body, files)
        return await self._post_in_channel(thread, body, files)

    async def edit(self, channel: str, message: str, text: str, *, buttons: tuple[Button, ...] = ()) -> None:
        """Make a message say exactly this; the response to a command through its token while that lives."""
        body = body_of(text, buttons=buttons)
        if response := self._waiting.way_to(message):
            try:
                await self._api.call("PATCH", response.path, bucket=response.bucket, what="response", body=body)
            except Refused as refusal:
                log.info("the response is an ordinary message now", extra={"place": channel, "why": str(refusal)})
                self._waiting.forget(message)
            else:
                return
        path = f"/channels/{channel}/messages/{message}"
        try:
            await self._api.call("PATCH", path, bucket=edits_of(channel), what="edit", body=body)
        except Refused as refusal:
            if refusal.code != ARCHIVED:
                raise
            # A message unarchives its thread by itself, an edit does not.
            await self._threads.unarchive(channel)
            await self._api.call("PATCH", path, bucket=edits_of(channel), what="edit", body=body)

    async def draft(self, channel: str, message: str, text: str) -> bool:
        """Try to show an unfinished text; False when it was not shown."""
        path, bucket = self.way_to(channel, message)
        return await self._api.draft(path, bucket=bucket, body=body_of(text))

    def way_to(self, channel: str, message: str) -> tuple[str, str]:
        """Path and bucket for edits of a message."""
        if response := self._waiting.way_to(message):
            return response.path, response.bucket
        return f"/channels/{channel}/messages/{message}", edits_of(channel)

    async def delete(self, channel: str, message: str) -> None:
        """Take a message of ours away; one that is gone already is fine."""
        path = f"/channels/{channel}/messages/{message}"
        try:
            await self._api.call("DELETE", path, bucket=f"deletes {channel}", what="message")
        except Gone:
            return

    async def deliver(self, delivery: Delivery) -> str:
        """Post a row, or edit its message(s) to exactly its post; returns the ref. Safe to repeat."""
        if delivery.post.kind == "gone":
            for each in parse_ref(delivery.ref)[1]:
                await self.delete(parse_ref(delivery.ref)[0], each)
            return delivery.ref
        texts = messages_of(delivery.post)
        ref = delivery.ref or await self.find(delivery, texts[0])
        channel, known = parse_ref(ref)
        try:
            return await self.write(delivery, texts, channel, known)
        except Gone:
            if not known:
                raise
            # Somebody deleted the message: its text is owed all the same.
            return await self.write(delivery, texts, "", [])

    async def write(self, delivery: Delivery, texts: Sequence[str], channel: str, known: Sequence[str]) -> str:
        """Bring the messages to these texts: edit those that exist, post what is missing, take away the rest."""
        ids = list(known[: len(texts)])
        for n, text in enumerate(texts):
            buttons = delivery.post.buttons if n == len(texts) - 1 else ()
            if n < len(known):
                await self.edit(channel, known[n], text, buttons=buttons)
                continue
            place = Thread(delivery.thread.tenant, delivery.thread.platform, channel) if channel else delivery.thread
            calls = () if n else called_by(delivery.post)
            files = () if n else delivery.files
            nonce = _nonce(delivery, n)
            ref = await self.post(place, text, nonce=nonce, buttons=buttons, calls=calls, files=files)
            channel, _, message = ref.partition("/")
            ids.append(message)
        for message in known[len(texts) :]:
            await self.delete(channel, message)
        return make_ref(channel, ids)

    async def find(self, delivery: Delivery, text: str) -> str:
        """The ref of a row that was posted just before a crash; empty when there is none.

        Discord drops a repeated nonce for some minutes only.
        """
        if delivery.answers is None or not self._may_be_there(delivery, delivery.answers.sent_at):
            return ""
        channel, after = delivery.thread.channel, delivery.answers.id
        try:
            messages = await self._history(channel, after=after)
        except RateLimited:
            raise
        except DeliveryError as error:
            # Not being able to look must not keep a message from being delivered.
            log.info("cannot look for an earlier post", extra={"place": delivery.thread.key, "why": str(error)})
            return ""
        ours = [str(each["id"]) for each in messages if _is_ours(each, text, delivery.nonce)]
        return make_ref(channel, ours[-1:]) if ours else ""

    async def find_reply(self, delivery: Delivery, *, known: Collection[str]) -> str:
        """See `core.ports.Chat.find_reply`: ours by nonce, or a placeholder that no other row claims."""
        if delivery.answers is None:
            return ""
        channel, taken = delivery.thread.channel, {message for ref in known for message in parse_ref(ref)[1]}
        try:
            messages = await self._history(channel, after=delivery.answers.id)
        except Gone:
            return ""
        ours = (str(each["id"]) for each in messages if _is_ours(each, PLACEHOLDER, delivery.nonce))
        return next((make_ref(channel, [message]) for message in ours if message not in taken), "")

    async def _history(self, channel: str, *, after: str) -> list[dict[str, Any]]:
        path = f"/channels/{channel}/messages?after={after}&limit={_LOOK_BACK}"
        found = await self._api.call("GET", path, bucket=f"reads {channel}", what="history")
        return cast(list[dict[str, Any]], found or [])

    async def _post_in_channel(self, thread: Thread, body: Json, files: Sequence[SentFile]) -> str:
        """Where no thread can be had the answer stands in the channel, as a reply to what it answers."""
        reply = {"message_id": thread.channel, "fail_if_not_exists": False}
        ref = await self._send(thread.root, {**body, "message_reference": reply}, files)
        self._threads.answered_in_channel(parse_ref(ref)[1][0], thread)
        return ref

    async def _send(self, channel: str, body: Json, files: Sequence[SentFile]) -> str:
        path = f"/channels/{channel}/messages"
        try:
            return await self._sent(channel, path, body, files)
        except Refused as refusal:
            if refusal.code not in CLOSED_THREAD:
                raise
        await self._threads.unarchive(channel)
        return await self._sent(channel, path, body, files)

    async def _sent(self, channel: str, path: str, body: Json, files: Sequence[SentFile]) -> str:
        sent = await self._api.call("POST", path, bucket=f"posts {channel}", what="message", body=body, files=files)
        if not isinstance(sent, dict):
            raise DeliveryError("Discord answered a post with a page that is not its own. Check DISCORD_API_URL.")
        return make_ref(channel, [str(cast(Json, sent)["id"])])

    def _may_be_there(self, delivery: Delivery, asked_at: datetime) -> bool:
        """Asked before this process began, or tried without an answer for a while."""
        return asked_at < self._began or delivery.attempts > _MANY_ATTEMPTS


def edits_of(channel: str) -> str:
    """The bucket of a channel's edits."""
    return f"edits {channel}"


def parse_ref(ref: str) -> tuple[str, list[str]]:
    """Channel and message ids of a ref; nothing for an empty one."""
    channel, _, ids = ref.partition("/")
    return channel, ids.split(",") if ids else []


def make_ref(channel: str, ids: Sequence[str]) -> str:
    """The ref of these messages."""
    return f"{channel}/{','.join(ids)}"


def _once(nonce: str) -> Json:
    return {"nonce": nonce, "enforce_nonce": True} if nonce else {}


def _is_ours(message: Json, text: str, nonce: str) -> bool:
    author: Json = message.get("author") or {}
    if not author.get("bot"):
        return False
    return message.get("nonce") == nonce or message.get("content") in (PLACEHOLDER, text)


def _nonce(delivery: Delivery, part: int) -> str:
    """At most 25 characters, another one for each message of a row."""
    if not delivery.nonce or part == 0:
        return delivery.nonce
    return f"{delivery.nonce[:22]}.{part}"
