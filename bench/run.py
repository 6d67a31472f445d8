"""`make bench`: our bots beside the least that could do the work, in one run, judged by ratio.

python -m bench.run [--repeat N] [--only slack|discord|postgres] [--scenarios latency race crowd limits thousand]

A bot runs on core 0 and the stand-ins on core 1 where there are two. Processor times are scaled to the speed of
the core while it was measured; on a shared machine the ratios count, not the milliseconds.
"""

import argparse
import asyncio
import contextlib
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import psutil

from bench import storage
from bench.measuring import SCENARIOS, Bench, Bot, Figures, quiet_unit_ms
from evals.scorecard import REPORTS, Row, report
from tests.servers import postgres

_IDLE_S = 10.0
_STORE_TURNS = 1_000
_OURS = {"FIRSTLINE_LOG_LEVEL": "WARNING"}
_SETTINGS = Path("bench/firstline.toml")
_UNLIMITED = "\n[discord]\nrequests_per_second = 100000\n"


def bots(platform: str) -> tuple[Bot, Bot]:
    """The floor and ours."""
    floor = Bot(f"{platform}-lean", platform, (sys.executable, "-m", f"bench.floors.{platform}_lean"))
    command = (sys.executable, "-c", "from bots.cli import main; main()", "run", platform)
    return floor, Bot(f"{platform}-firstline", platform, command, _OURS, _SETTINGS.read_text(), _UNLIMITED)


Taken = dict[tuple[str, str], list[Figures]]
"""Bot and scenario to what each repeat gave."""


def measure(pair: Sequence[Bot], scenarios: Sequence[str], repeat: int, idle: dict[str, list[float]]) -> Taken:
    """Every bot on every scenario, in turn, so that a drift of the machine meets all alike."""
    taken: Taken = {}
    logs = REPORTS / "bench-logs"
    logs.mkdir(parents=True, exist_ok=True)
    pin = (psutil.cpu_count() or 1) > 1
    unit_ms = quiet_unit_ms()
    for _ in range(repeat):
        for bot, is_limited in product(pair, (False, True)):
            names = [name for name in scenarios if bool(SCENARIOS[name].config) == is_limited]
            if not names:
                continue
            with contextlib.ExitStack() as stack:
                bench = Bench(bot, stack, logs, pin=pin, is_limited=is_limited)
                bench.warm_up()
                if not is_limited:
                    idle.setdefault(bot.name, []).append(bench.idle_cpu(_IDLE_S))
                for name in names:
                    figures = bench.measure(SCENARIOS[name], unit_ms=unit_ms)
                    taken.setdefault((bot.name, name), []).append(figures)
                    print(
                        f"{bot.name:20} {name:9} {figures.answered}/{figures.turns} answered, "
                        f"{figures.cpu_ms:.1f} CPU-ms a turn, last after {figures.span_s:.1f} s",
                        flush=True,
                    )
    return taken


class Pair:
    """Medians of ours and of the floor."""

    def __init__(self, platform: str, taken: Taken) -> None:
        self.platform = platform
        self._taken = taken

    def ours(self, scenario: str, figure: Callable[[Figures], float | None]) -> float | None:
        """The median over the repeats; None when it was not measured."""
        return self._median(f"{self.platform}-firstline", scenario, figure)

    def floor(self, scenario: str, figure: Callable[[Figures], float | None]) -> float | None:
        """The same of the floor."""
        return self._median(f"{self.platform}-lean", scenario, figure)

    def ratio(self, scenario: str, figure: Callable[[Figures], float | None]) -> float | None:
        """Ours divided by the floor's."""
        ours, floor = self.ours(scenario, figure), self.floor(scenario, figure)
        return ours / floor if ours is not None and floor else None

    def _median(self, bot: str, scenario: str, figure: Callable[[Figures], float | None]) -> float | None:
        found = [value for each in self._taken.get((bot, scenario), []) if (value := figure(each)) is not None]
        return statistics.median(found) if found else None

    def rows(self, idle: dict[str, list[float]]) -> list[Row]:
        """The goals, each with what the floor gave as its baseline."""

        def row(name: str, scenario: str, figure: Callable[[Figures], float | None], target: float) -> Row:
            value, floor = self.ours(scenario, figure), self.floor(scenario, figure)
            return Row(f"{self.platform}_{name}", value, target, floor, "lower")

        def ratio(name: str, scenario: str, figure: Callable[[Figures], float | None], target: float) -> Row:
            return Row(f"{self.platform}_{name}", self.ratio(scenario, figure), target, 1.0, "lower")

        last_s = 15.0 if self.platform == "slack" else 6.0
        share = statistics.median(idle[f"{self.platform}-firstline"]) * 100
        return [
            ratio("event_to_model_p50_ratio", "latency", lambda each: each.event_to_model["p50"], 3.0),
            row("first_sign_p50_ms", "latency", lambda each: each.event_to_sign["p50"], 200.0),
            row("first_sign_p99_ms", "latency", lambda each: each.event_to_sign["p99"], 200.0),
            row("event_to_model_p50_ms", "latency", lambda each: each.event_to_model["p50"], 8.0),
            row("event_to_model_p99_ms", "latency", lambda each: each.event_to_model["p99"], 12.0),
            row("chunk_to_text_p50_ms", "latency", lambda each: each.chunk_to_text["p50"], 3.0),
            row("end_to_settled_p50_ms", "latency", lambda each: each.end_to_settled["p50"], 3.6),
            row("calls_per_turn", "latency", lambda each: each.calls, 5.0),
            ratio("cpu_talk_ratio", "latency", lambda each: each.cpu_ms, 1.5),
            ratio("cpu_race_ratio", "race", lambda each: each.cpu_ms, 3.0),
            row("cpu_race_ms", "race", lambda each: each.cpu_ms, 11.7),
            row("idle_mib", "latency", lambda each: each.idle_mib, 110.0),
            row("crowd_peak_mib", "crowd", lambda each: each.peak_mib, 135.0),
            row("crowd_lost", "crowd", lambda each: each.lost, 0),
            row("crowd_duplicated", "crowd", lambda each: each.duplicated, 0),
            row("crowd_misplaced", "crowd", lambda each: each.misplaced, 0),
            ratio("crowd_last_ratio", "crowd", lambda each: each.span_s, 1.15),
            row("limits_lost", "limits", lambda each: each.lost, 0),
            row("limits_last_s", "limits", lambda each: each.span_s, last_s),
            row("thousand_lost", "thousand", lambda each: each.lost, 0),
            row("thousand_peak_mib", "thousand", lambda each: each.peak_mib, 400.0),
            Row(f"{self.platform}_idle_cpu_percent", share, 1.5, better="lower"),
        ]


