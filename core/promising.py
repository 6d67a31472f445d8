"""Makes promises to get back to customers, and sees to it that they are kept.

What a promise sets off is safe to repeat: moves of the case are compare-and-set, posts have keys of their own.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core import phrases
from core.callbacks import Act, Callback, Callbacks, Declined, changed, openings, read_local
from core.case import Case, Handoff, is_human, queue
from core.casework import SYSTEM, Actor, stage_of
from core.caseworker import Caseworker, Posts, Step
from core.conversation import Thread
from core.desksettings import DeskSettings
from core.handoff import Handover
from core.hours import OpenHours, zone_of
from core.ports import Cases, Clock, Outbox
from core.reply import Post
from core.staffside import StaffSide
from core.timers import Timer

_EARLY = timedelta(minutes=30)
"""A person who spoke so shortly before the moment has kept the promise."""
_ORDER = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d?:\d\d)(?:\s+([A-Z][A-Za-z]+(?:/[A-Za-z_+-]+)*))?\s*(.*)", re.DOTALL)
_FREE = 3

Whom = Callable[[Case], Sequence[str]]
"""Whom of the team to call for a case: platform user ids."""


ZoneOf = Callable[[str, Thread], Awaitable[str]]
"""The time zone that a platform knows of somebody who wrote in a place; empty where it knows none."""


async def no_zone(author_id: str, place: Thread) -> str:
    """Nothing is known."""
    return ""


def its_owner(case: Case) -> Sequence[str]:
    """The person who has it; nobody while it is in a queue."""
    return (case.owner.partition(":")[2],) if is_human(case.owner) else ()


class Promises:
    """One per process."""

    def __init__(
        self,
        *,
        callbacks: Callbacks,
        cases: Cases,
        side: StaffSide,
        outbox: Outbox,
        caseworker: Caseworker,
        handover: Handover,
        settings: DeskSettings,
        clock: Clock,
        wake: Callable[[], None],
        whom: Whom = its_owner,
        zone_of_author: ZoneOf = no_zone,
        hours_of: Callable[[Case], OpenHours] | None = None,
    ) -> None:
        self._callbacks = callbacks
        self._cases = cases
        self._side = side
        self._outbox = outbox
        self._caseworker = caseworker
        self._handover = handover
        self._settings = settings.callbacks
        self._hours = settings.hours.hours()
        self._clock = clock
        self._wake = wake
        self._whom = whom
        self._zone_of = zone_of_author
        self._hours_of = hours_of or self._everybodys

    @property
    def zone(self) -> str:
        """The zone in which moments are said to somebody whose own is not known."""
        return self._hours.zone.key

    def free(
        self, case: Case, *, zone: str = "", count: int = _FREE, after: datetime | None = None
    ) -> tuple[datetime, ...]:
        """The next moments that can be promised in a case, in the customer's zone: those of whoever serves it.

        Raises `ValueError` for an unknown zone.
        """
        soonest = self._clock.now() + timedelta(minutes=self._settings.notice_minutes)
        slot = timedelta(minutes=self._settings.slot_minutes)
        at = max(soonest, after) if after else soonest
        return tuple(openings(self._hours_of(case), zone_of(zone or self.zone), after=at, slot=slot, count=count))

    async def waiting(self, case_id: str) -> Callback | None:
        """The promise of a case that is still to be kept."""
        return next((each for each in await self._callbacks.of_case(case_id) if each.state == "waiting"), None)

    async def schedule(
        self, case: Case, at: str | datetime, *, zone: str = "", note: str = "", by: Actor, is_call: bool = True
    ) -> Callback | Declined:
        """Promise to get back at a moment: aware, or text like `2026-11-26 15:00` in the customer's zone.

        The case's earlier promise, if it still waits, gives way: a case has one. While people have the case, it is
        put off until then; the bot goes on answering in a case of its own. Both sides are told unless `by` is the bot.
        """
        zone = zone or await self._customers(case)
        moment = self._checked(case, at, zone)
        if isinstance(moment, Declined):
            return moment
        if case.state == "closed":
            return Declined(f"Case {case.id} is closed.")
        kind = "callback" if is_call else "reply"
        new = Callback("", case.id, kind, moment, zone, note.strip(), by.owner)
        kept = await self._callbacks.add(new, late_after=self._late)
        await self._agreed(case, kept, by)
        return kept

    async def reschedule(
        self, callback_id: str, at: str | datetime, *, zone: str = "", by: Actor
    ) -> Callback | Declined:
        """Another moment for a promise."""
        before = await self._callbacks.get(callback_id)
        case = await self._cases.get(before.case_id) if before else None
        if before is None or case is None:
            return Declined(phrases.NOT_FOUND)
        moment = self._checked(case, at, zone or before.zone)
        if isinstance(moment, Declined):
            return moment
        after = await self._changed(before, "reschedule", by, due_at=moment, zone=zone)
        if after is None:
            return Declined(f"{before.what} {before.id} is over ({before.state}).")
        await self._agreed(case, after, by)
        return after

    async def cancel(self, callback_id: str, *, by: Actor) -> Callback | None:
        """Take a promise back; None when there is none that could be. Both sides are told, but for the bot."""
        before = await self._callbacks.get(callback_id)
        after = await self._changed(before, "cancel", by) if before else None
        if after is None:
            return None
        case = await self._cases.get(after.case_id)
        if case is not None:
            if stage_of(case) == "scheduled":
                await self._caseworker.act(case, Step("due", SYSTEM, Handoff("callback_cancelled", case.reason)))
            if by.owner != "ai":
                await self._tell_customer(case, after, "cancelled", phrases.CALLBACK_CANCELLED.format(when=after.said))
            await self._tell_staff(case, after, "cancelled", f"{after.what} for {after.said} was cancelled.")
        return after

    async def ordered(self, case: Case, text: str, by: Actor) -> str:
        """What a person of the team typed: a moment, `cancel`, or nothing to see what is free."""
        now = await self.waiting(case.id)
        if text.strip().lower() == "cancel":
            done = await self.cancel(now.id, by=by) if now else None
            return f"{done.what} {done.id} is cancelled." if done else "No callback waits in this case."
        found = _ORDER.fullmatch(text.strip())
        if found is None:
            free = self.free(case, zone=await self._customers(case))
            slots = Declined("Write it like `callback 2026-11-26 15:00 Europe/Berlin what it is about`.", free)
            return (f"{now.what} {now.id}: {now.said}. " if now else "") + slots.said
        done = await self.schedule(case, found[1], zone=found[2] or (now.zone if now else ""), note=found[3], by=by)
        return done.said if isinstance(done, Declined) else f"{done.what} {done.id}: {done.said}."

    async def ring(self, timer: Timer) -> None:
        """A promised moment has come: the case is put before staff."""
        one = await self._callbacks.get(str(timer.payload["callback"]))
        if one is None or one.state != "waiting" or one.version != timer.payload["version"]:
            return
        case = await self._cases.get(one.case_id)
        if case is None:
            return
        is_late = self._clock.now() >= one.due_at + self._late
        case = await self._put_before_staff(case, one, is_late=is_late)
        about = f": {one.note}" if one.note else ""
        await self._tell_staff(
            case, one, "due", f"**{one.what} is due** (case {case.id}, {one.said}){about}", is_call=True
        )
        await self._changed(one, "ring", SYSTEM)

    async def look(self, timer: Timer) -> None:
        """Some time after a promised moment: either a person has spoken, or the customer is told that we are late."""
        await self.ring(timer)
        one = await self._callbacks.get(str(timer.payload["callback"]))
        case = await self._cases.get(one.case_id) if one else None
        if one is None or case is None or one.state != "due" or one.version != _version(timer) + 1:
            return
        lines = await self._cases.lines(case.id, limit=50)
        if any(line.speaker == "person" and line.at >= one.due_at - _EARLY for line in lines):
            await self._changed(one, "keep", SYSTEM)
            return
        if case.state == "open":
            await self._tell_customer(case, one, "late", phrases.CALLBACK_LATE.format(when=one.said))
            await self._tell_staff(
                case, one, "late", f"**{one.what} is late** (case {case.id}): promised for {one.said}.", is_call=True
            )
        await self._changed(one, "miss", SYSTEM)

    def _everybodys(self, case: Case) -> OpenHours:
        return self._hours

    async def _customers(self, case: Case) -> str:
        """The customer's zone as their platform knows it, else the team's."""
        return await self._zone_of(case.author_id, case.thread) or self.zone

    @property
    def _late(self) -> timedelta:
        return timedelta(minutes=self._settings.late_minutes)

    def _checked(self, case: Case, at: str | datetime, zone: str) -> datetime | Declined:
        try:
            there = zone_of(zone)
        except ValueError as error:
            return Declined(f"{error}.")
        moment = read_local(at, there) if isinstance(at, str) else at
        free = self.free(case, zone=zone, after=moment)
        if moment is None:
            return Declined(f"{at!r} is no moment: write it like 2026-11-26 15:00.", free)
        now = self._clock.now()
        if moment < now + timedelta(minutes=self._settings.notice_minutes):
            return Declined("That is too soon, or over already.", free)
        if moment > now + timedelta(days=self._settings.most_days):
            return Declined(f"That is more than {self._settings.most_days} days from now.", self.free(case, zone=zone))
        if not self._hours_of(case).is_open(moment):
            return Declined("Nobody is there at that time.", free)
        return moment

    async def _changed(
        self, before: Callback, act: Act, by: Actor, *, due_at: datetime | None = None, zone: str = ""
    ) -> Callback | None:
        after = changed(before, act, due_at=due_at, zone=zone)
        if after is None:
            return None
        is_done = await self._callbacks.change(before, after, act, by=by.owner, late_after=self._late)
        return after if is_done else None

    async def _agreed(self, case: Case, one: Callback, by: Actor) -> None:
        """Put off a case that people have, and say what was agreed."""
        if not case.is_with_ai and case.state == "open" and case.phase != "scheduled":
            why = Handoff("callback", f"{one.what} agreed for {one.said}.")
            await self._caseworker.act(case, Step("snooze", SYSTEM, why))
        if by.owner != "ai":
            await self._tell_customer(case, one, "agreed", phrases.CALLBACK_AGREED.format(when=one.said))
        await self._tell_staff(
            case, one, "agreed", f"{one.what} agreed for {one.said} (case {case.id}). {one.note}".strip()
        )

    async def _put_before_staff(self, case: Case, one: Callback, *, is_late: bool) -> Case:
        why = Handoff("callback_due", f"{one.what} due {one.said}. {one.note}".strip(), case.tier)
        if case.is_with_ai:
            step = Step("hand_over", SYSTEM, why, to=queue(case.tier), note=f"Passed to people: {why.reason}")

            async def posts(after: Case) -> Posts:
                told = Post(phrases.CALLBACK_NOW.format(when=one.said), kind="notice")
                return [*([] if is_late else [(after.thread, told)]), *await self._handover.cards(after, why)]

            done = await self._caseworker.act(case, step, posts)
        elif stage_of(case) == "scheduled":
            done = await self._caseworker.act(case, Step("due", SYSTEM, replace(why, reason=case.reason or why.reason)))
        else:
            return case
        return case if isinstance(done, str) else done

    async def _tell_customer(self, case: Case, one: Callback, what: str, text: str) -> None:
        await self._outbox.put(case.thread, Post(text, kind="notice"), key=_key(one, what, case.thread))
        self._wake()

    async def _tell_staff(self, case: Case, one: Callback, what: str, text: str, *, is_call: bool = False) -> None:
        pings = tuple(self._whom(case)) if is_call else ()
        # A case that no person has seen yet has no room; then only what calls somebody is said.
        rooms = await self._side.rooms(case.id) or (self._handover.places(case.thread) if is_call else ())
        for room in rooms:
            await self._outbox.put(room, Post(text, kind="notice", pings=pings), key=_key(one, what, room))
        self._wake()


def _key(one: Callback, what: str, place: Thread) -> str:
    return f"callback:{one.id}:{one.version}:{what}:{place.key}"


def _version(timer: Timer) -> int:
    return int(str(timer.payload["version"]))
