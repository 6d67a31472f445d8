"""Timers ring once, in time, whatever restarts and whatever the clock does."""

from datetime import timedelta

from adapters.storage.store import Store, open_store
from core.timers import Timer
from tests.adapters.storage.scene import NOW
from tests.fakes.clock import StillClock

KINDS = ("reminder",)


def reminder(id: str = "one", *, hours: float = 1, words: str = "") -> Timer:
    return Timer(id, "reminder", NOW + timedelta(hours=hours), {"words": words}, "C-1")


async def ids(store: Store, *kinds: str) -> list[str]:
    return [each.id for each in await store.timers.take(kinds or KINDS, limit=9)]


async def test_a_timer_is_taken_when_it_is_due_and_not_before(store: Store, clock: StillClock) -> None:
    timer = reminder(words="call back")
    assert await store.timers.set(timer)
    clock.move(minutes=59)
    assert await ids(store) == []
    clock.move(minutes=1)
    assert await store.timers.take(KINDS, limit=9) == [timer]


async def test_one_that_rang_never_rings_again_and_cannot_be_set_again(store: Store, clock: StillClock) -> None:
    timer = reminder()
    await store.timers.set(timer)
    clock.move(hours=2)
    assert await ids(store) == ["one"]
    assert await ids(store) == []
    await store.timers.rang(timer)
    assert not await store.timers.set(reminder(hours=9))
    clock.move(hours=20)
    assert await ids(store) == []
    assert not await store.timers.cancel("one")


async def test_one_whose_handler_died_comes_back_later_and_ever_later(store: Store, clock: StillClock) -> None:
    await store.timers.set(reminder())
    clock.move(hours=2)
    assert await ids(store) == ["one"]
    clock.move(seconds=59)
    assert await ids(store) == []
    clock.move(seconds=1)
    assert await ids(store) == ["one"]
    clock.move(seconds=60)
    assert await ids(store) == []


async def test_a_cancelled_timer_does_not_ring_unless_it_is_set_again(store: Store, clock: StillClock) -> None:
    await store.timers.set(reminder())
    assert await store.timers.cancel("one")
    assert not await store.timers.cancel("one")
    clock.move(hours=2)
    assert await ids(store) == []
    assert await store.timers.set(reminder(hours=3))
    clock.move(hours=2)
    assert await ids(store) == ["one"]


async def test_one_that_is_moved_while_its_handler_runs_rings_at_the_new_time(store: Store, clock: StillClock) -> None:
    first = reminder()
    await store.timers.set(first)
    clock.move(hours=2)
    assert await ids(store) == ["one"]
    assert await store.timers.set(reminder(hours=5))
    await store.timers.rang(first)
    assert await ids(store) == []
    clock.move(hours=3)
    assert await ids(store) == ["one"]


async def test_the_longest_due_come_first_and_other_kinds_wait_for_their_own_handler(
    store: Store, clock: StillClock
) -> None:
    for number in (3, 1, 2):
        await store.timers.set(reminder(str(number), hours=number))
    await store.timers.set(Timer("other", "sla", NOW))
    clock.move(hours=4)
    assert [each.id for each in await store.timers.take(KINDS, limit=2)] == ["1", "2"]
    assert await ids(store) == ["3"]
    assert await ids(store, "sla") == ["other"]


async def test_a_restart_days_later_forgets_no_timer(url: str, clock: StillClock) -> None:
    async with open_store(url, clock=clock) as store:
        await store.timers.set(reminder(hours=72))
    clock.move(days=4)
    async with open_store(url, clock=clock) as store:
        assert await ids(store) == ["one"]


async def test_a_clock_that_is_set_back_rings_nothing_twice(store: Store, clock: StillClock) -> None:
    timer = reminder()
    await store.timers.set(timer)
    clock.move(hours=2)
    assert await ids(store) == ["one"]
    await store.timers.rang(timer)
    clock.move(hours=-2)
    assert await ids(store) == []
    clock.move(hours=2)
    assert await ids(store) == []
