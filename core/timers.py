"""A moment at which something is due, days later too: a row, so that a restart forgets none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Timer:
    """One moment at which something of a kind is due."""

    id: str
    """Unique; says what it is about, `approval:A-1`, so that setting it again is no second one."""
    kind: str
    """Which handler it rings at."""
    due_at: datetime
    """Aware; the moment itself, so a change of the local clock or of its zone does not move it."""
    payload: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    case_id: str = ""
