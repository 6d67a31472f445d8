"""`firstline run all`: a customer on one platform, staff on the other."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from tests.bots.running import firstline, running
from tests.servers import discord, model, slack

STAFF = "C0STAFF01"
Json = dict[str, Any]


async def test_staff_on_slack_approve_and_answer_for_a_customer_on_discord(tmp_path: Path) -> None:
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    call = {"name": "initiate_refund", "arguments": {"order_id": "88291", "reason": "damaged"}}
    rules: list[Json] = [
        {"match": "refund", "on": "user", "times": 1, "reply": {"tool_calls": [call]}},
        {"on": "tool", "reply": {"text": "A colleague has to agree first."}},
    ]
    endpoint.rules.extend(model.Rule.from_dict(rule) for rule in rules)
    server, workspace = discord.DiscordSim(), slack.SlackSim()
    workspace.channels[STAFF] = {"id": STAFF, "name": "staff"}
    workspace.messages[STAFF] = {}
    (tmp_path / "firstline.toml").write_text(f'[slack]\nstaff_channel = "{STAFF}"\n')
    async with (
        model.serve(endpoint) as model_url,
        discord.serve(server) as discord_url,
        slack.serve(workspace) as slack_url,
        running(
            "run",
            "all",
            folder=tmp_path,
            env={
                "DISCORD_API_URL": f"{discord_url}/api/v10",
                "DISCORD_GATEWAY_URL": f"{discord_url.replace('http', 'ws')}/gateway",
                "DISCORD_TOKEN": discord.BOT_TOKEN,
                "SLACK_API_URL": f"{slack_url}/api/",
                "SLACK_BOT_TOKEN": slack.BOT_TOKEN,
                "SLACK_APP_TOKEN": slack.APP_TOKEN,
                "OPENAI_BASE_URL": f"{model_url}/v1",
                "OPENAI_API_KEY": "test",
            },
        ) as service,
    ):
        async with asyncio.timeout(30):
            await server.ready.wait()
            await workspace.connected.wait()
        customer = server.user(1)
        dm = server.dm(customer)
        await server.say(customer, "I want a refund for order #88291. The item arrived damaged.")
        await workspace.changes.until(lambda: _approval(workspace), timeout_s=30)
        press, card = _approval(workspace)[0]
        await workspace.action(workspace.user(2), press, card, STAFF)
        await server.changes.until(
            lambda: any("was started" in each["content"] for each in server.messages[dm].values()), timeout_s=30
        )
        async with aiohttp.ClientSession() as session, session.get(f"{service.address}/") as page:
            assert page.status == 200
            assert "<title>" in await page.text()
        assert await service.stop() == 0


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
