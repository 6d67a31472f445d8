"""Loads the modules whose tools are offered, and the demo shop's customers."""

import importlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from bots.settings import ToolTable
from core.errors import SettingsError
from core.escalating import escalate
from core.settings import DemoSettings, ToolSettings
from core.tools import Tool

DEMO_MODULE = "examples.shop.tools"


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A seeded customer whom a chat user can play."""

    id: str
    name: str
    note: str


def load_tools(settings: ToolSettings) -> list[Tool]:
    """Every tool of every module, in order, with `escalate` last. Raises `SettingsError`."""
    tools = [each for name in settings.modules for each in _tools_of(_load(name))]
    names = [each.name for each in tools]
    if doubles := sorted({name for name in names if names.count(name) > 1}):
        raise SettingsError([f"[tools] modules: more than one tool is called {', '.join(doubles)}. Rename one."])
    problems = [
        f"[tools] modules: {each.name} needs {need}, which no module has."
        for each in tools
        for need in each.needs
        if need not in names
    ]
    if problems:
        raise SettingsError(problems)
    return [*tools, escalate]


@asynccontextmanager
async def open_tools(table: ToolTable, environment: Mapping[str, str]) -> AsyncGenerator[list[Tool], None]:
    """Our own tools and those that exist elsewhere, `escalate` last. Raises `SettingsError`."""
    own = load_tools(table)
    if not (table.mcp or table.openapi):
        yield own
        return
    elsewhere = _importable("adapters.tools.elsewhere")
    async with elsewhere.open_elsewhere(table.mcp, table.openapi, table.outbound, environment) as more:
        names = [each.name for each in (*own, *more)]
        if doubles := sorted({name for name in names if names.count(name) > 1}):
            raise SettingsError([f"[tools] more than one tool is called {', '.join(doubles)}. Give the source a name."])
        yield [*own[:-1], *more, own[-1]]


def _importable(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        why = f"[[tools.mcp]] and [[tools.openapi]] need the extra `tools` ({error}). Install firstline[tools]."
        raise SettingsError([why]) from error


def _load(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SettingsError(
            [f"[tools] modules: {name} cannot be imported ({error}). Check its name and that it is installed."]
        ) from error


def _tools_of(module: ModuleType) -> Sequence[Tool]:
    return [each for each in vars(module).values() if isinstance(each, Tool)]


def demo_is_on(demo: DemoSettings, tools: ToolSettings) -> bool:
    """Whether chat users are linked to seeded customers. Raises `SettingsError` beside another back end."""
    is_shop = tools.modules == (DEMO_MODULE,)
    if demo.enabled and not is_shop and "enabled" in demo.model_fields_set:
        raise SettingsError(
            ["[demo] enabled = true cannot stand beside tools of another back end. Remove it, or the tools."]
        )
    return demo.enabled and is_shop


def demo_customers() -> list[DemoCustomer]:
    """Everybody one can play, the default first."""
    customers = importlib.import_module("examples.shop.customers")
    default = customers.default_customer_id()
    everybody = [DemoCustomer(*each) for each in customers.customers()]
    return sorted(everybody, key=lambda each: each.id != default)


def find_customer(wanted: str, everybody: Sequence[DemoCustomer]) -> DemoCustomer:
    """The customer of this id or name. Raises `SettingsError` that lists who there is."""
    if not wanted:
        return everybody[0]
    for each in everybody:
        if wanted.casefold() in (each.id.casefold(), each.name.casefold()):
            return each
    known = ", ".join(f"{each.id} ({each.name})" for each in everybody)
    raise SettingsError([f"There is no demo customer {wanted!r}. Known: {known}."])
