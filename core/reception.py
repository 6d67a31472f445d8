"""The front desk: what adapters hand their events to. Saves first, then wakes whoever works on it."""

import asyncio
import hashlib
import logging
from collections import deque
from datetime import datetime, timedelta

from core import phrases
from core.actions import Decision
from core.approvals import amount_of, answer_to_presser, decided_card
from core.case import Case, Handoff
from core.conversation import Author, Message, Thread
from core.courier import Courier
from core.guards import is_stop
from core.handoff import Handover
from core.mailbox import Mailbox
from core.manners import Manners
from core.ports import Actions, Cases, Clock, Feedback, Inbox, Outbox, Turns
from core.principal import Identity
from core.reply import Post, Press
from core.runner import TurnRunner
from core.settings import ApprovalSettings, MannersSettings, PaceSettings
from core.staffroom import Answers, StaffRoom
from core.timers import Timer
from core.turn import Changed, InboxEvent

log = logging.getLogger(__name__)

_MINUTE = timedelta(minutes=1)


class Pace:
    """How fast each person writes; only those of the last minute are remembered."""

    def __init__(self, settings: PaceSettings) -> None:
        self._limit = settings.messages_per_minute
        self._recent: dict[str, deque[datetime]] = {}

    def wait_s(self, person: str, now: datetime) -> float:
        """Seconds to hold the next answer back; 0 while the person keeps the pace. Counts this message."""
        if not self._limit:
            return 0.0
        times = self._recent.setdefault(person, deque())
        while times and times[0] <= now - _MINUTE:
            times.popleft()
        times.append(now)
        if len(times) <= self._limit:
            return 0.0
        return (times[-self._limit] + _MINUTE - now).total_seconds()

    def forget(self, now: datetime) -> None:
        """Drop people who have been quiet."""
        for person in [each for each, times in self._recent.items() if times[-1] <= now - _MINUTE]:
            del self._recent[person]


