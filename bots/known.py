"""How chat users become known customers here: from settings to the parts that do it."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from adapters.storage.store import Store
from bots.clock import SystemClock
from bots.settings import Settings
from bots.toolshed import demo_customers, demo_is_on, find_customer
from core.doorkeeper import Doorkeeper
from core.errors import SettingsError
from core.identity import CodeSender, Directory, LinkedIdentity, Proofs
from core.principal import STRANGER, DemoIdentity, Identity, NobodyLinked

DEMO_MODULE = "examples.shop.identity"


@dataclass(frozen=True, slots=True)
class Known:
    """Who is who."""

    identity: Identity
    doorkeeper: Doorkeeper
    proofs: Proofs


@dataclass(frozen=True, slots=True)
class Records:
    """The company's customer records, and a way to their mailboxes."""

    directory: Directory | None = None
    sender: CodeSender | None = None


def known(
    settings: Settings, store: Store, clock: SystemClock, *, customer: str, by_author: Any, folder: Path
) -> Known:
    """Links first; in the demo everybody else is a seeded customer. Raises `SettingsError`."""
    table = settings.configuration.identity
    records = read_records(settings, folder)
    doorkeeper = Doorkeeper(
        links=store.links,
        challenges=store.challenges,
        settings=table,
        clock=clock,
        directory=records.directory,
        sender=records.sender,
    )
    otherwise = _otherwise(settings, clock, customer, by_author)
    return Known(
        LinkedIdentity(store.links, clock, otherwise),
        doorkeeper,
        Proofs(doorkeeper.can_verify, table.fresh_minutes),
    )


def read_records(settings: Settings, folder: Path) -> Records:
    """Where customers are looked up and codes are sent. Raises `SettingsError`."""
    configuration = settings.configuration
    name = configuration.identity.module
    if not name and demo_is_on(configuration):
        name = DEMO_MODULE
    if not name:
        return Records()
    module = _load(name)
    directory, sender = getattr(module, "directory", None), getattr(module, "sender", None)
    if directory is None:
        raise SettingsError([f"[identity] module: {name} has no function `directory`. See docs/identity.md."])
    return Records(directory(folder), sender(folder) if sender else None)


def _load(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        why = f"[identity] module: {name} cannot be imported ({error}). Check its name and that it is installed."
        raise SettingsError([why]) from error


def _otherwise(settings: Settings, clock: SystemClock, customer: str, by_author: Any) -> Identity:
    configuration = settings.configuration
    if not demo_is_on(configuration):
        return NobodyLinked()
    wanted = customer or configuration.demo.customer
    played = STRANGER if wanted == STRANGER else find_customer(wanted, demo_customers()).id
    return DemoIdentity(played, clock.now(), by_author)
