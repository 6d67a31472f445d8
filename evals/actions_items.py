"""Refunds of single items over a careless back end: whatever happens, no line of an order is paid twice."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from core.backoffice import BackOffice, Deed, NotDone, Order, OrderLine
from core.officetools import office_tools
from core.tools import Money, Tool
from evals.actions_bench import Bench, bench
from evals.actions_tally import Tally

Fault = Literal["", "before", "after", "hang_before", "hang_after"]
_FAULTS: tuple[Fault, ...] = ("", "before", "after", "hang_before", "hang_after")
_KINDS = ("sessions", "reworded", "timeout", "retry", "crash")
_LIMIT_S = 0.05
_LINES = (("1", "Serving tray"), ("2", "Sugar bowl"), ("3", "Set of cups"))
_WISHES: tuple[tuple[str, ...], ...] = (
    ("Sugar bowl",), ("the sugar bowl",), ("bowl",), ("2",), ("Set of cups",), ("cups", "sugar bowl"),
    ("serving tray",), ("tray", "bowl"), (),
)  # fmt: skip
"""Items as customers and models call them; the last one wants all."""


@dataclass(frozen=True)
class Scenario:
    """One run."""

    kind: str
    wishes: tuple[tuple[str, ...], ...]
    faults: tuple[Fault, ...]
    shows_refunds: bool
    """The order that is looked up tells at once what was paid back; else it never does."""
    look_up_fails: bool
    seed: int


def scenarios(count: int) -> Iterator[Scenario]:
    """Every kind with every fault, then mixtures; the same each time."""
    for n in range(count):
        chance = random.Random(n)
        first = _FAULTS[(n // len(_KINDS)) % len(_FAULTS)]
        yield Scenario(
            kind=_KINDS[n % len(_KINDS)],
            wishes=tuple(chance.choice(_WISHES) for _ in range(4)),
            faults=(first, *(chance.choice(_FAULTS) for _ in range(3))),
            shows_refunds=chance.random() < 0.5,
            look_up_fails=chance.random() < 0.25,
            seed=n,
        )


@dataclass
class Careless:
    """A back end that pays whatever it is told, as often as it is told; only a crash finds it honouring keys."""

    scenario: Scenario
    honours_keys: bool
    paid: Counter[str] = field(default_factory=Counter[str])
    """How often each line was paid."""
    deeds: dict[str, Deed] = field(default_factory=dict[str, Deed])
    faults: list[Fault] = field(default_factory=list[Fault])

    async def find(self, customer_id: str, order_id: str) -> Order:
        """See `core.backoffice.Orders`."""
        if order_id != "70001":
            raise NotDone("not_found")
        lines = tuple(
            OrderLine(key, item, 1, Money(Decimal(10), "EUR"), self.scenario.shows_refunds and self.paid[key] > 0)
            for key, item in _LINES
        )
        day = date(2026, 11, 2)
        return Order(order_id, "delivered", lines, Money(Decimal(30), "EUR"), day, day)

    async def refund(
        self, customer_id: str, order_id: str, *, line_ids: tuple[str, ...], amount: Money, reason: str, key: str
    ) -> Deed:
        """See `core.backoffice.Orders`."""
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "before":
            raise ConnectionError(fault)
        if fault == "hang_before":
            await asyncio.Event().wait()
        if not (self.honours_keys and key in self.deeds):
            self.paid.update(line_ids)
            self.deeds[key] = Deed(f"RE-{len(self.deeds) + 1}", amount)
        if fault == "after":
            raise ConnectionError(fault)
        if fault == "hang_after":
            await asyncio.Event().wait()
        return self.deeds[key]


@dataclass(frozen=True)
class Remembering:
    """See `core.backoffice.Deeds`."""

    shop: Careless

    async def find(self, customer_id: str, key: str) -> Deed:
        """See `core.backoffice.Deeds`."""
        if self.shop.scenario.look_up_fails:
            raise ConnectionError("the look-up does not answer")
        if key not in self.shop.deeds:
            raise LookupError(key)
        return self.shop.deeds[key]


def tools_of(shop: Careless) -> list[Tool]:
    """The ready-made look-up and refund over it."""
    nothing: Any = None
    office = BackOffice(orders=shop, accounts=nothing, desk=nothing, deeds=Remembering(shop))  # pyright: ignore[reportArgumentType]
    wanted = ("get_order_status", "initiate_refund")
    return [
        replace(each, time_limit_s=_LIMIT_S) for each in office_tools(lambda context: office) if each.name in wanted
    ]


async def items(count: int, tally: Tally) -> Counter[str]:
    """Play them all; a run that paid any line twice is a miss."""
    ends = Counter[str]()
    for scenario in scenarios(count):
        shop = Careless(scenario, honours_keys=scenario.kind == "crash", faults=[*scenario.faults])
        with TemporaryDirectory() as folder:
            states = await play(scenario, shop, Path(folder))
        doubled = {line: times for line, times in shop.paid.items() if times > 1}
        tally.add(not doubled, f"{scenario}: {doubled}")
        ends.update({"items paid": sum(shop.paid.values()), "a person looks at items": "unknown" in states})
    return ends


async def play(scenario: Scenario, shop: Careless, folder: Path) -> set[str]:
    """Ask for items in every way that the scenario has; the states that were told."""
    states, tools = set[str](), tools_of(shop)
    url = f"sqlite:///{folder / 'items.sqlite3'}"
    if scenario.kind == "crash":
        async with bench(tools, url=url, folder=folder) as here:
            with suppress(TimeoutError):
                async with asyncio.timeout(0.01 + (scenario.seed % 5) * 0.01):
                    states |= await _asks(here, scenario.wishes[0])
    async with bench(tools, url=url, folder=folder) as here:
        if scenario.kind == "sessions":
            others = [_session(here, n) for n in range(4)]
            told = await asyncio.gather(*(_asks(each, scenario.wishes[n]) for n, each in enumerate(others)))
            states |= {state for each in told for state in each}
        same = scenario.kind in ("timeout", "retry")
        for n in range(4):
            states |= await _asks(here, scenario.wishes[0 if same else n])
    return states


def _session(here: Bench, n: int) -> Bench:
    """Another session of the same customer at the same database."""
    parts = (here.store, here.agent, here.decided, here.case, here.model, here.shelf, here.clock, here.principal)
    return Bench(*parts, turns=100 * (n + 1))


async def _asks(here: Bench, wish: tuple[str, ...]) -> set[str]:
    here.model.calls.append(("initiate_refund", {"order_id": "70001", "reason": "it broke", "items": [*wish]}))
    what = " and ".join(wish) or "everything"
    answered = await here.says(f"I want a refund for {what} of order 70001, it broke.")
    return {step["state"] for step in answered.steps}
