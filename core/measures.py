"""What a process counts while it works: turns, failures, and where the time of an answer goes.

Plain numbers in memory; whoever shows them knows the format. Nothing here names a customer or a case.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from typing import Literal

from core.spending import ModelCall
from core.turn import Turn, TurnRecord

Part = Literal["queue", "prepare", "triage", "retrieval", "model", "first_word", "turn"]
"""`queue`: from the message to its turn. `prepare`: pictures, routing, and what goes on beside them: `triage` and
`retrieval`. `model`: from asking to its first
word. `first_word`: from the message to the first word that is shown. `turn`: from the message to the end."""
PARTS: tuple[Part, ...] = ("queue", "prepare", "triage", "retrieval", "model", "first_word", "turn")
BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 180.0)


class Series:
    """How often something took how long."""

    __slots__ = ("counts", "sum_s")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS_S) + 1)
        """One for each bucket, and one for all that took longer."""
        self.sum_s = 0.0

    def add(self, seconds: float) -> None:
        """It took this long once more."""
        seconds = max(0.0, seconds)
        self.counts[bisect_left(BUCKETS_S, seconds)] += 1
        self.sum_s += seconds


class Measures:
    """One a process."""

    def __init__(self) -> None:
        self.parts: Mapping[Part, Series] = {part: Series() for part in PARTS}
        self.turns: Counter[str] = Counter()
        """By how they ended: `answered`, or the reason of the hand-over."""
        self.calls: Counter[tuple[str, str, str]] = Counter()
        """By route, model and outcome."""
        self.tokens: Counter[tuple[str, str, str]] = Counter()
        """By route, model, and `input`, `output` or `cached`."""
        self.nanos: Counter[tuple[str, str]] = Counter()
        """Money by route and model."""

    def take(self, turn: Turn, record: TurnRecord, *, ended: str, turn_s: float) -> None:
        """A turn has ended; `turn_s` is how long it took from its beginning."""
        self.turns[ended] += 1
        sent = min((message.sent_at for message in turn.messages), default=turn.began_at)
        queue_s = (turn.began_at - sent).total_seconds() if turn.fence == 1 else 0.0
        self.parts["queue"].add(queue_s)
        self.parts["turn"].add(queue_s + turn_s)
        for part in ("prepare", "triage", "retrieval"):
            if (took := record.timings.get(part)) is not None:
                self.parts[part].add(took)
        if (first := record.timings.get("first_word")) is not None:
            self.parts["first_word"].add(queue_s + first)
        for call in turn.tab.calls:
            self._take_call(call)

    def _take_call(self, call: ModelCall) -> None:
        used = call.used
        self.calls[call.route, used.model, call.outcome] += used.requests
        for kind, count in (
            ("input", used.input_tokens), ("output", used.output_tokens), ("cached", used.cached_tokens)
        ):  # fmt: skip
            self.tokens[call.route, used.model, kind] += count
        if used.nanos:
            self.nanos[call.route, used.model] += used.nanos
        if call.first_ms is not None and call.route != "embeddings":
            self.parts["model"].add(call.first_ms / 1000)
