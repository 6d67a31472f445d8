"""`firstline run discord` against a stand-in Discord and a model endpoint, all over real sockets."""

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
from tests.servers.discord import BOT_TOKEN, BOT_USER, CHANNEL, FORUM, STAFF_CHANNEL, Config, DiscordSim, serve

Json = dict[str, Any]


@dataclass(slots=True)
class Server:
    """A stand-in server with a running bot."""

    sim: DiscordSim
    model: model.ModelServer
    service: Service

    def shown(self, channel: str) -> list[str]:
        """Everything the bot shows in a channel, buttons included, in order."""
        found = self.sim.messages.get(channel, {}).values()
        return [f"{each['content']} {each['components']}" for each in found if each["author"]["id"] == BOT_USER]

    async def sees(self, channel: str, words: str, *, or_in: str = "") -> None:
        """Wait until the bot shows these words."""
        await self.sim.changes.until(
            lambda: any(words in each for place in (channel, or_in) for each in self.shown(place)), timeout_s=30
        )

    def button(self, channel: str, action: str) -> tuple[Json, str]:
        """The newest message with a button of an action, and the button's id."""
        for message in reversed(self.sim.messages[channel].values()):
            rows: list[Json] = message["components"]
            for each in (each for row in rows for each in row["components"]):
                if each["custom_id"].startswith(f"firstline:{action}:"):
                    return message, each["custom_id"]
        raise AssertionError(f"no button {action} in {self.shown(channel)}")


def environment(url: str, model_url: str, **more: str) -> dict[str, str]:
    """What the process is told."""
    return {
        "DISCORD_API_URL": f"{url}/api/v10",
        "DISCORD_GATEWAY_URL": f"{url.replace('http', 'ws')}/gateway",
        "DISCORD_TOKEN": BOT_TOKEN,
        "OPENAI_BASE_URL": f"{model_url}/v1",
        "OPENAI_API_KEY": "test",
        **more,
    }


@asynccontextmanager
async def server(
    folder: Path, *rules: Json, config: Config | None = None, more: str = ""
) -> AsyncGenerator[Server, None]:
    """Model, Discord and bot."""
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    endpoint.rules.extend(model.Rule.from_dict(rule) for rule in rules)
    sim = DiscordSim(config or Config())
    (folder / "firstline.toml").write_text(f'[discord]\nstaff_channel = "{STAFF_CHANNEL}"\n{more}')
    async with (
        model.serve(endpoint) as model_url,
        serve(sim) as url,
        running("run", "discord", folder=folder, env=environment(url, model_url)) as service,
    ):
        async with asyncio.timeout(30):
            await sim.ready.wait()
        yield Server(sim, endpoint, service)


def refund(order_id: str) -> Json:
    call = {"name": "initiate_refund", "arguments": {"order_id": order_id, "reason": "damaged"}}
    return {"match": "refund", "on": "user", "times": 1, "reply": {"tool_calls": [call]}}


async def test_a_refund_is_asked_for_in_a_dm_approved_by_staff_and_carried_out(tmp_path: Path) -> None:
    rules = (refund("88291"), {"on": "tool", "reply": {"text": "A colleague has to agree first."}})
    async with server(tmp_path, *rules) as here:
        customer, staff = here.sim.user(1), here.sim.user(2)
        dm = here.sim.dm(customer)
        await here.sim.say(customer, "I want a refund for order #88291. The item arrived damaged.")
        await here.sees(dm, "A colleague has to agree first.")
        await here.sees(STAFF_CHANNEL, "129.00 EUR")
        await here.sim.press(staff, *here.button(STAFF_CHANNEL, "approve"))
        await here.sees(dm, "was started")
        await here.sees(STAFF_CHANNEL, "Approved")
        assert await here.service.stop() == 0


async def test_a_voice_message_is_put_into_words_and_answered_for_the_bot_and_for_people(tmp_path: Path) -> None:
    rules = ({"match": "parcel", "on": "user", "reply": {"text": "It is on its way."}},)
    async with server(tmp_path, *rules, more='[models.transcription]\nmodel = "ears"\n') as here:
        here.model.heard = ["Where is my parcel?"]
        customer = here.sim.user(1)
        dm = here.sim.dm(customer)

        async def speaks() -> None:
            file = here.sim.add_file("voice-message.ogg", "audio/ogg", b"sound")
            await here.sim.say(customer, "", attachments=[file], flags=1 << 13)

        await speaks()
        await here.sees(dm, "It is on its way.")
        assert here.model.recordings == [("ears", "voice-message.ogg", b"sound")]
        await speaks()  # and nothing can be heard
        await here.sees(dm, "voice-message.ogg")
        await here.sim.changes.until(lambda: sum("Talk to a person" in each for each in here.shown(dm)) == 2)
        here.model.heard = ["I want to talk to a human please", "The blue one"]
        await speaks()
        await here.sees(STAFF_CHANNEL, "Where is my parcel?")
        card, _ = here.button(STAFF_CHANNEL, "hand_back")
        await speaks()
        await here.sees(card["id"], "The blue one")


async def test_a_mention_is_answered_in_a_thread_and_followed_up_without_a_mention(tmp_path: Path) -> None:
    async with server(tmp_path, {"reply": {"text": "Hello from the bot."}, "times": 1}) as here:
        customer = here.sim.user(1)
        asked = await here.sim.say(customer, "Hi", channel=CHANNEL, mention=True)
        await here.sees(asked["id"], "Hello from the bot.")
        here.model.rules.append(model.Rule.from_dict({"reply": {"text": "Still here."}}))
        await here.sim.say(customer, "And now?", channel=asked["id"])
        await here.sees(asked["id"], "Still here.")
        assert here.shown(CHANNEL) == []


