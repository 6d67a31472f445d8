"""Caps and the ledger in the database: reserved before spending, exact however many ask at once."""

import asyncio

import pytest
from sqlalchemy import select

from adapters.storage.moneytables import budget, model_call, reservation
from adapters.storage.store import Store, open_store
from core.conversation import Thread
from core.errors import BudgetReached
from core.modelling import Used
from core.spending import Amount, Caps, ModelCall, draw
from tests.adapters.storage.scene import NOW, THREAD, answer, begun, record, says
from tests.fakes.clock import StillClock

ONE = Amount(1, 100, 1)


def caps(*, block: Amount = ONE, **by_scope: Amount) -> Caps:
    return Caps(dict(by_scope), block, 600.0)  # type: ignore[arg-type]


async def sums(store: Store) -> dict[str, tuple[int, int, int, int]]:
    """By key: requests and tokens spent, requests and tokens held."""
    rows = await store.database.read(lambda connection: connection.execute(select(budget)).all())
    return {row.key: (row.requests, row.tokens, row.held_requests, row.held_tokens) for row in rows}


async def ledger(store: Store) -> list[tuple[str, int, str]]:
    statement = select(model_call).order_by(model_call.c.turn_id, model_call.c.n)
    rows = await store.database.read(lambda connection: connection.execute(statement).all())
    return [(row.case_id, row.input_tokens + row.output_tokens, row.outcome) for row in rows]


def call(tokens: int = 50, *, nanos: int | None = None) -> ModelCall:
    return ModelCall("chat", Used("model-a", tokens, 0, nanos=nanos), "done", NOW)


async def test_a_turn_reserves_a_block_and_gives_back_what_it_did_not_spend(url: str, clock: StillClock) -> None:
    async with open_store(url, clock=clock, caps=caps(case=Amount(5, 1000))) as store:
        await says(store)
        turn = await begun(store)
        key = f"case:{turn.case.id}"
        assert await sums(store) == {key: (0, 0, 1, 100)}
        await draw(turn.tab, Amount(1, 100), store.till)
        turn.tab.add(call(40))
        await store.turns.opened(turn, "ref")
        await store.turns.finish(turn, answer(), record())
        assert await sums(store) == {key: (1, 40, 0, 0)}
        assert await ledger(store) == [(turn.case.id, 40, "done")]


async def test_many_at_once_never_reserve_more_than_the_cap(url: str, clock: StillClock) -> None:
    async with open_store(url, clock=clock, caps=caps(block=Amount(1, 1), day=Amount(20, 10_000))) as store:
        tabs = [store.till.house_tab() for _ in range(40)]

        async def take(number: int) -> bool:
            try:
                await draw(tabs[number], Amount(1, 300), store.till)
            except BudgetReached:
                return False
            return True

        granted = await asyncio.gather(*(take(n) for n in range(40)))
        assert sum(granted) == 20
        [(spent, _, held, tokens)] = (await sums(store)).values()
        assert (spent, held, tokens) == (0, 20, 6_000)
        for tab, was_granted in zip(tabs, granted, strict=True):
            if was_granted:
                tab.add(call(200))
            await store.till.settle(tab)
        [(spent, tokens, held, held_tokens)] = (await sums(store)).values()
        assert (spent, tokens, held, held_tokens) == (20, 4_000, 0, 0)


@pytest.mark.postgres
async def test_replicas_that_reserve_at_once_keep_the_cap_together(clock: StillClock, postgres: str) -> None:
    from tests.servers.postgres import fresh_database

    held = caps(block=Amount(1, 1), day=Amount(30), tenant=Amount(25))
    with fresh_database(postgres) as url:
        async with (
            open_store(url, clock=clock, caps=held) as first,
            open_store(url, clock=clock, caps=held) as second,
        ):
            threads = [Thread("t1", "slack", "C1", str(n)) for n in range(40)]
            for n, thread in enumerate(threads):
                await says(first, id=str(n), thread=thread)
            turns = await asyncio.gather(
                *((first, second)[n % 2].turns.begin(thread, history_lines=9) for n, thread in enumerate(threads))
            )
            refused = [turn.tab.refused for turn in turns if turn is not None and turn.tab.refused]
            assert len(refused) == 15
            assert set(refused) == {"25 model requests for this workspace today"}
            found = await sums(first)
            assert found["day:2026-03-02"][2] == 25
            assert found["tenant:slack.t1:2026-03-02"][2] == 25


