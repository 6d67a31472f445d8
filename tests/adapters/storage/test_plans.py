"""However old the database is: what a turn, a delivery or a decision asks for is found by an index."""

import re
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from adapters.storage.store import Store, open_store
from tests.adapters.storage.scene import NOW, STAFF, answered, approval, begun, refund, says
from tests.fakes.clock import StillClock

_GROWING = "inbox|inbox_key|case_|message|turn|outbox|action|approval|model_call|audit|step"
_WHOLE = re.compile(rf"SCAN (?:{_GROWING})(?! USING)")


@contextmanager
def planned() -> Generator[dict[str, list[str]]]:
    """Each statement that runs meanwhile, with SQLite's plan for it."""
    plans: dict[str, list[str]] = {}

    def look(connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, is_many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            driver = connection.connection.driver_connection
            rows = driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters[0] if is_many else parameters)
            plans[statement] = [row[3] for row in rows.fetchall()]

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield plans
    finally:
        event.remove(Engine, "before_cursor_execute", look)


@pytest.fixture
async def store(sqlite_url: str, clock: StillClock) -> AsyncGenerator[Store]:
    async with open_store(sqlite_url, clock=clock) as opened:
        yield opened


def read_whole(plans: dict[str, list[str]]) -> dict[str, list[str]]:
    return {asked: plan for asked, plan in plans.items() if any(_WHOLE.match(step) for step in plan)}


async def test_a_turn_reads_no_growing_table_whole(store: Store) -> None:
    with planned() as plans:
        await says(store, "Hello", id="1")
        delivery = await answered(store, "Hi!")
        await store.outbox.delivered(delivery, "ref-1")
        await says(store, "Where is it?", id="2")
        turn = await begun(store)
        await store.turns.keep_step(turn, "model:1", "said")
        await store.outbox.due(("slack",), limit=50)
        await store.turns.park(turn)
    assert len(plans) > 20
    assert read_whole(plans) == {}


async def test_a_decision_reads_no_growing_table_whole(store: Store) -> None:
    await says(store)
    turn = await begun(store)
    wanted = refund(case_id=turn.case.id, turn_id=turn.id, state="proposed")
    with planned() as plans:
        await store.actions.propose(wanted, approval(), ())
        await store.actions.pending()
        await store.actions.decide("A-1", is_approved=True, by="s1", by_name="Sam", place=STAFF)
        await store.actions.moved(since=NOW, customer_id="c-1")
        await store.actions.moved(since=NOW, customer_id="")
        await begun(store)
    assert len(plans) > 5
    assert read_whole(plans) == {}
