"""Links and approvals by command, over the database and at a bot that is running and holds it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp

from tests.bots.running import firstline, running
from tests.servers import model

ASK: dict[str, Any] = {
    "match": "refund",
    "on": "user",
    "times": 1,
    "reply": {"tool_calls": [{"name": "initiate_refund", "arguments": {"order_id": "88291", "reason": "damaged"}}]},
}


async def test_commands_reach_the_bot_that_holds_the_database(tmp_path: Path) -> None:
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    endpoint.rules.append(model.Rule.from_dict(ASK))
    url = f"sqlite:///{tmp_path / 'data' / 'demo' / 'firstline.sqlite3'}"
    async with model.serve(endpoint) as address:
        env = {"OPENAI_BASE_URL": f"{address}/v1", "OPENAI_API_KEY": "test", "FIRSTLINE_DATABASE_URL": url}
        async with running("run", "web", folder=tmp_path, env=env) as service:
            made = await firstline("identity", "link", "slack:T1:U1", "C-1002", folder=tmp_path, env=env)
            assert (made.status, "is customer C-1002" in made.out) == (0, True), made.err
            none = await firstline("identity", "link", "slack:T1:U2", "C-9999", folder=tmp_path, env=env)
            assert (none.status, "no customer C-9999" in none.err) == (1, True)
            assert "linked by an operator" in (await firstline("identity", "list", folder=tmp_path, env=env)).out
            await _wish(service.address)
            listed = (await firstline("approvals", "list", folder=tmp_path, env=env)).out
            assert "129.00 EUR is more than the 50.00 EUR" in listed
            approved = await firstline("approvals", "approve", listed.split()[0], folder=tmp_path, env=env)
            assert (approved.status, "carried out" in approved.out) == (0, True), approved.err
            await _answered(service.address)
            note = tmp_path / "data" / "demo" / "firstline.sqlite3.door"
            assert note.stat().st_mode & 0o077 == 0, "nobody else reads the way in"
            port = json.loads(note.read_text())["port"]
            async with (
                aiohttp.ClientSession() as session,
                session.post(f"http://127.0.0.1:{port}/", json={"command": "approvals.list"}) as answer,
            ):
                assert answer.status == 403
        assert not note.exists()
        gone = await firstline("identity", "unlink", "slack:T1:U1", folder=tmp_path, env=env)
        assert (gone.status, "linked to nobody" in gone.out) == (0, True)
        assert "Nobody is linked" in (await firstline("identity", "list", folder=tmp_path, env=env)).out
        wrong = await firstline("identity", "unlink", "U1", folder=tmp_path, env=env)
        assert (wrong.status, "PLATFORM:TENANT:USER" in wrong.err) == (2, True)


_COOKIE = {"firstline_session": "a" * 43}


async def _wish(address: str) -> None:
    async with aiohttp.ClientSession(cookies=_COOKIE, headers={"Origin": address}) as session:
        said: dict[str, Any] = {
            "id": "message-0001",
            "text": "Please refund order #88291, it is damaged",
            "uploads": [],
        }
        async with session.post(f"{address}/api/messages", json=said) as answer:
            assert answer.status == 200
    await _sees(address, "needs the approval")


async def _answered(address: str) -> None:
    await _sees(address, "was started")


async def _sees(address: str, words: str) -> None:
    async with (
        asyncio.timeout(30),
        aiohttp.ClientSession(cookies=_COOKIE, headers={"Origin": address}) as session,
        session.ws_connect(f"{address}/api/live") as socket,
    ):
        async for message in socket:
            if words in message.data:
                return
    raise AssertionError(words)
