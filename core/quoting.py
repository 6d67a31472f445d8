"""Answering without any model: the best passage, word for word, and saying so."""

from collections.abc import AsyncGenerator

from core.answering import Question
from core.case import Handoff
from core.citing import citations
from core.knowledge import Found, Retriever
from core.reply import ReplyEvent, SourceCited, TextDelta
from core.turn import TurnRecord

_NO_MODEL = "No language model is connected, so I can only quote our help pages."
_NOTHING = f"{_NO_MODEL} They say nothing about that; I have passed your message to a person."


class Quoter:
    """Answers by quoting; what it cannot quote goes to a person."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever

    @property
    def label(self) -> str:
        """For people."""
        return "no model connected: quoting only"

    async def warm_up(self) -> None:
        """There is nothing to prepare."""

    async def answer(self, question: Question, record: TurnRecord) -> AsyncGenerator[ReplyEvent, None]:
        """See `core.answering.Answerer`."""
        found = question.found or Found()
        if question.found is None and question.query.strip():
            found = await self._retriever.search(question.inquiry, limit=3)
        best = next((hit for hit in found.hits if hit.is_strong), None)
        if best is None:
            record.handoff = Handoff("no_answer", "No model is connected and no passage fits the question.")
            yield TextDelta(_NOTHING)
            return
        quoted = "\n".join(f"> {line}" if line else ">" for line in best.passage.text.splitlines())
        yield TextDelta(f"{_NO_MODEL} This fits best [1]:\n\n{quoted}")
        for cited in citations("[1]", [best]):
            yield SourceCited(cited)