async def test_asking_for_a_person_reaches_staff_and_silences_the_bot_until_it_is_handed_back(tmp_path: Path) -> None:
    async with server(tmp_path, {"reply": {"text": "Back again."}}) as here:
        customer, staff = here.sim.user(1), here.sim.user(2)
        dm = here.sim.dm(customer)
        await here.sim.say(customer, "I want to talk to a human please")
        await here.sees(dm, "passed this to a person")
        await here.sees(STAFF_CHANNEL, "needs a person")
        await here.sim.say(customer, "Anybody there?")
        card, hand_back = here.button(STAFF_CHANNEL, "hand_back")
        room = card["id"]  # The case's room is the thread on its card, and such a thread has the card's id.
        # It goes to the staff channel itself if it was faster than the note of where the card stands.
        await here.sees(room, "Anybody there?", or_in=STAFF_CHANNEL)
        await here.sim.press(staff, card, hand_back)
        await here.sees(dm, "I am back on this conversation")
        await here.sim.say(customer, "Hello?")
        await here.sees(dm, "Back again.")
        # The packet may suggest the same words; the answer itself is the customer's alone.
        assert "Back again." not in [*here.shown(STAFF_CHANNEL), *here.shown(room)]


async def test_an_uploaded_picture_is_fetched_and_looked_at(tmp_path: Path) -> None:
    # Noise does not compress to a few bytes: what arrives at the model is a picture that was really decoded.
    pixels = Image.frombytes("RGB", (64, 64), os.urandom(64 * 64 * 3))
    content = io.BytesIO()
    pixels.save(content, "PNG")
    async with server(tmp_path, {"reply": {"text": "I see the parcel."}}) as here:
        customer = here.sim.user(1)
        file = here.sim.add_file("parcel.png", "image/png", content.getvalue())
        await here.sim.say(customer, "My parcel looks like this", attachments=[file])
        await here.sees(here.sim.dm(customer), "I see the parcel.")
        await here.sim.changes.until(lambda: here.model.records)


async def test_slash_commands_answer_the_one_who_asked(tmp_path: Path) -> None:
    async with server(tmp_path, {"reply": {"text": "It is on its way."}}) as here:
        customer = here.sim.user(1)
        await here.sim.changes.until(lambda: here.sim.commands)
        asked = await here.sim.command(customer, "support", {"question": "How long is delivery?"}, channel=CHANNEL)
        await here.sees(CHANNEL, "It is on its way.")
        assert asked.original in here.sim.messages[CHANNEL]
        await here.sim.command(customer, "escalate", {"reason": "it is urgent"}, channel=CHANNEL)
        await here.sees(STAFF_CHANNEL, "it is urgent")


async def test_what_was_written_while_the_bot_was_away_is_answered_after_its_start(tmp_path: Path) -> None:
    endpoint, sim = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20)), DiscordSim()
    customer = sim.user(1)
    dm = sim.dm(customer)
    (tmp_path / "firstline.toml").write_text(f'[discord]\nsupport_channels = ["{CHANNEL}", "{FORUM}"]\n')
    async with model.serve(endpoint) as model_url, serve(sim) as url:
        env = environment(url, model_url)
        async with running("run", "discord", folder=tmp_path, env=env) as service:
            await sim.ready.wait()
            here = Server(sim, endpoint, service)
            await sim.say(customer, "hello t000001 first")
            await here.sees(dm, "end-t000001")
            asked = await sim.say(customer, "in public t000002", channel=CHANNEL)
            await here.sees(asked["id"], "end-t000002")
            assert await service.stop() == 0
        sim.sessions.clear()
        await sim.say(customer, "while away t000003")
        missed = await sim.say(customer, "in public t000004", channel=CHANNEL)
        await sim.say(customer, "in our thread t000005", channel=asked["id"])
        post = await sim.post(sim.user(2), "Broken lamp", "what now t000007")
        async with running("run", "discord", folder=tmp_path, env=env) as service:
            here = Server(sim, endpoint, service)
            await here.sees(dm, "end-t000003")
            await here.sees(missed["id"], "end-t000004")
            await here.sees(asked["id"], "end-t000005")
            await here.sees(post["id"], "end-t000007")
            # A session that cannot be resumed: its gap is read back too.
            lost, sim.sessions = list(sim.sessions.values()), {}
            for each in lost:
                assert each.connection
                await each.connection.ws.close(code=4000)
            await sim.say(customer, "in the gap t000006")
            await here.sees(dm, "end-t000006")


async def test_a_wrong_token_is_one_clear_line_and_status_2(tmp_path: Path) -> None:
    async with model.serve(model.ModelServer()) as model_url, serve(DiscordSim()) as url:
        ended = await firstline(
            "run", "discord", folder=tmp_path, env=environment(url, model_url, DISCORD_TOKEN="wrong-token")
        )
    assert ended.status == 2
    assert "DISCORD_TOKEN" in ended.err
    assert "wrong-token" not in ended.err
    assert "Traceback" not in ended.err


async def test_a_missing_intent_is_one_clear_line_and_status_2(tmp_path: Path) -> None:
    sim = DiscordSim(Config(refused_intents=1 << 15))
    async with model.serve(model.ModelServer()) as model_url, serve(sim) as url:
        ended = await firstline("run", "discord", folder=tmp_path, env=environment(url, model_url))
    assert ended.status == 2
    assert "Message Content Intent" in ended.err
    assert "Traceback" not in ended.err


async def test_it_is_ready_only_when_connected(tmp_path: Path) -> None:
    async with (
        server(tmp_path) as here,
        aiohttp.ClientSession() as session,
        session.get(f"{here.service.address}/readyz") as ready,
    ):
        assert (ready.status, (await ready.json())["missing"]) == (200, [])
