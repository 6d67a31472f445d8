"""What a turn leaves behind: the final post with its buttons, the hand-over, the transcript."""

from dataclasses import replace

from core import phrases
from core.case import Handoff
from core.handoff import Handover
from core.reply import Button, Post
from core.signoff import card_of, timers_of
from core.speaking import post_in
from core.turn import Turn, TurnEnd, TurnRecord
from core.writing import Running


class Ending:
    """One a process. `label` says for people which model speaks."""

    def __init__(self, *, handover: Handover, label: str) -> None:
        self._handover = handover
        self._label = label

    async def of(self, running: Running) -> TurnEnd:
        """What the turn of a written reply leaves behind."""
        turn, record, text = running.turn, running.record, running.shown
        if running.why == "stopped":
            text = f"{text}\n\n{phrases.STOPPED}".strip()
        cards = ()
        if record.handoff:
            # Who they are is written down with the end of the turn; the card says it already.
            case = replace(turn.case, customer_id=turn.case.customer_id or record.principal.customer_id)
            cards = await self._handover.cards(case, record.handoff)
            handed, *away = await self._handover.notices(case, record.handoff)
            if handed not in text and not _says_handed_over(text):
                text = f"{text}\n\n{handed}".strip()
            text = "\n\n".join([text, *away]).strip()
        if running.aside.text and not running.why and not record.handoff:
            return await self._held(running, text)
        post = Post(
            text=text,
            citations=tuple(running.cited),
            buttons=self._buttons(turn, record),
            footer=self._footer(record),
        )
        return TurnEnd(
            post=post_in(post, record.language),
            outcome="handed_off" if record.handoff else "answered",
            transcript=text,
            handoff=record.handoff,
            staff_posts=cards,
            findings=tuple(running.prepared.shown.texts),
        )

    async def _held(self, running: Running, text: str) -> TurnEnd:
        """The answer waits for a person; where nobody sits to look at it, the case goes to people as it is."""
        turn, record, question = running.turn, running.record, running.prepared.question
        assert question is not None
        case = replace(turn.case, customer_id=turn.case.customer_id or record.principal.customer_id)
        why = Handoff("draft", "A reply waits for somebody to look at it.", question.route.tier)
        told, *away = await self._handover.notices(case, why)
        places = self._handover.places(turn.thread)
        handoff = None if places else replace(why, reason="A reply was to be looked at, and no staff place is there.")
        text = "\n\n".join([text if places else told, *away]).strip()
        card = card_of(case, await self._handover.card(case, why), turn.id, running.aside.text)
        return TurnEnd(
            post=post_in(
                Post(text, buttons=self._talk_to_a_person(turn), footer=self._footer(record)), record.language
            ),
            outcome="answered" if places else "handed_off",
            transcript=text,
            handoff=handoff,
            staff_posts=tuple((place, card) for place in places),
            findings=tuple(running.prepared.shown.texts),
            held=post_in(
                Post(
                    text=running.aside.text,
                    citations=tuple(running.aside.cited),
                    buttons=tuple(each for each in self._buttons(turn, record) if each.action != "again"),
                ),
                record.language,
            ),
            timers=timers_of(turn, question.route) if places else (),
        )

    @staticmethod
    def _talk_to_a_person(turn: Turn) -> tuple[Button, ...]:
        return (Button("escalate", turn.case.id, phrases.TALK_TO_PERSON),)

    def _buttons(self, turn: Turn, record: TurnRecord) -> tuple[Button, ...]:
        if record.handoff or not turn.messages:
            return ()
        person = Button("escalate", turn.case.id, phrases.TALK_TO_PERSON)
        if record.lacks in ("link", "fresh"):
            return (Button("verify", turn.id, phrases.VERIFY, "good"), person)
        return (
            Button("feedback", f"good:{turn.id}", phrases.HELPFUL),
            Button("feedback", f"bad:{turn.id}", phrases.NOT_HELPFUL),
            *(() if turn.redoes else (Button("again", turn.id, phrases.TRY_AGAIN),)),
            person,
        )

    def _footer(self, record: TurnRecord) -> str:
        """Which model speaks, and that this is the demo, if it is."""
        customer = record.principal.customer_id
        whose = f"you are customer {customer}" if customer else "you are not verified"
        demo = f"Demo shop · {whose}" if record.principal.is_demo else ""
        return " · ".join(part for part in (demo, record.mark or self._label) if part)


def fail(running: Running, line: str, why: str, *, reason: str = "failure") -> None:
    """End with an honest line and a hand-over."""
    running.shown = f"{running.shown}\n\n{line}".strip()
    running.record.handoff = Handoff(reason, why)


def _says_handed_over(text: str) -> bool:
    return any(
        line in text
        for line in (
            phrases.FAILED,
            phrases.NO_MODEL,
            phrases.TIMED_OUT,
            phrases.BUDGET,
            phrases.STEP_LIMIT,
        )
    )
