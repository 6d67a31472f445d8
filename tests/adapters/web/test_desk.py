"""The desk over a real socket and a real database: who gets in, what they see, and that nobody else sees anything."""

import hashlib
import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import pytest

from adapters.storage.store import Store, open_store
from adapters.web.desk.accounts import FILE_NAME, Accounts
from adapters.web.desk.app import DeskRoom, desk_app
from adapters.web.desk.sessions import Tries
from adapters.web.server import serve
from adapters.web.settings import WebDeskSettings
from core.casebook import Reach
from core.conversation import Attachment, Thread
from core.desksettings import DeskSettings
from core.errors import AttachmentError, SettingsError
from core.modelling import Picture
from core.teams import Teams
from core.tools import ToolResult
from core.vision import CheckedImage
from tests.adapters.storage.scene import NOW, THREAD, answered, approval, message, moves, refund, says
from tests.fakes.clock import StillClock

PASSWORD = "four quiet words here"
OTHERS = Thread("t2", "slack", "C9", "9.0")
PNG = b"\x89PNG\r\n\x1a\n" + b"rest of a picture"
SHA = "ab" * 32


async def blurred(picture: Picture) -> Picture:
    """A copy that says it is one; what is no picture cannot be copied."""
    if not picture.content.startswith(b"\x89PNG"):
        raise AttachmentError("it is no picture")
    return Picture(picture.media_type, picture.content + b" copied")


@dataclass(slots=True)
class Visitor:
    """One browser."""

    address: str
    session: aiohttp.ClientSession

    async def get(self, path: str, *, follow: bool = True, host: str = "") -> tuple[int, str]:
        headers = {"Host": host} if host else {}
        async with self.session.get(self.address + path, allow_redirects=follow, headers=headers) as answer:
            return answer.status, (await answer.read()).decode(errors="replace")

    async def post(self, path: str, *, origin: str = "", **fields: str) -> tuple[int, str]:
        headers = {"Origin": origin or self.address}
        async with self.session.post(self.address + path, data=fields, headers=headers) as answer:
            return answer.status, await answer.text()

    async def form_key(self, path: str = "/desk/login") -> str:
        found = re.search(r'name="form_key" value="([^"]+)"', (await self.get(path))[1])
        assert found
        return found[1]

    async def sign_in(self, name: str = "ann", password: str = PASSWORD, then: str = "") -> tuple[int, str]:
        form_key = await self.form_key()
        return await self.post("/desk/login", form_key=form_key, name=name, password=password, then=then)


@dataclass(slots=True)
class Rig:
    """A served desk."""

    address: str
    store: Store
    clock: StillClock
    accounts: Accounts

    @asynccontextmanager
    async def visitor(self, name: str = "") -> AsyncGenerator[Visitor]:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            here = Visitor(self.address, session)
            if name:
                assert (await here.sign_in(name))[0] == 200
            yield here


@cache
def three_accounts() -> bytes:
    """Hashing is slow on purpose, so it is done once."""
    with TemporaryDirectory() as folder:
        accounts = Accounts(Path(folder) / FILE_NAME)
        accounts.put("ann", PASSWORD, Reach(frozenset({"slack:t1"})))
        accounts.put("bea", PASSWORD, Reach(frozenset({"slack:t2"})))
        accounts.put("cem", PASSWORD, Reach(is_all=True))
        return (Path(folder) / FILE_NAME).read_bytes()


@asynccontextmanager
async def served(folder: Path, settings: WebDeskSettings | None = None) -> AsyncGenerator[Rig]:
    """Ann sees tenant t1, Bea t2, Cem all of them."""
    (folder / FILE_NAME).write_bytes(three_accounts())
    clock, accounts = StillClock(NOW), Accounts(folder / FILE_NAME)
    async with open_store(f"sqlite:///{folder / 'desk.db'}", clock=clock) as store:
        room = DeskRoom(store.casebook, accounts, store.desk_sessions, Teams(DeskSettings()), clock, blurred)
        async with serve(desk_app(room, settings or WebDeskSettings()), "127.0.0.1", 0) as address:
            yield Rig(address, store, clock, accounts)


async def handed_over(store: Store, thread: Thread = THREAD, text: str = "Where is my <b>parcel</b>?") -> str:
    """A case that the bot answered and people got."""
    await says(store, text, thread=thread)
    await answered(store, thread=thread)
    case = await store.cases.find(thread)
    assert case is not None
    assert await moves(store, case, "hand_over") is not None
    return case.id


