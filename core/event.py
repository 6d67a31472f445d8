"""Raw events of cases: what every figure and every clock is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a case."""

    at: datetime
    case_id: str
    what: str
    """A move of the case by its name, `opened`, `said:<speaker>`, `turn`, `rated`."""
    by: str
    detail: Mapping[str, str] = field(default_factory=dict[str, str])
