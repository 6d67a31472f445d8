"""One bot between a stand-in platform and a stand-in model: loads put on it, and its own share of each turn's time."""

import contextlib
import json
import os
import socket
import statistics
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.processes import Watch, cpu_s, process, rss_mib
from tests.servers import discord as discord_server
from tests.servers import slack as slack_server

Json = dict[str, Any]
TALK: Json = {"ttft_s": 0.3, "tokens_per_s": 60.0, "tokens": 200}
RACE: Json = {"ttft_s": 0.0, "tokens_per_s": 2000.0, "tokens": 200}
_START_S = 60.0
_SETTLE_S = 1.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A load, the model's pace under it, and the platform's settings."""

    pace: Json
    load: Json
    config: Json = field(default_factory=dict[str, Any])


SCENARIOS = {
    "latency": Scenario(TALK, {"users": 4, "turns": 6, "rate": 1.1, "think_s": 0.2}),
    "race": Scenario(RACE, {"users": 32, "turns": 100_000, "duration_s": 10.0, "timeout_s": 20.0}),
    "crowd": Scenario(TALK, {"users": 200, "turns": 1, "timeout_s": 200.0, "grace_s": 2.0}),
    "limits": Scenario(TALK, {"users": 30, "turns": 1, "timeout_s": 120.0, "grace_s": 2.0}, {"rate_limits": True}),
    "thousand": Scenario(TALK, {"users": 1000, "turns": 1, "timeout_s": 300.0, "grace_s": 2.0}),
}


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot to measure."""

    name: str
    platform: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    configuration: str = ""
    """What stands in its settings file; empty: it has none."""
    unlimited: str = ""
    """What comes to it where the platform limits nothing, as an operator would write it there."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one scenario on one bot gave; times in milliseconds, memory in MiB."""

    turns: int
    answered: int
    lost: int
    duplicated: int
    misplaced: int
    span_s: float
    event_to_sign: Json
    """To the first that a person sees: a status, typing, or a message."""
    event_to_model: Json
    chunk_to_text: Json
    end_to_settled: Json
    cpu_ms: float
    """Processor time of a turn as it would be on a core that is quiet."""
    calls: float
    """Calls to the platform's API for each turn."""
    idle_mib: float
    peak_mib: float


class Bench:
    """The servers and the bot of one measurement; each bot gets a database of its own, thrown away after."""

    def __init__(
        self, bot: Bot, stack: contextlib.ExitStack, logs: Path, *, pin: bool, is_limited: bool = False
    ) -> None:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="firstline-bench-"))
        model_port, chat_port = free_port(), free_port()
        self._model, self._chat = f"http://127.0.0.1:{model_port}", f"http://127.0.0.1:{chat_port}"
        self._core = 0 if pin else None
        servers = {"model": model_port, bot.platform: chat_port}
        for name, port in servers.items():
            command = [sys.executable, "-m", f"tests.servers.{name}", "--port", str(port)]
            log = logs / f"{bot.name}-{name}.log"
            stack.enter_context(process(command, core=1 if pin else None, env=os.environ, log=log))
        wait_for("the model server", lambda: bool(call(f"{self._model}/_stats")))
        wait_for("the platform", lambda: bool(call(f"{self._chat}/_stats")))
        env = self._environment(bot, Path(folder))
        if bot.configuration:
            settings = Path(folder) / "firstline.toml"
            settings.write_text(bot.configuration + ("" if is_limited else bot.unlimited))
            env["FIRSTLINE_CONFIG"] = str(settings)
        self._process = stack.enter_context(
            process(bot.command, core=self._core, env=env, log=logs / f"{bot.name}.log")
        )
        connected = "sockets" if bot.platform == "slack" else "sessions"
        wait_for("the bot's connection", lambda: bool(call(f"{self._chat}/_stats")[connected]))
        time.sleep(_SETTLE_S)

    @property
    def pid(self) -> int:
        """The bot's."""
        return self._process.pid

    def _environment(self, bot: Bot, folder: Path) -> dict[str, str]:
        return {
            **os.environ,
            "SLACK_API_URL": f"{self._chat}/api/",
            "SLACK_BOT_TOKEN": slack_server.BOT_TOKEN,
            "SLACK_APP_TOKEN": slack_server.APP_TOKEN,
            "SLACK_SIGNING_SECRET": slack_server.SIGNING_SECRET,
            "DISCORD_API_URL": f"{self._chat}/api/v10",
            "DISCORD_GATEWAY_URL": self._chat.replace("http", "ws", 1) + "/gateway",
            "DISCORD_TOKEN": discord_server.BOT_TOKEN,
            "OPENAI_BASE_URL": f"{self._model}/v1",
            "OPENAI_API_KEY": "test",
            "FIRSTLINE_DATA_DIR": str(folder),
            "FIRSTLINE_HTTP_PORT": "0",
            "PYTHONPATH": os.getcwd(),
            **bot.env,
        }

    def warm_up(self) -> None:
        """A few turns that are not counted."""
        call(f"{self._model}/_config", RACE)
        self._load({"users": 8, "turns": 3, "timeout_s": 20})

    def idle_cpu(self, seconds: float) -> float:
        """The share of one core that the bot takes while nothing happens."""
        before = cpu_s(self.pid)
        time.sleep(seconds)
        return (cpu_s(self.pid) - before) / seconds

    def measure(self, scenario: Scenario, *, unit_ms: float) -> Figures:
        """Run one scenario on the warm bot; `unit_ms` is what the fixed work costs on a quiet core."""
        for place, body in ((f"{self._model}/_config", scenario.pace), (f"{self._model}/_reset", {})):
            call(place, body)
        call(f"{self._chat}/_reset", {})
        if scenario.config:
            call(f"{self._chat}/_config", scenario.config)
        time.sleep(_SETTLE_S / 2)
        idle, before = rss_mib(self.pid), cpu_s(self.pid)
        watch = Watch(self.pid, self._core)
        watch.start()
        report = self._load(scenario.load)
        spent = cpu_s(self.pid) - before
        peak, unit = watch.stop()
        stats, model = call(f"{self._chat}/_stats"), call(f"{self._model}/_stats")
        if scenario.config:
            call(f"{self._chat}/_config", dict.fromkeys(scenario.config, False))
        summary: Json = report["summary"]
        own = overheads(report["turns"], model["records"])
        return Figures(
            turns=summary["turns"],
            answered=summary["answered"],
            lost=summary["lost"],
            duplicated=summary["duplicated"],
            misplaced=summary["misplaced"],
            span_s=summary["span_s"],
            cpu_ms=spent * 1000 / max(summary["answered"], 1) * unit_ms / unit,
            calls=stats["api_calls"] / max(summary["turns"], 1),
            idle_mib=idle,
            peak_mib=peak,
            **own,
        )

    def _load(self, load: Json) -> Json:
        run = call(f"{self._chat}/_driver/runs", load)["run"]
        while True:
            report = call(f"{self._chat}/_driver/runs/{run}?wait=60")
            if report["ended"] is not None:
                return report