async def with_picture(store: Store) -> None:
    """The first message of the case came with a picture."""
    shown = message()
    image = CheckedImage(SHA, Picture("image/png", PNG), 4, 4)
    await store.pictures.keep(shown, Attachment("F1", "box.png", "image/png", 9, ""), image)


async def test_nothing_is_shown_to_anybody_who_is_not_signed_in(tmp_path: Path) -> None:
    async with served(tmp_path) as rig, rig.visitor() as stranger:
        case_id = await handed_over(rig.store)
        await with_picture(rig.store)
        routes = ["/", "/desk", "/desk/", "/desk/search?q=parcel", "/desk/reports", "/desk/nothing", "/static/x"]
        routes += [f"/desk/cases/{case_id}{rest}" for rest in ("", "/trace", f"/pictures/{SHA}")]
        for path in routes:
            assert (await stranger.get(path, follow=False))[0] == 303, path
            status, page = await stranger.get(path)
            assert (status, "Sign in" in page) == (200, True), path
            assert "parcel" not in page, path
            assert (await stranger.post(path))[0] == 401, path
        assert (await stranger.post("/desk/logout"))[0] == 401


async def test_whoever_is_signed_in_sees_the_cases_of_their_tenants_alone(tmp_path: Path) -> None:
    async with served(tmp_path) as rig:
        mine, theirs = await handed_over(rig.store), await handed_over(rig.store, OTHERS, "My invoice is wrong")
        await with_picture(rig.store)
        async with rig.visitor("ann") as ann, rig.visitor("bea") as bea, rig.visitor("cem") as cem:
            for path in ("/desk", "/desk/search?q=my", "/desk/reports"):
                assert theirs not in (await ann.get(path))[1]
            for path in (f"/desk/cases/{theirs}", f"/desk/cases/{theirs}/trace", f"/desk/search?q={theirs}"):
                status, page = await ann.get(path)
                assert "invoice" not in page
                assert status == (200 if "search" in path else 404)
            assert (await bea.get(f"/desk/cases/{mine}/pictures/{SHA}"))[0] == 404
            assert (await bea.get(f"/desk/cases/{theirs}/pictures/{SHA}"))[0] == 404
            assert "Shares of 1 cases" in (await bea.get("/desk/reports"))[1]
            queue = (await cem.get("/desk"))[1]
            assert mine in queue
            assert theirs in queue


async def test_a_case_shows_facts_packet_words_pictures_actions_and_cost(tmp_path: Path) -> None:
    async with served(tmp_path) as rig:
        case_id = await handed_over(rig.store)
        await with_picture(rig.store)
        wish = replace(refund(state="proposed"), case_id=case_id)
        await rig.store.actions.propose(wish, approval(), [])
        async with rig.visitor("ann") as ann:
            _, page = await ann.get(f"/desk/cases/{case_id}")
            for words in (
                "needs a person",
                "Data was lost.",
                "80.00 EUR",
                "waits for the team until",
                "Cost of models",
            ):
                assert words in page
            assert "&lt;b&gt;parcel&lt;/b&gt;" in page
            assert "<b>parcel</b>" not in page
            assert f"/desk/cases/{case_id}/pictures/{SHA}" in page
            async with ann.session.get(f"{rig.address}/desk/cases/{case_id}/pictures/{SHA}") as answer:
                assert await answer.read() == PNG + b" copied"
                assert answer.content_type == "image/png"
            assert (await ann.get(f"/desk/cases/{case_id}/pictures/{'0' * 64}"))[0] == 404


async def test_the_trace_tells_moves_triage_models_and_deliveries(tmp_path: Path) -> None:
    async with served(tmp_path) as rig, rig.visitor("ann") as ann:
        case_id = await handed_over(rig.store)
        _, page = await ann.get(f"/desk/cases/{case_id}/trace")
        for words in ("hand over", "Triage", "urgency", "model-a", "What was sent, and whether it arrived", "due"):
            assert words in page


async def test_search_finds_words_in_any_order_a_customer_and_a_receipt(tmp_path: Path) -> None:
    async with served(tmp_path) as rig, rig.visitor("ann") as ann:
        case_id = await handed_over(rig.store)
        wish = replace(refund(), case_id=case_id)
        await rig.store.actions.propose(replace(wish, state="proposed"), approval(), [])
        await rig.store.actions.decide("A-1", is_approved=True, by="s1", by_name="Sam", place=THREAD)
        turn = await rig.store.turns.begin(THREAD, history_lines=4)
        assert turn is not None
        await rig.store.actions.intend(replace(wish, turn_id=turn.id))
        done = await rig.store.actions.settle(wish.key, "done", ToolResult("ok", {}, "Refunded."))
        for words in ("PARCEL where", case_id.lower(), "u1", done.receipt_id):
            assert f"/desk/cases/{case_id}" in (await ann.get(f"/desk/search?q={words}"))[1], words
        for words in ("parcel elsewhere", "100%", "_", "%00"):
            status, page = await ann.get(f"/desk/search?q={words}")
            assert status == 200
            assert f"/desk/cases/{case_id}" not in page, words


