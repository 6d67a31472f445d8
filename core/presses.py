"""Buttons, reactions and commands: what each one does, and the line that its presser alone is told."""

import logging
from dataclasses import replace

from core import phrases
from core.actions import Decision
from core.answers import Answers
from core.approvals import amount_of, answer_to_presser, decided_card
from core.asking import ASKED, MOST_CHARS, Asked
from core.case import Case, Handoff
from core.conversation import Author, Message, Thread
from core.courier import Courier
from core.handoff import Handover
from core.mailbox import Mailbox
from core.ports import Actions, Cases, Clock, Feedback, Inbox, Outbox, Turns
from core.principal import Identity
from core.reply import Press
from core.rights import Rights
from core.runner import TurnRunner
from core.settings import ApprovalSettings
from core.signoff import ACTS, SignOff
from core.speaking import in_tongue
from core.staffroom import StaffRoom
from core.timers import Timer
from core.tongues import language_of

log = logging.getLogger(__name__)

_HEARD = 12
"""Newest lines by which it is told what language somebody writes."""

_STAFF = frozenset(
    {"hand_back", "reply", "claim", "take_over", "release", "resolve", "note", "vouch", "send_draft", "edit_send",
     "reassign", "snooze", "category"}
)  # fmt: skip
"""What people of the team do with a case."""


