"""Gold runs replayed through the agent, and runs with one thing wrong that must be noticed."""

import json
import pickle
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import ToolRefused
from core.parameters import SchemaParameters
from core.tools import Tool, ToolContext, ToolResult
from evals.actions_airline import Airline
from evals.actions_bench import Wanted, bench
from evals.actions_phone_looks import PhoneLooks
from evals.actions_retail import Retail
from evals.actions_telecom import Telecom
from evals.actions_world import Json, World, changed, expected, same
from evals.sets import Folders, document, records

WORLDS: dict[str, type[World]] = {"retail": Retail, "airline": Airline, "telecom": Telecom}
KINDS = ("dropped", "swapped", "repeated", "forbidden")


@dataclass(frozen=True)
class Domain:
    """A data set: its back end, its functions, its gold runs."""

    name: str
    rows: bytes
    functions: tuple[Json, ...]
    tasks: dict[str, Json]
    golds: tuple[Json, ...]

    def world(self, task_id: str) -> World:
        """The back end at the beginning of a task."""
        rows, user_rows = pickle.loads(self.rows)
        world = WORLDS[self.name](rows, user_rows)
        world.prepare(self.tasks.get(task_id, {}))
        return world

    def wanted(self, gold: Json) -> list[tuple[str, Json]]:
        """The calls of a gold run."""
        return [(step["tool"], step["arguments"]) for step in gold["steps"]]

    def is_write(self, name: str) -> bool:
        """It changes something."""
        return name in WORLDS[self.name].writes


def read_domain(folders: Folders, name: str) -> Domain | None:
    """A domain; what the scored folder lacks comes from the training folder. None without gold runs."""
    place = f"tau2_{name}"
    golds = tuple(records(folders.find(place, "gold*.jsonl")))
    databases = folders.lent(place, "db.json*", "db.toml")
    if not golds or not databases:
        return None
    users = folders.lent(place, "user_db.json*", "user_db.toml")
    lists = [*folders.lent(place, "agent_tools.json"), *folders.lent(place, "user_tools.json")]
    functions = tuple(each.get("function", each) for path in lists for each in document(path))
    paths = [*folders.lent(place, "tasks*.json"), *folders.find(place, "tasks*.json")]
    tasks = {str(task["id"]): task for task in records(paths)}
    rows = pickle.dumps((_rows(databases[0]), _rows(users[0]) if users else None))
    return Domain(name, rows, functions, tasks, golds)


def _rows(path: Path) -> Json:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.suffix == ".toml" else document(path)


@dataclass
class Run:
    """What a replay came to."""

    outputs: list[str] = field(default_factory=list[str])
    effects: list[Wanted] = field(default_factory=list[Wanted])
    """Writes that reached the back end, failed ones too."""
    receipts: list[Wanted] = field(default_factory=list[Wanted])
    """Writes the store has a receipt for."""
    declined: list[Wanted] = field(default_factory=list[Wanted])
    """Writes that waited for a yes and got none."""
    changes: list[tuple[str, str, Any]] = field(default_factory=list[tuple[str, str, Any]])
    user_changes: list[tuple[str, str, Any]] = field(default_factory=list[tuple[str, str, Any]])
    checks: list[bool] = field(default_factory=list[bool])


def tools_of(domain: Domain, world: World, run: Run, requestors: dict[str, str]) -> list[Tool]:
    """The data's functions as tools of ours. Every change is confirmed by the customer first, as its policy asks."""
    return [_tool(each, domain, world, run, requestors) for each in domain.functions]


def _tool(function: Json, domain: Domain, world: World, run: Run, requestors: dict[str, str]) -> Tool:
    name, is_write = function["name"], domain.is_write(function["name"])

    async def call(context: ToolContext, /, **arguments: Any) -> ToolResult:
        if is_write:
            run.effects.append((name, arguments))
        output, is_error = world.call(name, requestors.get(name, "assistant"), arguments)
        if is_error:
            raise ToolRefused(output)
        return ToolResult(output)

    return Tool(
        name=name,
        description=function.get("description", ""),
        parameters=SchemaParameters.of(function["parameters"]),
        run=call,
        effect="write" if is_write else "read",
        title=name.replace("_", " ").capitalize(),
        whose="nobody",
        proof="linked",
        approving="customer" if is_write else "policy",
        is_repeatable=name in PhoneLooks.writes,
        hands_over=name == "transfer_to_human_agents",
    )


async def replay(domain: Domain, gold: Json, calls: Sequence[Wanted]) -> Run:
    """Play calls through the agent. The customer confirms exactly what the gold run does, and nothing else."""
    run, world = Run(), domain.world(str(gold["task_id"]))
    before = world.snapshot()
    requestors = {step["tool"]: step["requestor"] for step in gold["steps"]}
    wishes = Counter(_named(*call) for call in domain.wanted(gold) if domain.is_write(call[0]))
    async with bench(tools_of(domain, world, run, requestors)) as here:
        here.model.calls.extend(calls)
        said = "Please help me with my problem."
        while said:
            answered = await here.says(said)
            run.outputs += [step["said"] for step in answered.steps if step["state"] != "waiting"]
            said = _reply(await here.waiting(), wishes, run) or ("Go on, please." if here.model.calls else "")
        actions = await here.store.actions.of_case(here.case.id)
        run.receipts = [(each.tool, dict(each.arguments)) for each in actions if each.receipt_id]
    run.changes = sorted(changed(before["db"], world.rows), key=lambda one: one[:2])
    run.user_changes = sorted(changed(before["user_db"], world.user_rows), key=lambda one: one[:2])
    checks: list[Json] = gold.get("env_assertions") or []
    for check in checks:
        holds = world.function(check["func"], check["env_type"])(**check["arguments"]) == check["expect"]
        run.checks.append(holds == check["met"])
    return run


def _reply(asked: Sequence[Wanted], wishes: Counter[str], run: Run) -> str:
    """The customer's answer to a confirmation; empty when none is asked for."""
    if not asked:
        return ""
    wanted = [name for name in (_named(*call) for call in asked) if wishes[name] > 0]
    if len(wanted) < len(asked):
        run.declined.extend(asked)
        return "No, that is not what I want."
    wishes.subtract(wanted)
    return "Yes, please."


def differences(domain: Domain, gold: Json, run: Run) -> list[str]:
    """In what a run is not the gold run; empty when it is equal."""
    steps = gold["steps"]
    is_said = len(run.outputs) == len(steps) and all(
        same(mine, step["output"]) for mine, step in zip(run.outputs, steps, strict=True)
    )
    writes = Counter(_named(*call) for call in domain.wanted(gold) if domain.is_write(call[0]))
    found = {
        "outputs": is_said,
        "effects": Counter(_named(*call) for call in run.effects) == writes,
        "receipts": Counter(_named(*call) for call in run.receipts)
        == Counter(
            _named(step["tool"], step["arguments"])
            for step in steps
            if domain.is_write(step["tool"]) and not step["error"]
        ),
        "database": run.changes == expected(gold["db_diff"]),
        "device": run.user_changes == expected(gold.get("user_db_diff")),
        "checks": all(run.checks),
        "confirmations": not run.declined,
    }
    return [name for name, is_equal in found.items() if not is_equal]


def unwanted(domain: Domain, gold: Json, run: Run) -> int:
    """Effects that reached the back end though the gold run has none such."""
    writes = Counter(_named(*call) for call in domain.wanted(gold) if domain.is_write(call[0]))
    return (Counter(_named(*call) for call in run.effects) - writes).total()


def _named(name: str, arguments: Json) -> str:
    return f"{name} {json.dumps(arguments, sort_keys=True)}"
