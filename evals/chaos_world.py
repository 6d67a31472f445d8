"""The world of the chaos runs: a workspace, a model, a payment provider, our processes, and a judge outside of them."""

import asyncio
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers import model as models
from tests.servers import till
from tests.servers.postgres import Server
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Config, SlackSim, serve

_STAFF = "C0STAFF01"
_ROOT = Path(__file__).resolve().parents[1]
_SETTLE_S = 90.0
_OUT_OF_ORDER = 0.2
"""How many of those who want no refund see a later message of theirs delivered before an earlier one."""
_TAG = re.compile(r"t\d{6}")
_LINES = ("passed this to a person", "Stopped.", "marked this for a person")
"""Fixed lines that are an outcome as well."""


@dataclass
class Asked:
    """A customer's message."""

    tag: str
    user: str
    channel: str
    root: str
    order: str = ""


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
    """One database's runs: a workspace, a model, a provider, and the processes."""

    def __init__(self, rng: random.Random, tally: Tally, *, users: int, server: Server | None) -> None:
        self.rng, self.tally, self.users, self.server = rng, tally, users, server
        config = Config(echo_events=False, ack_timeout_s=2.0, retry_delays_s=(0.0, 1.0, 2.0, 4.0, 8.0, 8.0, 16.0, 16.0))
        self.sim = SlackSim(config)
        self.sim.channels[_STAFF] = {"id": _STAFF, "name": "staff"}
        self.sim.messages[_STAFF] = {}
        self.model = models.ModelServer(models.Pace(ttft_s=0.3, tokens_per_s=60, tokens=60))
        self.payments = till.Till()
        self.asked: list[Asked] = []

    def speak(self, number: int) -> None:
        """One customer begins a thread; every other one wants a refund; some write a second line later."""
        tag = f"t{len(self.asked) + 1:06d}"
        user = self.sim.user(number)
        order = f"{900_000 + len(self.asked)}" if number % 2 else ""
        if order:
            call = {"name": "pay_back", "arguments": {"order_id": order}}
            self.model.rules.append(models.Rule.from_dict({"match": order, "reply": {"tool_calls": [call]}}))
        words = f"{tag} please refund order {order}" if order else f"{tag} where do you deliver to?"
        said = self.sim.say(user, words, is_held=not order and self.rng.random() < _OUT_OF_ORDER)
        self.asked.append(Asked(tag, user, self.sim.dm(user), said["ts"], order))
        self.tally.messages += 1
        if self.sim.held:
            self._say_later_first(user)
        if self.rng.random() < 0.2:
            # The platform delivers it once more, as it does when an acknowledgement was lost.
            event = {**said, "channel": self.sim.dm(user), "event_ts": said["ts"], "channel_type": "im"}
            self.sim.emit(event, tag)
            self.tally.faults["duplicates"] += 1

    def _say_later_first(self, user: str) -> None:
        """The customer's next message, in a thread of its own, is delivered before the one that is held."""
        tag = f"t{len(self.asked) + 1:06d}"
        said = self.sim.say(user, f"{tag} and when do you open?")
        self.asked.append(Asked(tag, user, self.sim.dm(user), said["ts"]))
        self.tally.messages += 1
        self.sim.let_go()
        self.tally.faults["out_of_order"] += 1

    def answers(self, asked: Asked) -> list[dict[str, Any]]:
        """What the bot has posted below a message."""
        return [
            each
            for each in self.sim.messages[asked.channel].values()
            if each.get("bot_id") and each.get("thread_ts") == asked.root
        ]

    def is_settled(self, asked: Asked) -> bool:
        """The customer has an outcome that is whole."""
        found = self.answers(asked)
        return bool(found) and all(_is_whole(each, asked.tag) for each in found)

    @property
    def open(self) -> list[Asked]:
        """Messages without a whole outcome."""
        return [each for each in self.asked if not self.is_settled(each)]

    def fault(self, kind: str) -> None:
        """Count a fault and the turns that it hits."""
        self.tally.faults[kind] += 1
        self.tally.faulted += len(self.open)

    async def settle(self) -> None:
        """Wait until every message has an outcome, or it has been too long."""
        try:
            await self.sim.changes.until(lambda: not self.open, timeout_s=_SETTLE_S)
        except TimeoutError:
            return
        await asyncio.sleep(0.5)

    def judge(self) -> None:
        """Look at everything from the outside."""
        tally = self.tally
        for each in self.asked:
            found = self.answers(each)
            texts = [_text(one) for one in found]
            if not found:
                tally.unanswered.append(each.tag)
            if len(found) > 1:
                tally.doubled.append(f"{each.tag}: {len(found)}")
            if any(not _is_whole(one, each.tag) for one in found):
                tally.unfinished.append(each.tag)
            others = {tag for text in texts for tag in _TAG.findall(text)} - {each.tag}
            if others:
                tally.foreign.append(f"{each.tag}: {sorted(others)}")
            if found and any(one["ts"] < each.root for one in found):
                tally.disordered.append(each.tag)
        tally.overpaid += [f"{order}: {times}" for order, times in self.payments.paid.items() if times > 1]


def _text(message: dict[str, Any]) -> str:
    blocks: list[dict[str, Any]] = message.get("blocks") or []
    return "\n".join([str(message.get("text", "")), *(str(block.get("text", "")) for block in blocks)])


def _is_whole(message: dict[str, Any], tag: str) -> bool:
    text = _text(message)
    is_whole = f"begin-{tag}" in text and f"end-{tag}" in text
    return message.get("streaming_state") != "in_progress" and (is_whole or any(line in text for line in _LINES))


@asynccontextmanager
async def opened(run: Run, folder: Path, url: str) -> AsyncGenerator[Bot, None]:
    """Everything but the processes."""
    (folder / "firstline.toml").write_text(
        f'[slack]\nstaff_channel = "{_STAFF}"\n[tools]\nmodules = ["evals.chaos_shop"]\n'
        "[pace]\nmessages_per_minute = 0\n[escalation]\nrepeat_contacts = 0\n[agent]\nmost_attempts = 50\n"
    )
    async with models.serve(run.model) as model_url, serve(run.sim) as slack, till.serve(run.payments) as payments:
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(_ROOT),
            "HOME": str(folder),
            "FIRSTLINE_DATA_DIR": str(folder / "data"),
            "FIRSTLINE_DATABASE_URL": url,
            "FIRSTLINE_HTTP_PORT": "0",
            "SLACK_API_URL": f"{slack}/api/",
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "OPENAI_BASE_URL": f"{model_url}/v1",
            "OPENAI_API_KEY": "test",
            "CHAOS_PAYMENTS_URL": payments,
        }
        bot = Bot(folder, env)
        try:
            yield bot
        finally:
            await bot.end()
