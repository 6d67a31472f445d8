"""The world of the chaos runs: a workspace, a model, a payment provider, our processes, and a judge outside of them."""

import asyncio
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from evals.chaos_places import Asked, Place, Shown
from tests.servers import model as models
from tests.servers import till
from tests.servers.postgres import Server

_ROOT = Path(__file__).resolve().parents[1]
_SETTLE_S = 90.0
_TAG = re.compile(r"t\d{6}")
_LINES = ("passed this to a person", "Stopped.", "marked this for a person")
"""Fixed lines that are an outcome as well."""


@dataclass
class Tally:
    """What all runs came to."""

    faulted: int = 0
    messages: int = 0
    faults: Counter[str] = field(default_factory=Counter[str])
    unanswered: list[str] = field(default_factory=list[str])
    doubled: list[str] = field(default_factory=list[str])
    unfinished: list[str] = field(default_factory=list[str])
    overpaid: list[str] = field(default_factory=list[str])
    foreign: list[str] = field(default_factory=list[str])
    disordered: list[str] = field(default_factory=list[str])


class Bot:
    """Processes of ours, started again when they end."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self._folder, self._env = folder, env
        self.processes: list[asyncio.subprocess.Process] = []

    async def start(self, point: str = "", nth: int = 1) -> asyncio.subprocess.Process:
        """One more process, armed with a point or not."""
        armed = {"CHAOS_POINT": point, "CHAOS_NTH": str(nth)} if point else {}
        with (self._folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "evals.chaos_process",
                cwd=self._folder, env={**self._env, **armed}, stdout=log, stderr=log,
            )  # fmt: skip
        self.processes.append(process)
        return process

    @property
    def alive(self) -> list[asyncio.subprocess.Process]:
        """Those that have not ended."""
        return [each for each in self.processes if each.returncode is None]

    async def end(self) -> None:
        """End all of them."""
        for each in self.alive:
            each.send_signal(signal.SIGCONT)
            each.terminate()
        for each in self.processes:
            try:
                async with asyncio.timeout(30):
                    await each.wait()
            except TimeoutError:
                each.kill()
                await each.wait()


class Run:
    """One platform's runs over one database: customers, a model, a provider, and the processes."""

    def __init__(self, place: Place, rng: random.Random, tally: Tally, *, users: int, server: Server | None) -> None:
        self.place, self.rng, self.tally, self.users, self.server = place, rng, tally, users, server
        self.model = models.ModelServer(models.Pace(ttft_s=0.3, tokens_per_s=60, tokens=60))
        self.payments = till.Till()
        self.asked: list[Asked] = []

    async def speak(self, number: int) -> None:
        """A customer begins a conversation; every other one wants a refund; some messages come twice or too early."""
        tag = self._tag()
        order = f"{900_000 + len(self.asked)}" if number % 2 else ""
        if order:
            call = {"name": "pay_back", "arguments": {"order_id": order}}
            self.model.rules.append(models.Rule.from_dict({"match": order, "reply": {"tool_calls": [call]}}))
        words = f"{tag} please refund order {order}" if order else f"{tag} where do you deliver to?"
        asked = await self.place.say(number, tag, words, order)
        self._note(asked)
        if (earlier := await self.place.say_later_first(asked, iter(self._tag, None))) is not None:
            self._note(earlier)
            self.tally.faults["out_of_order"] += 1
        if self.rng.random() < 0.2:
            await self.place.again(asked)
            self.tally.faults["duplicates"] += 1

    def _tag(self) -> str:
        return f"t{len(self.asked) + 1:06d}"

    def _note(self, asked: Asked) -> None:
        self.asked.append(asked)
        self.tally.messages += 1

    def is_settled(self, asked: Asked) -> bool:
        """The customer has an outcome that is whole."""
        found = self.place.answers(asked)
        return all(_is_whole(each, asked.tag) for each in found) if found else self.place.has_team(asked)

    @property
    def open(self) -> list[Asked]:
        """Messages without a whole outcome."""
        return [each for each in self.asked if not self.is_settled(each)]

    def fault(self, kind: str) -> None:
        """Count a fault and the turns that it hits."""
        self.tally.faults[kind] += 1
        self.tally.faulted += len(self.open)

    async def connected(self) -> None:
        """Wait until a process listens, or it has been too long."""
        with suppress(TimeoutError):
            await self.place.changes.until(lambda: self.place.is_connected, timeout_s=20)

    async def settle(self) -> None:
        """Wait until every message has an outcome, or it has been too long."""
        try:
            await self.place.changes.until(lambda: not self.open, timeout_s=_SETTLE_S)
        except TimeoutError:
            return
        await asyncio.sleep(0.5)

    def judge(self) -> None:
        """Look at everything from the outside."""
        tally = self.tally
        for each in self.asked:
            found, tag = self.place.answers(each), f"{self.place.name} {each.tag}"
            if not found and not self.place.has_team(each):
                tally.unanswered.append(tag)
            if len(found) > 1:
                said = " | ".join(one.text[:60].replace("\n", " ") for one in found)
                tally.doubled.append(f"{tag} in {each.channel}/{each.id}: {said}")
            if any(not _is_whole(one, each.tag) for one in found):
                tally.unfinished.append(tag)
            others = {other for one in found for other in _TAG.findall(one.text)} - {each.tag}
            if others:
                tally.foreign.append(f"{tag}: {sorted(others)}")
            if any(not one.is_after for one in found):
                tally.disordered.append(tag)
        tally.overpaid += [f"{order}: {times}" for order, times in self.payments.paid.items() if times > 1]


def _is_whole(shown: Shown, tag: str) -> bool:
    is_whole = f"begin-{tag}" in shown.text and f"end-{tag}" in shown.text
    return not shown.is_open and (is_whole or any(line in shown.text for line in _LINES))


@asynccontextmanager
async def opened(run: Run, folder: Path, url: str) -> AsyncGenerator[Bot, None]:
    """Everything but the processes."""
    (folder / "firstline.toml").write_text(
        f'{run.place.table}[tools]\nmodules = ["evals.chaos_shop"]\n[pace]\nmessages_per_minute = 0\n'
        "[escalation]\nrepeat_contacts = 0\n[manners]\nmessages_per_day = 0\n[agent]\nmost_attempts = 50\n"
        "[budget]\nrequests_per_case = 0\ntokens_per_case = 0\n"
    )
    async with models.serve(run.model) as model_url, run.place.serve() as chat, till.serve(run.payments) as payments:
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(_ROOT),
            "HOME": str(folder),
            "CHAOS_PLATFORM": run.place.name,
            "FIRSTLINE_DATA_DIR": str(folder / "data"),
            "FIRSTLINE_DATABASE_URL": url,
            "FIRSTLINE_HTTP_PORT": "0",
            "OPENAI_BASE_URL": f"{model_url}/v1",
            "OPENAI_API_KEY": "test",
            "CHAOS_PAYMENTS_URL": payments,
            **run.place.environment(chat),
        }
        bot = Bot(folder, env)
        try:
            yield bot
        finally:
            await bot.end()