def postgres_rows(repeat: int) -> list[Row]:
    """Ours on PostgreSQL, each time with a database of its own; rows without a value where no server is to be had."""
    names = ("postgres_cpu_race_ms", "postgres_race_lost", "postgres_idle_cpu_percent")
    if not postgres.is_available():
        return [Row(name, None, better="lower", note="no PostgreSQL server here") for name in names]
    taken: Taken = {}
    idle: dict[str, list[float]] = {}
    with postgres.some_server() as server:
        for _ in range(repeat):
            with postgres.fresh_database(server) as url:
                ours = bots("slack")[1]
                env = {**ours.env, "FIRSTLINE_DATABASE_URL": url}
                bot = replace(ours, name="postgres-firstline", env=env)
                for key, figures in measure([bot], ["race"], 1, idle).items():
                    taken.setdefault(key, []).extend(figures)
    pair = Pair("postgres", taken)
    share = statistics.median(idle["postgres-firstline"]) * 100
    return [
        Row(names[0], pair.ours("race", lambda each: each.cpu_ms), better="lower"),
        Row(names[1], pair.ours("race", lambda each: each.lost), 0, better="lower"),
        Row(names[2], share, 11.0, better="lower"),
    ]


def store_rows() -> list[Row]:
    """What the store alone takes of plain turns, one after another, on each database, with a fresh one."""
    rows = _store_rows("", asyncio.run(storage.run(_STORE_TURNS, at_once=1)), storage.KNOWN["sqlite"])
    if not postgres.is_available():
        return rows + _store_rows("postgres_", None, storage.KNOWN["postgresql"])
    with postgres.some_server() as server, postgres.fresh_database(server) as url:
        cost = asyncio.run(storage.run(_STORE_TURNS, at_once=1, url=url))
    return rows + _store_rows("postgres_", cost, storage.KNOWN["postgresql"])


def _store_rows(prefix: str, cost: storage.Cost | None, known: storage.Known) -> list[Row]:
    note = "baseline: a library for it, measured apart" if cost else "no PostgreSQL server here"

    def row(name: str, percent: int, moment: Callable[[storage.Times], float], baseline: float | None) -> Row:
        target = 3.5 if (prefix, name, percent) == ("", "begun", 50) else None
        value = cost.p(percent, moment) if cost else None
        return Row(f"{prefix}store_{name}_p{percent}_ms", value, target, baseline, "lower", note)

    return [
        row("kept", 50, lambda each: each.kept, known.kept),
        row("begun", 50, lambda each: each.begun, known.begun),
        row("begun", 99, lambda each: each.begun, known.begun_p99),
        row("recorded", 50, lambda each: each.recorded, known.recorded),
        row("recorded", 99, lambda each: each.recorded, known.recorded_p99),
        Row(f"{prefix}store_cpu_ms", cost.cpu_ms if cost else None, None, known.cpu, "lower", note),
    ]


def main() -> int:
    """Measure and report; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", choices=("slack", "discord", "postgres"), action="append")
    parser.add_argument("--scenarios", nargs="*", choices=tuple(SCENARIOS), default=list(SCENARIOS))
    chosen = parser.parse_args()
    rows = store_rows()
    idle: dict[str, list[float]] = {}
    for platform in chosen.only or ("slack", "discord", "postgres"):
        if platform == "postgres":
            rows += postgres_rows(chosen.repeat)
            continue
        taken = measure(bots(platform), chosen.scenarios, chosen.repeat, idle)
        rows += Pair(platform, taken).rows(idle)
    return report("bench", rows)


if __name__ == "__main__":
    sys.exit(main())
