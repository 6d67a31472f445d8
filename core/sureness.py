"""Whether we know enough about a question to speak up in a channel where nobody asked us."""

import asyncio
import logging
import re

from core.addressing import is_question
from core.conversation import Message
from core.errors import BotError
from core.knowledge import Inquiry, Reader, Retriever

log = logging.getLogger(__name__)

_LOOK_S = 1.5
"""Platforms wait three seconds for the acknowledgement of a message, and this comes before it."""
_FEWEST_WORDS = 3
_WORD = re.compile(r"\w+")


class Sureness:
    """Looks into the knowledge before anything is kept or said."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever

    async def is_sure(self, message: Message) -> bool:
        """It is a question, and a passage that this channel may read is near enough to answer from."""
        if len(_WORD.findall(message.text)) < _FEWEST_WORDS or not is_question(message.text):
            return False
        reader = Reader(tenant=message.thread.tenant, channel=message.thread.channel)
        try:
            async with asyncio.timeout(_LOOK_S):
                found = await self._retriever.search(Inquiry(message.text, reader=reader), limit=1)
        except (BotError, TimeoutError) as error:
            log.info("not sure", extra={"why": type(error).__name__})
            return False
        return any(hit.is_strong for hit in found.hits)
