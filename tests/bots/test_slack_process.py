"""`firstline run slack` against a stand-in workspace and a model endpoint, all over real sockets."""

import asyncio
import io
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from tests.bots.running import Service, firstline, running
from tests.servers import model
from tests.servers.slack import (
    APP_TOKEN,
    PUBLIC_CHANNEL,
    Config,
    SlackSim,
    environment,
    serve,
)

STAFF_CHANNEL = "C0STAFF01"
Json = dict[str, Any]


@dataclass(slots=True)
class Workspace:
    """A stand-in workspace with a running bot."""

    sim: SlackSim
    model: model.ModelServer
    service: Service

    def shown(self, channel: str) -> list[str]:
        """Everything the bot shows in a channel, blocks and text as JSON text, in order."""
        return [str(each) for each in self.sim.messages[channel].values() if each.get("bot_id")]

    async def sees(self, channel: str, words: str) -> None:
        """Wait until the bot shows these words."""
        await self.sim.changes.until(lambda: any(words in each for each in self.shown(channel)), timeout_s=30)

    def button(self, channel: str, action: str) -> tuple[Json, Json]:
        """The newest button of an action, with its message."""
        for message in reversed(self.sim.messages[channel].values()):
            blocks: list[Json] = message.get("blocks") or []
            groups: list[list[Json]] = [block.get("elements") or [] for block in blocks]
            for element in (each for group in groups for each in group):
                if str(element.get("action_id", "")).startswith(f"firstline:{action}"):
                    return {"action_id": element["action_id"], "value": element["value"]}, message
        raise AssertionError(f"no button {action} in {self.shown(channel)}")


@asynccontextmanager
async def workspace(folder: Path, *rules: Json, config: Config | None = None) -> AsyncGenerator[Workspace, None]:
    """Model, workspace and bot."""
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    endpoint.rules.extend(model.Rule.from_dict(rule) for rule in rules)
    sim = SlackSim(config or Config())
    sim.channels[STAFF_CHANNEL] = {"id": STAFF_CHANNEL, "name": "staff"}
    sim.messages[STAFF_CHANNEL] = {}
    (folder / "firstline.toml").write_text(f'[slack]\nstaff_channel = "{STAFF_CHANNEL}"\n')
    async with model.serve(endpoint) as model_url, serve(sim) as url:
        env = {
            **environment(url),
            "OPENAI_BASE_URL": f"{model_url}/v1",
            "OPENAI_API_KEY": "test",
        }
        async with running("run", "slack", folder=folder, env=env) as service:
            async with asyncio.timeout(30):
                await sim.connected.wait()
            yield Workspace(sim, endpoint, service)


def refund(order_id: str) -> Json:
    call = {"name": "initiate_refund", "arguments": {"order_id": order_id, "reason": "damaged"}}
    return {"match": "refund", "on": "user", "times": 1, "reply": {"tool_calls": [call]}}


async def test_a_refund_is_asked_for_in_a_dm_approved_by_staff_and_carried_out(tmp_path: Path) -> None:
    rules = (refund("88291"), {"on": "tool", "reply": {"text": "A colleague has to agree first."}})
    async with workspace(tmp_path, *rules) as here:
        customer, staff = here.sim.user(1), here.sim.user(2)
        here.sim.say(customer, "I want a refund for order #88291. The item arrived damaged.")
        await here.sees(here.sim.dm(customer), "A colleague has to agree first.")
        await here.sees(STAFF_CHANNEL, "129.00 EUR")
        press, card = here.button(STAFF_CHANNEL, "approve")
        await here.sim.action(staff, press, card, STAFF_CHANNEL)
        await here.sees(here.sim.dm(customer), "was started")
        await here.sees(STAFF_CHANNEL, "Approved")
        assert await here.service.stop() == 0


