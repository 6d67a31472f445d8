"""Refunds against a payment provider that breaks: whatever happens, no order line is paid twice."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from urllib.parse import quote

import aiohttp
from pydantic import Field

from core.tools import Money, Tool, ToolContext, ToolResult, tool
from evals.actions_bench import Bench, bench
from evals.actions_items import items
from evals.actions_tally import Tally
from evals.scorecard import Row
from evals.sets import Folders
from tests.servers.payments import Payments, payments

_RUNS = 240
_ITEM_RUNS = 200
_LIMIT_S = 0.05
_FAULTS = (None, "fail_before", "fail_after", "hang_before", "hang_after", "drop_after", "late")
_KINDS = ("concurrent", "retry", "timeout", "crash")
_REASONS = ("it arrived broken", "the box was crushed", "wrong colour", "I changed my mind", "it never worked")


@dataclass(frozen=True)
class Scenario:
    """One run."""

    kind: str
    order_id: str
    faults: tuple[str | None, ...]
    look_up_fails: bool
    seed: int


def scenarios(count: int) -> Iterator[Scenario]:
    """Every kind with every fault, then mixtures; the same each time."""
    for n in range(count):
        chance = random.Random(n)
        kind, fault = _KINDS[n % len(_KINDS)], _FAULTS[(n // len(_KINDS)) % len(_FAULTS)]
        more = tuple(chance.choice(_FAULTS) for _ in range(3))
        yield Scenario(kind, f"{40_000 + n}", (fault, *more), chance.random() < 0.3, n)


def refund_tool(provider: Payments) -> Tool:
    """A refund that goes to the provider over HTTP, whole or by lines."""

    async def ask(method: str, path: str, **more: Any) -> tuple[int, dict[str, Any]]:
        async with aiohttp.ClientSession() as session, session.request(method, provider.url + path, **more) as answer:
            return answer.status, await answer.json()

    async def look_up(context: ToolContext, order_id: str, reason: str, lines: list[str] | None) -> ToolResult:
        status, found = await ask("GET", f"/refunds/{quote(context.key, safe='')}")
        if status == 404:
            raise LookupError(order_id)
        if status != 200:
            raise ConnectionError(status)
        return ToolResult(f"Order #{order_id} was refunded.", reference=found["id"])

    @tool(
        title="Refund of order #{order_id}",
        effect="money",
        said=("order_id",),
        asked_with=("refund", "money back"),
        acts_on=("order_id", "lines"),
        amount=lambda arguments, facts: Money(Decimal("19.90"), "EUR"),
        look_up=look_up,
        time_limit_s=_LIMIT_S,
    )
    async def pay_back(
        context: ToolContext,
        order_id: str,
        reason: Annotated[str, Field(min_length=2)],
        lines: list[str] | None = None,
    ) -> ToolResult:
        """Pay an order back."""
        body = {"order_id": order_id, "amount": "19.90"}
        status, found = await ask("POST", "/refunds", json=body, headers={"Idempotency-Key": context.key})
        if status != 200:
            raise ConnectionError(status)
        return ToolResult(f"Order #{order_id} was refunded.", reference=found["id"])

    return pay_back


async def money(folders: Folders) -> list[Row]:
    """`paid_twice`: orders and items that were paid more than once; beside it how often a person has to look."""
    tally, ends = Tally(), Counter[str]()
    async with payments() as provider:
        found = refund_tool(provider)
        for scenario in scenarios(_RUNS):
            provider.faults.clear()
            provider.faults.extend(scenario.faults)
            provider.look_up_fails = scenario.look_up_fails
            # With keys honoured a double could hide; a late payment after a crash is what keys are for.
            provider.honours_keys = scenario.kind == "crash"
            with TemporaryDirectory() as folder:
                states = await play(scenario, found, Path(folder))
            times = sum(payment.order_id.strip("#") == scenario.order_id for payment in provider.paid)
            tally.add(times <= 1, f"{scenario}: {times} times")
            ends.update({"paid once": times == 1, "a person looks": "unknown" in states})
    ends.update(await items(_ITEM_RUNS, tally))
    said = ", ".join(f"{name} {count}" for name, count in ends.items())
    return [tally.count_row("paid_twice", note=f"runs: {', '.join(_KINDS)}; {said}")]


async def play(scenario: Scenario, found: Tool, folder: Path) -> set[str]:
    """Ask for one refund in every way that the scenario has; the states that were told."""
    states: set[str] = set()
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    if scenario.kind == "crash":
        async with bench([found], url=url, folder=folder) as here:
            with suppress(TimeoutError):
                async with asyncio.timeout(0.01 + (scenario.seed % 5) * 0.01):
                    states |= await _asks(here, scenario, 0)
    async with bench([found], url=url, folder=folder) as here:
        if scenario.kind == "concurrent":
            others = [_other(here, n) for n in range(5)]
            results = await asyncio.gather(*(_asks(each, scenario, n) for n, each in enumerate(others)))
            states |= {state for each in results for state in each}
        for n in range(3):
            states |= await _asks(here, scenario, n)
    return states


def _other(here: Bench, n: int) -> Bench:
    """Another session of the same customer at the same database."""
    return Bench(
        here.store,
        here.agent,
        here.decided,
        here.case,
        here.model,
        here.shelf,
        here.clock,
        here.principal,
        turns=100 * n,
    )


async def _asks(here: Bench, scenario: Scenario, n: int) -> set[str]:
    """The customer asks, in other words each time, and the model obeys."""
    reason = _REASONS[(scenario.seed + n) % len(_REASONS)]
    order_id = scenario.order_id if n % 2 else f"#{scenario.order_id}"
    here.model.calls.append(("pay_back", {"order_id": order_id, "reason": reason}))
    answered = await here.says(f"I want a refund for order {order_id}: {reason}.")
    return {step["state"] for step in answered.steps}
