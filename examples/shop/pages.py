"""Pages of the demo shop itself: its outgoing mail."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from aiohttp import web

from examples.shop.mailbox import Mail, Mailbox

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/static/css/theme.css">
<link rel="stylesheet" href="/static/css/paper.css"></head>
<body class="paper"><h1>{title}</h1>{body}</body></html>"""


def routes(folder: Path) -> Sequence[web.RouteDef]:
    """For the web application of the demo. Whoever reaches it reads the mail, so it is for this machine alone."""
    mailbox = Mailbox(folder)

    async def mail(request: web.Request) -> web.Response:
        letters = "".join(map(_letter, await mailbox.newest()))
        return page("Demo mailbox", letters or "<p>No mail was sent yet.</p>")

    return [web.get("/shop/mailbox", mail)]


def page(title: str, body: str, *, status: int = 200) -> web.Response:
    """A page; the title and all text in the body must be safe HTML already."""
    return web.Response(text=_PAGE.format(title=title, body=body), content_type="text/html", status=status)


def _letter(mail: Mail) -> str:
    head = f"<p><b>{escape(mail.subject)}</b><br><small>to {escape(mail.recipient)}, {mail.at:%H:%M:%S} UTC</small></p>"
    return f"<article>{head}<pre>{escape(mail.body)}</pre></article>"
