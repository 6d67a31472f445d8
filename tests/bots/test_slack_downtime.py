"""What was written in Slack while nobody listened is answered after the next start."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.bots.running import running
from tests.servers import model
from tests.servers.postgres import is_available, private_server
from tests.servers.slack import (
    PUBLIC_CHANNEL,
    Config,
    Json,
    SlackSim,
    environment,
    serve,
)


@asynccontextmanager
async def workspace() -> AsyncGenerator[tuple[SlackSim, dict[str, str]], None]:
    """A workspace that delivers nothing again, and what a process needs to know of it and of a model."""
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    sim = SlackSim(Config(retry_delays_s=(), ack_timeout_s=0.2))
    async with model.serve(endpoint) as model_url, serve(sim) as url:
        yield (
            sim,
            {
                **environment(url),
                "OPENAI_BASE_URL": f"{model_url}/v1",
                "OPENAI_API_KEY": "test",
            },
        )


async def connected(sim: SlackSim) -> None:
    """A process listens."""
    async with asyncio.timeout(30):
        await sim.connected.wait()


def answers(sim: SlackSim, said: Json, *, number: int = 1, channel: str = "") -> list[str]:
    """The bot's replies in the thread of a customer's message, direct unless a channel is named."""
    posts = sim.messages[channel or sim.dm(sim.user(number))].values()
    return [each["ts"] for each in posts if each.get("bot_id") and each.get("thread_ts") == said["ts"]]


def said_to(sim: SlackSim, number: int, words: str) -> list[str]:
    """The bot's posts to a customer with these words in them; the model repeats the last tag that it read."""
    posts = sim.messages[sim.dm(sim.user(number))].values()
    return [each["ts"] for each in posts if each.get("bot_id") and words in str(each)]


async def test_a_message_missed_while_the_bot_was_away_is_answered_once_though_another_comes_at_once(
    tmp_path: Path,
) -> None:
    async with workspace() as (sim, env):
        customer = sim.user(1)
        async with running("run", "slack", folder=tmp_path, env=env) as service:
            await connected(sim)
            first = sim.say(customer, "Hello?")
            called = sim.say(customer, "Hello here?", channel=PUBLIC_CHANNEL, mention=True)
            await sim.changes.until(
                lambda: answers(sim, first) and answers(sim, called, channel=PUBLIC_CHANNEL), timeout_s=30
            )
            assert await service.stop() == 0
        again = sim.say(customer, "Anybody here?", channel=PUBLIC_CHANNEL, mention=True)
        missed, strange = sim.say(customer, "Are you there?"), sim.say(sim.user(2), "Where do you deliver to?")
        sim.say(sim.user(2), "t000777 and to Malta?", thread_ts=strange["ts"])
        await sim.changes.until(lambda: sim.counts.undelivered >= 3, timeout_s=30)
        sim.connected.clear()
        async with running("run", "slack", folder=tmp_path, env=env) as service:
            await connected(sim)
            live = sim.say(customer, "I am still waiting.")
            await sim.changes.until(lambda: answers(sim, missed) and answers(sim, live), timeout_s=40)
            await sim.changes.until(lambda: said_to(sim, 2, "t000777"), timeout_s=40)
            await sim.changes.until(lambda: answers(sim, again, channel=PUBLIC_CHANNEL), timeout_s=40)
            assert await service.stop() == 0
        assert [len(answers(sim, each)) for each in (first, missed, live)] == [1, 1, 1]
        assert len(answers(sim, again, channel=PUBLIC_CHANNEL)) == 1
        assert len(answers(sim, strange, number=2)) == len(said_to(sim, 2, "t000777")) == 1


@pytest.mark.postgres
@pytest.mark.skipif(not is_available(), reason="no PostgreSQL here")
async def test_what_came_while_the_database_was_away_is_read_back_when_slack_delivers_it_no_more(
    tmp_path: Path,
) -> None:
    with private_server() as database:
        async with workspace() as (sim, env):
            customer = sim.user(1)
            env["FIRSTLINE_DATABASE_URL"] = database.url
            async with running("run", "slack", folder=tmp_path, env=env) as service:
                await connected(sim)
                first = sim.say(customer, "Hello?")
                await sim.changes.until(lambda: answers(sim, first), timeout_s=30)
                await asyncio.to_thread(database.stop)
                missed = sim.say(customer, "Are you there?")
                await sim.changes.until(lambda: sim.counts.undelivered, timeout_s=30)
                await asyncio.to_thread(database.start)
                live = sim.say(customer, "I am still waiting.")
                await sim.changes.until(lambda: answers(sim, missed) and answers(sim, live), timeout_s=60)
                assert await service.stop() == 0
            assert [len(answers(sim, each)) for each in (first, missed, live)] == [1, 1, 1]
