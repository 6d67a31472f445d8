"""Promises as rows, on every database."""

from datetime import timedelta

from adapters.storage.store import Store
from core.callbacks import DUE, LATE, Callback, changed
from core.case import Case
from tests.adapters.storage.scene import NOW, begun, says
from tests.fakes.clock import StillClock

LATE_AFTER = timedelta(minutes=15)


async def kept(store: Store, *, hours: int = 48) -> tuple[Callback, Case]:
    await says(store)
    case = (await begun(store)).case
    due = NOW + timedelta(hours=hours)
    new = Callback("", case.id, "callback", due, "Europe/Berlin", "the invoice", "ai")
    return await store.callbacks.add(new, late_after=LATE_AFTER), case


async def test_a_promise_rings_once_at_its_moment_and_once_when_it_is_late(store: Store, clock: StillClock) -> None:
    one, case = await kept(store)
    assert await store.callbacks.of_case(case.id) == [one]
    clock.move(hours=47)
    assert await store.timers.take([DUE, LATE], limit=9) == []
    clock.move(hours=1)
    (due,) = await store.timers.take([DUE, LATE], limit=9)
    await store.timers.rang(due)
    clock.move(minutes=15)
    (late,) = await store.timers.take([DUE, LATE], limit=9)
    assert (due.kind, late.kind, due.payload) == (DUE, LATE, {"callback": one.id, "version": 1})


async def test_of_two_who_change_a_promise_one_wins_and_timers_follow(store: Store, clock: StillClock) -> None:
    one, _ = await kept(store)
    later = changed(one, "reschedule", due_at=one.due_at + timedelta(hours=1))
    gone = changed(one, "cancel")
    assert later is not None
    assert gone is not None
    assert await store.callbacks.change(one, later, "reschedule", by="human:s1", late_after=LATE_AFTER)
    assert not await store.callbacks.change(one, gone, "cancel", by="human:s1", late_after=LATE_AFTER)
    assert await store.callbacks.get(one.id) == later
    clock.move(hours=48, minutes=59)
    assert await store.timers.take([DUE, LATE], limit=9) == []
    clock.move(minutes=1)
    (due,) = await store.timers.take([DUE, LATE], limit=9)
    assert due.payload["version"] == 2


async def test_promises_are_in_the_explanation_of_the_case_and_go_with_the_person(store: Store) -> None:
    one, case = await kept(store)
    told = [event for event in await store.ledger.events() if event.what == "callback_add"]
    assert [event.case_id for event in told] == [case.id]
    assert told[0].detail["reason"] == f"{one.id}, callback for Wed 04 Mar 10:00 (Europe/Berlin): the invoice"
    assert "callback" in await store.persons.export("u1")
    await store.persons.forget("u1")
    assert await store.callbacks.get(one.id) is None
