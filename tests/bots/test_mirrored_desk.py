"""The other way round: a customer on Slack, the team in threads of a Discord channel."""

from pathlib import Path
from typing import Any

from evals.desk_relay import discord_text, parts, slack_text
from tests.bots.running import running
from tests.servers import discord, model, slack

Json = dict[str, Any]


async def test_a_team_on_discord_serves_a_customer_on_slack(tmp_path: Path) -> None:
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    server, workspace = discord.DiscordSim(), slack.SlackSim()
    (tmp_path / "firstline.toml").write_text(f'[discord]\nstaff_channel = "{discord.STAFF_CHANNEL}"\n')
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
        await server.changes.until(lambda: server.ready.is_set(), timeout_s=30)
        await workspace.changes.until(lambda: workspace.connected.is_set(), timeout_s=30)
        customer, sam = workspace.user(1), server.user(2)
        dm = workspace.dm(customer)

        def on_slack(text: str) -> bool:
            return any(slack_text(each) == text for each in workspace.messages[dm].values())

        asked = workspace.say(customer, "Let me talk to a person, please.")
        card, press = await server.changes.until(lambda: _button(server, "claim"), timeout_s=30)
        await server.press(sam, card, press)
        await server.changes.until(lambda: not _button(server, "claim"), timeout_s=30)
        room = (await server.open_thread(card["id"], discord.STAFF_CHANNEL))["id"]
        first = await server.say(sam, ">> Two days.", channel=room)
        await workspace.changes.until(lambda: on_slack("Two days."), timeout_s=30)
        await server.change(first, ">> Three days.")
        await workspace.changes.until(lambda: on_slack("Three days."), timeout_s=30)
        workspace.say(customer, "Thank you!", thread_ts=asked["ts"])
        await server.changes.until(
            lambda: any(discord_text(each).endswith("Thank you!") for each in server.messages[room].values()),
            timeout_s=30,
        )
        await server.take_back(first)
        await workspace.changes.until(lambda: not on_slack("Three days."), timeout_s=30)
        await server.say(sam, "among ourselves", channel=room)
        assert await service.stop() == 0
        assert not any("among ourselves" in str(each) for each in workspace.messages[dm].values())


def _button(server: discord.DiscordSim, action: str) -> tuple[Json, str] | None:
    """A button of the staff channel: its message and id."""
    return next(
        (
            (message, str(each["custom_id"]))
            for message in server.messages[discord.STAFF_CHANNEL].values()
            for row in parts(message, "components")
            for each in parts(row, "components")
            if str(each.get("custom_id")).startswith(f"firstline:{action}:")
        ),
        None,
    )
