"""Cases that nobody touches."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from core.case import Case, queue
from core.desksettings import DeskSettings, HoursSettings, TeamSettings
from core.followup import FollowUp
from tests.core.rig import THREAD, Rig, rig
from tests.fakes.model import ScriptedModel, says


@asynccontextmanager
async def followed(
    folder: Path, model: ScriptedModel, *, settings: DeskSettings | None = None
) -> AsyncGenerator[tuple[Rig, FollowUp], None]:
    async with rig(folder, model, desk=settings) as here:
        yield (
            here,
            FollowUp(
                side=here.store.staff,
                outbox=here.store.outbox,
                caseworker=here.caseworker,
                settings=settings or DeskSettings(),
                clock=here.clock,
            ),
        )


async def case_of(here: Rig, case_id: str = "") -> Case:
    found = await (here.store.cases.get(case_id) if case_id else here.store.cases.find(THREAD))
    assert found is not None
    return found


async def test_an_answered_question_without_another_word_is_assumed_solved_then_closed(tmp_path: Path) -> None:
    async with followed(tmp_path, ScriptedModel(says("Three days."))) as (here, follow_up):
        await here.says("How long?")
        await here.settled()
        case = await case_of(here)
        assert await follow_up.sweep() == 0
        here.clock.move(hours=25)
        assert await follow_up.sweep() == 1
        await here.settled()
        # Nothing more is said, but a thread that can show it may.
        assert [*map(bool, here.chat.texts(THREAD.key))] == [True]
        here.clock.move(hours=25)
        assert await follow_up.sweep() == 1
        assert ((await case_of(here, case.id)).state, (await case_of(here, case.id)).resolution) == (
            "resolved",
            "assumed",
        )
        here.clock.move(hours=73)
        assert await follow_up.sweep() == 1
        assert (await case_of(here, case.id)).state == "closed"


async def test_a_claim_without_activity_runs_out_and_the_room_hears_of_it(tmp_path: Path) -> None:
    async with followed(tmp_path, ScriptedModel()) as (here, follow_up):
        await here.presses("escalate", by="u1", text="Broken")
        case = await case_of(here)
        await here.presses("claim", case.id)
        here.clock.move(minutes=19)
        assert await follow_up.sweep() == 0
        here.clock.move(minutes=10)
        assert [await follow_up.sweep(), await follow_up.sweep()] == [1, 0]
        await here.settled()
        assert sum("without a sign of you it is free in 1 min" in each for each in here.cards) == 1
        here.clock.move(minutes=2)
        assert await follow_up.sweep() == 1
        await here.settled()
        assert (await case_of(here, case.id)).owner == queue(3)
        assert any("free again" in each for each in here.cards)


async def test_a_case_that_waits_for_its_customer_keeps_its_owner(tmp_path: Path) -> None:
    async with followed(tmp_path, ScriptedModel()) as (here, follow_up):
        await here.presses("escalate", by="u1", text="Broken")
        case = await case_of(here)
        await here.presses("reply", case.id, text="Please send a photo.")
        here.clock.move(hours=5)
        assert await follow_up.sweep() == 0


NIGHTS = DeskSettings(hours=HoursSettings(zone="UTC", open=("mon-fri 09:00-17:00",)))


async def test_a_claim_does_not_run_out_while_the_team_sleeps(tmp_path: Path) -> None:
    async with followed(tmp_path, ScriptedModel(), settings=NIGHTS) as (here, follow_up):
        here.clock.move(hours=7, minutes=50)
        await here.presses("escalate", by="u1", text="Broken")
        case = await case_of(here)
        await here.presses("claim", case.id)
        here.clock.move(hours=16)
        assert await follow_up.sweep() == 0
        here.clock.move(minutes=35)
        assert await follow_up.sweep() == 1
        assert (await case_of(here)).owner == queue(3)


async def test_a_customer_who_went_silent_is_asked_once_then_the_case_ends_as_assumed(tmp_path: Path) -> None:
    async with followed(tmp_path, ScriptedModel(), settings=NIGHTS) as (here, follow_up):
        await here.presses("escalate", by="u1", text="Broken")
        case = await case_of(here)
        await here.presses("reply", case.id, text="Please send a photo.")
        here.clock.move(hours=32)
        assert await follow_up.sweep() == 0, "at five in the afternoon nobody would read the answer"
    async with followed(tmp_path, ScriptedModel(), settings=NIGHTS) as (here, follow_up):
        here.clock.move(hours=48)
        assert [await follow_up.sweep(), await follow_up.sweep()] == [1, 0]
        await here.settled()
        assert here.texts == ["We are still waiting for your answer here. Without one, we take this as solved on "
                              "Thu 05 Mar 09:00 (UTC)."]  # fmt: skip
        here.clock.move(hours=24)
        assert await follow_up.sweep() == 1
        await here.settled()
        assert here.texts[-1] == "Is this solved for you?"
        here.clock.move(hours=24)
        assert await follow_up.sweep() == 1
        ended = await case_of(here, case.id)
        assert (ended.state, ended.resolution) == ("resolved", "assumed")
        here.clock.move(hours=72)
        assert await follow_up.sweep() == 1
        assert (await case_of(here, case.id)).state == "closed"


async def test_a_case_that_lies_in_the_queue_is_brought_up_once_and_only_to_the_lead(tmp_path: Path) -> None:
    settings = DeskSettings(teams=(TeamSettings(tier=3, leads=("lead-1",)),))
    async with followed(tmp_path, ScriptedModel(), settings=settings) as (here, follow_up):
        await here.presses("escalate", by="u1", text="Broken")
        here.clock.move(hours=4)
        assert [await follow_up.sweep(), await follow_up.sweep()] == [1, 0]
        here.clock.move(hours=20)
        assert await follow_up.sweep() == 0
        await here.settled()
        assert [each.pings for each in here.chat.messages.values() if "Nobody has case" in each.text] == [("lead-1",)]
