"""Voice messages: put into words before a turn is worked on, so that everything after reads what was said."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from core.conversation import Attachment, Message
from core.errors import BotError
from core.ports import Chat, Inbox
from core.turn import Turn, TurnRecord

log = logging.getLogger(__name__)

_LIMIT_BYTES = 25_000_000
"""What the endpoints take that we know of."""
_LIMIT_S = 60.0
_MOST_A_TURN = 4
_MOST_CHARS = 8_000


class Transcriber(Protocol):
    """Speech to text."""

    async def words(self, content: bytes, *, name: str, media_type: str) -> str:
        """What is said in a recording, in its own language. Raises `ModelError`."""
        ...


class Voices:
    """Hears the voice messages of turns. What cannot be heard stays a file that the answer says so about."""

    def __init__(self, transcriber: Transcriber, chats: Mapping[str, Chat], inbox: Inbox) -> None:
        self._transcriber = transcriber
        self._chats = chats
        self._inbox = inbox

    async def heard(self, turn: Turn, record: TurnRecord) -> Turn:
        """The turn with what its voice messages say, which is kept as what was written. Raises `StoreError`."""
        recordings = [(message, each) for message in turn.messages for each in message.attachments if is_voice(each)]
        if not recordings:
            return turn
        said: dict[str, Message] = {each.id: each for each in turn.messages}
        for message, recording in recordings[:_MOST_A_TURN]:
            if words := await self._words(message, recording):
                said[message.id] = _with_words(said[message.id], recording, words)
                record.note("voice", json.dumps({"name": recording.name, "chars": len(words)}))
        for message in turn.messages:
            if said[message.id] is not message:
                await self._inbox.hear(said[message.id])
        return replace(turn, messages=tuple(said[each.id] for each in turn.messages))

    async def _words(self, message: Message, recording: Attachment) -> str:
        chat = self._chats[message.thread.platform]
        try:
            async with asyncio.timeout(_LIMIT_S):
                content = await chat.download(recording, limit_bytes=_LIMIT_BYTES)
                words = await self._transcriber.words(content, name=recording.name, media_type=recording.media_type)
        except (BotError, TimeoutError) as error:
            log.warning("a voice message is not heard", extra={"post": message.id, "why": type(error).__name__})
            return ""
        return words.strip()[:_MOST_CHARS]


def is_voice(file: Attachment) -> bool:
    """It is a recording."""
    return file.media_type.startswith("audio/")


def _with_words(message: Message, recording: Attachment, words: str) -> Message:
    text = "\n\n".join(part for part in (message.text, words) if part)
    return replace(message, text=text, attachments=tuple(each for each in message.attachments if each != recording))
