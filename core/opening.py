"""Opens the reply of a turn: empty at first, its id saved before any text of the answer is sent."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

from core.errors import BotError, DeliveryError, LostTurn, RateLimited
from core.gate import Voice
from core.ports import Chat, Outbox, ReplyStream, Turns
from core.reply import Delivery, Post, TextReset
from core.turn import Turn

log = logging.getLogger(__name__)

_OPEN_LIMIT_S = 30.0
"""A platform that takes longer to open a reply gets the answer whole."""
_FIRST_WAIT_S = 0.25
_TAKE_BACK_S = 16.0
"""Longest wait for whoever took a turn over to say where it answers; doubled each time up to this."""


class Opening:
    """One a process; keeps the open replies of turns that begin anew at once."""

    def __init__(self, *, turns: Turns, outbox: Outbox, chats: Mapping[str, Chat]) -> None:
        self._turns = turns
        self._outbox = outbox
        self._chats = chats
        self._kept: dict[str, ReplyStream] = {}

    def keep(self, turn: Turn, stream: ReplyStream | None) -> None:
        """The turn begins anew in this very reply."""
        if stream is not None:
            self._kept[turn.id] = stream

    def kept(self, turn: Turn) -> ReplyStream | None:
        """The reply that was kept for the turn; it is the caller's now."""
        return self._kept.pop(turn.id, None)

    async def open(self, turn: Turn, voice: Voice) -> ReplyStream | None:
        """The open reply with its id saved; None when the platform refuses: then the outbox posts it whole."""
        if (kept := self.kept(turn)) is not None:
            await kept.show(TextReset(0))
            return kept
        # What is looked up for the answer takes longer than this: it may go first.
        await asyncio.sleep(0)
        async with voice.speaking() as may_speak:
            if not may_speak:
                # A message that stands there from an earlier attempt is closed by the outbox.
                return None
            stream = await self._opened(turn)
            if stream is None:
                return None
            try:
                await self._turns.opened(turn, stream.ref)
            except LostTurn as error:
                lost = error
            else:
                return stream
        # Nobody who wants to speak here waits for this.
        await self._take_back(turn, stream.ref)
        raise lost

    async def _take_back(self, turn: Turn, ref: str) -> None:
        """Whoever took the turn over answers in a message of its own: this one, opened too late, would stand open."""
        chat, wait_s = self._chats[turn.thread.platform], 0.0
        while wait_s <= _TAKE_BACK_S:
            await asyncio.sleep(wait_s)
            wait_s = 2 * wait_s or _FIRST_WAIT_S
            try:
                taken = await self._outbox.ref(turn.reply)
                if taken == ref:
                    return
                if taken:
                    await chat.deliver(replace(turn.reply, ref=ref, post=Post("", kind="gone")))
                    log.info("a reply opened too late was taken back", extra={"place": turn.thread.key})
                    return
            except BotError as error:
                log.info("not taken back yet", extra={"place": turn.thread.key, "why": str(error)})
        log.error("a reply opened too late may still stand there", extra={"place": turn.thread.key})

    async def _opened(self, turn: Turn) -> ReplyStream | None:
        is_doubtful = turn.fence > 1
        for _ in range(2):
            try:
                async with asyncio.timeout(_OPEN_LIMIT_S):
                    reply = await self._found(turn) if is_doubtful else turn.reply
                    return await self._chats[turn.thread.platform].open_reply(reply)
            except RateLimited as error:
                why, is_lost = str(error), False
            except DeliveryError as error:
                why, is_lost = str(error), not error.is_final
            except TimeoutError:
                why, is_lost = "it took too long", True
            log.warning("no live reply", extra={"place": turn.thread.key, "why": why})
            if not is_lost:
                return None
            # The platform may have opened it all the same: posted whole as well, there would be two.
            is_doubtful = True
        return None

    async def _found(self, turn: Turn) -> Delivery:
        """The reply to open; in doubt, the one that was opened but whose id did not reach us or was not saved."""
        if turn.reply.ref:
            return turn.reply
        known = await self._outbox.refs(turn.thread)
        ref = await self._chats[turn.thread.platform].find_reply(turn.reply, known=known)
        return replace(turn.reply, ref=ref)
