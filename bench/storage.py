"""What a plain turn costs in the store: processor time of its five transactions, and how soon an event is safe.

python -m bench.storage [turns]
"""

import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.storage.store import Store, open_store
from core.conversation import Author, Message, Thread
from core.principal import Principal
from core.reply import Post
from core.turn import InboxEvent, TurnEnd, TurnRecord

_TURNS_A_THREAD = 5
_AT_ONCE = 8
_WARM_UP = 100


class WallClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)


async def take_turn(store: Store, number: int) -> tuple[float, float]:
    """One message, answered and delivered; seconds until it was kept, and until its turn had begun."""
    place = number // _TURNS_A_THREAD
    thread = Thread("T1", "slack", f"C{place}", "1.0")
    author = Author(f"U{place}", "Ann")
    text = "I want a refund for order #88291. The item arrived damaged."
    message = Message(f"{number}.0", thread, author, text, datetime.now(UTC), keys=(f"event:{number}",))
    began = time.perf_counter()
    await store.inbox.save(InboxEvent("message", message))
    acknowledged_s = time.perf_counter() - began
    turn = await store.turns.begin(thread, history_lines=40)
    started_s = time.perf_counter() - began
    if turn is None:
        raise RuntimeError("a saved message owes a turn")
    await store.turns.opened(turn, f"{number}.1")
    record = TurnRecord(Principal("customer", "T1", "slack", author.id, author.name, "customer-1"))
    record.note("triage", '{"urgency": "normal"}')
    record.note("route", '{"tier": 1}')
    end = TurnEnd(Post("The order was delivered on Monday. " * 6), "answered", "The order was delivered on Monday.")
    delivery = await store.turns.finish(turn, end, record)
    if delivery is None:
        raise RuntimeError("nobody else owns the case")
    await store.outbox.delivered(delivery, f"{number}.1")
    return acknowledged_s, started_s


@dataclass(frozen=True, slots=True)
class Cost:
    """What the store takes of a plain turn."""

    cpu_ms: float
    turns_per_s: float
    kept_ms: list[float]
    """Until a message was safe, sorted."""
    started_ms: list[float]
    """Until its turn had begun, sorted."""


async def run(turns: int, *, at_once: int) -> Cost:
    """Plain turns on a fresh database, so many side by side."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(f"sqlite:///{Path(folder) / 'bench.db'}", clock=WallClock()) as store:
            for number in range(_WARM_UP):
                await take_turn(store, number)
            # Each worker takes whole threads: turns of one thread come one after another.
            places = iter(range(_WARM_UP // _TURNS_A_THREAD, (_WARM_UP + turns) // _TURNS_A_THREAD))

            async def worker() -> list[tuple[float, float]]:
                return [
                    await take_turn(store, place * _TURNS_A_THREAD + number)
                    for place in places
                    for number in range(_TURNS_A_THREAD)
                ]

            cpu, wall = time.process_time(), time.perf_counter()
            kept = await asyncio.gather(*(worker() for _ in range(at_once)))
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    taken = [each for part in kept for each in part]
    return Cost(
        cpu / turns * 1000,
        turns / wall,
        sorted(kept_s * 1000 for kept_s, _ in taken),
        sorted(started_s * 1000 for _, started_s in taken),
    )


def main() -> None:
    """Measure one after another and side by side."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    for at_once in (1, _AT_ONCE):
        cost = asyncio.run(run(turns, at_once=at_once))
        p99 = int(turns * 0.99)
        print(
            f"{at_once} at once: {cost.cpu_ms:.2f} CPU-ms a turn, {cost.turns_per_s:.0f} turns/s, "
            f"kept after {statistics.median(cost.kept_ms):.2f} ms (median), {cost.kept_ms[p99]:.2f} ms (p99), "
            f"begun after {statistics.median(cost.started_ms):.2f} ms (median), {cost.started_ms[p99]:.2f} ms (p99)"
        )


if __name__ == "__main__":
    main()
