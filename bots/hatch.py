"""How a command reaches a bot that is running on one machine and holds its SQLite file for itself.

The bot listens on a free port of the loopback address. Port and an unguessable token stand in a file beside the
database that only its owner reads; whoever can read it could read the database too.
"""

import importlib
import json
import os
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import click
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.storage.sqlite import file_of
from adapters.storage.store import Store, open_store
from bots.clock import SystemClock
from bots.settings import Settings
from core.actions import Decision
from core.errors import StoreError

Asked = Mapping[str, str]
"""What a command was given, by name."""
_LIMIT_S = 20
_COMMANDS = {
    "approvals.list": ("bots.commands.approvals", "listed"),
    "approvals.decide": ("bots.commands.approvals", "decided"),
    "case.explain": ("bots.commands.case", "explained_to"),
    "case.transcript": ("bots.commands.case", "copied"),
    "desk.sign_out": ("bots.commands.desk", "signed_out"),
    "identity.list": ("bots.commands.identity", "listed"),
    "identity.link": ("bots.commands.identity", "linked"),
    "report": ("bots.commands.report", "reported"),
    "identity.unlink": ("bots.commands.identity", "unlinked"),
    "slack.installed": ("bots.commands.slack", "listed"),
    "slack.uninstall": ("bots.commands.slack", "removed"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a command says, and its exit status."""

    lines: list[str]
    status: int = 0
    decision: Decision | None = None
    """What was decided, for the process that has to go on with it."""


class _Call(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    command: str
    asked: dict[str, str] = {}


async def at_the_store(command: str, asked: Asked) -> int:
    """Run a command over the database, or at the bot that holds it; prints, and returns the exit status."""
    told = await asked_of_the_store(command, asked)
    for line in told.lines:
        click.echo(line, err=told.status != 0)
    return told.status


async def asked_of_the_store(command: str, asked: Asked) -> Told:
    """What a command says. Raises `StoreError` where neither the database nor a running bot can be reached."""
    url = Settings.read().environment.database_url("firstline")
    try:
        async with open_store(url, clock=SystemClock()) as store:
            return await _obey(store, command, asked)
    except StoreError:
        told = await _at_the_bot(url, command, asked)
        if told is None:
            raise
        return told


@asynccontextmanager
async def hatch(url: str, store: Store, went_on: Callable[[Decision], Awaitable[None]]) -> AsyncGenerator[None, None]:
    """Let commands in while the block runs; `went_on` is told of every decision about an action."""
    note = _note_of(url)
    if note is None:
        yield
        return
    token = secrets.token_urlsafe(32)

    async def take(request: web.Request) -> web.Response:
        if not secrets.compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}"):
            raise web.HTTPForbidden(text="This door is for the commands of this bot.")
        try:
            call = _Call.model_validate_json(await request.read())
            told = await _obey(store, call.command, call.asked)
        except (ValidationError, KeyError) as error:
            raise web.HTTPBadRequest(text="The command and the bot are not of one version.") from error
        if told.decision is not None:
            await went_on(told.decision)
        return web.json_response({"lines": told.lines, "status": told.status})

    app = web.Application(client_max_size=100_000)
    app.add_routes([web.post("/", take)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        _write(note, {"port": runner.addresses[0][1], "token": token})
        yield
    finally:
        note.unlink(missing_ok=True)
        await runner.cleanup()


async def _obey(store: Store, command: str, asked: Asked) -> Told:
    module, name = _COMMANDS[command]
    told: Told = await getattr(importlib.import_module(module), name)(store, asked)
    return told


async def _at_the_bot(url: str, command: str, asked: Asked) -> Told | None:
    """What the running bot says; None when there is none to be reached."""
    note = _note_of(url)
    try:
        known: dict[str, Any] = json.loads(note.read_text(encoding="utf-8")) if note else {}
        headers = {"Authorization": f"Bearer {known['token']}"}
        address = f"http://127.0.0.1:{int(known['port'])}/"
    except (OSError, ValueError, KeyError):
        return None
    limit = aiohttp.ClientTimeout(total=_LIMIT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.post(address, json={"command": command, "asked": dict(asked)}, headers=headers) as answer,
        ):
            if answer.status != 200:
                return Told([f"firstline: {await answer.text()}"], 1)
            said: dict[str, Any] = await answer.json()
            return Told(list(said["lines"]), int(said["status"]))
    except (aiohttp.ClientError, TimeoutError):
        return None


def _note_of(url: str) -> Path | None:
    """Where the running bot says how to reach it; None where any process may open the database."""
    file = file_of(url) if url.startswith("sqlite") else None
    return file.with_name(f"{file.name}.door") if file else None


def _write(note: Path, known: Mapping[str, Any]) -> None:
    note.unlink(missing_ok=True)
    with os.fdopen(os.open(note, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(dict(known), file)
