"""What is learned from people: a correction is noted, and a reply that resolved a case becomes a draft for review.

A draft is never served. It becomes a verified answer when a person of the team approves exactly what it says.
"""

from dataclasses import replace
from datetime import date, timedelta

from core.case import Case
from core.casework import Actor
from core.conversation import Line
from core.gaps import Gap, Gaps
from core.knowledge import Audience
from core.ports import Cases, Clock
from core.redaction import masked
from core.reply import Button, Post
from core.settings import AnswerSettings
from core.verified import Variant, VerifiedAnswer, VerifiedAnswers

_LINES = 60
_LEAST_WORDS = 4
_NOTHING = "There is no reply of a person in this case yet that could be saved."
_SAVED = (
    "**Draft {id}** waits for review; nothing is published yet.\n> **Question:** {question}\n\n{text}\n\n"
    "Publish it if it is right for every customer, or rewrite it: `firstline answers approve {id} --text …`."
)


class Learning:
    """One a process."""

    def __init__(
        self, *, answers: VerifiedAnswers, gaps: Gaps, cases: Cases, clock: Clock, settings: AnswerSettings
    ) -> None:
        self._answers = answers
        self._gaps = gaps
        self._cases = cases
        self._clock = clock
        self._settings = settings

    async def resolved(self, case: Case, by: Actor) -> str:
        """A person resolved it: note what they had to correct, and draft an entry; a line for them, or nothing."""
        draft = await self._draft(case, by)
        return f" Its answer is draft {draft.id} for review." if draft else ""

    async def save(self, case: Case, by: Actor) -> Post:
        """Somebody of the team wishes to keep their reply: the draft, with a button that publishes it."""
        draft = await self._draft(case, by)
        if draft is None:
            return Post(_NOTHING, kind="notice")
        question = " / ".join(each.text for each in draft.variants) or "(missing: add one with `--question`)"
        text = _SAVED.format(id=draft.id, question=" ".join(question.split()), text=draft.text)
        return Post(text, kind="notice", buttons=(Button("publish", draft.id, "Publish", "good"),))

    async def case_of(self, answer_id: str) -> str:
        """The id of the case that a draft came from; empty once it is published."""
        draft = await self._answers.get(answer_id)
        return draft.case_id if draft else ""

    async def publish(self, answer_id: str, by: str) -> str:
        """A person approves a draft as it stands; the line is for them."""
        draft = await self._answers.get(answer_id)
        if draft is None or draft.state == "retired":
            return f"There is no draft {answer_id}."
        if draft.state == "approved":
            return f"{draft.id} is published already: {draft.mark}."
        if not draft.variants:
            return f"{draft.id} has no question yet: `firstline answers approve {draft.id} --question …`."
        done = approved(draft, owner=by, today=self._clock.now().date(), days=self._settings.valid_days)
        await self._answers.change(done)
        return f"{done.id} is published until {done.expires_on:%-d %b %Y}: {done.mark}."

    async def _draft(self, case: Case, by: Actor) -> VerifiedAnswer | None:
        lines = await self._cases.lines(case.id, limit=_LINES)
        reply = next((line for line in reversed(lines) if line.speaker == "person" and line.text), None)
        if reply is None:
            return None
        question, answer = _before(lines, reply)
        await self._note_correction(case, question, answer, reply.text)
        if len(reply.text.split()) < _LEAST_WORDS:
            return None
        text = masked(reply.text)
        known = next(
            (each for each in await self._answers.all() if each.case_id == case.id and each.text == text), None
        )
        if known is not None:
            return known
        variants = (Variant(masked(question), case.id),) if question else ()
        audience = Audience(tenants=(case.thread.tenant,))
        return await self._answers.add(
            VerifiedAnswer("", text, variants, by.name, "draft", audience=audience, case_id=case.id)
        )

    async def _note_correction(self, case: Case, question: str, answer: str, correction: str) -> None:
        if not (question and answer):
            return
        gap = Gap(
            kind="corrected",
            question=masked(question),
            at=self._clock.now(),
            case_id=case.id,
            thread=case.thread.key,
            answer=masked(answer),
            correction=masked(correction),
        )
        await self._gaps.note(gap)


def approved(answer: VerifiedAnswer, *, owner: str, today: date, days: int) -> VerifiedAnswer:
    """The answer as a person approved it. It no longer hangs on the case it came from; its question still does."""
    return replace(
        answer, state="approved", owner=owner, approved_on=today, expires_on=today + timedelta(days=days), case_id=""
    )


def _before(lines: list[Line], reply: Line) -> tuple[str, str]:
    """The customer's last words of substance before a reply, and what the bot had said to them."""
    earlier = lines[: lines.index(reply)]
    asked = [n for n, line in enumerate(earlier) if line.speaker == "customer" and len(line.text.split()) >= 3]
    if not asked:
        return "", ""
    answered = next((line.text for line in earlier[asked[0] + 1 :] if line.speaker == "bot" and line.text), "")
    at = asked[0] if answered else asked[-1]
    return earlier[at].text, answered
