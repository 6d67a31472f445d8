"""The door: nobody gets past it without being signed in, whatever they ask for."""

import asyncio
import hmac
import re
import secrets

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from markupsafe import Markup

from adapters.web.desk.accounts import Account, Accounts
from adapters.web.desk.layout import ICON, STYLE, Layout
from adapters.web.desk.sessions import Sessions, Tries
from adapters.web.settings import WebDeskSettings
from core.deskdoor import DeskSession, DeskSessions
from core.ports import Clock

COOKIE, FORM_COOKIE = "firstline_desk", "firstline_desk_form"
LOGIN = "/desk/login"
_OPEN = frozenset({LOGIN, STYLE, ICON})
_THEN = re.compile(r"/desk(?:/[A-Za-z0-9-]+){0,4}")
_FORM_KEY = re.compile(r"[A-Za-z0-9_-]{32}")
_FORM_BYTES = 8_192
_AT_ONCE = 2
"""Passwords that are checked at a time: each takes 32 MB."""
_WRONG = "Name or password is wrong."
_TOO_OFTEN = "Too many tries. Wait 15 minutes, then try again."
_OLD_FORM = "This form has grown old. Please sign in again."

WHO = web.RequestKey("who", tuple[DeskSession, Account])


class Door:
    """`/desk/login` and `/desk/logout`, and the middleware that stands before everything else."""

    def __init__(
        self, accounts: Accounts, sessions: DeskSessions, layout: Layout, settings: WebDeskSettings, clock: Clock
    ) -> None:
        self._accounts = accounts
        self._layout = layout
        self._settings = settings
        self._sessions = Sessions(accounts, sessions, clock, session_h=settings.session_h, idle_min=settings.idle_min)
        self._tries = Tries(clock, per_name=settings.tries)
        self._turns = asyncio.Semaphore(_AT_ONCE)

    @property
    def routes(self) -> list[web.RouteDef]:
        """For `Application.add_routes`."""
        return [
            web.get(LOGIN, self._form),
            web.post(LOGIN, self._sign_in),
            web.post("/desk/logout", self._sign_out),
        ]

    def middleware(self) -> Middleware:
        """Lets through who is signed in, and everybody to the login; all others are sent there."""

        @web.middleware
        async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path in _OPEN:
                return await handler(request)
            found = await self._sessions.find(request.cookies.get(COOKIE, ""))
            if found is None:
                if request.method not in ("GET", "HEAD"):
                    raise web.HTTPUnauthorized(text="You are not signed in any more.")
                then = request.path if _THEN.fullmatch(request.path) else ""
                raise web.HTTPSeeOther(LOGIN + (f"?then={then}" if then not in ("", "/desk") else ""))
            request[WHO] = found
            return await handler(request)

        return door

    async def _form(self, request: web.Request) -> web.Response:
        return self._ask(request, "", then=request.query.get("then", ""))

    async def _sign_in(self, request: web.Request) -> web.Response:
        sent = await _fields(request)
        name, then = sent.get("name", "").strip(), sent.get("then", "")
        kept = request.cookies.get(FORM_COOKIE, "")
        if not kept or not hmac.compare_digest(kept.encode(), sent.get("form_key", "").encode()):
            return self._ask(request, _OLD_FORM, then=then, status=403)
        address = request.remote or ""
        if not self._tries.take(name, address):
            return self._ask(request, _TOO_OFTEN, then=then, status=429)
        async with self._turns:
            account = await asyncio.to_thread(self._accounts.check, name, sent.get("password", ""))
        if account is None:
            return self._ask(request, _WRONG, then=then, status=401)
        self._tries.forgive(name, address)
        await self._sessions.end(request.cookies.get(COOKIE, ""))
        answer = web.Response(status=303, headers={"Location": then if _THEN.fullmatch(then) else "/desk"})
        self._set(answer, COOKIE, await self._sessions.begin(account), samesite="Lax")
        answer.del_cookie(FORM_COOKIE, path="/desk")
        return answer

    async def _sign_out(self, request: web.Request) -> web.Response:
        session, _ = request[WHO]
        sent = await _fields(request)
        if not hmac.compare_digest(session.form_key.encode(), sent.get("form_key", "").encode()):
            raise web.HTTPForbidden(text="This can only be done from the desk itself.")
        await self._sessions.end(request.cookies.get(COOKIE, ""))
        answer = web.Response(status=303, headers={"Location": LOGIN})
        answer.del_cookie(COOKIE, path="/desk")
        return answer

    def _ask(self, request: web.Request, line: str, *, then: str, status: int = 200) -> web.Response:
        # One key a browser, so that a second tab makes no form of the first one old.
        kept = request.cookies.get(FORM_COOKIE, "")
        form_key = kept if _FORM_KEY.fullmatch(kept) else secrets.token_urlsafe(24)
        page = self._layout.sign_in(line=line, form_key=form_key, then=then if _THEN.fullmatch(then) else "")
        answer = html(page, status=status)
        self._set(answer, FORM_COOKIE, form_key, samesite="Strict")
        return answer

    def _set(self, answer: web.Response, name: str, value: str, *, samesite: str) -> None:
        answer.set_cookie(name, value, path="/desk", httponly=True, samesite=samesite, secure=self._settings.behind_tls)


def html(page: Markup, *, status: int = 200) -> web.Response:
    """A page as an answer."""
    return web.Response(text=str(page), content_type="text/html", status=status)


async def _fields(request: web.Request) -> dict[str, str]:
    if (request.content_length or _FORM_BYTES + 1) > _FORM_BYTES:
        raise web.HTTPBadRequest(text="The form was not sent whole. Go back and try again.")
    sent = await request.post()
    return {key: value for key, value in sent.items() if isinstance(value, str)}
