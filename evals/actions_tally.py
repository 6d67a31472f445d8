"""Counting: so many of so many, and the first that was missed."""

from dataclasses import dataclass, field

from evals.scorecard import Row


@dataclass
class Tally:
    """So many of so many."""

    hits: int = 0
    total: int = 0
    missed: list[str] = field(default_factory=list[str])

    def add(self, is_hit: bool, what: str) -> None:
        """Count one."""
        self.total += 1
        self.hits += is_hit
        if not is_hit:
            self.missed.append(what)

    def row(self, name: str, *, note: str = "") -> Row:
        """As a share that must be whole."""
        if not self.total:
            return absent(name, target=1.0)
        return Row(name, self.hits / self.total, 1.0, note=_note(f"{self.hits}/{self.total}", note, self.missed))

    def count_row(self, name: str, *, note: str = "", baseline: float | None = None) -> Row:
        """As a count of what was missed, which must be none."""
        if not self.total:
            return absent(name, target=0.0)
        missed = len(self.missed)
        said = _note(f"{missed}/{self.total}", note, self.missed)
        return Row(name, missed, 0.0, baseline=baseline, better="lower", note=said)


def absent(name: str, *, target: float) -> Row:
    """A row whose data set is not there."""
    return Row(name, None, target, better="higher" if target else "lower", note="its data set is absent")


def _note(count: str, note: str, missed: list[str]) -> str:
    first = f"first: {missed[0][:160]}" if missed else ""
    return "; ".join(part for part in (count, note, first) if part)
