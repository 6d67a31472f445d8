"""Pictures of every surface of Slack, Discord and the terminal, drawn from what the real process put on stand-ins.

python -m evals.surface_shots [FOLDER]    (docs/surfaces; needs a Chromium on the path)
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from evals import surface_drawing as drawing
from evals.desk_relay import parts
from evals.surface_drawing import Json, page
from tests.bots.running import firstline, running
from tests.servers import discord, model, slack

_STAFF = "C0STAFF01"
_WAIT_S = 60.0
_TAGS = [{"id": "501", "name": "delivery", "emoji_name": None}, {"id": "502", "name": "solved", "emoji_name": None}]
_REFUND = {"name": "initiate_refund", "arguments": {"order_id": "88291", "reason": "damaged"}}
_STATUS = {"name": "get_order_status", "arguments": {"order_id": "88291"}}
_RULES: tuple[Json, ...] = (
    {"match": "The item arrived damaged", "on": "user", "times": 1, "reply": {"tool_calls": [_REFUND]}},
    {"match": "Where is my order", "on": "user", "times": 1, "reply": {"tool_calls": [_STATUS]}},
    {"match": "Where is order", "on": "user", "times": 1, "reply": {"tool_calls": [_STATUS]}},
    {"match": "refund", "on": "tool", "reply": {"text": "A colleague has to agree first."}},
    {"on": "tool", "reply": {"text": "I have looked it up: the order was delivered."}},
    {
        "on": "user",
        "reply": {"text": "Standard delivery takes 2 to 4 working days within the EU [1]."},
    },
)


class Stage:
    """Two stand-ins with a running bot, and the pictures so far."""

    def __init__(self, server: discord.DiscordSim, workspace: slack.SlackSim) -> None:
        self.server, self.workspace = server, workspace
        self.pages: list[tuple[str, str]] = []

    async def slack_until(self, there: Callable[[], Any]) -> Any:
        return await self.workspace.changes.until(there, timeout_s=_WAIT_S)

    async def discord_until(self, there: Callable[[], Any]) -> Any:
        return await self.server.changes.until(there, timeout_s=_WAIT_S)

    def slack_shot(self, name: str, title: str, channel: str, root: str = "") -> None:
        """The messages of a conversation or thread."""
        found = [
            each
            for each in deepcopy([*self.workspace.messages[channel].values()])
            if not root or root in (each["ts"], each.get("thread_ts"))
        ]
        names = {slack.BOT_USER: "Firstline", self.workspace.user(1): "Ann", self.workspace.user(2): "Sam (staff)"}
        drawn = (drawing.slack_message(each, names.get(str(each.get("user")), "somebody")) for each in found)
        self.pages.append((name, page(title, "".join(drawn))))

    def slack_view(self, name: str, title: str, view: Json) -> None:
        """A Home tab or a form."""
        self.pages.append((name, page(title, drawing.slack_view(view))))

    def discord_shot(self, name: str, title: str, *channels: str) -> None:
        """The messages of channels, one below the other."""
        body = ""
        for channel in channels:
            about = self.server.channels[channel]
            tags = [each["name"] for each in _TAGS if each["id"] in (about.get("applied_tags") or ())]
            body += (
                f"<div class=small>#{about.get('name') or 'direct messages'} {' '.join(f'[{t}]' for t in tags)}</div>"
            )
            for each in self.server.messages[channel].values():
                who = "Firstline" if each["author"]["id"] == discord.BOT_USER else str(each["author"]["username"])
                body += drawing.discord_message(each, who)
        self.pages.append((name, page(title, body, kind="discord")))

    def slack_says(self, channel: str, words: str) -> bool:
        return any(words in str(each) for each in self.workspace.messages[channel].values() if each.get("bot_id"))

    def slack_button(self, channel: str, action: str) -> tuple[Json, Json] | None:
        for message in reversed(self.workspace.messages[channel].values()):
            for block in parts(message, "blocks"):
                for each in parts(block, "elements"):
                    if each.get("action_id") == f"firstline:{action}":
                        return {"action_id": each["action_id"], "value": each["value"]}, message
        return None

    def discord_button(self, channel: str, begins: str) -> tuple[Json, str] | None:
        for message in reversed(self.server.messages[channel].values()):
            for row in parts(message, "components"):
                for each in parts(row, "components"):
                    if str(each.get("custom_id")).startswith(f"firstline:{begins}"):
                        return message, each["custom_id"]
        return None


async def play_slack(stage: Stage) -> None:
    """Mention, direct messages, forms, Home of both sides, approval, packet, rating."""
    sim = stage.workspace
    ann, sam = sim.user(1), sim.user(2)
    root = sim.say(ann, "How long does delivery take?", channel=slack.PUBLIC_CHANNEL, mention=True)["ts"]
    await stage.slack_until(lambda: stage.slack_says(slack.PUBLIC_CHANNEL, "firstline:feedback"))
    stage.slack_shot(
        "slack-mention", "A mention is answered in its thread, with sources and feedback", slack.PUBLIC_CHANNEL, root
    )
    dm = sim.dm(ann)
    sim.say(ann, "Where is my order #88291?")
    await stage.slack_until(lambda: stage.slack_says(dm, "looked it up") and stage.slack_says(dm, "firstline:feedback"))
    sim.say(ann, "I want a refund for order #88291. The item arrived damaged.")
    await stage.slack_until(lambda: stage.slack_button(_STAFF, "approve"))
    await stage.slack_until(lambda: stage.slack_says(dm, "colleague has to agree"))
    stage.slack_shot("slack-direct", "Direct messages (agent view)", dm)
    stage.slack_shot("slack-approval", "Money waits for a person: the approval in the staff channel", _STAFF)
    await sim.command(ann, "/support", "", slack.PUBLIC_CHANNEL)
    stage.slack_view("slack-form", "/support without words opens a form", [*sim.views.values()][-1])
    await sim.command(ann, "/escalate", "the parcel is still not here", slack.PUBLIC_CHANNEL)
    claim = await stage.slack_until(lambda: stage.slack_button(_STAFF, "claim"))
    for user, name, title in ((ann, "slack-home", "Home of a customer"), (sam, "slack-home-staff", "Home of staff")):
        sim.homes.pop(user, None)
        sim.emit({"type": "app_home_opened", "user": user, "channel": sim.dm(user), "tab": "home", "event_ts": "1.0"})
        stage.slack_view(name, title, await stage.slack_until(lambda user=user: sim.homes.get(user)))
    stage.slack_shot("slack-packet", "A case arrives with all that is known", _STAFF, claim[1]["ts"])
    await sim.action(sam, claim[0], claim[1], _STAFF)
    note = await stage.slack_until(lambda: stage.slack_button(_STAFF, "edit_send"))
    await sim.action(sam, note[0], note[1], _STAFF)
    stage.slack_view("slack-form-staff", "Edit & send", [*sim.views.values()][-1])


async def play_discord(stage: Stage) -> None:
    """A public thread, a private one with its stub, a solved forum post, a form, buttons."""
    sim = stage.server
    ann = sim.user(1)
    asked = await sim.say(ann, "How long does delivery take?", channel=discord.CHANNEL, mention=True)
    await stage.discord_until(
        lambda: stage.discord_button(asked["id"], "feedback") if asked["id"] in sim.messages else None
    )
    stage.discord_shot("discord-thread", "A mention is answered in a thread on it", asked["id"])
    await sim.say(ann, "Where is order #88291?", channel=discord.CHANNEL, mention=True)
    private = await stage.discord_until(lambda: [k for k, each in sim.channels.items() if each["type"] == 12])
    await stage.discord_until(lambda: stage.discord_button(private[0], "feedback"))
    stage.discord_shot(
        "discord-private",
        "An account is discussed in a private thread; the channel shows a pointer",
        discord.CHANNEL,
        private[0],
    )
    post = await sim.post(ann, "Delivery abroad", "Do you deliver to Norway?", applied_tags=["501"])
    person = await stage.discord_until(lambda: stage.discord_button(post["id"], "escalate"))
    await sim.press(ann, *person)
    claim = await stage.discord_until(lambda: stage.discord_button(discord.STAFF_CHANNEL, "claim"))
    sam = sim.user(2)
    await sim.press(sam, *claim)
    solve = await stage.discord_until(lambda: stage.discord_button(discord.STAFF_CHANNEL, "resolve"))
    stage.discord_shot("discord-packet", "The packet in the staff channel", discord.STAFF_CHANNEL)
    await sim.press(sam, *solve)
    await stage.discord_until(lambda: "502" in sim.channels[post["id"]]["applied_tags"])
    stage.discord_shot("discord-forum", "A forum post whose case is solved carries the forum's own tag", post["id"])
    form = await sim.command(ann, "support", channel=discord.CHANNEL)
    shown = await stage.discord_until(lambda: form.response)
    stage.pages.append(
        (
            "discord-form",
            page(
                "/support without words opens a form that takes files",
                drawing.discord_form(shown["data"]),
                kind="discord",
            ),
        )
    )


@asynccontextmanager
async def staged(folder: Path, *, slack_too: bool) -> AsyncGenerator[Stage]:
    """The stand-ins of one platform with a process of its own."""
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    endpoint.rules.extend(model.Rule.from_dict(rule) for rule in _RULES)
    server, workspace = discord.DiscordSim(), slack.SlackSim()
    workspace.channels[_STAFF] = {"id": _STAFF, "name": "support-queue", "members": [workspace.user(2)]}
    workspace.messages[_STAFF] = {}
    server.channels[discord.FORUM]["available_tags"] = _TAGS
    (folder / "firstline.toml").write_text(
        f'[slack]\nstaff_channel = "{_STAFF}"\n[discord]\nstaff_channel = "{discord.STAFF_CHANNEL}"\n'
        f'support_channels = ["{discord.FORUM}"]\n'
    )
    async with (
        model.serve(endpoint) as model_url,
        discord.serve(server) as discord_url,
        slack.serve(workspace) as slack_url,
    ):
        env = {"OPENAI_BASE_URL": f"{model_url}/v1", "OPENAI_API_KEY": "test"} | (
            {
                "SLACK_API_URL": f"{slack_url}/api/",
                "SLACK_BOT_TOKEN": slack.BOT_TOKEN,
                "SLACK_APP_TOKEN": slack.APP_TOKEN,
            }
            if slack_too
            else {
                "DISCORD_API_URL": f"{discord_url}/api/v10",
                "DISCORD_GATEWAY_URL": f"{discord_url.replace('http', 'ws')}/gateway",
                "DISCORD_TOKEN": discord.BOT_TOKEN,
            }
        )
        async with running("run", "slack" if slack_too else "discord", folder=folder, env=env) as service:
            async with asyncio.timeout(_WAIT_S):
                await (workspace.connected if slack_too else server.ready).wait()
            yield Stage(server, workspace)
            await service.stop()


async def terminal(folder: Path) -> tuple[str, str]:
    """One question on the command line."""
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    endpoint.rules.extend(model.Rule.from_dict(rule) for rule in _RULES)
    async with model.serve(endpoint) as url:
        env = {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "test"}
        asked = "Where is my order #88291?"
        ended = await firstline("chat", "--once", asked, folder=folder, env=env)
    shown = f'$ firstline chat --once "{asked}"\n{ended.out}'
    return "terminal", page("The terminal", drawing.plain(shown))


async def play() -> list[tuple[str, str]]:
    """All pictures, by name."""
    pages: list[tuple[str, str]] = []
    for slack_too, script in ((True, play_slack), (False, play_discord)):
        with tempfile.TemporaryDirectory() as name:
            async with staged(Path(name), slack_too=slack_too) as stage:
                await script(stage)
                pages += stage.pages
    with tempfile.TemporaryDirectory() as name:
        pages.append(await terminal(Path(name)))
    return pages


def main(folder: Path) -> None:
    """Play and draw."""
    for target in drawing.draw(asyncio.run(play()), folder):
        sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/surfaces"))
