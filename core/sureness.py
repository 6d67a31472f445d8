"""Whether we know enough about a question to speak up in a channel where nobody asked us."""

import asyncio
import logging
import re
from collections.abc import Sequence

from core.addressing import is_question
from core.answerable import stems
from core.conversation import Message
from core.errors import BotError
from core.knowledge import Inquiry, Reader, Retriever
from core.tools import Tool

log = logging.getLogger(__name__)

_LOOK_S = 1.5
"""Platforms wait three seconds for the acknowledgement of a message, and this comes before it."""
_FEWEST_WORDS = 3
_WORD = re.compile(r"\w+")
_NAMED = re.compile(r"#\s?\w*\d\w{2,}|\b[A-Z]{0,4}-?\d{4,}\b")
"""An order's number or the like."""


class Sureness:
    """Looks at the tools and into the knowledge before anything is kept or said."""

    def __init__(self, retriever: Retriever, tools: Sequence[Tool] = ()) -> None:
        self._retriever = retriever
        about = (each for each in tools if each.effect == "read" and each.said)
        self._of_tools = [frozenset(stems(f"{each.name} {each.description}")) for each in about]

    async def is_sure(self, message: Message) -> bool:
        """It is a question, and a tool or a passage that this channel may read is near enough to answer from."""
        if len(_WORD.findall(message.text)) < _FEWEST_WORDS or not is_question(message.text):
            return False
        if self._is_for_a_tool(message.text):
            return True
        reader = Reader(tenant=message.thread.tenant, channel=message.thread.channel)
        try:
            async with asyncio.timeout(_LOOK_S):
                found = await self._retriever.search(Inquiry(message.text, reader=reader), limit=1)
        except (BotError, TimeoutError) as error:
            log.info("not sure", extra={"why": type(error).__name__})
            return False
        return any(hit.is_strong for hit in found.hits)

    def _is_for_a_tool(self, text: str) -> bool:
        """It names what a reading tool has to be told, and speaks of what the tool is about."""
        if _NAMED.search(text) is None:
            return False
        asked = set(stems(text))
        return any(asked & each for each in self._of_tools)
