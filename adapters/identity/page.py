"""The company's own page, on which customers are logged in: what we give it, and what it gives us back.

Both are JSON Web Tokens under one shared secret (HS256), each for one challenge of one chat user and a few minutes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from aiohttp import web
from yarl import URL

from core.doorkeeper import Caller, Doorkeeper
from core.identity import Challenge, ChatUser

CLAIM = "/identity/claim"
SHORTEST_SECRET = 32
"""Characters; fewer would be guessed."""
_ALGORITHM = "HS256"
_OURS, _THEIRS = "firstline", "site"
_NEWEST_M = 10
"""Minutes after which an answer of the page is too old, whatever it says itself."""
_MOST_BYTES = 8_000
_REFUSED = "This link is no longer good. Go back to the chat and press “Verify it's me” again."


@dataclass(frozen=True, slots=True)
class Answer:
    """Who is logged in at the page, for the one who asked in the chat."""

    challenge_id: str
    user: ChatUser
    customer_id: str


class SignedPage:
    """Implements `core.doorkeeper.Page`."""

    def __init__(self, address: str, secret: str) -> None:
        self._address = address
        self._secret = secret

    def address(self, caller: Caller, challenge: Challenge) -> str:
        """See `core.doorkeeper.Page`; the page reads from it who asks, and for how long it is good."""
        token = jwt.encode(
            {
                "iss": _OURS,
                "aud": _THEIRS,
                "jti": challenge.id,
                "sub": caller.user.key,
                "name": caller.name[:80],
                "iat": challenge.at,
                "exp": challenge.expires_at,
            },
            self._secret,
            algorithm=_ALGORITHM,
        )
        return str(URL(self._address).update_query(firstline=token))

    def read(self, token: str) -> Answer:
        """What the page signed. Raises `LookupError` for anything that is not whole, ours, meant for us and new."""
        try:
            said: dict[str, Any] = jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                audience=_OURS,
                issuer=_THEIRS,
                options={"require": ["iss", "aud", "jti", "sub", "customer", "iat", "exp"]},
            )
            platform, tenant, author_id = str(said["sub"]).split(":", 2)
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise LookupError("the answer of the page is not valid") from error
        if datetime.fromtimestamp(int(said["iat"]), UTC) < datetime.now(UTC) - timedelta(minutes=_NEWEST_M):
            raise LookupError("the answer of the page is too old")
        return Answer(str(said["jti"]), ChatUser(tenant, platform, author_id), str(said["customer"]))


def claim_routes(page: SignedPage, doorkeeper: Doorkeeper) -> list[web.RouteDef]:
    """`/identity/claim`: the page's back end posts its answer, or sends the browser here with it."""

    async def code_of(token: str) -> str:
        answer = page.read(token)
        return await doorkeeper.came_back(answer.challenge_id, answer.user, answer.customer_id)

    async def post(request: web.Request) -> web.Response:
        if (request.content_length or 0) > _MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(_MOST_BYTES, request.content_length or 0)
        try:
            token = (await request.json())["token"]
            return web.json_response({"code": await code_of(str(token))})
        except (LookupError, ValueError, TypeError):
            return web.json_response({"error": _REFUSED}, status=400)

    async def get(request: web.Request) -> web.Response:
        try:
            code = await code_of(request.query.get("token", ""))
        except LookupError:
            return _page("That did not work", f"<p>{_REFUSED}</p>", status=400)
        shown = f"{code[:3]} {code[3:]}"
        words = "Go back to the chat and enter this code there. Give it to nobody who asks you for it."
        return _page("Almost done", f"<p>{words}</p><p><strong>{shown}</strong></p>")

    return [web.post(CLAIM, post), web.get(CLAIM, get)]


def _page(title: str, body: str, *, status: int = 200) -> web.Response:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    text = f'<!doctype html><html lang="en"><head>{head}</head><body><h1>{title}</h1>{body}</body></html>'
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)
