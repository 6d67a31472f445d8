"""Where customers are looked up and how codes reach them: the company's own module, or the ready-made ways."""

import importlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from adapters.identity.mail import MailSender
from adapters.identity.service import HttpDirectory, HttpSender, Service
from adapters.identity.settings import RecordsSettings
from bots.settings import Settings, variables
from bots.toolshed import demo_is_on
from core.checking import Check
from core.errors import SettingsError
from core.fetching import Asker
from core.headers import secret_headers
from core.identity import CodeSender, Directory

DEMO_MODULE = "examples.shop.identity"


@dataclass(frozen=True, slots=True)
class Records:
    """The company's customer records, and a way to their mailboxes."""

    directory: Directory | None = None
    sender: CodeSender | None = None
    by_tenant: Mapping[str, Directory] = field(default_factory=dict[str, Directory])
    """Records of tenants whose customers are not in the common ones."""

    def of(self, tenant: str) -> Directory | None:
        """The records that a tenant's customers stand in."""
        return self.by_tenant.get(tenant, self.directory)


@asynccontextmanager
async def open_records(settings: Settings, folder: Path) -> AsyncGenerator[Records, None]:
    """What the settings name, for as long as the block runs. Raises `SettingsError`."""
    own, table = _own(settings, folder), settings.configuration.identity
    async with _asker(settings) as asker:
        directories = _directories(table.records, asker)
        common = directories.pop("", None) or own.directory
        yield Records(common, _sender(settings, asker) or own.sender, directories)


async def examine(settings: Settings) -> list[Check]:
    """What `firstline doctor` looks at: that records answer, and that the mail server lets us in."""
    table = settings.configuration.identity
    checks: list[Check] = []
    async with _asker(settings) as asker:
        for tenant, directory in _directories(table.records, asker).items():
            checks.append(await directory.examine(f"of tenant {tenant}" if tenant else ""))
    if table.mail.host:
        checks.append(await MailSender(table.mail, settings.environment.firstline_smtp_password).examine())
    return checks


@asynccontextmanager
async def _asker(settings: Settings) -> AsyncGenerator[Asker | None, None]:
    """What asks the company's services; None where there are none, and then nothing is loaded."""
    table = settings.configuration.identity
    if not (table.records.url or table.records.tenants or table.codes.url):
        yield None
        return
    guarded = importlib.import_module("adapters.tools.guarded")
    async with guarded.open_outbound(settings.configuration.tools.outbound) as outbound:
        yield outbound


def _directories(table: RecordsSettings, asker: Asker | None) -> dict[str, HttpDirectory]:
    """By tenant; under an empty name the common one."""
    if asker is None:
        return {}
    sources = [(("",), table.url, table.headers_env)] if table.url else []
    sources += [(each.tenants, each.url, each.headers_env) for each in table.tenants]
    found: dict[str, HttpDirectory] = {}
    for tenants, url, names in sources:
        headers = secret_headers(names, variables(), "[identity.records]")
        directory = HttpDirectory(Service(asker, url, headers, called="the customer records"))
        if doubles := [tenant for tenant in tenants if tenant in found]:
            raise SettingsError([f"[[identity.records.tenants]] names {', '.join(doubles)} more than once."])
        found |= dict.fromkeys(tenants, directory)
    return found


def _sender(settings: Settings, asker: Asker | None) -> CodeSender | None:
    table = settings.configuration.identity
    if table.mail.host:
        password = settings.environment.firstline_smtp_password
        if table.mail.user and not password:
            raise SettingsError(["[identity.mail] user needs FIRSTLINE_SMTP_PASSWORD."])
        return MailSender(table.mail, password)
    if table.codes.url and asker is not None:
        headers = secret_headers(table.codes.headers_env, variables(), "[identity.codes]")
        return HttpSender(Service(asker, table.codes.url, headers, called="what sends our codes"))
    return None


def _own(settings: Settings, folder: Path) -> Records:
    """What a Python module gives: the company's own, or in the demo the shop's."""
    table = settings.configuration.identity
    name = table.module
    if not name and demo_is_on(settings.configuration) and not (table.records.url or table.records.tenants):
        name = DEMO_MODULE
    if not name:
        return Records()
    module = _load(name)
    directory, sender = getattr(module, "directory", None), getattr(module, "sender", None)
    if directory is None and not table.records.url:
        raise SettingsError([f"[identity] module: {name} has no function `directory`. See docs/identity.md."])
    return Records(directory(folder) if directory else None, sender(folder) if sender else None)


def _load(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        why = f"[identity] module: {name} cannot be imported ({error}). Check its name and that it is installed."
        raise SettingsError([why]) from error
