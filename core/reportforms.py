"""The figures of a report for programs: JSON and CSV, with the same names in both."""

import csv
import io
import json

from core.report import Figures


def as_json(told: Figures) -> str:
    """For programs."""
    return json.dumps(told.as_data(), indent=2)


def as_csv(told: Figures) -> str:
    """One line of names, one of values."""
    out = io.StringIO()
    data = {name: value for name, value in told.as_data().items() if name != "reasons"}
    data |= {f"reason_{name}": value for name, value in told.reasons.items()}
    writer = csv.DictWriter(out, list(data))
    writer.writeheader()
    writer.writerow(data)
    return out.getvalue().rstrip()
