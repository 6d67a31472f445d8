"""A tool of some tenants is neither offered nor run in conversations of others."""

from pathlib import Path

import pytest

from core.tools import Tool, ToolContext, ToolResult, tool
from tests.core.rig import THREAD, rig
from tests.fakes.model import ScriptedModel, calls, says


def _stock(ran: list[str], tenants: tuple[str, ...]) -> Tool:
    @tool(title="Looking up the stock", whose="nobody", tenants=tenants)
    async def stock(context: ToolContext, article: str) -> ToolResult:
        """How many of an article are there."""
        ran.append(article)
        return ToolResult("There are three left.")

    return stock


@pytest.mark.parametrize("tenants", [(), (THREAD.tenant, "T9"), ("T9",)])
async def test_it_is_offered_and_runs_where_it_belongs_alone(tmp_path: Path, tenants: tuple[str, ...]) -> None:
    ran: list[str] = []
    model = ScriptedModel(calls("stock", '{"article": "lamp"}'), says("Let me see."))
    async with rig(tmp_path, model, more_tools=[_stock(ran, tenants)]) as here:
        await here.says("How many lamps do you have?")
        await here.settled()
        is_theirs = THREAD.tenant in tenants or not tenants
        assert ran == (["lamp"] if is_theirs else [])
        assert ("stock" in [each.name for each in model.requests[0].tools]) is is_theirs
        told = model.requests[1].messages[-1].text
        assert ("There is no function stock here" in told) is not is_theirs