class Presses:
    """One a process."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        turns: Turns,
        cases: Cases,
        actions: Actions,
        outbox: Outbox,
        feedback: Feedback,
        identity: Identity,
        mailbox: Mailbox,
        runner: TurnRunner,
        courier: Courier,
        handover: Handover,
        staff_room: StaffRoom,
        answers: Answers,
        approvals: ApprovalSettings,
        clock: Clock,
        rights: Rights | None = None,
        sign_off: SignOff | None = None,
    ) -> None:
        self._sign_off = sign_off
        self._inbox = inbox
        self._turns = turns
        self._cases = cases
        self._actions = actions
        self._outbox = outbox
        self._feedback = feedback
        self._identity = identity
        self._mailbox = mailbox
        self._runner = runner
        self._courier = courier
        self._handover = handover
        self._staff_room = staff_room
        self._answers = answers
        self._clock = clock
        self._rights = rights or Rights(approvers=approvals.approvers)

    async def press(self, press: Press) -> str:
        """See `core.ports.FrontDesk`; a customer is answered in the language that they write there."""
        log.info("press", extra={"action": press.action, "place": press.thread.key})
        line = await self._done(press)
        if press.is_staff_place or in_tongue(line, "de") == line:
            return line
        case = await self._cases.last(press.thread)
        lines = await self._cases.lines(case.id, limit=_HEARD) if case else ()
        return in_tongue(line, language_of("\n".join(each.text for each in lines if each.speaker == "customer")))

    async def _done(self, press: Press) -> str:
        if press.is_staff_place and (why := await self._refusal(press)):
            return why
        match press.action:
            case "approve" | "approve_as" | "deny":
                return await self._decide(press)
            case "escalate":
                return await self._escalate(press)
            case "retry" | "publish":
                act = self._staff_room.relay.retry if press.action == "retry" else self._staff_room.publish
                return await act(press)
            case action if action in _STAFF or action in ACTS:
                by_staff = self._sign_off.press if self._sign_off and action in ACTS else self._staff_room.press
                return await by_staff(press)
            case "confirm" | "rate" | "comment" | "transcript":
                return await self._answers.press(press)
            case "feedback":
                return await self._keep_feedback(press)
            case "stop":
                return await self._stop_by_press(press)
            case "again":
                return await self._again(press)
            case _:
                return phrases.NOT_FOUND

    async def _refusal(self, press: Press) -> str:
        """Why this person of the team may not do this, here and about this case."""
        about: Case | Thread | None = None
        if press.action in ("approve", "approve_as", "deny"):
            waiting = await self._actions.pending()
            about = next((action.thread for approval, action in waiting if approval.id == press.value), None)
        elif press.action in ACTS and self._sign_off is not None:
            about = await self._sign_off.case_of(press.value)
        elif press.action == "publish":
            about = await self._staff_room.case_of_draft(press.value)
        elif press.action in _STAFF or press.action in ("escalate", "transcript", "retry"):
            about = await self._cases.get(press.value.rpartition(":")[2]) if press.value else None
        who = (press.presser_id, *press.presser_groups)
        return self._rights.refusal(press.action, who, place=press.thread, about=about)

    async def form(self, press: Press) -> Asked | None:
        """See `core.ports.FrontDesk`."""
        asked = ASKED.get(press.action)
        if asked and press.action in ACTS and self._sign_off and press.is_staff_place:
            words = "" if await self._refusal(press) else await self._sign_off.begun(press.value)
            return replace(asked, begins_with=words[:MOST_CHARS])
        if asked is None or press.action not in ("edit_send", "category") or not press.is_staff_place:
            return asked
        case = await self._cases.get(press.value) if not await self._refusal(press) else None
        if press.action == "category":
            return replace(asked, begins_with=case.category if case else "")
        draft = await self._staff_room.draft(case) if case else None
        return replace(asked, begins_with=draft.text[:MOST_CHARS]) if draft else asked

    async def _stop_by_press(self, press: Press) -> str:
        thread = press.thread
        if press.value:
            thread = await self._inbox.where(press.thread, press.value) or thread
        is_here = press.is_staff_place or self._runner.may_stop(thread, press.presser_id)
        if is_here and self._runner.interrupt(thread, "stopped"):
            return ""
        by = "" if press.is_staff_place else press.presser_id
        return "" if await self._turns.stop(thread, by=by) else phrases.NOTHING_TO_STOP

    async def _again(self, press: Press) -> str:
        """Another answer in the place of the last one, once."""
        wished = await self._turns.again(press.value, by="" if press.is_staff_place else press.presser_id)
        if isinstance(wished, Thread):
            self._mailbox.wake(wished)
            return phrases.AGAIN
        return {"already": phrases.AGAIN_ALREADY, "late": phrases.AGAIN_LATE, "unknown": phrases.NOT_FOUND}[wished]

    async def _decide(self, press: Press) -> str:
        if not press.is_staff_place:
            return phrases.NOT_ALLOWED
        amount = amount_of(press.text)
        is_approved = press.action != "deny"
        if press.text.strip() and is_approved and amount is None:
            return phrases.NO_AMOUNT
        decision = await self._actions.decide(
            press.value,
            is_approved=is_approved,
            by=press.presser_id,
            by_name=press.presser_name,
            place=press.thread,
            amount=amount if is_approved else None,
        )
        await self.decided(decision)
        if decision.action and not self._rights.shares(press.thread, decision.action.thread):
            return phrases.NOT_FOUND  # decided before, and by the team of another tenant
        return answer_to_presser(decision)

    async def expire(self, timer: Timer) -> None:
        """An approval's time has run out: both sides are told, and what was asked for did not happen."""
        await self.decided(await self._actions.expire(str(timer.payload["approval"])))

    async def decided(self, decision: Decision) -> None:
        """Show the decision where it was asked for, and let the customer's thread hear of it."""
        action, approval = decision.action, decision.approval
        if not (action and approval and decision.state in ("approved", "denied", "expired")):
            return
        for n in range(len(self._handover.places(action.thread))):
            await self._outbox.rewrite(f"approval:{approval.id}:{n}", decided_card(action, approval))
        if (case := await self._cases.get(action.case_id)) is not None:
            await self._staff_room.redraw(case)
        self._courier.wake()
        self._mailbox.wake(action.thread)

    async def _case_of(self, press: Press) -> Case | None:
        """The case a press is about: the named one, the thread's, or the presser's newest in the tenant."""
        if press.value:
            return await self._cases.get(press.value)
        if (here := await self._cases.find(press.thread)) is not None:
            return here
        theirs = await self._cases.of_author(press.thread.tenant, press.thread.platform, press.presser_id)
        return theirs[0] if theirs else None

    async def _escalate(self, press: Press) -> str:
        case = await self._case_of(press) or await self._new_case(press)
        if case.author_id != press.presser_id and not press.is_staff_place:
            return phrases.NOT_ALLOWED
        if not case.is_with_ai:
            return phrases.ALREADY_WITH_PEOPLE.format(case=case.id)
        why = Handoff("customer_asked", press.text or "The customer asks for a person.")
        if isinstance(await self._handover.to_people(case, why), str):
            return phrases.ALREADY_WITH_PEOPLE.format(case=case.id)
        return phrases.PASSED_ON.format(case=case.id)

    async def _new_case(self, press: Press) -> Case:
        """Somebody asks for a person before having written anything else."""
        author = Author(press.presser_id, press.presser_name)
        principal = await self._identity.principal(author, press.thread)
        message = Message(
            id=press.key,
            thread=press.thread,
            author=author,
            text=press.text,
            sent_at=self._clock.now(),
            keys=(press.key,),
        )
        return await self._cases.open(message, principal.customer_id)

    async def _keep_feedback(self, press: Press) -> str:
        verdict, _, turn_id = press.value.partition(":")
        kept = await self._feedback.keep(turn_id, by=press.presser_id, is_good=verdict == "good", comment=press.text)
        return "Thank you, noted." if kept else phrases.NOT_FOUND
