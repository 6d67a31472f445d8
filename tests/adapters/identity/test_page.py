"""The company's own page: what it signs counts once, in time, for the one who asked, and only with the secret."""

import base64
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from yarl import URL

from adapters.identity.page import SignedPage, claim_routes
from adapters.storage.store import Store, open_store
from adapters.web.server import serve
from core.doorkeeper import Caller, Doorkeeper
from core.identity import ChatUser
from core.settings import IdentitySettings
from examples.shop.site import answer_for, who_asks
from tests.fakes.clock import StillClock

SECRET = "s" * 40
ME, OTHER = ChatUser("t1", "slack", "u1"), ChatUser("t1", "slack", "u2")


@dataclass
class Site:
    """A process with a page beside it."""

    keeper: Doorkeeper
    store: Store
    address: str
    http: aiohttp.ClientSession

    async def asks(self, user: ChatUser) -> str:
        """The token in the address that somebody is given in private."""
        step = await self.keeper.begin(Caller(user, "Ada", "T-1"))
        return URL(step.line.partition("(")[2].partition(")")[0]).query["firstline"]

    async def claims(self, token: str) -> dict[str, Any]:
        async with self.http.post(f"{self.address}/identity/claim", json={"token": token}) as answer:
            return {**await answer.json(), "status": answer.status}

    async def enters(self, user: ChatUser, code: str) -> bool:
        return (await self.keeper.try_code(Caller(user, "Somebody"), code)).is_done


@asynccontextmanager
async def site() -> AsyncGenerator[Site, None]:
    clock = StillClock(datetime.now(UTC))
    page = SignedPage("https://shop.example/account?lang=en", SECRET)
    async with open_store("sqlite://", clock=clock) as store:
        keeper = Doorkeeper(
            links=store.links, challenges=store.challenges, settings=IdentitySettings(), clock=clock, page=page
        )
        app = web.Application()
        app.add_routes(claim_routes(page, keeper))
        async with serve(app, "127.0.0.1", 0) as address, aiohttp.ClientSession() as http:
            yield Site(keeper, store, address, http)


async def test_somebody_who_is_logged_in_at_the_page_is_known_in_the_chat_after_entering_its_code() -> None:
    async with site() as here:
        token = await here.asks(ME)
        assert who_asks(token, SECRET)["name"] == "Ada"
        told = await here.claims(answer_for(token, "c-ada", SECRET))
        assert told["status"] == 200
        assert await here.store.links.all() == [], "not before the one in the chat has the code"
        assert not await here.enters(OTHER, told["code"])
        assert await here.enters(ME, told["code"])
        (link,) = await here.store.links.all()
        assert (link.user, link.customer_id, link.how) == (ME, "c-ada", "signed_link")


async def test_an_answer_counts_once() -> None:
    async with site() as here:
        answer = answer_for(await here.asks(ME), "c-ada", SECRET)
        assert (await here.claims(answer))["status"] == 200
        assert (await here.claims(answer))["status"] == 400


async def test_the_browser_can_bring_the_answer_too_and_is_shown_the_code() -> None:
    async with site() as here:
        answer = answer_for(await here.asks(ME), "c-ada", SECRET)
        async with here.http.get(f"{here.address}/identity/claim", params={"token": answer}) as shown:
            assert "Almost done" in await shown.text()
        async with here.http.get(f"{here.address}/identity/claim", params={"token": answer}) as again:
            assert again.status == 400


@pytest.mark.parametrize(
    "change",
    [
        {"sub": OTHER.key},
        {"sub": "discord:t1:u1"},
        {"sub": "slack:t2:u1"},
        {"jti": "another"},
        {"exp": int(time.time()) - 120},
        {"iat": int(time.time()) - 3_600},
        {"aud": "site"},
        {"iss": "firstline"},
        {"customer": ""},
        {"customer": None},
        {"sub": "nonsense"},
    ],
)
async def test_an_answer_that_says_anything_else_is_refused(change: dict[str, Any]) -> None:
    async with site() as here:
        answer = answer_for(await here.asks(ME), "c-ada", SECRET)
        claims: dict[str, Any] = jwt.decode(answer, options={"verify_signature": False})
        said = {key: value for key, value in {**claims, **change}.items() if value is not None}
        forged = jwt.encode(said, SECRET, algorithm="HS256")
        assert (await here.claims(forged))["status"] == 400
        assert await here.store.links.all() == []


def _unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in parts) + "."


@pytest.mark.parametrize("how", ["other secret", "no signature", "the address itself", "rubbish", "HS512"])
async def test_what_the_page_did_not_sign_is_refused(how: str) -> None:
    async with site() as here:
        token = await here.asks(ME)
        good: dict[str, Any] = jwt.decode(answer_for(token, "c-ada", SECRET), options={"verify_signature": False})
        forged = {
            "other secret": jwt.encode(good, "x" * 40, algorithm="HS256"),
            "no signature": _unsigned(good),
            "the address itself": token,
            "rubbish": "a.b.c",
            "HS512": jwt.encode(good, SECRET * 2, algorithm="HS512"),
        }[how]
        assert (await here.claims(forged))["status"] == 400
