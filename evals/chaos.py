"""Chaos: real processes, killed, paused and starved at named points, judged from the outside alone.

`make chaos` (long, both databases) or `python -m evals.chaos --rounds 2 --users 6 --databases sqlite --seed 7`.
Judged are the stand-in platform and the stand-in payment provider; our own tables are not looked at. The seed is
printed; the same seed plays the same messages, faults and moments.
"""

import argparse
import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from evals import chaos_process
from evals.chaos_places import Place, place_of
from evals.chaos_world import Bot, Run, Tally, opened
from evals.scorecard import Row, report
from tests.servers.postgres import Server, is_available, private_server

PLATFORMS = ("slack", "discord")
_ARMED_S = 0.9
"""Most answers take longer than this."""
_STRANGERS = 4
_GIVEN_UP_S = 3.0
"""After which the platform has given up on a message that nobody took."""


async def kill_round(run: Run, bot: Bot, point: str) -> None:
    """Customers write; a process dies at a point; another one goes on."""
    nth = run.rng.randint(1, max(1, run.users // 2))
    armed = await bot.start(point, nth)
    await run.connected()
    for number in range(run.users):
        await run.speak(number)
        await asyncio.sleep(run.rng.random() * 0.05)
    try:
        async with asyncio.timeout(_ARMED_S):
            await armed.wait()
    except TimeoutError:
        # The point was not reached often enough: then it dies in mid-answer, wherever it is.
        armed.kill()
        await armed.wait()
    run.fault(f"killed {point}")
    heir = await bot.start()
    await run.settle()
    if run.server is None:
        heir.kill()
        await heir.wait()


async def pause_round(run: Run, bot: Bot) -> None:
    """A replica is paused in mid-answer; another takes over; the paused one wakes up."""
    paused, _ = await bot.start(), await bot.start()
    await asyncio.sleep(4)
    for number in range(run.users):
        await run.speak(number)
    await asyncio.sleep(0.8)
    paused.send_signal(signal.SIGSTOP)
    run.fault("paused")
    await asyncio.sleep(13)
    paused.send_signal(signal.SIGCONT)
    # What it was about to do when it fell asleep it would do now.
    await asyncio.sleep(run.rng.uniform(0.2, 3))
    await run.settle()


async def starve_round(run: Run, bot: Bot, kind: str) -> None:
    """The database, the model or the platform's patience goes away for a while."""
    if not bot.alive:
        await bot.start()
        await asyncio.sleep(3)
    for number in range(run.users):
        await run.speak(number)
    await asyncio.sleep(0.5)
    run.fault(kind)
    if kind == "database_down" and run.server is not None:
        await asyncio.to_thread(run.server.stop)
        # Nobody can keep what some write now, and the platform has given up on it when the database is there again.
        run.place.deliver_again(False)
        for number in range(0, run.users, 4):
            await run.speak(number)
        await asyncio.sleep(run.rng.uniform(8, 30))
        await asyncio.to_thread(run.server.start)
        run.place.deliver_again(True)
    elif kind == "model_down":
        run.model.pace.error_rate = 1.0
        await asyncio.sleep(4)
        run.model.pace.error_rate = 0.0
    elif kind == "rate_limited":
        run.place.limit(True)
        await asyncio.sleep(10)
        run.place.limit(False)
    elif kind == "disconnected":
        await run.place.drop()
    await run.settle()


async def away_round(run: Run, bot: Bot) -> None:
    """Nobody listens for longer than the platform delivers again. Afterwards some write at once who wait already."""
    await _end(bot)
    run.place.deliver_again(False)
    for number in range(run.users):
        await run.speak(number)
    if run.place.meets_strangers:
        for number in range(_STRANGERS):
            await run.speak(run.users + len(run.asked) + number)
    await asyncio.sleep(_GIVEN_UP_S)
    run.place.deliver_again(True)
    run.fault("away")
    await bot.start()
    await run.connected()
    for number in range(0, run.users, 2):
        await run.speak(number)
    await run.settle()


async def _end(bot: Bot) -> None:
    for spare in bot.alive:
        spare.kill()
        await spare.wait()


async def calm_round(run: Run, bot: Bot) -> None:
    """Everybody is answered once while nothing fails: after that the bot knows all direct conversations."""
    await bot.start()
    await run.connected()
    for number in range(run.users):
        await run.speak(number)
    await run.settle()
    for each in bot.alive:
        each.terminate()
        await each.wait()


async def play(
    place: Place, rng: random.Random, tally: Tally, *, rounds: int, users: int, server: Server | None
) -> None:
    """All rounds on one platform over one database."""
    run = Run(place, rng, tally, users=users, server=server)
    with tempfile.TemporaryDirectory(prefix="firstline-chaos-") as made:
        folder = Path(made)
        url = server.url if server else f"sqlite:///{folder / 'chaos.sqlite3'}"
        async with opened(run, folder, url) as bot:
            points = chaos_process.names()
            rng.shuffle(points)
            if not place.meets_strangers:
                await calm_round(run, bot)
            for number in range(rounds):
                await kill_round(run, bot, points[number % len(points)])
                if number % 5 == 4:
                    await starve_round(run, bot, rng.choice(["model_down", "rate_limited", "disconnected"]))
                if server and number % 7 == 6:
                    await starve_round(run, bot, "database_down")
                if server and number % 4 == 3:
                    await pause_round(run, bot)
                if number % 6 == 5:
                    await away_round(run, bot)
                await _end(bot)
            await bot.start()
            await run.settle()
        run.judge()
        if keep := os.environ.get("CHAOS_LOG"):
            shutil.copy(folder / "log", keep)


def rows_of(tally: Tally, wanted: int) -> list[Row]:
    """The score card."""
    broken = {
        "a message without an outcome": tally.unanswered,
        "a message with more than one outcome": tally.doubled,
        "an outcome that is not whole": tally.unfinished,
        "a refund paid more than once": tally.overpaid,
        "somebody else's text": tally.foreign,
        "an answer before its question": tally.disordered,
    }
    rows = [
        Row("faulted_turns", tally.faulted, wanted),
        Row("violations", sum(map(len, broken.values())), 0, better="lower"),
        *(Row(name, len(found), 0, better="lower", note="; ".join(found[:5])) for name, found in broken.items()),
        Row("messages", tally.messages),
        Row("points of a turn at which a process was killed", sum(key.startswith("killed ") for key in tally.faults)),
    ]
    return [*rows, *(Row(f"faults: {kind}", times) for kind, times in sorted(tally.faults.items()))]


async def chaos(
    *, rounds: int, users: int, databases: list[str], seed: int, platforms: Sequence[str] = PLATFORMS
) -> Tally:
    """Every platform's runs over every database, one after another; the second platform plays half the rounds."""
    tally = Tally()
    for name in databases:
        for n, platform in enumerate(platforms, start=1):
            async with AsyncExitStack() as stack:
                server = stack.enter_context(private_server()) if name == "postgres" else None
                rng = random.Random(f"{seed}-{name}-{platform}")
                await play(place_of(platform, rng), rng, tally, rounds=-(-rounds // n), users=users, server=server)
    return tally


def main() -> int:
    """Run it and report."""
    parser = argparse.ArgumentParser(description="Kill, pause and starve real processes; judge from the outside.")
    parser.add_argument("--rounds", type=int, default=26)
    parser.add_argument("--users", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--databases", nargs="+", default=["sqlite", *(["postgres"] if is_available() else [])])
    parser.add_argument("--platforms", nargs="+", choices=PLATFORMS, default=PLATFORMS)
    parser.add_argument("--wanted", type=int, default=2_000, help="faulted turns that make a run meaningful")
    given = parser.parse_args()
    print(f"seed {given.seed}: again with --seed {given.seed} --rounds {given.rounds} --users {given.users}")
    tally = asyncio.run(
        chaos(
            rounds=given.rounds,
            users=given.users,
            databases=given.databases,
            seed=given.seed,
            platforms=given.platforms,
        )
    )
    return report("chaos", rows_of(tally, given.wanted))


if __name__ == "__main__":
    sys.exit(main())