async def test_reports_are_the_same_figures_as_the_commands(tmp_path: Path) -> None:
    async with served(tmp_path) as rig, rig.visitor("ann") as ann:
        await handed_over(rig.store)
        for days in ("", "7", "nonsense"):
            status, page = await ann.get(f"/desk/reports?days={days}")
            assert status == 200
            assert "Shares of 1 cases" in page
            assert "urgent" in page
        rig.clock.move(minutes=30)
        assert '<svg class="bar"' in page
        assert "style=" not in page


@pytest.mark.parametrize(("name", "password"), [("ann", "wrong words here"), ("nobody", PASSWORD), ("", "")])
async def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(tmp_path: Path, name: str, password: str) -> None:
    async with served(tmp_path) as rig, rig.visitor() as here:
        status, page = await here.sign_in(name, password)
        assert status == 401
        assert "Name or password is wrong." in page
        assert (await here.get("/desk", follow=False))[0] == 303


async def test_after_some_wrong_passwords_even_the_right_one_has_to_wait(tmp_path: Path) -> None:
    async with served(tmp_path, WebDeskSettings(tries=2)) as rig, rig.visitor() as here:
        for _ in range(2):
            assert (await here.sign_in("Ann", "wrong words here"))[0] == 401
        assert (await here.sign_in())[0] == 429
        rig.clock.move(minutes=15)
        assert (await here.sign_in())[0] == 200


def test_many_names_from_one_address_have_to_wait_too() -> None:
    tries = Tries(StillClock(NOW), per_name=2)
    assert [tries.take(f"name-{n}", "10.0.0.1") for n in range(9)] == [True] * 8 + [False]
    assert tries.take("name-9", "10.0.0.2")


async def test_signing_out_ends_the_session_and_only_the_desk_itself_can_do_it(tmp_path: Path) -> None:
    async with served(tmp_path) as rig, rig.visitor("ann") as ann:
        form_key = await ann.form_key("/desk")
        assert (await ann.post("/desk/logout", form_key="guessed"))[0] == 403
        assert (await ann.post("/desk/logout", form_key=form_key, origin="http://elsewhere.example"))[0] == 403
        cookies = {each.key: each.value for each in ann.session.cookie_jar}
        assert (await ann.post("/desk/logout", form_key=form_key))[0] == 200
        async with ann.session.get(f"{rig.address}/desk", cookies=cookies, allow_redirects=False) as answer:
            assert answer.status == 303


async def test_a_login_form_of_another_page_signs_nobody_in(tmp_path: Path) -> None:
    async with served(tmp_path) as rig, rig.visitor() as here:
        form_key = await here.form_key()
        fields = {"name": "ann", "password": PASSWORD}
        assert (await here.post("/desk/login", form_key="another", **fields))[0] == 403
        form_key = await here.form_key()
        assert (await here.post("/desk/login", origin="http://e.example", form_key=form_key, **fields))[0] == 403
        assert (await here.get("/desk/login", host="elsewhere.example"))[0] == 421


