"""Promises to get back to a customer: made, moved, kept, and owned up to when they are not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from core.callbacks import MOVES, Act, Callback, Declined, changed
from core.case import Case
from core.casework import Actor, staff_actor, stage_of
from core.desksettings import DeskSettings, HoursSettings, TeamSettings
from tests.core.rig import THREAD, Rig, rig
from tests.fakes.model import ScriptedModel, says

BOT = Actor("ai", "Firstline")
BEN = staff_actor("staff-1", "Ben")
OFFICE = DeskSettings(
    hours=HoursSettings(zone="Europe/Berlin", open=("mon-fri 09:00-17:00",), holidays=("2026-03-30",))
)


async def case_of(here: Rig) -> Case:
    found = await here.store.cases.find(THREAD)
    assert found is not None
    return found


async def promised(here: Rig, at: str, *, zone: str = "America/New_York", by: Actor = BOT) -> Callback:
    one = await here.promises.schedule(await case_of(here), at, zone=zone, note="about the invoice", by=by)
    assert isinstance(one, Callback), one
    await here.settled()
    return one


async def rings(here: Rig) -> int:
    count = await here.alarm.ring()
    await here.settled()
    return count


@given(st.lists(st.sampled_from(list(MOVES))))
def test_a_promise_ends_once_and_every_move_counts(acts: list[Act]) -> None:
    one = Callback("K-1", "C-1", "callback", datetime(2026, 3, 2, tzinfo=UTC), "UTC", "", "ai")
    for act in acts:
        after = changed(one, act)
        assert (after is None) is (one.state not in MOVES[act])
        if one.state in ("kept", "cancelled"):
            assert after is None
        if after is not None:
            assert after.version == one.version + 1
            one = after


async def test_a_callback_of_a_case_with_the_bot_rings_days_later_over_a_change_of_clocks(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("I will have you called.")), desk=OFFICE) as here:
        await here.says("Please call me on Tuesday the 31st, ten in the morning here in New York")
        await here.settled()
        one = await promised(here, "2026-03-31 10:00")
        # New York is on summer time since the 8th, Berlin since the 29th.
        assert one.due_at == datetime(2026, 3, 31, 14, tzinfo=UTC)
        assert one.said == "Tue 31 Mar 10:00 (America/New_York)"
        here.clock.move(days=29, hours=4, minutes=59)
        assert await rings(here) == 0
    async with rig(tmp_path, ScriptedModel(), desk=OFFICE) as here:
        here.clock.move(days=29, hours=5)
        assert await rings(here) == 1
        assert stage_of(await case_of(here)) == "queued"
        assert any("Callback due Tue 31 Mar 10:00" in card for card in here.cards)
        assert sum("**Callback is due**" in card for card in here.cards) == 1
        assert [text for text in here.texts if "time for what we agreed on" in text]
        assert await rings(here) == 0


async def test_whoever_was_promised_is_told_once_when_nobody_came(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Noted."))) as here:
        await here.says("Call me at eleven")
        await here.settled()
        one = await promised(here, "2026-03-02 11:00", zone="UTC")
        here.clock.move(hours=2)
        assert await rings(here) == 1
        here.clock.move(minutes=15)
        assert await rings(here) == 1
        assert sum("nobody has yet" in text for text in here.texts) == 1
        assert any("**Callback is late**" in card for card in here.cards)
        late = await here.store.callbacks.get(one.id)
        assert late is not None
        assert late.state == "late"


async def test_a_promise_that_came_due_while_the_bot_was_away_is_owned_up_to(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Noted."))) as here:
        await here.says("Call me at eleven")
        await here.settled()
        await promised(here, "2026-03-02 11:00", zone="UTC")
    async with rig(tmp_path, ScriptedModel()) as here:
        here.clock.move(hours=9)
        assert await rings(here) == 2
        assert ["nobody has yet" in text for text in here.texts] == [True]
        assert sum("**Callback is due**" in card for card in here.cards) == 1


async def test_a_person_who_speaks_in_time_keeps_the_promise(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Noted."))) as here:
        await here.says("Call me at eleven")
        await here.settled()
        one = await promised(here, "2026-03-02 11:00", zone="UTC")
        here.clock.move(hours=2)
        await rings(here)
        await here.presses("reply", (await case_of(here)).id, text="Here I am.")
        here.clock.move(minutes=20)
        await rings(here)
        kept = await here.store.callbacks.get(one.id)
        assert kept is not None
        assert kept.state == "kept"
        assert not any("nobody has yet" in text for text in here.texts)


async def test_a_case_that_people_have_is_put_off_until_then_and_goes_back_to_its_owner(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        await here.presses("escalate", by="u1", text="Broken")
        await here.presses("claim", (await case_of(here)).id)
        one = await promised(here, "2026-03-03 11:00", zone="UTC", by=BEN)
        assert stage_of(await case_of(here)) == "scheduled"
        assert "We will get back to you here on Tue 03 Mar 11:00 (UTC)." in here.texts
        moved = await here.promises.reschedule(one.id, "2026-03-04 11:00", by=BEN)
        assert isinstance(moved, Callback)
        here.clock.move(days=1, hours=3)
        assert await rings(here) == 0
        here.clock.move(days=1)
        assert await rings(here) == 2
        case = await case_of(here)
        assert (stage_of(case), case.owner) == ("human_active", BEN.owner)
        assert any(post.pings == ("staff-1",) for post in here.chat.messages.values())


async def test_a_cancelled_promise_never_rings_and_gives_the_case_back(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        await here.presses("escalate", by="u1", text="Broken")
        await promised(here, "2026-03-03 11:00", zone="UTC", by=BEN)
        case = await case_of(here)
        assert (await here.promises.ordered(case, "cancel", BEN)).endswith("is cancelled.")
        assert await here.promises.ordered(case, "cancel", BEN) == "No callback waits in this case."
        assert stage_of(await case_of(here)) == "queued"
        here.clock.move(days=3)
        assert await rings(here) == 0


async def test_only_moments_at_which_somebody_is_there_are_promised_and_others_are_offered(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(), desk=OFFICE) as here:
        await here.presses("escalate", by="u1", text="Broken")
        case = await case_of(here)
        for at, why in (
            ("2026-03-28 12:00", "Nobody is there"),  # a Saturday
            ("2026-03-30 12:00", "Nobody is there"),  # a holiday
            ("2026-03-01 12:00", "too soon"),
            ("2026-12-01 12:00", "more than 60 days"),
            ("tomorrow", "is no moment"),
        ):
            found = await here.promises.schedule(case, at, zone="Europe/Berlin", by=BEN)
            assert isinstance(found, Declined)
            assert why in found.said
            assert len(found.openings) == 3
        assert "Europe/Berlin" in await here.promises.ordered(case, "2026-03-27 12:00 Europe/Bonn", BEN)
        nine = await here.promises.ordered(case, "2026-03-27 09:00 Europe/Berlin the invoice", BEN)
        assert "Fri 27 Mar 09:00 (Europe/Berlin)" in nine


async def test_one_promise_a_case_waits_and_nobody_who_was_promised_is_taken_for_silent(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Noted."))) as here:
        await here.says("Call me")
        await here.settled()
        first = await promised(here, "2026-03-06 11:00", zone="UTC")
        second = await promised(here, "2026-03-07 11:00", zone="UTC")
        states = [(each.id, each.state) for each in await here.store.callbacks.of_case((await case_of(here)).id)]
        assert sorted(states) == sorted([(first.id, "cancelled"), (second.id, "waiting")])
        here.clock.move(days=2)
        assert await here.store.staff.quiet(before=here.clock.now() - timedelta(hours=1)) == []


async def test_a_moment_without_a_zone_is_in_the_one_that_the_platform_knows_of_the_customer(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Yes.")), desk=OFFICE, lives_in="Asia/Kolkata") as here:
        await here.says("Please call me")
        await here.settled()
        one = await promised(here, "2026-03-31 16:00", zone="")
        assert one.said == "Tue 31 Mar 16:00 (Asia/Kolkata)"
        assert one.due_at == datetime(2026, 3, 31, 10, 30, tzinfo=UTC)


async def test_a_promise_keeps_to_the_hours_of_the_team_that_serves_the_case(tmp_path: Path) -> None:
    late = TeamSettings(tier=3, hours=HoursSettings(zone="Europe/Berlin", open=("mon-fri 12:00-20:00",)))
    desk = DeskSettings(hours=OFFICE.hours, teams=(late,))
    async with rig(tmp_path, ScriptedModel(says("Yes.")), desk=desk) as here:
        await here.says("Please call me")
        await here.settled()
        case = await case_of(here)
        early = await here.promises.schedule(case, "2026-03-31 10:00", zone="Europe/Berlin", by=BOT)
        assert isinstance(early, Declined)
        assert early.said.startswith("Nobody is there at that time. Free: Tue 31 Mar 12:00")
        assert (await promised(here, "2026-03-31 19:00", zone="Europe/Berlin")).said.startswith("Tue 31 Mar 19:00")
