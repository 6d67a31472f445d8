"""The page's requests over a real socket: whose they are, what they may bring, and what comes back."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.web.board import Row
from adapters.web.settings import WebSettings
from adapters.web.views import view_of_row
from core.conversation import Attachment, Thread
from core.reply import Delivery, Enclosed, Post, SentFile
from tests.adapters.web.rig import Rig, open_page

PNG = b"\x89PNG\r\n\x1a\n" + b"rest of a picture"


class Browser:
    """One browser: a cookie, and an origin."""

    def __init__(self, rig: Rig, session: aiohttp.ClientSession) -> None:
        self.rig = rig
        self.session = session
        self.headers = {"Origin": rig.address}

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, str]:
        """The status and the text of an answer."""
        async with self.session.post(
            f"{self.rig.address}{path}", json=body, headers={**self.headers, **headers}
        ) as answer:
            return answer.status, await answer.text()

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        """The status and the text of an answer."""
        async with self.session.get(f"{self.rig.address}{path}", headers=headers) as answer:
            return answer.status, (await answer.read()).decode(errors="replace")

    async def say(self, text: str, *, key: str = "message-0001", uploads: tuple[str, ...] = ()) -> tuple[int, str]:
        """Send a message."""
        return await self.post("/api/messages", {"id": key, "text": text, "uploads": list(uploads)})

    async def upload(self, content: bytes, name: str = "parcel.png") -> tuple[int, str]:
        """Send a file; returns its id where it was taken."""
        form = aiohttp.FormData()
        form.add_field("file", content, filename=name, content_type="image/png")
        async with self.session.post(f"{self.rig.address}/api/uploads", data=form, headers=self.headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text)["id"] if answer.ok else text

    async def entries(self) -> list[dict[str, Any]]:
        """The first frame of the customer's log."""
        async with (
            asyncio.timeout(5),
            self.session.ws_connect(f"{self.rig.address}/api/live", headers=self.headers) as socket,
        ):
            async for message in socket:
                frame = json.loads(message.data)
                if frame["pane"] == "customer":
                    return frame["entries"]
        raise AssertionError("no frame came")


@asynccontextmanager
async def browser(rig: Rig, *, has_session: bool = True) -> AsyncGenerator[Browser, None]:
    """A browser that has opened the page (or not)."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        here = Browser(rig, session)
        if has_session:
            assert (await here.get("/"))[0] == 200
        yield here


async def test_a_message_sent_twice_is_kept_once(tmp_path: Path) -> None:
    async with open_page(tmp_path) as rig, browser(rig) as here:
        assert await here.say("Hello") == (200, '{"is_new": true}')
        assert await here.say("Hello") == (200, '{"is_new": false}')
        said = [each for each in await here.entries() if each["kind"] == "customer"]
        assert len(said) == 1


async def test_another_page_cannot_write_in_a_visitors_name(tmp_path: Path) -> None:
    async with open_page(tmp_path) as rig, browser(rig) as here:
        body: Any = {"id": "message-0001", "text": "Hello", "uploads": []}
        assert (await here.post("/api/messages", body, Origin="http://elsewhere.example"))[0] == 403
        assert (await here.get("/", Host="elsewhere.example"))[0] == 421


async def test_without_a_session_nothing_is_taken(tmp_path: Path) -> None:
    async with open_page(tmp_path) as rig, browser(rig, has_session=False) as stranger:
        assert (await stranger.say("Hello"))[0] == 401


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({"id": "message-0001", "text": "  ", "uploads": []}, "Write something"),
        ({"id": "message-0001", "text": "x" * 101, "uploads": []}, "longer than 100 characters"),
        ({"id": "message-0001", "text": "x", "uploads": ["upload-0001", "upload-0002"]}, "At most 1 pictures"),
        ({"id": "no", "text": "x"}, "something unexpected"),
        ({"id": "message-0001", "text": "x", "more": 1}, "something unexpected"),
    ],
)
async def test_what_cannot_be_a_message_gets_a_line_that_says_why(tmp_path: Path, body: Any, line: str) -> None:
    settings = WebSettings(text_limit_chars=100, files_per_message=1)
    async with open_page(tmp_path, settings=settings) as rig, browser(rig) as here:
        status, text = await here.post("/api/messages", body)
        assert status == 400
        assert line in text


async def test_a_picture_is_shown_to_the_one_who_sent_it_alone(tmp_path: Path) -> None:
    async with open_page(tmp_path) as rig, browser(rig) as here, browser(rig) as other:
        status, upload = await here.upload(PNG)
        assert status == 200
        assert (await here.get(f"/api/uploads/{upload}"))[0] == 200
        assert (await other.get(f"/api/uploads/{upload}"))[0] == 404


async def test_the_teams_copy_of_a_picture_is_kept_with_the_customers_files_and_shown_to_staff(tmp_path: Path) -> None:
    place = Thread("demo", "slack", "D123", "1.0")
    enclosed = Enclosed(Attachment("F1", "box.png", "image/png", 9, ""), place, "1.0", "u1", is_for_staff=True)
    async with open_page(tmp_path) as rig, browser(rig) as here:
        card = Delivery(7, rig.chat.staff, Post("Case C-1", kind="card", enclosed=(enclosed,)))
        for _ in range(2):
            await rig.chat.deliver(replace(card, files=(SentFile("box.png", "image/png", PNG),)))
        (entry,) = (await rig.chat.boards.of(rig.chat.staff)).entries
        (shown,) = view_of_row(Row(entry, 1, 1), side="staff")["files"]  # type: ignore[misc]
        assert (await here.get(shown["path"]))[0] == 200  # type: ignore[index,call-overload]
    assert len([*(tmp_path / "uploads" / "D123").glob("*.bin")]) == 1


async def test_a_page_that_calls_itself_a_picture_is_never_served(tmp_path: Path) -> None:
    async with open_page(tmp_path) as rig, browser(rig) as here:
        _, upload = await here.upload(b"<html><script>alert(1)</script>")
        assert (await here.get(f"/api/uploads/{upload}"))[0] == 415


async def test_a_file_over_the_limit_is_refused_with_the_limit(tmp_path: Path) -> None:
    settings = WebSettings(upload_limit_mb=0.01)
    async with open_page(tmp_path, settings=settings) as rig, browser(rig) as here:
        status, line = await here.upload(PNG + bytes(15_000))
        assert status == 413
        assert "larger than 0.01 MB" in line


async def test_an_upload_id_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(PNG)
    async with open_page(tmp_path) as rig, browser(rig) as here:
        assert (await here.get("/api/uploads/..%2F..%2Fsecret"))[0] == 404


async def test_every_answer_forbids_scripts_from_elsewhere(tmp_path: Path) -> None:
    async with (
        open_page(tmp_path) as rig,
        aiohttp.ClientSession() as session,
        session.get(rig.address) as answer,
    ):
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_staff_cannot_act_where_the_page_is_served_to_others(tmp_path: Path) -> None:
    settings = WebSettings(host="shop.example")
    async with open_page(tmp_path, settings=settings) as rig, browser(rig) as here:
        press = {"key": "press-0001", "action": "approve", "value": "A-1", "is_staff": True}
        assert (await here.post("/api/presses", press))[0] == 403
        assert (await here.get("/api/cases"))[0] == 404
