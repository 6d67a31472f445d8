"""What a plain turn costs in the store: how soon its event is safe, its turn begun and its reply recorded, and the
processor time of it all.

python -m bench.storage [turns]
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.storage.store import Store, open_store
from core.conversation import Author, Message, Thread
from core.principal import Principal
from core.reply import Post
from core.turn import InboxEvent, Turn, TurnEnd, TurnRecord
from tests.servers import postgres

_TURNS_A_THREAD = 5
_AT_ONCE = 8
_WARM_UP = 100


@dataclass(frozen=True, slots=True)
class Known:
    """What a library for durable execution took of a turn of two steps, in milliseconds."""

    kept: float
    begun: float
    begun_p99: float
    recorded: float
    recorded_p99: float | None
    cpu: float


KNOWN = {
    "sqlite": Known(1.0, 3.2, 11.0, 5.7, 17.0, 6.3),
    "postgresql": Known(3.0, 51.0, 69.0, 60.0, None, 5.0),
}
"""DBOS 3.4.0 on a machine of two cores, 2026-11-23: SQLite with WAL and every commit flushed, begun at once; PostgreSQL
with a queue for each conversation, looked at every 50 ms."""


class WallClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds from a message's arrival."""

    kept: float
    """It was safe."""
    begun: float
    """Its turn had begun."""
    recorded: float
    """The platform had confirmed the answer, and that was safe."""


async def take_turn(store: Store, number: int) -> Times:
    """One message, answered and delivered."""
    place = number // _TURNS_A_THREAD
    thread = Thread("T1", "slack", f"C{place}", "1.0")
    author = Author(f"U{place}", "Ann")
    text = "I want a refund for order #88291. The item arrived damaged."
    message = Message(f"{number}.0", thread, author, text, datetime.now(UTC), keys=(f"event:{number}",))
    turns: asyncio.Queue[Awaitable[Turn | None]] = asyncio.Queue()

    def wake() -> None:
        turns.put_nowait(asyncio.ensure_future(store.turns.begin(thread, history_lines=40)))

    came = time.perf_counter()
    await store.inbox.save(InboxEvent("message", message), in_line=wake)
    kept = time.perf_counter()
    turn = await turns.get_nowait()
    begun = time.perf_counter()
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
    recorded = time.perf_counter()
    return Times(*(1000 * (moment - came) for moment in (kept, begun, recorded)))


@dataclass(frozen=True, slots=True)
class Cost:
    """What the store takes of a plain turn."""

    cpu_ms: float
    """Of this process: a server's own is not in it."""
    turns_per_s: float
    times: Sequence[Times]

    def p(self, percent: int, moment: Callable[[Times], float]) -> float:
        """A percentile of one of the moments, in milliseconds."""
        return sorted(moment(each) for each in self.times)[len(self.times) * percent // 100]

    def __str__(self) -> str:
        moments: dict[str, Callable[[Times], float]] = {
            "kept": lambda each: each.kept,
            "begun": lambda each: each.begun,
            "recorded": lambda each: each.recorded,
        }
        parts = [f"{name} after {self.p(50, of):.2f} ms (p99 {self.p(99, of):.2f})" for name, of in moments.items()]
        return f"{self.cpu_ms:.2f} CPU-ms a turn, {self.turns_per_s:.0f} turns/s, " + ", ".join(parts)


async def run(turns: int, *, at_once: int, url: str = "") -> Cost:
    """Plain turns on a fresh database, so many side by side; on SQLite unless the url of an empty one is given."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(url or f"sqlite:///{Path(folder) / 'bench.db'}", clock=WallClock()) as store:
            for number in range(_WARM_UP):
                await take_turn(store, number)
            # Each worker takes whole threads: turns of one thread come one after another.
            places = iter(range(_WARM_UP // _TURNS_A_THREAD, (_WARM_UP + turns) // _TURNS_A_THREAD))

            async def worker() -> list[Times]:
                return [
                    await take_turn(store, place * _TURNS_A_THREAD + number)
                    for place in places
                    for number in range(_TURNS_A_THREAD)
                ]

            cpu, wall = time.process_time(), time.perf_counter()
            kept = await asyncio.gather(*(worker() for _ in range(at_once)))
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Cost(cpu / turns * 1000, turns / wall, [each for part in kept for each in part])


def main() -> None:
    """Measure one after another and side by side."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    for at_once in (1, _AT_ONCE):
        print(f"SQLite, {at_once} at once: {asyncio.run(run(turns, at_once=at_once))}")
        if postgres.is_available():
            with postgres.some_server() as server, postgres.fresh_database(server) as url:
                print(f"PostgreSQL, {at_once} at once: {asyncio.run(run(turns, at_once=at_once, url=url))}")


if __name__ == "__main__":
    main()
