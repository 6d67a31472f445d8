"""Words go when their time is over; what figures and receipts are made of stays."""

from datetime import timedelta

from adapters.storage.store import Store
from core.gaps import Gap
from core.report import figures
from core.retention import Retention
from core.settings import RetentionSettings
from core.verified import VerifiedAnswer
from tests.adapters.storage.scene import NOW, THREAD, answered, moves, says
from tests.fakes.clock import StillClock

LATER = NOW + timedelta(days=31)


async def closed_case(store: Store) -> str:
    await says(store, "My secret is plum")
    await store.outbox.delivered(await answered(store, "Plums are fine."), "ref-1")
    case = await store.cases.find(THREAD)
    for act in ("resolve", "confirm", "close"):
        assert case is not None
        case = await moves(store, case, act)
    assert case is not None
    return case.id


async def test_words_of_a_closed_case_are_erased_and_its_figures_stay(store: Store) -> None:
    case_id = await closed_case(store)
    before = figures(await store.ledger.events())
    assert await store.kept.sweep("words", NOW - timedelta(days=1), limit=9) == 0
    assert await store.persons.left(["plum", "Plum"]) > 0
    assert await store.kept.sweep("words", LATER, limit=9) == 1
    assert await store.kept.sweep("words", LATER, limit=9) == 0
    assert await store.persons.left(["plum", "Plum"]) == 0
    assert figures(await store.ledger.events()) == before
    assert await store.cases.get(case_id) is not None


async def test_words_of_an_open_case_stay(store: Store) -> None:
    await says(store, "My secret is plum")
    await answered(store)
    assert await store.kept.sweep("words", LATER, limit=9) == 0


async def test_traces_are_erased_by_their_turns_end(store: Store) -> None:
    case_id = await closed_case(store)
    assert await store.kept.sweep("traces", LATER, limit=9) == 1
    (turn,) = await store.desk.trace(case_id)
    assert turn.steps == ()


async def test_each_kind_has_its_own_days_and_none_means_for_ever(store: Store) -> None:
    await closed_case(store)
    clock = StillClock(LATER)
    settings = RetentionSettings(pictures_days=0, words_days=40, traces_days=30)
    retention = Retention(kept=store.kept, settings=settings, clock=clock)
    assert await retention.sweep() == {"words": 0, "traces": 1}


async def test_gaps_and_drafts_of_a_closed_case_go_with_its_words(store: Store) -> None:
    case_id = await closed_case(store)
    await store.gaps.note(Gap("unanswered", "Do you sell plums?", NOW, case_id))
    for state in ("draft", "approved"):
        await store.answers.add(VerifiedAnswer("", f"{state} plums", (), "Dana", state, case_id=case_id))
    assert await store.kept.sweep("words", LATER, limit=9) == 1
    assert await store.gaps.since(NOW - timedelta(days=1)) == []
    assert [each.text for each in await store.answers.all()] == ["approved plums"]
