"""Cases that nobody touches."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from core.case import Case, queue
from core.followup import FollowUp
from core.settings import DeskSettings
from tests.core.rig import THREAD, Rig, rig
from tests.fakes.model import ScriptedModel, says


@asynccontextmanager
async def followed(folder: Path, model: ScriptedModel) -> AsyncGenerator[tuple[Rig, FollowUp], None]:
    async with rig(folder, model) as here:
        clock = here.clock
        yield here, FollowUp(side=here.store.staff, caseworker=here.caseworker, settings=DeskSettings(), clock=clock)


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
        here.clock.move(minutes=29)
        assert await follow_up.sweep() == 0
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