async def test_a_restart_and_another_replica_know_who_is_signed_in_and_everybody_can_be_signed_out(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as rig, rig.visitor("ann") as here:
        cookies = {each.key: each.value for each in here.session.cookie_jar}
        kept = await rig.store.desk_sessions.find(hashlib.sha256(cookies["firstline_desk"].encode()).hexdigest())
        assert kept is not None
        assert kept.name == "ann"
        assert three_accounts().decode().find(kept.mark) < 0, "a mark tells nothing of the password's hash"
    async with served(tmp_path) as rig, aiohttp.ClientSession(cookies=cookies) as session:
        address = f"{rig.address}/desk"
        async with session.get(address, cookies=cookies, allow_redirects=False) as answer:
            assert answer.status == 200
        assert await rig.store.desk_sessions.end_all("Ann") == 1
        async with session.get(address, cookies=cookies, allow_redirects=False) as answer:
            assert answer.status == 303


async def test_sessions_end_with_time_with_a_new_password_and_with_the_account(tmp_path: Path) -> None:
    async with served(tmp_path, WebDeskSettings(session_h=2, idle_min=60)) as rig, rig.visitor() as here:

        async def is_in() -> bool:
            return (await here.get("/desk", follow=False))[0] == 200

        await here.sign_in()
        rig.clock.move(minutes=61)
        assert not await is_in()
        await here.sign_in()
        for _ in range(2):
            rig.clock.move(minutes=50)
            assert await is_in()
        rig.clock.move(minutes=50)
        assert not await is_in()
        await here.sign_in()
        rig.accounts.put("ann", PASSWORD, Reach(frozenset({"slack:t1"})))
        assert not await is_in()
        await here.sign_in()
        rig.accounts.remove("ann")
        assert not await is_in()


@pytest.mark.parametrize(
    ("then", "place"),
    [("/desk/reports", "/desk/reports"), ("//elsewhere.example", "/desk"), ("/desk/../x", "/desk"), ("", "/desk")],
)
async def test_a_login_leads_on_within_the_desk_alone(tmp_path: Path, then: str, place: str) -> None:
    async with served(tmp_path) as rig, rig.visitor() as here:
        form_key = await here.form_key()
        fields = {"form_key": form_key, "name": "ann", "password": PASSWORD, "then": then}
        async with here.session.post(
            f"{rig.address}/desk/login", data=fields, headers={"Origin": rig.address}, allow_redirects=False
        ) as answer:
            assert answer.headers["Location"] == place


async def test_cookies_are_for_the_desk_alone_and_pages_are_kept_nowhere(tmp_path: Path) -> None:
    async with served(tmp_path, WebDeskSettings(behind_tls=True)) as rig, rig.visitor() as here:
        async with here.session.get(f"{rig.address}/desk/login") as answer:
            cookie = answer.headers["Set-Cookie"]
            assert answer.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Strict-Transport-Security"]
        for word in ("HttpOnly", "SameSite=Strict", "Secure", "Path=/desk"):
            assert word in cookie


async def test_an_unknown_page_says_so_in_words(tmp_path: Path) -> None:
    async with served(tmp_path) as rig, rig.visitor("ann") as ann:
        for path in ("/desk/nothing", "/desk/cases/C-NONE", "/desk/cases/%00"):
            status, page = await ann.get(path)
            assert status == 404
            assert "There is no such" in page


@pytest.mark.parametrize(
    ("name", "password", "reach", "line"),
    [
        ("an/n", PASSWORD, Reach(is_all=True), "is no name"),
        ("ann", "short", Reach(is_all=True), "12 to 512 characters"),
        ("ann", PASSWORD, Reach(frozenset({"T0123"})), "is no tenant"),
        ("ann", PASSWORD, Reach(), "--all-tenants"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_the_reason(
    tmp_path: Path, name: str, password: str, reach: Reach, line: str
) -> None:
    with pytest.raises(SettingsError, match=line):
        Accounts(tmp_path / FILE_NAME).put(name, password, reach)
    assert not (tmp_path / FILE_NAME).exists()


def test_the_file_of_accounts_is_its_owners_alone_and_holds_no_password(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "data" / FILE_NAME)
    accounts.put("Ann", PASSWORD, Reach(frozenset({"slack:t1"})))
    file = tmp_path / "data" / FILE_NAME
    assert file.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in file.read_text()
    other = Accounts(file)
    assert other.check("ANN", PASSWORD) is not None
    assert other.check("ann", PASSWORD + " ") is None
    file.write_text("no accounts")
    with pytest.raises(SettingsError, match="Mend it"):
        Accounts(file).all()


def test_the_desk_is_never_served_to_others_without_tls() -> None:
    with pytest.raises(ValueError, match="in the open"):
        WebDeskSettings(enabled=True, host="0.0.0.0")
    assert WebDeskSettings(enabled=True, host="0.0.0.0", behind_tls=True).enabled
    assert WebDeskSettings(enabled=True).host == "127.0.0.1"


async def test_the_figures_can_be_saved_for_programs_by_whoever_may_see_the_cases(tmp_path: Path) -> None:
    async with served(tmp_path) as rig, rig.visitor("ann") as ann, rig.visitor("bea") as bea, rig.visitor() as stranger:
        await handed_over(rig.store)
        for visitor, cases in ((ann, 1), (bea, 0)):
            told = json.loads((await visitor.get("/desk/reports.json"))[1])
            assert (told["cases"], told["handed_off"]) == (cases, cases)
        names, values = (await ann.get("/desk/reports.csv?days=7"))[1].splitlines()
        assert dict(zip(names.split(","), values.split(","), strict=True))["handed_off"] == "1"
        assert "Sign in" in (await stranger.get("/desk/reports.csv"))[1]
