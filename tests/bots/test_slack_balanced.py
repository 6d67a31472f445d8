"""Two `firstline run slack` by HTTP behind a balancer, over one PostgreSQL: every customer is answered once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.bots.running import running
from tests.servers import model
from tests.servers.postgres import is_available, private_server
from tests.servers.slack import BOT_TOKEN, SIGNING_SECRET, Config, SlackSim, serve

_CUSTOMERS = 6
pytestmark = [pytest.mark.postgres, pytest.mark.skipif(not is_available(), reason="no PostgreSQL here")]


@asynccontextmanager
async def balancer(*addresses: str) -> AsyncGenerator[str, None]:
    """Sends each request to the next process, and every third one to all of them, as a retry may come elsewhere."""
    turns, count = cycle(addresses), 0

    async def pass_on(request: web.Request) -> web.Response:
        nonlocal count
        count += 1
        body, headers = await request.read(), {key: each for key, each in request.headers.items() if key != "Host"}
        order = [next(turns) for _ in addresses]
        taken: list[int] = []
        for target in order:
            try:
                async with session.post(target + request.path, data=body, headers=headers) as answer:
                    taken.append(answer.status)
            except aiohttp.ClientError:
                continue
            if count % 3:
                break
        next(turns)
        return web.Response(status=max(taken, default=502))

    app = web.Application()
    app.router.add_post("/{tail:.*}", pass_on)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


async def test_two_processes_behind_a_balancer_answer_each_customer_once(tmp_path: Path) -> None:
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    endpoint.rules.append(model.Rule.from_dict({"reply": {"text": "Hello from one of us."}}))
    sim = SlackSim(Config(delivery="http", echo_events=False, retry_delays_s=(0.5, 1.0, 2.0, 4.0, 8.0)))
    with private_server() as database:
        async with model.serve(endpoint) as model_url, serve(sim) as url:
            env = {
                "FIRSTLINE_DATABASE_URL": database.url,
                "SLACK_API_URL": f"{url}/api/",
                "SLACK_BOT_TOKEN": BOT_TOKEN,
                "SLACK_SIGNING_SECRET": SIGNING_SECRET,
                "OPENAI_BASE_URL": f"{model_url}/v1",
                "OPENAI_API_KEY": "test",
            }
            async with (
                running("run", "slack", folder=tmp_path, env=env) as first,
                running(
                    "run", "slack", folder=tmp_path, env={**env, "FIRSTLINE_DATA_DIR": str(tmp_path / "2")}
                ) as second,
                balancer(first.address, second.address) as address,
            ):
                sim.config.events_url = f"{address}/slack/events"
                customers = [sim.user(number) for number in range(_CUSTOMERS)]
                for each in customers:
                    sim.say(each, "Hi")

                def answers() -> list[int]:
                    shown = [sim.messages[sim.dm(each)].values() for each in customers]
                    return [
                        sum("Hello from one of us." in str(one) for one in all_ if one.get("bot_id")) for all_ in shown
                    ]

                await sim.changes.until(lambda: min(answers()) > 0, timeout_s=40)
                assert await first.stop() == 0
                sim.say(customers[0], "And now?")
                await sim.changes.until(lambda: answers()[0] > 1, timeout_s=40)
                assert answers() == [2, *[1] * (_CUSTOMERS - 1)]
                async with asyncio.timeout(30):
                    assert await second.stop() == 0
