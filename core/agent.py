"""The answering loop: a model and tools in turns, until there is an answer.

Every text passes the claim filter; every call passes the toolbox. The loop knows no platform.
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial

from pydantic import TypeAdapter

from core import phrases
from core.answering import Question
from core.case import Handoff
from core.citing import citations, without_loose_marks
from core.claims import claims_of
from core.draft import Draft
from core.grounding import Grounding
from core.knowledge import Hit, Retriever
from core.modelling import ChatModel, PromptMessage, ToolCall, ToolSpec, Work
from core.notes import HELD_BACK
from core.passedon import own_words
from core.prompt import last_message, profile_message, system_prompt
from core.recording import RecordedModel
from core.remembering import Memory
from core.reply import ReplyEvent, SourceCited, ToolFinished, ToolStarted
from core.rereading import reread
from core.sayings import said_in
from core.scene import Outcome
from core.settings import AgentSettings
from core.tongues import language_of
from core.toolbox import Toolbox
from core.turn import UNPROVED, TurnRecord
from core.warming import Warming

log = logging.getLogger(__name__)

_OUTCOME = TypeAdapter(Outcome)


class Agent:
    """Answers with a language model."""

    def __init__(
        self,
        *,
        models: Callable[[Work], ChatModel],
        toolbox: Toolbox,
        retriever: Retriever,
        settings: AgentSettings,
        memory: Memory | None = None,
    ) -> None:
        self._models = models
        self._toolbox = toolbox
        self._retriever = retriever
        self._settings = settings
        self._memory = memory or Memory(limit_tokens=settings.conversation_tokens)

    @property
    def label(self) -> str:
        """The chat model's name for people."""
        return self._models("chat").profile.label

    async def answer(self, question: Question, record: TurnRecord) -> AsyncGenerator[ReplyEvent, None]:
        """See `core.answering.Answerer`."""
        model = RecordedModel(self._models(question.work), record.journal, route=question.work)
        hits = await self._hits(question, record)
        conversation = await self._memory.conversation(question.turn, model.profile)
        draft = self._draft(question, hits, model, conversation)
        tools = self._offered(question, is_small=model.profile.is_small)
        for step in range(self._settings.max_steps):
            is_last = step + 1 == self._settings.max_steps
            async for event in draft.step(model, record, tools=() if is_last else tools):
                yield event
            if not draft.calls:
                break
            async for event in self._run_calls(draft, question, record):
                yield event
            if said := self._said(draft, record, is_small=model.profile.is_small):
                for event in (each for text in said for each in draft.say(text)):
                    yield event
                break
            if model.profile.is_small:
                tools = ()
        else:
            record.handoff = Handoff("no_answer", "The step limit was reached before there was an answer.")
            for event in draft.say(phrases.STEP_LIMIT):
                yield event
        checked = await self._reread(draft, hits, record)
        for event in self._close(draft, hits, record, checked):
            yield event

    async def _reread(self, draft: Draft, hits: Sequence[Hit], record: TurnRecord) -> tuple[str, frozenset[int]]:
        """The text without citations that another model refuses, and the passages that are cited no more."""
        model = self._models("triage") if self._settings.check_citations == "model" else None
        return await reread(without_loose_marks(draft.text, hits), hits, model, record)

    def _offered(self, question: Question, *, is_small: bool) -> tuple[ToolSpec, ...]:
        if is_small:
            return self._toolbox.few_specs(question.route, question.scene)
        return self._toolbox.specs(question.route, question.scene)

    async def warm_up(self) -> None:
        """See `core.answering.Answerer`."""
        await Warming(self._models, self._toolbox, self._retriever, self._settings).warm_up()

    async def _hits(self, question: Question, record: TurnRecord) -> Sequence[Hit]:
        if not question.query.strip():
            return ()
        began_s = asyncio.get_running_loop().time()
        found = question.found or await self._retriever.search(question.inquiry, limit=self._settings.passages)
        record.timings.setdefault("retrieval", asyncio.get_running_loop().time() - began_s)
        hits = found.hits
        told = [
            {
                "title": hit.passage.title,
                "score": round(hit.score, 4),
                "strong": hit.is_strong,
            }
            for hit in hits
        ]
        record.note("passages", json.dumps(told, ensure_ascii=False))
        return hits

    def _draft(
        self, question: Question, hits: Sequence[Hit], model: ChatModel, conversation: Sequence[PromptMessage]
    ) -> Draft:
        turn, profile = question.turn, model.profile
        _taint(question, hits)
        messages = [
            system_prompt(self._settings, profile),
            *([] if profile.is_small else [self._profile(question)]),
            *conversation,
            last_message(
                asked=turn.spoken,
                hits=hits,
                seen=question.seen,
                principal=question.scene.principal,
                decisions=question.decisions,
                tone=question.route.tone,
                looking_at=turn.messages[-1].looking_at if turn.messages else "",
            ),
        ]
        evidence = [
            *question.decisions,
            *(claims_of(line.text) for line in turn.history if line.speaker == "bot"),
            *(line.text for line in turn.history if line.speaker == "person"),
        ]
        seen = "\n".join(
            [*(each.finding for each in question.seen), *(f for line in turn.history for f in line.findings)]
        )
        return Draft(
            messages,
            evidence=evidence,
            question=turn.asked,
            max_tokens=self._settings.max_tokens,
            grounding=partial(_grounding, hits, turn.remembered, seen, self._settings.link_hosts)
            if self._settings.check_figures
            else None,
        )

    def _profile(self, question: Question) -> PromptMessage:
        turn, principal = question.turn, question.scene.principal
        return profile_message(principal, turn.case, is_group=turn.others_than(principal.author_id))

    async def _run_calls(
        self, draft: Draft, question: Question, record: TurnRecord
    ) -> AsyncGenerator[ReplyEvent, None]:
        calls = draft.calls
        if self._toolbox.only_reads(calls):
            for call in calls:
                yield self._started(call)
            async with asyncio.TaskGroup() as group:
                running = [group.create_task(self._run_once(call, question, record)) for call in calls]
            for task in running:
                for event in self._finished(task.result(), draft, record):
                    yield event
            return
        for call in calls:
            yield self._started(call)
            for event in self._finished(await self._run_once(call, question, record), draft, record):
                yield event

    async def _run_once(self, call: ToolCall, question: Question, record: TurnRecord) -> Outcome:
        """What a call led to; after a restart what it led to then."""
        key = record.journal.next_key("tool")
        scene = question.scene
        outcome = await record.journal.once(key, _OUTCOME, lambda: self._toolbox.run(call, scene, question.route))
        scene.read(outcome)  # one that was kept was read by the model before the restart, and is again
        return outcome

    def _started(self, call: ToolCall) -> ToolStarted:
        return ToolStarted(call.id, call.name, self._toolbox.title_of(call), call.arguments)

    def _finished(self, outcome: Outcome, draft: Draft, record: TurnRecord) -> list[ReplyEvent]:
        draft.add(outcome)
        if outcome.state == "unknown":
            record.handoff = Handoff("tool_unknown", f"{outcome.title}: the outcome is not confirmed.")
        elif outcome.state == "done" and self._toolbox.hands_over(outcome.call):
            record.handoff = Handoff("model_asked", outcome.result.summary)
        return outcome_events(outcome, record)

    def _said(self, draft: Draft, record: TurnRecord, *, is_small: bool) -> list[str]:
        """What the tools report in their own words, true by construction, where the model does not go on from there."""
        by_model = [each for each in draft.outcomes if each.say and each.by == "model"]
        if not (is_small or record.handoff):
            by_model = [each for each in by_model if each.must_say]
        return list(dict.fromkeys(each.say for each in by_model))

    def _close(
        self, draft: Draft, hits: Sequence[Hit], record: TurnRecord, checked: tuple[str, frozenset[int]]
    ) -> list[ReplyEvent]:
        if draft.withdrawn:
            record.note("claims_withdrawn", json.dumps({"count": len(draft.withdrawn)}))
        grounding = draft.grounding
        if grounding and (grounding.held_back or grounding.loose_marks or grounding.links_left_out):
            told = {"held_back": len(grounding.held_back), "marks": grounding.loose_marks}
            record.note("grounding", json.dumps({**told, "links": grounding.links_left_out}))
        if left_out := [*(grounding.held_back if grounding else ()), *draft.withdrawn]:
            whole = "\n\n".join(each.strip() for each in draft.said if each.strip())
            record.note(HELD_BACK, json.dumps({"answer": whole, "unproved": left_out}, ensure_ascii=False))
        nothing = said_in(language_of(draft.question), phrases.EMPTY_ANSWER)
        written, refused = checked
        text = written.strip() or nothing
        events = list(draft.replace(text))
        used = grounding.used - refused if grounding else ()
        cited = citations(text, hits, used=used, may_guess=not (draft.outcomes or refused))
        return [*events, *(SourceCited(each) for each in cited)]


