"""Whether the knowledge can answer at all: looked at before the model is asked, and remembered where it could not."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from core import phrases
from core.answering import Answerer, Question
from core.gaps import Gap, Gaps, does_not_know
from core.knowledge import Found, Retriever
from core.modelling import ToolSpec
from core.ports import Clock
from core.readiness import Choice, Readiness
from core.redaction import masked
from core.reply import ReplyEvent, TextDelta, TextReset
from core.sayings import every, listed, said_in
from core.settings import AgentSettings
from core.tongues import language_of
from core.turn import TurnRecord
from core.verified import is_a_question_for_all

_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 5
_LEAST_WORDS = 3
_OPTIONS = 3
_LEAST_COVERAGE = 0.34
"""Share of a question's words that the best passage must have for asking which passage is meant."""
_ASKED = re.compile(
    r"\?|^\W*(?:how|what|when|where|which|who|why|can|could|do|does|is|are|wie|was|wann|wo|kann|comment|quand|cómo)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:mein\w*|unser\w*|mon|ma|mes|notre|nos|mis?|m[ií][ao]s?|nuestr[ao]s?|mie|miei|nostr[aeio]|meus?|minhas?|"
    r"noss[ao]s?|mijn|ons|onze|bestellung\w*|paket\w*|sendung\w*|lieferung|erstattung|rückerstattung|commandes?|colis|"
    r"livraison|remboursement|pedidos?|paquetes?|envíos?|reembolso|ordin[ei]|pacc[oh]\w*|spedizione|rimborso|encomendas?|"
    r"entrega|bestelling\w*|pakket\w*|bezorging|terugbetaling)\b",
    re.IGNORECASE,
)
"""What is somebody's own, and what tools are mostly for, in languages that these do not tell of themselves in."""
_TOOLS_TONGUE = "en"
"""Tools tell of themselves in it."""
_ASK_BACK_BEGINNINGS = tuple(line.partition(":")[0] for line in every(phrases.ASK_BACK_OPEN))
_IDLE_STEMS = frozenset("their where when custo given whose which about order's only with from this that".split())


class AnswerableFirst:
    """Implements `core.answering.Answerer` around another one."""

    def __init__(
        self,
        answerer: Answerer,
        *,
        retriever: Retriever,
        readiness: Readiness | None,
        tools: Sequence[ToolSpec],
        gaps: Gaps,
        settings: AgentSettings,
        clock: Clock,
    ) -> None:
        self._answerer = answerer
        self._retriever = retriever
        self._readiness = readiness
        self._of_tools = frozenset(stem for each in tools for stem in stems(f"{each.name} {each.description}"))
        self._gaps = gaps
        self._settings = settings
        self._clock = clock

    @property
    def label(self) -> str:
        """See `Answerer`."""
        return self._answerer.label

    async def warm_up(self) -> None:
        """See `Answerer`."""
        await self._answerer.warm_up()

    async def answer(self, question: Question, record: TurnRecord) -> AsyncGenerator[ReplyEvent, None]:
        """See `Answerer`. Asks back once, or says that it does not know; else the other one answers."""
        found = question.found or Found()
        if question.found is None and question.query.strip():
            began_s = asyncio.get_running_loop().time()
            found = await self._retriever.search(question.inquiry, limit=self._settings.passages)
            record.timings["retrieval"] = asyncio.get_running_loop().time() - began_s
        choice = self._choice(question, found)
        if choice == "abstain":
            await self._note(question, "")
            yield TextDelta(said_in(_tongue(question), phrases.NOTHING_FOUND))
        elif choice == "ask":
            yield TextDelta(_ask_back(found, _tongue(question)))
        else:
            async for event in self._answered(replace(question, found=found), record):
                yield event
            return
        record.note("decision", json.dumps({"choice": choice}))

    async def _answered(self, question: Question, record: TurnRecord) -> AsyncGenerator[ReplyEvent, None]:
        text = ""
        async for event in self._answerer.answer(question, record):
            if isinstance(event, TextDelta):
                text += event.text
            elif isinstance(event, TextReset):
                text = text[: event.keep_chars]
            yield event
        is_lost = record.handoff is not None and record.handoff.reason_code == "no_answer"
        lines = (*every(phrases.NO_SOURCE), *every(phrases.EMPTY_ANSWER))
        if is_lost or does_not_know(text) or any(line in text for line in lines):
            await self._note(question, text)

    def _choice(self, question: Question, found: Found) -> Choice:
        asked = question.turn.asked
        if self._readiness is None or not self._is_for_knowledge(question):
            return "answer"
        if self._may_be_for_tools(question):
            return "answer"
        if not found.hits and len(stems(asked)) >= _LEAST_WORDS:
            return "abstain"
        choice = self._readiness.choose(question.inquiry, found.signals)
        if choice == "answer" or any(hit.is_strong for hit in found.hits):
            return "answer"
        if found.signals.coverage < _LEAST_COVERAGE and not question.inquiry.before:
            return "abstain"  # asking which of these is meant would be no help: it is none of them
        ours = [line.text for line in question.turn.history if line.speaker == "bot"]
        has_asked = bool(ours) and ours[-1].startswith(_ASK_BACK_BEGINNINGS)
        return "answer" if choice == "ask" and has_asked else choice

    def _is_for_knowledge(self, question: Question) -> bool:
        """A question in words, that no tool is for and that is not about the customer's own things."""
        asked = question.turn.asked
        if question.seen or question.decisions or not _ASKED.search(asked):
            return False
        if len(asked.split()) < _LEAST_WORDS or not is_a_question_for_all(asked):
            return False
        return not (question.route.tools != "none" and self._of_tools & set(stems(asked)))

    def _may_be_for_tools(self, question: Question) -> bool:
        """About their own things, in a language that no tool tells of itself in."""
        asked = question.turn.asked
        if not self._of_tools or question.route.tools == "none" or language_of(asked) in ("", _TOOLS_TONGUE):
            return False
        return _OWN.search(asked) is not None

    async def _note(self, question: Question, answer: str) -> None:
        turn = question.turn
        gap = Gap(
            kind="unanswered",
            question=masked(turn.asked),
            at=self._clock.now(),
            case_id=turn.case.id,
            turn_id=turn.id,
            thread=turn.thread.key,
            answer=answer,
        )
        await self._gaps.note(gap)


def _tongue(question: Question) -> str:
    """The customer's language: of these words, else of what they wrote before; empty when neither tells."""
    turn = question.turn
    earlier = " ".join(line.text for line in turn.history if line.speaker == "customer")
    return language_of(turn.asked) or language_of(earlier)


def _ask_back(found: Found, tongue: str) -> str:
    """One question: which of the things that were found is meant."""
    titles = list(dict.fromkeys(hit.passage.title.rsplit("›", 1)[-1].strip() for hit in found.hits))[:_OPTIONS]
    if len(titles) < 2:
        return said_in(tongue, phrases.ASK_BACK_OPEN)
    options = listed(tongue, [f"**{title}**" for title in titles])
    return said_in(tongue, phrases.ASK_BACK).format(options=options)


def stems(text: str) -> list[str]:
    """The words that say what something is about, by their beginnings."""
    words = _WORD.findall(text.lower().replace("_", " "))
    return [word[:_STEM] for word in words if word[:_STEM] not in _IDLE_STEMS]
