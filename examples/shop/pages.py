"""Pages of the demo shop itself: its outgoing mail, and the page on which a customer is logged in."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from examples.shop.mailbox import Mail, Mailbox
from examples.shop.seed import CUSTOMERS, SeedCustomer

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/static/css/theme.css">
<link rel="stylesheet" href="/static/css/paper.css"></head>
<body class="paper"><h1>{title}</h1>{body}</body></html>"""


_CLAIM = "/identity/claim"


def routes(folder: Path, secret: str) -> Sequence[web.RouteDef]:
    """For the web application of the demo. Whoever reaches it reads the mail, so it is for this machine alone."""
    mailbox = Mailbox(folder)

    async def mail(request: web.Request) -> web.Response:
        letters = "".join(map(_letter, await mailbox.newest()))
        return page("Demo mailbox", letters or "<p>No mail was sent yet.</p>")

    async def account(request: web.Request) -> web.Response:
        asked = request.query.get("firstline", "")
        here = next((each for each in CUSTOMERS if each.id == request.query.get("customer")), CUSTOMERS[1])
        return _account(asked, here, secret)

    return [web.get("/shop/mailbox", mail), web.get("/shop/account", account)]


def _account(asked: str, here: SeedCustomer, secret: str) -> web.Response:
    """Who is logged in, and whether the one who asks in the chat is them. A real shop knows who is logged in."""
    import jwt  # the extra `identity`

    from examples.shop.site import answer_for, who_asks

    try:
        who = who_asks(asked, secret)
        answer = answer_for(asked, here.id, secret)
    except jwt.PyJWTError:
        return page("Your account", "<p>This link is no longer good. Ask for a new one in the chat.</p>", status=400)
    others = "".join(
        f'<li><a href="?firstline={quote(asked)}&amp;customer={each.id}">{escape(each.name)}</a></li>'
        for each in CUSTOMERS
        if each is not here
    )
    name, platform = escape(str(who["name"])), escape(str(who["sub"]).partition(":")[0])
    yes = f'<a href="{_CLAIM}?token={quote(answer)}">Yes, that is me</a>'
    return page(
        "Your account",
        f"<article><p>You are logged in as <b>{escape(here.name)}</b>.</p>"
        f"<p><b>{name}</b> on {platform} wants to be known in the support chat as you. "
        f"Go on only if you asked for this in the chat just now.</p><p>{yes}</p></article>"
        f"<p>This is the demo: log in as somebody else</p><ul>{others}</ul>",
    )


def page(title: str, body: str, *, status: int = 200) -> web.Response:
    """A page; the title and all text in the body must be safe HTML already."""
    return web.Response(text=_PAGE.format(title=title, body=body), content_type="text/html", status=status)


def _letter(mail: Mail) -> str:
    head = f"<p><b>{escape(mail.subject)}</b><br><small>to {escape(mail.recipient)}, {mail.at:%H:%M:%S} UTC</small></p>"
    return f"<article>{head}<pre>{escape(mail.body)}</pre></article>"
