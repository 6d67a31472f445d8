"""What is kept about a person can be told in full and deleted without a rest."""

from dataclasses import replace

from adapters.storage.store import Store
from core.report import differences, figures
from tests.adapters.storage.scene import THREAD, answered, moves, says


async def test_forgetting_leaves_no_row_that_names_them(store: Store) -> None:
    other = replace(THREAD, channel="C9")
    await says(store, "My secret is plum", id="1")
    await answered(store)
    await says(store, "I like pears", id="2", thread=other)
    await answered(store, thread=other)
    case = await store.cases.find(THREAD)
    assert case is not None
    told = await store.persons.export(case.customer_id)
    assert "plum" in str(told)
    person, gone = await store.persons.forget(case.customer_id)
    assert gone
    assert await store.persons.left(["plum", *person.cases]) == 0


async def test_the_database_counts_what_the_events_tell(store: Store) -> None:
    await says(store)
    await answered(store)
    case = await store.cases.find(THREAD)
    assert case is not None
    resolved = await moves(store, case, "resolve")
    assert resolved is not None
    assert await moves(store, resolved, "confirm") is not None
    assert await store.staff.rate(case.id, 5, "", by="u1", resolved_by="ai")
    told = figures(await store.ledger.events())
    assert differences(told, await store.ledger.counted()) == []
    assert (told.confirmed, told.csat) == (1, 5)