class Reception:
    """Implements `core.ports.FrontDesk`."""

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
        pace: PaceSettings,
        manners: MannersSettings,
        clock: Clock,
    ) -> None:
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
        self._approvals = approvals
        self._pace = Pace(pace)
        self._manners = Manners(manners, cases)
        self._clock = clock

    async def resume(self) -> int:
        """Go on with everything that was waiting when the process last ended; returns how many threads."""
        threads = await self._inbox.waiting()
        for thread in threads:
            self._mailbox.wake(thread)
        self._courier.wake()
        return len(threads)

    async def receive(self, message: Message) -> bool:
        """See `core.ports.FrontDesk`."""
        if message.is_staff_place:
            is_heard = await self._staff_room.heard(message)
            if is_heard or not message.mentions_us:
                return is_heard
        event = InboxEvent("message", message=message, keys=message.all_keys)
        if not await self._is_to_be_answered(message):
            return False
        if is_stop(message.text):
            return await self._stop(event, message)
        if not await self._inbox.save(event):
            return False
        self._runner.merge(message.thread)
        now = self._clock.now()
        person = f"{message.thread.platform}:{message.thread.tenant}:{message.author.id}"
        if not (wait_s := self._pace.wait_s(person, now)):
            self._mailbox.wake(message.thread)
            return True
        key = f"pace:{person}:{now:%Y%m%d%H%M}"
        await self._outbox.put(message.thread, Post(phrases.PACE, kind="notice"), key=key)
        self._courier.wake()
        asyncio.get_running_loop().call_later(wait_s, self._mailbox.wake, message.thread)
        self._pace.forget(now)
        return True

    async def _is_to_be_answered(self, message: Message) -> bool:
        """Manners: a message that deserves no answer is left alone, or gets one line for all of the day."""
        now = self._clock.now()
        verdict = await self._manners.judge(message, now=now)
        if verdict == "answer":
            return True
        case = await self._cases.find(message.thread)
        if case is not None and not case.is_with_ai and not message.author.is_bot:
            return True  # people have it, and they see everything
        log.info("left unanswered", extra={"why": verdict, "place": message.thread.key})
        if verdict == "day_full_first":
            key = f"day:{message.thread.platform}:{message.thread.tenant}:{message.author.id}:{now:%Y%m%d}"
            await self._outbox.put(message.thread, Post(phrases.DAY_FULL, kind="notice"), key=key)
            self._courier.wake()
        return False

    async def _stop(self, event: InboxEvent, message: Message) -> bool:
        """A message that only says `stop` ends with the turn that it stops."""
        if not await self._inbox.join(event):
            return False
        self._runner.interrupt(message.thread, "stopped")
        self._mailbox.wake(message.thread)
        return True

    async def edit(self, message: Message) -> bool:
        """See `core.ports.FrontDesk`."""
        has_crossed = await self._staff_room.edited(message)
        changed = await self._inbox.edit(message)
        if changed is None:
            return has_crossed
        await self._begin_anew(changed)
        if changed.state == "answered" and not has_crossed:
            await self._tell_owner(changed, "edited", message.text)
        return True

    async def delete(self, place: Thread, message_id: str) -> bool:
        """See `core.ports.FrontDesk`."""
        has_crossed = await self._staff_room.deleted(place, message_id)
        changed = await self._inbox.strike(place, message_id)
        if changed is None:
            return has_crossed
        await self._begin_anew(changed)
        if changed.state == "answered" and not has_crossed:
            await self._tell_owner(changed, "deleted", "")
        return True

    async def _begin_anew(self, changed: Changed) -> None:
        """The answer under way is to other words than are there now."""
        if changed.state == "running":
            self._runner.interrupt(changed.thread, "changed")
        if changed.state != "answered":
            self._mailbox.wake(changed.thread)

    async def _tell_owner(self, changed: Changed, what: str, text: str) -> None:
        """People who have the case hear of it; the bot says nothing of its own about an old message."""
        case = await self._cases.get(changed.case_id)
        message = changed.message
        if case is None or case.is_with_ai or case.state != "open" or message is None:
            return
        words = f"**{message.author.name}** (case {case.id}) {what} an earlier message" + (f": {text}" if text else ".")
        revision = hashlib.sha256(text.encode()).hexdigest()[:16]
        for place in self._handover.places(changed.thread):
            key = f"{what}:{changed.thread.key}:{message.id}:{revision}:{place.key}"
            await self._outbox.put(place, Post(words, kind="relay"), key=key)
        self._courier.wake()

    async def is_ours(self, thread: Thread) -> bool:
        """See `core.ports.FrontDesk`."""
        return await self._cases.find(thread) is not None

    async def status(self, author: Author, thread: Thread) -> str:
        """See `core.ports.FrontDesk`."""
        cases = await self._cases.of_author(thread.tenant, thread.platform, author.id)
        lines = [await self._status_line(case) for case in cases]
        return "\n".join(lines) or phrases.NO_CASE

    async def _status_line(self, case: Case) -> str:
        owner = "with me" if case.is_with_ai else "with our team"
        waiting = [action.title for action in await self._actions.of_case(case.id) if action.state == "proposed"]
        extra = f"; waits for approval: {', '.join(waiting)}" if waiting else ""
        return f"- **{case.id}** (since {case.opened_at:%d %b %H:%M} UTC): {owner}{extra}"

    async def press(self, press: Press) -> str:
        """See `core.ports.FrontDesk`."""
        log.info("press", extra={"action": press.action, "place": press.thread.key})
        match press.action:
            case "approve" | "deny":
                return await self._decide(press)
            case "escalate":
                return await self._escalate(press)
            case "hand_back" | "reply" | "claim" | "take_over" | "release" | "resolve" | "note":
                return await self._staff_room.press(press)
            case "confirm":
                return await self._answers.confirm(press)
            case "rate":
                return await self._answers.rate(press)
            case "feedback":
                return await self._keep_feedback(press)
            case "stop":
                return await self._stop_by_press(press)
            case "again":
                return await self._again(press)
            case _:
                return phrases.NOT_FOUND

    async def _stop_by_press(self, press: Press) -> str:
        thread = press.thread
        if press.value:
            thread = await self._inbox.where(press.thread, press.value) or thread
        if not (press.is_staff_place or self._runner.may_stop(thread, press.presser_id)):
            return phrases.NOTHING_TO_STOP
        return "" if self._runner.interrupt(thread, "stopped") else phrases.NOTHING_TO_STOP

    async def _again(self, press: Press) -> str:
        """Another answer in the place of the last one, once."""
        wished = await self._turns.again(press.value, by="" if press.is_staff_place else press.presser_id)
        if isinstance(wished, Thread):
            self._mailbox.wake(wished)
            return phrases.AGAIN
        return {"already": phrases.AGAIN_ALREADY, "late": phrases.AGAIN_LATE, "unknown": phrases.NOT_FOUND}[wished]

    async def _decide(self, press: Press) -> str:
        allowed = self._approvals.approvers
        if not press.is_staff_place or (allowed and press.presser_id not in allowed):
            return phrases.NOT_ALLOWED
        amount = amount_of(press.text)
        if press.text.strip() and press.action == "approve" and amount is None:
            return phrases.NO_AMOUNT
        decision = await self._actions.decide(
            press.value,
            is_approved=press.action == "approve",
            by=press.presser_id,
            by_name=press.presser_name,
            place=press.thread,
            amount=amount if press.action == "approve" else None,
        )
        await self._close_card(decision)
        return answer_to_presser(decision)

    async def expire(self, timer: Timer) -> None:
        """An approval's time has run out: both sides are told, and what was asked for did not happen."""
        await self._close_card(await self._actions.expire(str(timer.payload["approval"])))

    async def _close_card(self, decision: Decision) -> None:
        """Show the decision where it was asked for, and let the customer's thread hear of it."""
        action, approval = decision.action, decision.approval
        if not (action and approval and decision.state in ("approved", "denied", "expired")):
            return
        for n in range(len(self._handover.places(action.thread))):
            await self._outbox.rewrite(f"approval:{approval.id}:{n}", decided_card(action, approval))
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
        return f"Passed on as case {case.id}."

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