def outcome_events(outcome: Outcome, record: TurnRecord) -> list[ReplyEvent]:
    """What surfaces draw of an outcome, prerequisites included; notes it in the trace."""
    events: list[ReplyEvent] = []
    for each in outcome.before:
        events.append(
            ToolStarted(
                each.call.id,
                each.call.name,
                each.title,
                each.call.arguments,
                by="runtime",
            )
        )
        events.extend(outcome_events(each, record))
    record.note(
        "tool",
        json.dumps(
            {
                "tool": outcome.call.name,
                "arguments": outcome.call.arguments,
                "by": outcome.by,
                "state": outcome.state,
                "receipt": outcome.receipt_id,
                "approval": outcome.approval_id,
                "said": outcome.result.summary,
            },
            ensure_ascii=False,
        ),
    )
    if outcome.lacks:
        record.lacks = outcome.lacks
        record.note(UNPROVED, json.dumps({"lacks": outcome.lacks}))
    if outcome.receipt_id:
        record.receipts.append(outcome.receipt_id)
    finished = ToolFinished(
        outcome.call.id,
        outcome.call.name,
        outcome.state,
        outcome.result.summary,
        outcome.receipt_id,
        outcome.approval_id,
    )
    return [*events, finished]


def _grounding(
    hits: Sequence[Hit], said: str, seen: str, link_hosts: Sequence[str], told: Callable[[], str]
) -> Grounding:
    return Grounding(hits, told=told, said=said, seen=seen, link_hosts=link_hosts)


def _taint(question: Question, hits: Sequence[Hit]) -> None:
    """Note whose words the model is about to read besides the customer's."""
    taint, turn = question.scene.taint, question.turn
    for origin, is_read in (
        ("knowledge", bool(hits)),
        ("picture", bool(question.seen) or any(line.findings for line in turn.history)),
        ("people", turn.others_than(question.scene.author_id) or own_words(turn.asked).strip() != turn.asked.strip()),
        ("earlier answers", any(line.speaker != "customer" for line in turn.history)),
    ):
        if is_read:
            taint.add(origin)
