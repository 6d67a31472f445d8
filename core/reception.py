"""The front desk: what adapters hand their events to. Saves first, then wakes whoever works on it."""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from functools import partial

from core import phrases
from core.actions import Decision
from core.answers import Answers
from core.asking import Asked
from core.case import Case
from core.conversation import Author, Message, Thread
from core.courier import Courier
from core.doorkeeper import NO_WAY, Doorkeeper
from core.guards import is_stop
from core.handoff import Handover
from core.identity import Step
from core.intake import Intake
from core.knowing import Knowing
from core.mailbox import Mailbox
from core.manners import Manners
from core.pace import Pace
from core.platform import Listed
from core.ports import Actions, Cases, Clock, Feedback, Inbox, Outbox, Turns
from core.presses import Presses
from core.principal import Identity
from core.reply import Post, Press
from core.rights import Rights
from core.runner import TurnRunner
from core.settings import ApprovalSettings, MannersSettings, PaceSettings
from core.signoff import SignOff
from core.staffroom import StaffRoom
from core.sureness import Sureness
from core.timers import Timer
from core.turn import Changed, InboxEvent
from core.vouching import Vouching

log = logging.getLogger(__name__)


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
        intake: Intake,
        answers: Answers,
        approvals: ApprovalSettings,
        pace: PaceSettings,
        manners: MannersSettings,
        clock: Clock,
        doorkeeper: Doorkeeper | None = None,
        rights: Rights | None = None,
        sureness: Sureness | None = None,
        sign_off: SignOff | None = None,
    ) -> None:
        self._inbox = inbox
        self._cases = cases
        self._actions = actions
        self._outbox = outbox
        self._mailbox = mailbox
        self._runner = runner
        self._courier = courier
        self._handover = handover
        self._staff_room = staff_room
        self._intake = intake
        self._presses = Presses(
            inbox=inbox,
            turns=turns,
            cases=cases,
            actions=actions,
            outbox=outbox,
            feedback=feedback,
            identity=identity,
            mailbox=mailbox,
            runner=runner,
            courier=courier,
            handover=handover,
            staff_room=staff_room,
            answers=answers,
            approvals=approvals,
            clock=clock,
            rights=rights,
            sign_off=sign_off,
        )
        self._knowing = doorkeeper and Knowing(
            doorkeeper, inbox=inbox, outbox=outbox, turns=turns, wake=mailbox.wake, deliver=courier.wake
        )
        if doorkeeper is not None and self._knowing is not None:
            staff_room.vouching = Vouching(doorkeeper, self._knowing, cases=cases, clock=clock)
        self._answers = answers
        self._sureness = sureness
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
        if self._knowing is not None and await self._knowing.heard(message):
            return True
        if await self._answers.heard(message):
            return True
        if message.only_if_sure and not await self.is_sure(message):
            return False
        event = InboxEvent("message", message=message, keys=message.all_keys)
        if not await self._is_to_be_answered(message):
            return False
        if is_stop(message.text):
            return await self._stop(event, message)
        now = self._clock.now()
        person = f"{message.thread.platform}:{message.thread.tenant}:{message.author.id}"
        # The turn's beginning stands in line behind the save, and shares its flush to the disk.
        wake = partial(self._mailbox.wake, message.thread) if self._pace.is_kept(person, now) else None
        if not await self._inbox.save(event, in_line=wake):
            return False
        self._intake.arrived(message)
        self._runner.merge(message.thread)
        wait_s = self._pace.wait_s(person, now)
        if wake is not None:
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
        if self._knowing is not None and await self._knowing.heard(message):
            return True
        has_crossed = await self._staff_room.relay.edited(message)
        changed = await self._inbox.edit(message)
        if changed is None:
            return has_crossed
        await self._begin_anew(changed)
        if changed.state == "answered" and not has_crossed:
            await self._tell_owner(changed, "edited", message.text)
        return True

    async def delete(self, place: Thread, message_id: str) -> bool:
        """See `core.ports.FrontDesk`."""
        has_crossed = await self._staff_room.relay.deleted(place, message_id)
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

    async def is_sure(self, message: Message) -> bool:
        """See `core.ports.FrontDesk`."""
        return self._sureness is not None and await self._sureness.is_sure(message)

    async def status(self, author: Author, thread: Thread) -> str:
        """See `core.ports.FrontDesk`."""
        return "\n".join(each.line for each in await self.open_cases(author, thread)) or phrases.NO_CASE

    async def open_cases(self, author: Author, thread: Thread) -> Sequence[Listed]:
        """See `core.ports.FrontDesk`."""
        return [
            await self._listed(case) for case in await self._cases.of_author(thread.tenant, thread.platform, author.id)
        ]

    async def queue(self, place: Thread) -> Sequence[Listed]:
        """See `core.ports.FrontDesk`."""
        return await self._staff_room.queue(place)

    async def desk(self, place: Thread) -> Sequence[Listed]:
        """See `core.ports.FrontDesk`."""
        return await self._staff_room.desk(place)

    async def _listed(self, case: Case) -> Listed:
        owner = "with me" if case.is_with_ai else "with our team"
        waiting = [action.title for action in await self._actions.of_case(case.id) if action.state == "proposed"]
        extra = f"; waits for approval: {', '.join(waiting)}" if waiting else ""
        since = f"since {case.opened_at:%d %b %H:%M} UTC"
        return Listed(case.id, f"{case.id}, {since}, {owner}", f"- **{case.id}** ({since}): {owner}{extra}")

    async def press(self, press: Press) -> str:
        """See `core.ports.FrontDesk`."""
        return await self._presses.press(press)

    async def form(self, press: Press) -> Asked | None:
        """See `core.ports.FrontDesk`."""
        return await self._presses.form(press)

    async def verify(self, press: Press) -> Step:
        """See `core.ports.FrontDesk`."""
        return await self._knowing.step(press) if self._knowing else Step(NO_WAY)

    async def decided(self, decision: Decision) -> None:
        """Somebody decided about an action elsewhere: cards and customer hear of it."""
        await self._presses.decided(decision)

    async def expire(self, timer: Timer) -> None:
        """An approval's time has run out."""
        await self._presses.expire(timer)
