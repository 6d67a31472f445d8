"""`firstline demo` and `firstline run web`: the playground."""

import shutil

from aiohttp import web

from adapters.web.cast import Cast, Customer
from adapters.web.chat import WebChat
from adapters.web.playground import playground
from adapters.web.settings import WebSettings
from bots.house import House, Plan
from bots.logs import set_up_logs
from bots.process import Service, run_service
from bots.settings import Settings
from bots.toolshed import demo_customers, demo_is_on, find_customer

_FOLDER = "demo"


async def run(*, reset: bool = False, customer: str = "") -> int:
    """Serve the page until told to stop; returns the exit status. `reset` forgets the demo's data first."""
    settings = Settings.read()
    environment, configuration = settings.environment, settings.configuration
    set_up_logs(environment.firstline_log_level if environment.firstline_log_level != "INFO" else "WARNING")
    folder = environment.data_folder / _FOLDER
    if reset:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    is_demo = demo_is_on(configuration.demo, configuration.tools)
    cast = Cast(_players(customer or configuration.demo.customer) if is_demo else ())
    web_settings = WebSettings(
        host=environment.firstline_http_host,
        port=environment.firstline_http_port,
        upload_limit_mb=configuration.images.limit_mb,
        files_per_message=configuration.images.per_message,
    )
    chat = WebChat(web_settings, data_folder=folder)
    plan = Plan(
        [chat],
        environment.firstline_database_url or f"sqlite:///{folder / 'firstline.sqlite3'}",
        folder,
        lambda thread: (chat.staff,),
        customer=customer,
        by_author=cast,
        drain_s=3,
    )

    def page(house: House) -> web.Application:
        return playground(
            chat,
            front_desk=house.front_desk,
            desk=house.store.desk,
            cases=house.store.cases,
            cast=cast,
            name=configuration.agent.name,
            banner=" ".join(("Demo shop.",) * is_demo + house.lines),
        )

    return await run_service(Service(settings, plan, lambda house: {}, app=page))


def _players(customer: str) -> list[Customer]:
    """The seeded customers, the wanted one first."""
    everybody = demo_customers()
    first = find_customer(customer, everybody)
    return [Customer(each.id, each.name, each.note) for each in sorted(everybody, key=lambda one: one is not first)]
