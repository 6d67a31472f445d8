"""`firstline run all`: a customer on one platform, staff on the other."""

from pathlib import Path
from typing import Any

import aiohttp

from tests.bots.running import firstline
from tests.bots.stage import STAFF, staged
from tests.servers import slack

Json = dict[str, Any]


async def test_staff_on_slack_approve_and_answer_for_a_customer_on_discord(tmp_path: Path) -> None:
    call = {"name": "initiate_refund", "arguments": {"order_id": "88291", "reason": "damaged"}}
    rules: list[Json] = [
        {"match": "refund", "on": "user", "times": 1, "reply": {"tool_calls": [call]}},
        {"on": "tool", "reply": {"text": "A colleague has to agree first."}},
    ]
    async with staged(tmp_path, settings=f'[slack]\nstaff_channel = "{STAFF}"\n', rules=rules) as stage:
        server, workspace = stage.server, stage.workspace
        customer = server.user(1)
        dm = server.dm(customer)
        await server.say(customer, "I want a refund for order #88291. The item arrived damaged.")
        await workspace.changes.until(lambda: _approval(workspace), timeout_s=30)
        press, card = _approval(workspace)[0]
        await workspace.action(workspace.user(2), press, card, STAFF)
        await server.changes.until(
            lambda: any("was started" in each["content"] for each in server.messages[dm].values()), timeout_s=30
        )
        async with aiohttp.ClientSession() as session, session.get(f"{stage.service.address}/") as page:
            assert page.status == 200
            assert "<title>" in await page.text()
        assert await stage.service.stop() == 0


def _approval(workspace: slack.SlackSim) -> list[tuple[Json, Json]]:
    """The button that approves, with the card it stands on."""
    found: list[tuple[Json, Json]] = []
    for message in workspace.messages[STAFF].values():
        blocks: list[Json] = message.get("blocks") or []
        for block in blocks:
            elements: list[Json] = block.get("elements") or []
            buttons = [each for each in elements if each.get("action_id") == "firstline:approve"]
            found += [({"action_id": each["action_id"], "value": each["value"]}, message) for each in buttons]
    return found


async def test_without_any_platform_both_are_named_and_with_half_of_one_what_is_missing(tmp_path: Path) -> None:
    ended = await firstline("run", "all", folder=tmp_path)
    assert ended.status == 2
    assert "SLACK_BOT_TOKEN" in ended.err
    assert "DISCORD_TOKEN" in ended.err
    ended = await firstline(
        "run", "all", folder=tmp_path, env={"SLACK_BOT_TOKEN": "abc", "DISCORD_TOKEN": "t", "DISCORD_API_URL": "x"}
    )
    assert ended.status == 2
    assert "SLACK_BOT_TOKEN" in ended.err
    assert "DISCORD_API_URL" in ended.err


async def test_the_invitation_names_the_application_and_the_least_permissions(tmp_path: Path) -> None:
    ended = await firstline("discord", "invite", "1000000000000000001", folder=tmp_path)
    assert ended.status == 0
    assert "client_id=1000000000000000001" in ended.out
    assert "permissions=" in ended.out
    assert (await firstline("discord", "invite", "my-bot", folder=tmp_path)).status == 2
