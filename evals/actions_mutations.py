"""One thing wrong in a gold run: a write left out, changed, done twice, or one that nobody wanted."""

import copy
from collections.abc import Iterator
from typing import Any
from zlib import crc32

from evals.actions_bench import Wanted
from evals.actions_replay import Domain
from evals.actions_world import Json


def mutations(domain: Domain, gold: Json) -> Iterator[tuple[str, list[Wanted]]]:
    """Every kind of mutation that this run can have, one each: its kind and the calls to play."""
    calls = domain.wanted(gold)
    seed = crc32(str(gold["task_id"]).encode())
    writes = [n for n, (name, _) in enumerate(calls) if domain.is_write(name)]
    if writes:
        at = writes[seed % len(writes)]
        yield "dropped", [*calls[:at], *calls[at + 1 :]]
        yield "repeated", [*calls[: at + 1], calls[at], *calls[at + 1 :]]
        if other := _swapped(domain, calls[at], seed):
            yield "swapped", [*calls[:at], other, *calls[at + 1 :]]
    if foreign := _foreign(domain, calls, seed):
        yield "forbidden", [*calls, foreign]


def _swapped(domain: Domain, call: Wanted, seed: int) -> Wanted | None:
    """The same call with one argument that another run of the set gives there, or else one that is slightly off."""
    name, arguments = call
    names = sorted(arguments)
    for n in range(len(names)):
        which = names[(seed + n) % len(names)]
        values = (
            step["arguments"].get(which) for gold in domain.golds for step in gold["steps"] if step["tool"] == name
        )
        others = [value for value in values if value is not None and value != arguments[which]]
        value = others[seed % len(others)] if others else _off(arguments[which])
        if value is not None:
            return name, {**copy.deepcopy(arguments), which: value}
    return None


def _off(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}0" if isinstance(value, str) else None


def _foreign(domain: Domain, calls: list[Wanted], seed: int) -> Wanted | None:
    """A write of another run that this one does not have."""
    others = [
        (step["tool"], step["arguments"])
        for gold in domain.golds
        for step in gold["steps"]
        if domain.is_write(step["tool"]) and (step["tool"], step["arguments"]) not in calls
    ]
    return others[seed % len(others)] if others else None
