"""How chat users become known customers here: from settings to the parts that do it."""

import importlib
import importlib.util
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from adapters.storage.store import Store
from bots.clock import SystemClock
from bots.records import Records
from bots.settings import Settings
from bots.toolshed import demo_customers, demo_is_on, find_customer
from core.doorkeeper import Doorkeeper
from core.errors import SettingsError
from core.identity import LinkedIdentity, NativeMail, Proofs
from core.native import WorkspaceLinks
from core.principal import STRANGER, DemoIdentity, Identity, NobodyLinked

DEMO_PAGE = "/shop/account"
CLAIM = "/identity/claim"
_DEMO_SECRET = secrets.token_hex(32)


@dataclass(frozen=True, slots=True)
class Known:
    """Who is who."""

    identity: Identity
    doorkeeper: Doorkeeper
    proofs: Proofs
    routes: Sequence[web.RouteDef] = ()
    """Where the company's own page brings its answer."""


def known(
    settings: Settings,
    store: Store,
    clock: SystemClock,
    *,
    customer: str,
    by_author: Any,
    records: Records,
    mail: NativeMail | None = None,
) -> Known:
    """Links first; in the demo everybody else is a seeded customer. Raises `SettingsError`."""
    table = settings.configuration.identity
    page = signed_page(settings)
    doorkeeper = Doorkeeper(
        links=store.links,
        challenges=store.challenges,
        settings=table,
        clock=clock,
        directory=records.directory,
        by_tenant=records.by_tenant,
        sender=records.sender,
        page=page,
    )
    native = None
    if table.workspace_domains and settings.environment.slack_client_id and not table.workspaces:
        why = "other Slack workspaces may install the app, and they decide which addresses their members have"
        raise SettingsError([f"[identity] workspace_domains: {why}. Name your own in [identity] workspaces."])
    if mail is not None and table.workspace_domains and (records.directory or records.by_tenant):
        native = WorkspaceLinks(
            store.links, mail, records.directory, settings=table, clock=clock, by_tenant=records.by_tenant
        )
    otherwise = _otherwise(settings, clock, customer, by_author)
    return Known(
        LinkedIdentity(store.links, clock, otherwise, native),
        doorkeeper,
        Proofs(doorkeeper.can_verify, table.fresh_minutes),
        _page_module().claim_routes(page, doorkeeper) if page is not None else (),
    )


def signed_page(settings: Settings) -> Any:
    """The company's own page, where there is one; in the demo the shop's. Raises `SettingsError`."""
    environment, configuration = settings.environment, settings.configuration
    address, secret = configuration.identity.page_url, environment.firstline_identity_secret
    if not address and demo_is_on(configuration) and environment.firstline_http_port:
        if importlib.util.find_spec("jwt") is None:
            return None
        address = f"http://127.0.0.1:{environment.firstline_http_port}{DEMO_PAGE}"
        secret = secret or _DEMO_SECRET
    if not address:
        return None
    module = _page_module()
    if len(secret) < module.SHORTEST_SECRET:
        why = f"[identity] page_url needs FIRSTLINE_IDENTITY_SECRET, at least {module.SHORTEST_SECRET} characters"
        raise SettingsError([f"{why}: make one with `openssl rand -hex 32` and give it to the page too."])
    return module.SignedPage(address, secret)


def demo_secret(settings: Settings) -> str:
    """What the demo shop's page signs with."""
    return settings.environment.firstline_identity_secret or _DEMO_SECRET


def _page_module() -> Any:
    try:
        return importlib.import_module("adapters.identity.page")
    except ImportError as error:
        why = f"[identity] page_url needs the extra `identity` ({error}). Install firstline[identity]."
        raise SettingsError([why]) from error


def _otherwise(settings: Settings, clock: SystemClock, customer: str, by_author: Any) -> Identity:
    configuration = settings.configuration
    if not demo_is_on(configuration):
        return NobodyLinked()
    wanted = customer or configuration.demo.customer
    played = STRANGER if wanted == STRANGER else find_customer(wanted, demo_customers()).id
    return DemoIdentity(played, clock.now(), by_author)
