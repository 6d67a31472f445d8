"""Who sits at the page: an unguessable cookie, and the customer this window plays."""

import hashlib
import re
import secrets
from dataclasses import dataclass

from aiohttp import web

from adapters.web.cast import Cast, Customer
from adapters.web.settings import PLATFORM
from core.conversation import Author, Thread

COOKIE = "firstline_session"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_YEAR_S = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser session in the part it plays. The cookie itself is kept nowhere, only what follows from it."""

    thread: Thread
    author: Author
    staff: Author
    customer: Customer | None


def visitor_of(request: web.Request, cast: Cast, tenant: str) -> Visitor:
    """The visitor of a request; `as` in its query names the customer. Raises 401 without a session."""
    token = request.cookies.get(COOKIE, "")
    if not _TOKEN.fullmatch(token):
        raise web.HTTPUnauthorized(text="Your session is not known. Reload the page.")
    customer = cast.choose(request.query.get("as", ""))
    channel = _digest(token, customer.id if customer else "")
    return Visitor(
        thread=Thread(tenant=tenant, platform=PLATFORM, channel=channel),
        author=Author(cast.author_id(channel, customer), customer.name if customer else "Customer"),
        staff=Author(f"staff-{_digest(token, 'staff')}", "Staff"),
        customer=customer,
    )


def give_session(request: web.Request, response: web.StreamResponse) -> None:
    """Set the cookie where there is none."""
    if not _TOKEN.fullmatch(request.cookies.get(COOKIE, "")):
        response.set_cookie(
            COOKIE, secrets.token_urlsafe(32), max_age=_YEAR_S, httponly=True, samesite="Lax", secure=request.secure
        )


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:20]
