"""Several processes over one PostgreSQL: one at a time in a thread, taken over when it stops, refused when it wakes."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.storage.replicas import StoredReplicas
from adapters.storage.store import Store, open_store
from core.conversation import Thread
from core.errors import LostTurn, OverCap
from core.policy import Caps
from core.reply import Post
from core.timers import Timer
from tests.adapters.storage.scene import NOW, THREAD, answer, begun, record, refund, says
from tests.fakes.clock import StillClock
from tests.servers.postgres import fresh_database

pytestmark = pytest.mark.postgres


@pytest.fixture
def url(postgres: str) -> Generator[str]:
    with fresh_database(postgres) as made:
        yield made


@dataclass
class Pair:
    """Two processes and the seconds that the second one watches by."""

    first: Store
    second: Store
    watch: StoredReplicas
    seconds: list[float]

    async def first_stops(self) -> None:
        """The first one shows no sign of life until the second has buried it."""
        assert await self.watch.bury(after_s=8) == 0
        self.seconds[0] += 7.9
        assert await self.watch.bury(after_s=8) == 0
        self.seconds[0] += 0.2
        assert await self.watch.bury(after_s=8) == 1


@pytest.fixture
async def pair(url: str, clock: StillClock) -> AsyncGenerator[Pair]:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(open_store(url, clock=clock))
        second = await stack.enter_async_context(open_store(url, clock=clock))
        await first.replicas.join()
        await second.replicas.join()
        seconds = [0.0]
        watch = StoredReplicas(second.database, is_shared=True, clock=lambda: seconds[0])
        yield Pair(first, second, watch, seconds)


async def test_the_same_event_at_two_processes_is_kept_once(pair: Pair) -> None:
    kept = await asyncio.gather(*(says(store) for store in (pair.first, pair.second) for _ in range(5)))
    assert sum(kept) == 1


async def test_a_thread_is_worked_on_by_one_process(pair: Pair) -> None:
    await says(pair.first)
    begun_by = await asyncio.gather(
        pair.first.turns.begin(THREAD, history_lines=5), pair.second.turns.begin(THREAD, history_lines=5)
    )
    assert sum(turn is not None for turn in begun_by) == 1


async def test_a_dead_ones_turn_is_taken_over_and_the_zombie_is_refused(pair: Pair) -> None:
    await says(pair.first)
    turn = await begun(pair.first)
    await pair.first.turns.opened(turn, "ref-1")
    assert await pair.second.turns.begin(THREAD, history_lines=5) is None
    await pair.first_stops()
    again = await begun(pair.second)
    assert (again.id, again.reply.ref, again.attempt) == (turn.id, "ref-1", 2)
    assert not await pair.first.replicas.beat()
    with pytest.raises(LostTurn):
        await pair.first.turns.finish(turn, answer("late"), record())
    with pytest.raises(LostTurn):
        await pair.first.turns.cut(turn, "", "late")
    with pytest.raises(LostTurn):
        await pair.first.turns.opened(turn, "ref-2")
    with pytest.raises(LostTurn):
        await pair.first.turns.keep_step(turn, "model:1", "late")
    with pytest.raises(LostTurn):
        await pair.first.actions.intend(refund(turn_id=turn.id, case_id=turn.case.id))
    assert await pair.second.turns.finish(again, answer("in time"), record()) is not None
    assert await pair.second.inbox.waiting() == []


async def test_one_that_shows_that_it_lives_is_never_buried(pair: Pair) -> None:
    for _ in range(20):
        assert await pair.first.replicas.beat()
        assert await pair.watch.bury(after_s=8) == 0
        pair.seconds[0] += 2


async def test_one_that_leaves_is_followed_at_once(pair: Pair) -> None:
    await says(pair.first)
    await begun(pair.first)
    await pair.first.replicas.leave()
    assert await pair.second.turns.begin(THREAD, history_lines=5) is not None


async def test_a_delivery_is_one_processes_until_it_is_dead(pair: Pair) -> None:
    await pair.first.outbox.put(THREAD, Post("Hello"), key="hello")
    (mine,) = await pair.first.outbox.due(["slack"], limit=9)
    assert await pair.second.outbox.due(["slack"], limit=9) == []
    assert await pair.first.outbox.due(["slack"], limit=9) == [mine]
    await pair.first_stops()
    assert await pair.second.outbox.due(["slack"], limit=9) == [mine]


async def test_a_timer_rings_at_one_process(pair: Pair, clock: StillClock) -> None:
    await pair.first.timers.set(Timer("one", "note", clock.now()))
    taken = await asyncio.gather(*(store.timers.take(["note"], limit=9) for store in (pair.first, pair.second)))
    assert sum(map(len, taken)) == 1


async def test_two_processes_never_both_fit_under_a_cap_with_room_for_one(pair: Pair) -> None:
    caps = Caps(Decimal(0), Decimal(100), NOW - timedelta(hours=24))
    held: list[tuple[Store, str]] = []
    for n in range(6):
        store, thread = (pair.first, pair.second)[n % 2], Thread("t1", "slack", "C1", str(n))
        await says(store, id=str(n), thread=thread)
        held.append((store, (await begun(store, thread)).id))

    async def pay(store: Store, turn_id: str) -> bool:
        try:
            return (await store.actions.intend(refund(key=turn_id, turn_id=turn_id), caps=caps))[1]
        except OverCap:
            return False

    assert sum(await asyncio.gather(*(pay(*each) for each in held))) == 1
