"""`firstline run all` as a process of its own, against stand-ins of Discord, Slack and a model endpoint."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bots.running import Service, running
from tests.servers import discord, model, slack

STAFF = "C0STAFF01"
"""A staff channel in Slack."""
_WAIT_S = 60.0
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs."""

    server: discord.DiscordSim
    workspace: slack.SlackSim
    service: Service


@asynccontextmanager
async def staged(
    folder: Path,
    *,
    settings: str,
    rules: Sequence[Json] = (),
    platforms: Sequence[str] = ("discord", "slack"),
) -> AsyncGenerator[Stage, None]:
    """Everything connected; `settings` is the `firstline.toml`, `rules` are what the model says."""
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    endpoint.rules.extend(model.Rule.from_dict(rule) for rule in rules)
    server, workspace = discord.DiscordSim(), slack.SlackSim()
    workspace.channels[STAFF] = {"id": STAFF, "name": "support-queue"}
    workspace.messages[STAFF] = {}
    (folder / "firstline.toml").write_text(settings)
    async with AsyncExitStack() as stack:
        model_url = await stack.enter_async_context(model.serve(endpoint))
        env = {"OPENAI_BASE_URL": f"{model_url}/v1", "OPENAI_API_KEY": "test"}
        if "discord" in platforms:
            url = await stack.enter_async_context(discord.serve(server))
            env |= {
                "DISCORD_API_URL": f"{url}/api/v10",
                "DISCORD_GATEWAY_URL": f"{url.replace('http', 'ws')}/gateway",
                "DISCORD_TOKEN": discord.BOT_TOKEN,
            }
        if "slack" in platforms:
            url = await stack.enter_async_context(slack.serve(workspace))
            env |= {
                "SLACK_API_URL": f"{url}/api/",
                "SLACK_BOT_TOKEN": slack.BOT_TOKEN,
                "SLACK_APP_TOKEN": slack.APP_TOKEN,
            }
        service = await stack.enter_async_context(running("run", "all", folder=folder, env=env))
        async with asyncio.timeout(_WAIT_S):
            if "discord" in platforms:
                await server.ready.wait()
            if "slack" in platforms:
                await workspace.connected.wait()
        yield Stage(server, workspace, service)
