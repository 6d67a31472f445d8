"""`firstline demo` and `firstline run web`: the playground."""

import importlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from aiohttp import web

from adapters.web.cast import Cast, Customer
from adapters.web.chat import WebChat
from adapters.web.playground import playground
from adapters.web.settings import WebSettings
from bots.house import House, Plan
from bots.known import CLAIM, demo_secret
from bots.logs import set_up_logs
from bots.process import Service, run_service
from bots.settings import Settings
from bots.toolshed import DemoCustomer, demo_customers, demo_is_on, find_customer
from core.principal import STRANGER

_FOLDER = "demo"
MAILBOX = "/shop/mailbox"


async def run(*, reset: bool = False, customer: str = "") -> int:
    """Serve the page until told to stop; returns the exit status. `reset` forgets the demo's data first."""
    settings = Settings.read()
    environment = settings.environment
    set_up_logs(environment.firstline_log_level if environment.firstline_log_level != "INFO" else "WARNING")
    folder = environment.data_folder / _FOLDER
    if reset:
        shutil.rmtree(folder, ignore_errors=True)
    page = Page.of(settings, folder, customer=customer)
    plan = Plan(
        [page.chat],
        environment.firstline_database_url or f"sqlite:///{folder / 'firstline.sqlite3'}",
        folder,
        lambda thread: (page.chat.staff,),
        customer=customer,
        by_author=page.cast,
        drain_s=3,
    )
    return await run_service(Service(settings, plan, lambda house: {}, app=page.app, serves_desk=True))


@dataclass(frozen=True, slots=True)
class Page:
    """The playground before there is a house."""

    chat: WebChat
    cast: Cast
    name: str
    is_demo: bool
    folder: Path
    """Where the process keeps its data, and the demo shop its own."""
    secret: str
    """What the demo shop's page signs with."""

    @classmethod
    def of(cls, settings: Settings, folder: Path, *, customer: str = "", shop_folder: Path | None = None) -> Self:
        """The page of these settings; what is uploaded is kept in the folder, and the demo shop's data unless it
        has a folder of its own.
        """
        folder.mkdir(parents=True, exist_ok=True)
        environment, configuration = settings.environment, settings.configuration
        is_demo = demo_is_on(configuration)
        web_settings = WebSettings(
            host=environment.firstline_http_host,
            port=environment.firstline_http_port,
            upload_limit_mb=configuration.images.limit_mb,
            files_per_message=configuration.images.per_message,
        )
        cast = Cast(_players(customer or configuration.demo.customer) if is_demo else ())
        chat = WebChat(web_settings, data_folder=folder)
        return cls(chat, cast, configuration.agent.name, is_demo, shop_folder or folder, demo_secret(settings))

    def app(self, house: House, *, signed_paths: Sequence[str] = ()) -> web.Application:
        """The web application that shows this house."""
        shows_mail = self.is_demo and self.chat.settings.has_staff_side
        app = playground(
            self.chat,
            front_desk=house.front_desk,
            desk=house.store.desk,
            cases=house.store.cases,
            cast=self.cast,
            name=self.name,
            banner=" ".join(("Demo shop.",) * self.is_demo + house.lines),
            signed_paths=(*signed_paths, CLAIM),
            mailbox=MAILBOX if shows_mail else "",
        )
        if shows_mail:
            app.add_routes(importlib.import_module("examples.shop.pages").routes(self.folder, self.secret))
        return app


def _players(customer: str) -> list[Customer]:
    """The seeded customers and a stranger, the wanted one first."""
    everybody = [*demo_customers(), DemoCustomer(STRANGER, "Somebody new", "not verified yet")]
    first = find_customer(customer, everybody)
    return [Customer(each.id, each.name, each.note) for each in sorted(everybody, key=lambda one: one is not first)]
