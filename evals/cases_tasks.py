"""The tasks of the tau2 sets through the same agent, where a model is configured: its tools are the set's functions.

The model plays the customer too, from the task's own instructions. A task is passed when the rows of the back end, the
device's checks and what had to be told are as the gold run has them. The agent works the customer's device itself.
"""

import asyncio
import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from adapters.models.opening import open_models
from bots.settings import Settings, variables
from core.errors import BotError
from core.modelling import ChatModel, ModelRequest, PromptMessage, TextPiece
from evals.actions_bench import bench
from evals.actions_replay import WORLDS, Domain, Run, read_domain, tools_of
from evals.actions_tally import Tally
from evals.actions_world import Json, World, changed, expected
from evals.scorecard import Row
from evals.sets import Folders, document

_MOST_TURNS = 20
_LIMIT_S = 1_500.0
"""For all tasks of a run; what is not reached by then is told in the note."""
_OVER = "###OVER###"
_PART_CHARS = 4_000
_ROLE = f"""\
You play a customer who writes to a shop's support in a chat. Write only the customer's next message, in one to three \
sentences. Follow the situation below, tell only what is asked of you, and make nothing up. When the agent asks you to \
confirm what you want, say yes. When all you came for is done, or you are passed to a person, write {_OVER}."""


@dataclass
class Customer:
    """The model in the customer's place."""

    model: ChatModel
    situation: str
    said: list[PromptMessage] = field(default_factory=list[PromptMessage])

    async def reply(self, heard: str) -> str:
        """What the customer writes next."""
        self.said.append(PromptMessage("user", heard))
        messages = (PromptMessage("system", f"{_ROLE}\n\n{self.situation}"), *self.said)
        text = ""
        async for event in self.model.stream(ModelRequest(messages)):
            if isinstance(event, TextPiece):
                text += event.text
        self.said.append(PromptMessage("assistant", text))
        return text


async def task_rows(folders: Folders, *, most: int = 0) -> list[Row]:
    """One row a set; without a model they say so and hold nothing up."""
    if not (os.environ.get("OPENAI_BASE_URL") or os.environ.get("OPENAI_API_KEY")):
        return [Row(_name(each), None, note="no model configured") for each in WORLDS]
    end_s = time.monotonic() + _LIMIT_S
    async with _model() as model:
        return [
            await _set_row(folders, each, model, most=most, until_s=end_s - _LIMIT_S * left / len(WORLDS))
            for each, left in zip(WORLDS, range(len(WORLDS) - 1, -1, -1), strict=True)
        ]


@asynccontextmanager
async def _model() -> AsyncGenerator[ChatModel]:
    settings = Settings.read()
    environment = settings.environment
    async with open_models(
        settings.configuration.models,
        base_url=environment.openai_base_url,
        api_key=environment.openai_api_key,
        keys=variables(),
    ) as models:
        yield models.chat("chat")


def _name(domain: str) -> str:
    return f"tau2_{domain}_passed"


async def _set_row(folders: Folders, name: str, model: ChatModel, *, most: int, until_s: float) -> Row:
    domain = read_domain(folders, name)
    if domain is None:
        return Row(_name(name), None, note="its data set is absent")
    place = f"tau2_{name}"
    texts = [path.read_text(encoding="utf-8") for path in folders.lent(place, "policy.md", "main_policy.md")]
    device = {each["name"] for path in folders.lent(place, "user_tools.json") for each in _functions(document(path))}
    golds = [each for each in domain.golds if str(each["task_id"]) in domain.tasks]
    passed = Tally()
    for gold in golds[: most or None]:
        if time.monotonic() > until_s:
            break
        try:
            async with asyncio.timeout(max(1.0, until_s - time.monotonic())):
                passed.add(await play(domain, gold, model, parts(texts), device), str(gold["task_id"]))
        except TimeoutError:
            break
    if not passed.total:
        return Row(_name(name), None, note="no task was played in the time there was")
    idle = sum(_idle(domain, gold) for gold in golds[: passed.total]) / passed.total
    said = (
        f"{passed.hits}/{passed.total} of {len(golds)} tasks with {model.profile.model}, which plays the customer too"
    )
    return Row(_name(name), passed.hits / passed.total, baseline=idle, note=f"{said}; baseline: nothing is done")


def _idle(domain: Domain, gold: Json) -> bool:
    """The task is passed by whoever does and says nothing."""
    return is_passed(gold, Run(checks=_checks(domain.world(str(gold["task_id"])), gold)), "")


def _checks(world: World, gold: Json) -> list[bool]:
    checks: list[Json] = gold.get("env_assertions") or []
    return [
        (world.function(each["func"], each["env_type"])(**each["arguments"]) == each["expect"]) == each["met"]
        for each in checks
    ]


def _functions(listed: list[Json]) -> list[Json]:
    return [each.get("function", each) for each in listed]


def parts(texts: list[str]) -> list[str]:
    """A policy in passages of a few thousand characters, cut between its paragraphs."""
    found: list[str] = []
    for paragraph in (each for text in texts for each in text.split("\n\n")):
        if found and len(found[-1]) + len(paragraph) < _PART_CHARS:
            found[-1] += f"\n\n{paragraph}"
        else:
            found.append(paragraph)
    return found


async def play(domain: Domain, gold: Json, model: ChatModel, policy: list[str], device: set[str]) -> bool:
    """One task from the customer's first words to their last; whether it is passed."""
    run, task = Run(), domain.tasks[str(gold["task_id"])]
    world = domain.world(str(gold["task_id"]))
    before, told = world.snapshot(), ""
    tools = tools_of(domain, world, run, dict.fromkeys(device, "user"))
    customer = Customer(model, situation(task))
    try:
        async with bench(tools, model=model) as here:
            here.shelf.texts.extend(policy)
            said = str(task.get("ticket") or await customer.reply("Hello, how can I help you?"))
            for _ in range(_MOST_TURNS):
                answered = await here.says(said)
                told += f"\n{answered.text}"
                said = await customer.reply(answered.text or "…")
                if _OVER in said:
                    break
    except BotError:
        return False
    run.changes = sorted(changed(before["db"], world.rows), key=lambda one: one[:2])
    run.checks = _checks(world, gold)
    return is_passed(gold, run, told)


def is_passed(gold: Json, run: Run, told: str) -> bool:
    """By what the task says its reward rests on, as far as code can tell it."""
    basis: list[str] = gold.get("reward_basis") or ["DB"]
    must_tell: list[Any] = gold.get("communicate_info") or []
    is_same = run.changes == expected(gold["db_diff"]) if "DB" in basis else True
    is_told = all(str(each).replace(",", "") in told.replace(",", "") for each in must_tell)
    return is_same and all(run.checks) and (is_told or "COMMUNICATE" not in basis)


def situation(task: Json) -> str:
    """The customer's side of a task, as its set tells it."""
    scenario: Json = task.get("user_scenario") or {}
    told = scenario.get("instructions")
    if not isinstance(told, dict):
        return str(told or "")
    lines: Json = told  # pyright: ignore[reportUnknownVariableType] - JSON, known by form only
    return "\n".join(f"{key.replace('_', ' ')}: {value}" for key, value in lines.items() if value)
