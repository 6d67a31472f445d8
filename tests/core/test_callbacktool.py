"""The bot's own promise of a callback, when the team is there and not otherwise."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.callbacktool import with_callbacks
from core.desksettings import DeskSettings, HoursSettings
from core.errors import ToolRefused
from core.escalating import escalate
from core.principal import Principal
from core.tools import Tool, ToolContext, ToolResult, tool
from tests.core.rig import THREAD, Rig, rig
from tests.fakes.model import ScriptedModel, says

OFFICE = DeskSettings(hours=HoursSettings(zone="Europe/Berlin", open=("mon-fri 09:00-17:00",)))


async def context(here: Rig, folder: Path) -> ToolContext:
    await here.says("Please call me")
    await here.settled()
    case = await here.store.cases.find(THREAD)
    assert case is not None
    return ToolContext(Principal("customer", "t1", "memory", "u1", "Ada", "C-1"), case.id, "T-1", "k", folder, {})


def back_end(told: list[datetime], *, refuses: bool = False) -> Tool:
    @tool(title="Scheduling a callback", effect="write")
    async def schedule_callback(context: ToolContext, when: datetime, topic: str) -> ToolResult:
        """Tell the back end."""
        if refuses:
            raise ToolRefused("There is no number on file.")
        told.append(when)
        return ToolResult("told")

    return schedule_callback


async def test_a_callback_is_promised_in_the_customers_zone_and_the_back_end_is_told(tmp_path: Path) -> None:
    told: list[datetime] = []
    async with rig(tmp_path, ScriptedModel(says("When?")), desk=OFFICE) as here:
        asked = await context(here, tmp_path)
        call, last = with_callbacks([back_end(told), escalate], here.promises, here.store.cases)
        assert last is escalate
        local = datetime.fromisoformat("2026-03-10T10:00")
        done = await call.run(asked, when=local, topic="lamp", zone="America/New_York")
        assert "Tue 10 Mar 10:00 (America/New_York)" in done.summary
        assert told == [datetime(2026, 3, 10, 14, tzinfo=UTC)]
        assert call.look_up is not None
        assert (await call.look_up(asked, when=local, topic="lamp", zone="")).reference == done.reference
        with pytest.raises(LookupError):
            await call.look_up(asked, when=local, topic="something else", zone="")


async def test_no_callback_is_promised_when_nobody_is_there_or_the_back_end_cannot_call(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("When?")), desk=OFFICE) as here:
        asked = await context(here, tmp_path)
        call, _ = with_callbacks([escalate], here.promises, here.store.cases)
        for when, zone in (("2026-03-08T10:00", "Europe/Berlin"), ("2026-03-10T10:00", "Europe/Nowhere")):
            with pytest.raises(ToolRefused):
                await call.run(asked, when=datetime.fromisoformat(when), topic="lamp", zone=zone)
        unable, _ = with_callbacks([back_end([], refuses=True), escalate], here.promises, here.store.cases)
        with pytest.raises(ToolRefused, match="no number"):
            await unable.run(asked, when=datetime.fromisoformat("2026-03-10T10:00"), topic="lamp", zone="")
        assert await here.promises.waiting(asked.case_id) is None
