"""What was written in Slack while nobody listened is answered after the next start."""

import asyncio
from pathlib import Path

from tests.bots.running import running
from tests.servers import model
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Config, SlackSim, serve


async def test_a_message_missed_while_the_bot_was_away_is_answered_once_though_another_comes_at_once(
    tmp_path: Path,
) -> None:
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    sim = SlackSim(Config(retry_delays_s=(), ack_timeout_s=0.2))
    customer = sim.user(1)

    def answers(stamp: str) -> list[str]:
        posts = sim.messages[sim.dm(customer)].values()
        return [each["ts"] for each in posts if each.get("bot_id") and each.get("thread_ts") == stamp]

    async with model.serve(endpoint) as model_url, serve(sim) as url:
        env = {
            "SLACK_API_URL": f"{url}/api/",
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "OPENAI_BASE_URL": f"{model_url}/v1",
            "OPENAI_API_KEY": "test",
        }
        async with running("run", "slack", folder=tmp_path, env=env) as service:
            async with asyncio.timeout(30):
                await sim.connected.wait()
            first = sim.say(customer, "Hello?")
            await sim.changes.until(lambda: answers(first["ts"]), timeout_s=30)
            assert await service.stop() == 0
        missed = sim.say(customer, "Are you there?")
        await sim.changes.until(lambda: sim.counts.undelivered, timeout_s=30)
        sim.connected.clear()
        async with running("run", "slack", folder=tmp_path, env=env) as service:
            async with asyncio.timeout(30):
                await sim.connected.wait()
            live = sim.say(customer, "I am still waiting.")
            await sim.changes.until(lambda: answers(missed["ts"]) and answers(live["ts"]), timeout_s=40)
            assert await service.stop() == 0
    assert [len(answers(each["ts"])) for each in (first, missed, live)] == [1, 1, 1]