async def test_a_mention_is_answered_in_its_thread_and_followed_up_without_a_mention(tmp_path: Path) -> None:
    async with workspace(tmp_path, {"reply": {"text": "Hello from the bot."}, "times": 1}) as here:
        customer = here.sim.user(1)
        root = here.sim.say(customer, "Hi", channel=PUBLIC_CHANNEL, mention=True)
        await here.sees(PUBLIC_CHANNEL, "Hello from the bot.")
        here.model.rules.append(model.Rule.from_dict({"reply": {"text": "Still here."}}))
        here.sim.say(customer, "And now?", channel=PUBLIC_CHANNEL, thread_ts=root["ts"])
        await here.sees(PUBLIC_CHANNEL, "Still here.")
        answers = [each for each in here.sim.messages[PUBLIC_CHANNEL].values() if each.get("bot_id")]
        assert {each["thread_ts"] for each in answers} == {root["ts"]}


async def test_asking_for_a_person_reaches_staff_and_silences_the_bot_until_it_is_handed_back(tmp_path: Path) -> None:
    async with workspace(tmp_path, {"reply": {"text": "Back again."}}) as here:
        customer, staff = here.sim.user(1), here.sim.user(2)
        root = here.sim.say(customer, "I want to talk to a human please")
        await here.sees(here.sim.dm(customer), "passed this to a person")
        await here.sees(STAFF_CHANNEL, "needs a person")
        here.sim.say(customer, "Anybody there?", thread_ts=root["ts"])
        await here.sees(STAFF_CHANNEL, "Anybody there?")
        press, card = here.button(STAFF_CHANNEL, "hand_back")
        await here.sim.action(staff, press, card, STAFF_CHANNEL)
        await here.sees(here.sim.dm(customer), "I am back on this conversation")
        here.sim.say(customer, "Hello?", thread_ts=root["ts"])
        await here.sees(here.sim.dm(customer), "Back again.")
        # The packet may suggest the same words; the answer itself is the customer's alone.
        assert "Back again." not in here.shown(STAFF_CHANNEL)


async def test_an_uploaded_picture_is_fetched_with_the_token_and_looked_at(tmp_path: Path) -> None:
    # Noise does not compress to a few bytes: what arrives at the model is a picture that was really decoded.
    pixels = Image.frombytes("RGB", (64, 64), os.urandom(64 * 64 * 3))
    content = io.BytesIO()
    pixels.save(content, "PNG")
    async with workspace(tmp_path, {"reply": {"text": "I see the parcel."}}) as here:
        customer = here.sim.user(1)
        file = here.sim.add_file("parcel.png", "image/png", content.getvalue(), customer)
        here.sim.say(customer, "My parcel looks like this", files=[file])
        await here.sees(here.sim.dm(customer), "I see the parcel.")
        await here.sim.changes.until(lambda: here.model.records)


async def test_slash_commands_answer_the_one_who_asked(tmp_path: Path) -> None:
    async with workspace(tmp_path, {"reply": {"text": "It is on its way."}}) as here:
        customer = here.sim.user(1)
        await here.sim.command(customer, "/support", "How long is delivery?", PUBLIC_CHANNEL)
        await here.sees(PUBLIC_CHANNEL, "It is on its way.")
        await here.sim.command(customer, "/escalate", "it is urgent", PUBLIC_CHANNEL)
        await here.sees(STAFF_CHANNEL, "it is urgent")


async def test_a_wrong_token_is_one_clear_line_and_status_2(tmp_path: Path) -> None:
    async with model.serve(model.ModelServer()) as model_url, serve(SlackSim(Config())) as url:
        env = {
            "SLACK_API_URL": f"{url}/api/",
            "SLACK_BOT_TOKEN": "xoxb-wrong",
            "SLACK_APP_TOKEN": APP_TOKEN,
            "OPENAI_BASE_URL": f"{model_url}/v1",
            "OPENAI_API_KEY": "test",
        }
        ended = await firstline("run", "slack", folder=tmp_path, env=env)
    assert ended.status == 2
    assert "SLACK_BOT_TOKEN" in ended.err
    assert "xoxb-wrong" not in ended.err
    assert "Traceback" not in ended.err


async def test_it_is_ready_only_when_connected(tmp_path: Path) -> None:
    async with (
        workspace(tmp_path) as here,
        aiohttp.ClientSession() as session,
        session.get(f"{here.service.address}/readyz") as ready,
    ):
        assert (ready.status, (await ready.json())["missing"]) == (200, [])