async def test_a_turn_whose_process_died_pays_its_reservation_in_full(url: str, clock: StillClock) -> None:
    async with open_store(url, clock=clock, caps=caps(case=Amount(5, 1000))) as store:
        await says(store)
        turn = await begun(store)
        again = await begun(store)
        assert again.tab.is_recovered
        assert await sums(store) == {f"case:{turn.case.id}": (1, 100, 1, 100)}
        assert await ledger(store) == [(turn.case.id, 100, "unknown")]


async def test_what_nobody_settled_in_time_counts_as_spent(url: str, clock: StillClock) -> None:
    async with open_store(url, clock=clock, caps=caps(day=Amount(1, 1000))) as store:
        await draw(store.till.house_tab(), Amount(1, 70), store.till)
        with pytest.raises(BudgetReached):
            await draw(store.till.house_tab(), Amount(1, 70), store.till)
        assert await store.till.expire() == 0
        clock.move(minutes=11)
        assert await store.till.expire() == 1
        assert await store.till.expire() == 0
        left = await store.database.read(lambda connection: connection.execute(select(reservation)).all())
        assert left == []
        assert await sums(store) == {"day:2026-03-02": (1, 100, 0, 0)}


async def test_a_cap_that_comes_later_counts_what_was_spent_before(url: str, clock: StillClock) -> None:
    async with open_store(url, clock=clock) as store:
        await says(store)
        turn = await begun(store)
        turn.tab.add(call(900))
        await store.turns.finish(turn, answer(), record())
    async with open_store(url, clock=clock, caps=caps(case=Amount(0, 900))) as store:
        await says(store, id="2")
        assert (await begun(store)).tab.refused == "900 tokens in this case"


async def test_a_full_turn_asks_for_more_and_is_told_which_cap_it_met(url: str, clock: StillClock) -> None:
    async with open_store(url, clock=clock, caps=caps(case=Amount(3, 1000), day=Amount(0, 350))) as store:
        await says(store)
        tab = (await begun(store)).tab
        await draw(tab, Amount(1, 90), store.till)
        await draw(tab, Amount(1, 90), store.till)
        with pytest.raises(BudgetReached, match="350 tokens today"):
            await draw(tab, Amount(1, 300), store.till)


async def test_spending_is_added_up_by_day_case_and_model(url: str, clock: StillClock) -> None:
    async with open_store(url, clock=clock) as store:
        for n in range(2):
            thread = Thread("t1", "slack", "C1", str(n))
            await says(store, id=str(n), thread=thread)
            turn = await begun(store, thread)
            turn.tab.add(call(100, nanos=2_000))
            turn.tab.add(call(50))
            await store.turns.finish(turn, answer(), record())
        total = await store.costs.total()
        assert (total.calls, total.input_tokens, total.nanos, total.unpriced) == (4, 300, 4_000, 2)
        assert (total.cases, total.turns) == (2, 2)
        assert [(row.key, row.calls) for row in await store.costs.by("day")] == [("2026-03-02", 4)]
        assert [row.calls for row in await store.costs.by("case")] == [2, 2]
        assert [row.key for row in await store.costs.by("tenant")] == ["slack:t1"]
        assert await store.costs.by("day", since="2026-03-03") == []


async def test_a_turn_in_the_hands_of_people_reserves_nothing(store: Store) -> None:
    await says(store, thread=THREAD)
    turn = await begun(store)
    assert turn.tab.units == Amount()
    assert await sums(store) == {}
