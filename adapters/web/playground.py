"""The playground: one page on which a visitor is the customer and the staff at once."""

from collections.abc import Sequence
from pathlib import Path
from weakref import WeakSet

from aiohttp import web

from adapters.web.cast import Cast
from adapters.web.chat import WebChat
from adapters.web.customer_routes import CustomerRoutes
from adapters.web.guard import add_headers, guarded
from adapters.web.live import SOCKETS, close_all
from adapters.web.page_routes import Intro, PageRoutes
from adapters.web.staff_routes import StaffRoutes
from adapters.web.verify_routes import VerifyRoutes
from core.ports import Cases, Desk, FrontDesk

STATIC = Path(__file__).parent / "static"
SUGGESTIONS = (
    "I want a refund for order #88291. The item arrived damaged.",
    "Where is my order #88291?",
    "My parcel has not come, what can I do?",
)


def playground(
    chat: WebChat,
    *,
    front_desk: FrontDesk,
    desk: Desk,
    cases: Cases,
    cast: Cast,
    name: str = "Firstline",
    banner: str = "",
    suggestions: Sequence[str] = SUGGESTIONS,
    signed_paths: Sequence[str] = (),
    mailbox: str = "",
) -> web.Application:
    """The application. `banner` is the line that says what this is: the demo, or which model speaks.

    `signed_paths` are those of platforms that deliver events to the same web server; `mailbox` is where the demo
    shows the mail that it would have sent.
    """
    chat.remember(desk, cases)
    app = web.Application(middlewares=[guarded(chat.settings, signed_paths=signed_paths)])
    app[SOCKETS] = WeakSet()
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(close_all)
    app.on_startup.append(lambda _: chat.uploads.sweep(keep_days=chat.settings.keep_uploads_days))
    app.add_routes(PageRoutes(chat, cast, Intro(name, banner, tuple(suggestions), mailbox), STATIC).routes)
    app.add_routes(CustomerRoutes(chat, cast, front_desk).routes)
    app.add_routes(VerifyRoutes(chat, cast, front_desk).routes)
    if chat.settings.has_staff_side:
        app.add_routes(StaffRoutes(chat, cast, desk, cases).routes)
    app.router.add_static("/static", STATIC)
    return app
