"""Whose turn it is, who is called when a clock runs out, and what the customer hears while nobody is there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.case import Case, human, queue
from core.conversation import Author, Message
from core.desksettings import DeskSettings, HoursSettings, PersonSettings, TeamSettings
from core.teams import Teams
from tests.core.rig import STAFF, THREAD, Rig, rig
from tests.fakes.model import ScriptedModel

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ANN, BEN, CID = (
    PersonSettings(id="staff-a", name="Ann"),
    PersonSettings(id="staff-b", name="Ben", skills=("billing",)),
    PersonSettings(id="staff-c", name="Cid"),
)
TEAM = TeamSettings(tier=3, leads=("lead-1",), people=(ANN, BEN), on_call=("staff-c",))
DESK = DeskSettings(teams=(TEAM,))
OFFICE = DeskSettings(teams=(TEAM,), hours=HoursSettings(zone="Europe/Berlin", open=("mon-fri 09:00-17:00",)))
NOBODY = DeskSettings(teams=(TeamSettings(tier=3, leads=("lead-1",)),))


async def queued(here: Rig, text: str = "Broken", *, says: str = "") -> Case:
    if says:
        await here.says(says)
        await here.settled()
    else:
        await here.presses("escalate", by="u1", text=text)
    return await case_of(here)


async def case_of(here: Rig) -> Case:
    found = await here.store.cases.find(THREAD)
    assert found is not None
    return found


async def types(here: Rig, text: str, *, by: str = "staff-a", name: str = "Ann") -> None:
    here.count += 1
    message = Message(f"s{here.count}", STAFF, Author(by, name), text, here.clock.now(), is_staff_place=True,
                      mentions_us=True)  # fmt: skip
    await here.reception.receive(message)
    await here.settled()


def pinged(here: Rig, word: str) -> list[tuple[str, ...]]:
    return [each.pings for each in here.chat.messages.values() if word in each.text]


async def test_a_queued_case_goes_to_whoever_waits_longest_and_on_when_nothing_happens(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=DESK) as here:
        case = await queued(here)
        assert await here.dispatcher.assign() == 1
        assert await here.dispatcher.assign() == 0
        await here.settled()
        assert (await case_of(here)).owner == human("staff-a")
        assert pinged(here, "is yours, Ann") == [("staff-a",)]
        assert await here.presses("release", case.id, by="staff-a") == f"Case {case.id} is free."
        assert await here.dispatcher.assign() == 1
        assert (await case_of(here)).owner == human("staff-b")
        await here.presses("release", case.id, by="staff-b")
        assert await here.dispatcher.assign() == 0, "each of the team had it once"
        assert (await case_of(here)).owner == queue(3)


async def test_skills_come_first_and_who_is_away_is_left_out(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=DESK) as here:
        await queued(here, says="I was charged twice on my invoice, I want to talk to a human")
        assert await here.dispatcher.assign() == 1
        assert (await case_of(here)).owner == human("staff-b")
    async with rig(tmp_path / "b", ScriptedModel(), desk=DESK) as here:
        await types(here, "away until 14:00", by="staff-b", name="Ben")
        await types(here, "who")
        assert here.cards[-2:] == [
            "Ben is away until Mon 02 Mar 14:00 (UTC).",
            "- Ben: away until Mon 02 Mar 14:00 (UTC)",
        ]
        await queued(here, says="I was charged twice on my invoice, I want to talk to a human")
        assert await here.dispatcher.assign() == 1
        assert (await case_of(here)).owner == human("staff-a")
        await types(here, "available", by="staff-b", name="Ben")
        assert [each.is_away for each in await here.store.duty.all()] == [False, False]


async def test_whoever_claims_in_the_same_moment_keeps_the_case(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=DESK) as here:
        case = await queued(here)
        await here.presses("claim", case.id, by="staff-z")
        assert await here.dispatcher.assign() == 0
        assert (await case_of(here)).owner == human("staff-z")


async def test_outside_hours_only_pressing_cases_call_whoever_has_the_duty(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=OFFICE) as here:
        here.clock.move(hours=9)
        await queued(here, "hello")
        assert await here.dispatcher.assign() == 0
        (told,) = here.texts
        assert "away just now and back on Tue 03 Mar 09:00 (Europe/Berlin)" in told
        assert told.endswith("Free are: Tue 03 Mar 09:00, Tue 03 Mar 09:30, Tue 03 Mar 10:00 (Europe/Berlin).")
    async with rig(tmp_path / "b", ScriptedModel(), desk=OFFICE) as here:
        here.clock.move(hours=9)
        await queued(here, says="All my data was deleted, this is urgent, I want to talk to a human")
        assert "I have called whoever has the duty" in here.texts[-1]
        assert await here.dispatcher.assign() == 1
        assert (await case_of(here)).owner == human("staff-c")


async def test_while_people_are_there_the_customer_hears_nothing_of_hours(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=OFFICE) as here:
        await queued(here)
        assert not any("away" in text for text in here.texts)


async def test_a_clock_that_runs_out_warns_and_then_calls_the_lead_alone_once_through_restarts(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=NOBODY) as here:
        await queued(here, "hello")
        assert any("**Due** (low): First response by Mon 02 Mar 13:00 (UTC)" in card for card in here.cards)
        here.clock.move(hours=2, minutes=59)
        assert await here.dispatcher.keep_time() == 0
        here.clock.move(minutes=1)
        assert [await here.dispatcher.keep_time(), await here.dispatcher.keep_time()] == [1, 0]
        await here.settled()
        assert pinged(here, "First response is due soon") == [("lead-1",)]
    for _ in range(2):
        async with rig(tmp_path, ScriptedModel(), desk=NOBODY) as here:
            here.clock.move(hours=5)
            await here.dispatcher.keep_time()
            await here.settled()
            calls = [event for event in await here.store.ledger.events() if event.what == "clock_late"]
            assert [event.detail["clock"] for event in calls] == ["first"]


async def test_a_person_may_say_how_pressing_a_case_is_and_its_clock_follows(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=NOBODY) as here:
        case = await queued(here, "hello")
        (room,) = await here.store.staff.rooms(case.id)
        message = Message("p1", room, Author("staff-a", "Ann"), "priority high", here.clock.now(), is_staff_place=True,
                          mentions_us=True)  # fmt: skip
        await here.reception.receive(message)
        await here.settled()
        assert (await case_of(here)).priority == "high"
        assert any("**Due** (high): First response by Mon 02 Mar 09:15 (UTC)" in card for card in here.cards)
        here.clock.move(minutes=16)
        assert await here.dispatcher.keep_time() == 1


async def test_the_rota_understands_what_it_says_it_does(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=DESK) as here:
        await types(here, "who")
        await types(here, "away until teatime")
        await types(here, "away until 2026-03-04 09:00")
        assert here.cards[0].startswith("Nobody has said anything yet")
        assert here.cards[1].startswith("I did not understand until when")
        (ann,) = await here.store.duty.all()
        assert ann.until == datetime(2026, 3, 4, 9, tzinfo=UTC)
        assert ann.is_absent(here.clock.now())
        assert not ann.is_absent(here.clock.now() + timedelta(days=3))


async def test_who_leaves_frees_what_waits_for_them_and_keeps_what_waits_for_the_customer(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=DESK) as here:
        case = await queued(here)
        await here.presses("claim", case.id, by="staff-a")
        await types(here, "away")
        assert f"Ann is away. Free for the next person: {case.id}." in here.cards
        assert await here.dispatcher.assign() == 1
        assert (await case_of(here)).owner == human("staff-b")
        await here.presses("reply", case.id, by="staff-b", text="Which one is it?")
        await types(here, "away", by="staff-b", name="Ben")
        assert (await case_of(here)).owner == human("staff-b")
    async with rig(tmp_path / "b", ScriptedModel(), desk=DeskSettings(teams=(TEAM,), away="keep")) as here:
        case = await queued(here)
        await here.presses("claim", case.id, by="staff-a")
        await types(here, "away")
        assert (await case_of(here)).owner == human("staff-a")


def test_who_speaks_the_customers_language_comes_before_who_has_the_skill() -> None:
    dora = PersonSettings(id="staff-d", name="Dora", languages=("de",))
    teams = Teams(DeskSettings(teams=(TeamSettings(tier=3, people=(ANN, BEN, dora)),)))
    case = Case("C-1", THREAD, "", "u1", queue(3), 1, "open", NOW, category="billing")
    assert teams.asks_language(case)
    for language, who in (("de", dora), ("fr", BEN), ("", BEN)):
        assert teams.next_person(case, now=NOW, away=(), last_given={}, language=language) == who


async def test_while_the_team_is_there_a_customer_hears_by_when_it_means_to_answer(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=OFFICE) as here:
        await queued(here, "hello")
        [told] = here.texts
        assert told.endswith("A person should answer here by Mon 02 Mar 14:00 (Europe/Berlin).")
