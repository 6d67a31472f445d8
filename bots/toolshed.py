"""Loads the modules whose tools are offered, and the demo shop's customers."""

import importlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from bots.settings import Configuration
from core.errors import SettingsError
from core.escalating import escalate
from core.settings import ToolSettings
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
    return [*_checked([each for name in settings.modules for each in _tools_of(_load(name))]), escalate]


def _checked(tools: list[Tool]) -> list[Tool]:
    names = [each.name for each in tools]
    if doubles := sorted({name for name in names if names.count(name) > 1}):
        raise SettingsError([f"[tools] more than one tool is called {', '.join(doubles)}. Rename one, or its source."])
    problems = [
        f"[tools] {each.name} needs {need}, which is not there." for each in tools for need in each.needs
        if need not in names
    ]  # fmt: skip
    if problems:
        raise SettingsError(problems)
    return tools


@asynccontextmanager
async def open_tools(configuration: Configuration, environment: Mapping[str, str]) -> AsyncGenerator[list[Tool], None]:
    """Our own tools and those that exist elsewhere, `escalate` last. Raises `SettingsError`."""
    table, backoffice = configuration.tools, configuration.backoffice
    own = load_tools(ToolSettings(modules=configuration.modules))
    if not (table.mcp or table.openapi or backoffice.is_set):
        yield own
        return
    elsewhere = _importable("adapters.tools.elsewhere")
    opened = elsewhere.open_elsewhere(table.mcp, table.openapi, backoffice, table.outbound, environment)
    async with opened as more:
        yield [*_checked([*own[:-1], *more]), own[-1]]


def _importable(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        what = "[backoffice], [[tools.mcp]] and [[tools.openapi]]"
        why = f"{what} need the extra `tools` ({error}). Install firstline[tools]."
        raise SettingsError([why]) from error


def _load(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SettingsError(
            [f"[tools] modules: {name} cannot be imported ({error}). Check its name and that it is installed."]
        ) from error


def _tools_of(module: ModuleType) -> Sequence[Tool]:
    """A module's tools: those of its list `TOOLS`, and each that stands in it by name."""
    listed: Sequence[Tool] = getattr(module, "TOOLS", ())
    return [*listed, *(each for each in vars(module).values() if isinstance(each, Tool))]


def demo_is_on(configuration: Configuration) -> bool:
    """Whether chat users are linked to seeded customers. Raises `SettingsError` beside another back end."""
    demo = configuration.demo
    is_shop = configuration.modules == (DEMO_MODULE,)
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
