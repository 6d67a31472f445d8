"""What a desk reads, on each database: only what is within reach, and all of it."""

from adapters.storage.store import Store
from core.casebook import Reach, due_times
from core.conversation import Thread
from core.desksettings import DeskSettings
from core.teams import Teams
from tests.adapters.storage.scene import NOW, THREAD, answered, moves, says

EVERYTHING = Reach(is_all=True)
OTHERS = Thread("t2", "slack", "C9", "9.0")


async def handed_over(store: Store, thread: Thread = THREAD) -> str:
    await says(store, "Where is my Parcel, 100% late?", thread=thread)
    await answered(store, thread=thread)
    case = await store.cases.find(thread)
    assert case is not None
    await moves(store, case, "hand_over")
    return case.id


async def test_what_is_out_of_reach_does_not_exist(store: Store) -> None:
    mine, theirs = await handed_over(store), await handed_over(store, OTHERS)
    reach = Reach(frozenset({"slack:t1"}))
    assert [each.case.id for each in await store.casebook.waiting(reach, limit=9)] == [mine]
    assert [each.case.id for each in await store.casebook.search("parcel", reach, limit=9)] == [mine]
    assert await store.casebook.search(theirs, reach, limit=9) == []
    assert await store.casebook.dossier(theirs, reach) is None
    assert {event.case_id for event in (await store.casebook.tallies(reach)).events} == {mine}
    for nothing in (Reach(), Reach(frozenset({"discord:t1"}))):
        assert await store.casebook.waiting(nothing, limit=9) == []
        assert await store.casebook.search("parcel", nothing, limit=9) == []
    assert len(await store.casebook.waiting(EVERYTHING, limit=9)) == 2


async def test_a_waiting_case_comes_with_its_last_words_and_what_its_clocks_are_made_of(store: Store) -> None:
    await handed_over(store)
    (waiting,) = await store.casebook.waiting(EVERYTHING, limit=9)
    assert waiting.last is not None
    assert waiting.last.text == "It was delivered."
    due = due_times(waiting.events, Teams(DeskSettings()).target_of(waiting.case.thread), NOW)
    assert [each.what for each in due] == ["First response", "Resolution"]
    assert not due[0].is_late


async def test_a_search_takes_words_as_they_stand_and_in_any_case(store: Store) -> None:
    case_id = await handed_over(store)
    for words in ("late PARCEL", "100%", case_id.lower(), "u1"):
        (found,) = await store.casebook.search(words, EVERYTHING, limit=9)
        assert found.case.id == case_id
    for words in ("parcel gone", "1%0", "Par_el", " "):
        assert await store.casebook.search(words, EVERYTHING, limit=9) == []


async def test_a_dossier_holds_the_turns_the_posts_and_what_models_took(store: Store) -> None:
    told = await store.casebook.dossier(await handed_over(store), EVERYTHING)
    assert told is not None
    assert [line.speaker for line in told.lines] == ["customer", "bot"]
    assert [trace.outcome for trace in told.traces] == ["answered"]
    assert [posted.delivery.thread for posted in told.posts] == [THREAD]
    assert told.bill.nanos == 0
