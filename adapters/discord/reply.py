"""A reply as it is written: one message, edited at a pace the channel bears, and exact at its end."""

from adapters.discord.pace import Pace
from adapters.discord.posting import Posting, make_ref, parse_ref
from adapters.discord.rendering import PLACEHOLDER, draft_of, messages_of, status_line
from adapters.discord.waiting import is_command
from core.reply import Delivery, Notice, ReplyEvent, TextDelta, TextReset, ToolStarted


class DiscordReply:
    """Implements `core.ports.ReplyStream`."""

    def __init__(self, posting: Posting, pace: Pace, ref: str) -> None:
        self.ref = ref
        self._posting = posting
        self._pace = pace
        self._channel, (self._message, *_) = parse_ref(ref)
        _, self._bucket = posting.way_to(self._channel, self._message)
        self._text = ""
        self._shown = ""
        self._shows_words = False
        self._drawn_at = -1e9
        pace.opened(self._bucket, self)

    async def show(self, event: ReplyEvent) -> None:
        """See `core.ports.ReplyStream`: the first words at once, then drafts in turn with other replies there."""
        match event:
            case TextDelta(text):
                self._text += text
                if self._is_due() and self._text.strip():
                    await self._draw(draft_of(self._text), is_words=True)
            case TextReset(keep_chars):
                self._text = self._text[:keep_chars]
            case ToolStarted(title=title) | Notice(text=title, kind="status"):
                if not self._text.strip() and self._pace.may_draft(self._bucket, is_first=False):
                    await self._draw(status_line(title), is_words=False)
            case _:
                return

    async def close(self, delivery: Delivery) -> str:
        """See `core.ports.ReplyStream`."""
        self._pace.closed(self._bucket, self)
        texts = messages_of(delivery.post)
        if texts == [self._shown] and not delivery.post.buttons:
            return self.ref
        channel, ids = parse_ref(self.ref)
        self.ref = await self._posting.write(delivery, texts, channel, ids)
        return self.ref

    def _is_due(self) -> bool:
        if not self._shows_words:
            return self._pace.may_draft(self._bucket, is_first=True)
        if self._pace.now() - self._drawn_at < self._pace.draft_every_s(self._bucket):
            return False
        return self._pace.may_draft(self._bucket, is_first=False)

    async def _draw(self, text: str, *, is_words: bool) -> None:
        if text == self._shown:
            return
        was_drawn = await self._posting.draft(self._channel, self._message, text)
        self._drawn_at = self._pace.now()
        if was_drawn:
            self._shown = text
            self._shows_words = is_words
        else:
            # It may have been drawn after all: only the last edit can tell.
            self._shown = ""


async def open_reply(posting: Posting, pace: Pace, delivery: Delivery) -> DiscordReply:
    """A message with a placeholder, the one of an earlier attempt, or the response to a command."""
    asked = delivery.answers
    if delivery.ref:
        channel, ids = parse_ref(delivery.ref)
        await posting.edit(channel, ids[0], PLACEHOLDER)
        return DiscordReply(posting, pace, make_ref(channel, ids[:1]))
    if asked is not None and is_command(asked):
        # Discord says "thinking" there already.
        channel = delivery.thread.root if delivery.thread.channel == asked.id else delivery.thread.channel
        return DiscordReply(posting, pace, make_ref(channel, [asked.id]))
    ref = await posting.find(delivery, PLACEHOLDER)
    ref = ref or await posting.post(delivery.thread, PLACEHOLDER, nonce=delivery.nonce)
    return DiscordReply(posting, pace, ref)
