"""Who is there, and what is watched, on every database."""

import json

from adapters.storage.store import Store
from core.duty import Presence
from core.reply import Post
from tests.adapters.storage.scene import NOW, STAFF, answer, begun, moves, record, says
from tests.fakes.clock import StillClock


async def test_presences_and_turns_are_kept_apart(store: Store, clock: StillClock) -> None:
    await store.duty.given("s1", "Ann")
    clock.move(minutes=1)
    await store.duty.say("s1", "Ann", is_away=True)
    await store.duty.say("s2", "Ben", is_away=False)
    assert await store.duty.all() == [Presence("s1", "Ann", is_away=True, given_at=NOW), Presence("s2", "Ben")]


async def test_a_presence_knows_in_whose_places_it_was_seen(store: Store) -> None:
    await store.duty.say("s1", "Ann", is_away=True, tenant="north")
    await store.duty.given("s1", "Ann", tenant="south")
    assert [each.tenants for each in await store.duty.all()] == [("north", "south")]


async def test_the_language_of_a_case_is_the_newest_that_triage_could_tell(store: Store) -> None:
    await says(store, "Wo ist mein Paket?")
    turn = await begun(store)
    assert await store.watch.language(turn.case.id) == ""
    told = record()
    told.note("triage", json.dumps({"language": "de"}))
    await store.turns.finish(turn, answer("Hier."), told)
    assert await store.watch.language(turn.case.id) == "de"


async def test_a_queued_case_is_watched_with_its_priority_and_words_are_said_once(store: Store) -> None:
    await says(store, "My data was deleted, where is my refund?")
    case = (await begun(store)).case
    assert await store.watch.with_people() == []
    moved = await moves(store, case, "hand_over", to="queue:3")
    assert moved is not None
    assert (moved.priority, moved.category) == ("high", "refund")
    (watched,) = await store.watch.with_people()
    assert watched.case == moved
    assert {event.what for event in watched.events} == {"opened", "said:customer", "hand_over"}
    assert await store.watch.events(case.id) == watched.events
    assert await store.watch.queued() == [moved]
    told = [
        await store.watch.once("late:1", case.id, "clock_late", {"clock": "first"}, [(STAFF, Post("Late"))])
        for _ in "ab"
    ]
    assert told == [True, False]
    assert [event.detail["clock"] for event in await store.watch.events(case.id) if event.what == "clock_late"] == [
        "first"
    ]


async def test_of_two_who_set_a_priority_one_wins(store: Store) -> None:
    await says(store)
    case = await moves(store, (await begun(store)).case, "hand_over", to="queue:3")
    assert case is not None
    low = await store.watch.prioritise(case, "low", by="human:s1")
    assert await store.watch.prioritise(case, "high", by="human:s2") is None
    assert low == await store.cases.get(case.id)
    assert low is not None
    assert low.priority == "low"