def overheads(turns: Sequence[Json], records: Sequence[Json]) -> dict[str, Json]:
    """The bot's own share of each turn's time, from the records of platform and model.

    What is asked of the chat model counts: a later turn's text to embed holds the tags of the earlier ones.
    """
    by_tag: dict[str, list[Json]] = {}
    for record in records:
        if record["path"].endswith("/chat/completions"):
            by_tag.setdefault(record["tag"], []).append(record)
    found: dict[str, list[float]] = {
        "event_to_sign": [],
        "event_to_model": [],
        "chunk_to_text": [],
        "end_to_settled": [],
    }
    for turn in turns:
        mine = by_tag.get(turn["tag"])
        if not mine or turn["settled"] is None:
            continue
        last = mine[-1]
        if turn["first_sign"]:
            found["event_to_sign"].append((turn["first_sign"] - turn["sent"]) * 1000)
        found["event_to_model"].append((mine[0]["arrival"] - turn["sent"]) * 1000)
        if last["first_chunk"] and turn["first_text"]:
            found["chunk_to_text"].append((turn["first_text"] - last["first_chunk"]) * 1000)
        if last["end"]:
            found["end_to_settled"].append((turn["settled"] - last["end"]) * 1000)
    return {name: spread(values) for name, values in found.items()}


def spread(values: Sequence[float]) -> Json:
    """Median and 99th percentile."""
    ranked = sorted(values)
    if not ranked:
        return {"n": 0, "p50": None, "p99": None}
    return {
        "n": len(ranked),
        "p50": statistics.median(ranked),
        "p99": ranked[min(len(ranked) - 1, len(ranked) * 99 // 100)],
    }


def quiet_unit_ms() -> float:
    """What the fixed work costs here when nothing disturbs it: the least of several tries."""
    watch = Watch(os.getpid(), None)
    watch.start()
    time.sleep(2.0)
    return watch.stop()[1]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def call(url: str, body: Json | None = None) -> Json:
    """GET, or POST a JSON body; returns the JSON answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=600) as response:
        answer: Json = json.load(response)
        return answer


def wait_for(what: str, check: Callable[[], bool]) -> None:
    """Until it is there. Raises `TimeoutError`."""
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        try:
            if check():
                return
        except urllib.error.HTTPError:
            raise
        except OSError:
            pass  # Nobody listens yet.
        time.sleep(0.1)
    raise TimeoutError(what)
