"""A score card: rows with a target and a baseline, as a table and as `reports/NAME.json`.

`make eval-NAME` writes `reports/eval-NAME.json`, and the same as `reports/NAME.json` for who asks by subject.

The file holds `{"rows": [{"name", "value", "target", "baseline", "met"}]}`. A missed target is shown, never dropped.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

REPORTS = Path("reports")
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure. `value` None: it could not be measured, and `note` says why; that is a miss."""

    name: str
    value: float | None
    target: float | None = None
    """None: stated only, nothing to meet."""
    baseline: float | None = None
    """The same figure of the simple way, measured in the same run."""
    better: Literal["higher", "lower"] = "higher"
    note: str = ""

    @property
    def met(self) -> bool:
        """The target is reached."""
        if self.value is None:
            return False
        if self.target is None:
            return True
        return self.value >= self.target if self.better == "higher" else self.value <= self.target

    def as_data(self) -> dict[str, str | float | bool | None]:
        """The row as the report holds it."""
        return {
            "name": self.name,
            "value": self.value,
            "target": self.target,
            "baseline": self.baseline,
            "met": self.met,
            **({"note": self.note} if self.note else {}),
        }


def report(name: str, rows: Sequence[Row], *, folder: Path = REPORTS) -> int:
    """Print the card and write `folder/name.json`; returns the exit status: 1 when a target is missed."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {"rows": [row.as_data() for row in rows]}
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    for each in {name, name.removeprefix("eval-")}:
        (folder / f"{each}.json").write_text(text, encoding="utf-8")
    Console().print(_table(name, rows))
    return 0 if all(row.met for row in rows) else 1


def _table(name: str, rows: Sequence[Row]) -> Table:
    table = Table(title=name, title_justify="left")
    for heading in ("row", "value", "target", "baseline", "met", "note"):
        table.add_column(heading, justify="right" if heading in ("value", "target", "baseline") else "left")
    for row in rows:
        sign = "≥ " if row.better == "higher" else "≤ "
        target = "" if row.target is None else sign + _figure(row.target)
        met = "" if row.target is None and row.value is not None else "yes" if row.met else "NO"
        table.add_row(row.name, _figure(row.value), target, _figure(row.baseline, none=""), met, row.note)
    return table


def _figure(value: float | None, *, none: str = "—") -> str:
    if value is None:
        return none
    return f"{value:,.{_DIGITS}f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
