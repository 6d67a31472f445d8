"""Signed requests in place of a socket."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from adapters.slack.app import SlackApp
from tests.adapters.slack.rig import Rig, open_rig
from tests.servers.slack import SIGNING_SECRET, sign


@asynccontextmanager
async def served(rig: Rig) -> AsyncGenerator[str]:
    """The adapter's route on a web application of its own."""
    app = web.Application()
    app.add_routes(rig.app.routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    rig.sim.config.delivery, rig.sim.config.events_url = "http", url
    try:
        yield url
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running_app(app: SlackApp, rig: Rig) -> AsyncGenerator[None]:
    async with asyncio.TaskGroup() as group:
        running = group.create_task(app.run())
        async with asyncio.timeout(5):
            while not app.is_connected:
                await rig.chat.api.read("api.test")
        yield
        running.cancel()


async def test_events_commands_and_presses_come_in_by_one_route() -> None:
    async with open_rig(mode="http") as rig, served(rig), running_app(rig.app, rig):
        rig.sim.say(rig.user, "hello")
        await rig.desk.until(messages=1)
        answer = await rig.sim.command(rig.user, "/status")
        assert "no open case" in answer["text"]
        await rig.sim.action(rig.user, {"action_id": "firstline:escalate", "value": "C-1"})
        await rig.desk.until(presses=1)


async def test_an_unsaved_event_is_answered_with_an_error_and_comes_again() -> None:
    async with open_rig(mode="http") as rig, served(rig), running_app(rig.app, rig):
        rig.desk.failures = 2
        rig.sim.say(rig.user, "keep this")
        await rig.desk.until(messages=1)
        assert rig.sim.counts.retries == 2


async def test_a_request_without_a_valid_signature_is_refused() -> None:
    async with open_rig(mode="http") as rig, served(rig) as url, running_app(rig.app, rig):
        body = '{"type": "event_callback"}'
        old = sign(body, SIGNING_SECRET, at=1.0)
        wrong = sign(body, "another secret")
        async with aiohttp.ClientSession() as session:
            for headers in (old, wrong, {}):
                async with session.post(url, data=body, headers=headers) as answer:
                    assert answer.status == 401
        assert rig.desk.messages == []


async def test_slack_s_check_of_the_address_is_answered() -> None:
    async with open_rig(mode="http") as rig, served(rig) as url, running_app(rig.app, rig):
        body = '{"type": "url_verification", "challenge": "abc"}'
        headers = {"content-type": "application/json", **sign(body, SIGNING_SECRET)}
        async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
            assert (await answer.json())["challenge"] == "abc"


async def test_before_the_start_is_over_slack_is_told_to_come_again() -> None:
    async with open_rig(mode="http") as rig, served(rig) as url, aiohttp.ClientSession() as session:
        async with session.post(url, data="{}") as answer:
            assert answer.status == 503
        assert not rig.app.is_connected
