"""Proving who one is: what makes a link, and the many ways that must not."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.storage.store import Store, open_store
from core.conversation import Author, Thread
from core.doorkeeper import Caller, Doorkeeper
from core.identity import ChatUser, LinkedIdentity, OnFile, Proofs, Step
from core.native import WorkspaceLinks
from core.principal import STRANGER, NobodyLinked
from core.reply import Press
from core.settings import IdentitySettings
from tests.core.rig import THREAD, rig
from tests.fakes.clock import StillClock
from tests.fakes.model import ScriptedModel, calls, says
from tests.fakes.records import ADA, Records

USERS = (
    ChatUser("t1", "slack", "u1"),
    ChatUser("t1", "slack", "u2"),
    ChatUser("t2", "slack", "u1"),
    ChatUser("t1", "discord", "u1"),
)
ME, OTHER, OTHER_TENANT, OTHER_PLATFORM = USERS


@dataclass
class Door:
    """A doorkeeper over a real database."""

    keeper: Doorkeeper
    store: Store
    records: Records
    clock: StillClock

    async def asks(self, user: ChatUser, address: str) -> Step:
        step = await self.keeper.send_code(Caller(user, "Somebody", "T-1"), address)
        for _ in range(5):
            await asyncio.sleep(0)  # the sender works beside us
        return step

    async def enters(self, user: ChatUser, code: str) -> Step:
        return await self.keeper.try_code(Caller(user, "Somebody"), code)

    async def customer_of(self, user: ChatUser) -> str:
        identity = LinkedIdentity(self.store.links, self.clock, NobodyLinked())
        place = Thread(user.tenant, user.platform, "room")
        return (await identity.principal(Author(user.author_id, "Somebody"), place)).customer_id

    @property
    def code(self) -> str:
        return self.records.sent[-1][1]


@asynccontextmanager
async def door(**settings: Any) -> AsyncGenerator[Door, None]:
    clock, records = StillClock(), Records()
    async with open_store("sqlite://", clock=clock) as store:
        keeper = Doorkeeper(
            links=store.links,
            challenges=store.challenges,
            settings=IdentitySettings(**settings),
            clock=clock,
            directory=records,
            sender=records,
        )
        sending = asyncio.ensure_future(keeper.run())
        try:
            yield Door(keeper, store, records, clock)
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending


async def test_whoever_reads_the_mailbox_on_file_is_that_customer_until_it_runs_out() -> None:
    async with door(days=30) as here:
        assert (await here.asks(ME, " Ada@Example.com ")).asks == "code"
        assert await here.customer_of(ME) == "", "asking proves nothing"
        step = await here.enters(ME, f"{here.code[:3]} {here.code[3:]}")
        assert (step.is_done, step.turn_id) == (True, "T-1")
        assert await here.customer_of(ME) == "c-ada"
        assert {await here.customer_of(each) for each in USERS[1:]} == {""}
        here.clock.move(days=30)
        assert await here.customer_of(ME) == ""


@pytest.mark.parametrize("thief", USERS[1:])
async def test_a_code_that_was_passed_on_is_no_good_for_anybody_else(thief: ChatUser) -> None:
    async with door() as here:
        await here.asks(ME, "ada@example.com")
        await here.asks(thief, "nobody@example.com")
        assert not (await here.enters(thief, here.code)).is_done
        assert await here.customer_of(thief) == ""


async def test_a_code_works_once_in_time_and_only_the_newest() -> None:
    async with door(codes_per_hour=9) as here:
        await here.asks(ME, "ada@example.com")
        old = here.code
        await here.asks(ME, "ada@example.com")
        assert not (await here.enters(ME, old)).is_done or old == here.code
        assert (await here.enters(ME, here.code)).is_done
        assert not (await here.enters(ME, here.code)).is_done
        await here.asks(OTHER, "ada@example.com")
        here.clock.move(minutes=10)
        assert not (await here.enters(OTHER, here.code)).is_done


async def test_after_so_many_wrong_answers_the_right_one_comes_too_late() -> None:
    async with door(tries=3) as here:
        await here.asks(ME, "ada@example.com")
        wrong = f"{(int(here.code) + 1) % 10**6:06d}"
        answers = await asyncio.gather(*(here.enters(ME, wrong) for _ in range(9)))
        assert not any(each.is_done for each in answers)
        assert not (await here.enters(ME, here.code)).is_done


async def test_nobody_learns_which_addresses_are_on_file() -> None:
    async with door(codes_per_hour=2) as here:
        told: dict[str, list[Step]] = {}
        for address in ("ada@example.com", "nobody@example.com"):
            lines = told.setdefault(address, [])
            for user in USERS:
                lines += [await here.asks(user, address), await here.enters(user, "000 000")]
            here.clock.move(hours=2)
        assert told["ada@example.com"] == told["nobody@example.com"], "the same words, in the same order"
        assert len(here.records.sent) == 2, "and the mailbox is not flooded, whoever asks"


async def test_one_person_asks_only_so_often() -> None:
    async with door(codes_per_hour=3) as here:
        told = [await here.asks(ME, f"somebody{n}@example.com") for n in range(5)]
        assert [each.asks for each in told] == ["code"] * 3 + ["nothing"] * 2
        here.clock.move(minutes=61)
        assert (await here.asks(ME, "ada@example.com")).asks == "code"


@pytest.mark.parametrize(
    "typed",
    ["c-ada", "C-1001", "ada", "customer_id=c-ada", "' OR 1=1 --", "@", "a@b", "", "ada@example.com; bcc: x@y.z"],
)
async def test_what_somebody_types_is_never_enough(typed: str) -> None:
    async with door() as here:
        assert (await here.asks(ME, typed)).asks == "address"
        assert not (await here.enters(ME, typed)).is_done
        assert (here.records.sent, await here.customer_of(ME)) == ([], "")


async def test_a_mail_server_that_is_away_shows_in_the_log_and_not_in_the_chat(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with door() as here:
        here.records.is_away = True
        assert (await here.asks(ME, "ada@example.com")).asks == "code"
        assert "was not sent" in caplog.text
        assert "ada@" not in caplog.text


async def test_somebody_known_shows_that_it_is_still_them_without_naming_an_address() -> None:
    async with door(codes_per_hour=9) as here:
        await here.asks(ME, "ada@example.com")
        await here.enters(ME, here.code)
        here.clock.move(hours=1)
        assert (await here.keeper.begin(Caller(ME, "Ada", "T-2"))).asks == "code"
        for _ in range(5):
            await asyncio.sleep(0)
        assert here.records.sent[-1][0] == ADA
        assert (await here.enters(ME, here.code)).is_done
        link = await here.store.links.of(ME)
        assert link is not None
        assert link.at == here.clock.now()


async def test_a_tool_that_wants_a_fresh_proof_does_not_take_an_old_one() -> None:
    async with door() as here:
        await here.asks(ME, "ada@example.com")
        await here.enters(ME, here.code)
        identity = LinkedIdentity(here.store.links, here.clock, NobodyLinked())
        proofs, place = Proofs(can_verify=True, fresh_minutes=15), Thread("t1", "slack", "room")
        who = await identity.principal(Author("u1", "Ada"), place)
        assert proofs.lacking("fresh", who, here.clock.now()) == ""
        here.clock.move(minutes=10)
        assert proofs.lacking("fresh", who, here.clock.now(), minutes=5) == "fresh"
        here.clock.move(minutes=6)
        assert proofs.lacking("fresh", who, here.clock.now()) == "fresh"
        assert proofs.lacking("linked", who, here.clock.now()) == ""
        assert await here.store.links.remove(ME, by="cli:op")
        assert (
            proofs.lacking("linked", await identity.principal(Author("u1", "Ada"), place), here.clock.now()) == "link"
        )


Deed = tuple[str, int, int]
_DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 3), st.integers(0, 2)),
        st.tuples(st.just("enter"), st.integers(0, 3), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.just(0), st.sampled_from([1, 9, 11, 61])),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@given(_DEEDS)
def test_a_link_is_made_by_the_one_who_asked_with_the_code_sent_for_it_in_time_once(deeds: list[Deed]) -> None:
    async def play() -> None:
        async with door() as here:
            asked: list[tuple[ChatUser, OnFile, str, Any]] = []
            used: set[int] = set()
            for what, who, which in deeds:
                user = USERS[who]
                if what == "wait":
                    here.clock.move(minutes=which)
                elif what == "ask":
                    before = len(here.records.sent)
                    await here.asks(user, ("ada@example.com", "ben@example.com", "no@example.com")[which])
                    asked += [(user, to, code, here.clock.now()) for to, code in here.records.sent[before:]]
                elif asked:
                    n = which % len(asked)
                    owner, to, code, at = asked[n]
                    step = await here.enters(user, code)
                    if step.is_done:
                        same = [k for k, each in enumerate(asked) if each[0] == user and each[2] == code]
                        assert same, "somebody else's code"
                        assert (owner == user and n not in used) or len(same) > 1
                        assert (here.clock.now() - at).total_seconds() < 600 or len(same) > 1
                        assert await here.customer_of(user) == to.customer_id
                        used.add(n)

    asyncio.run(play())


async def test_a_code_written_into_the_chat_reaches_no_transcript_and_no_model(tmp_path: Path) -> None:
    model = ScriptedModel(says("Hello."))
    async with rig(tmp_path, model, customer=STRANGER) as here:
        await here.reception.verify(press("verify_address", text="ada@example.com"))
        await here.mailed()
        code = here.records.sent[-1][1]
        await here.says(f"my code is {code}")
        await here.says("hello")
        await here.settled()
        link = await here.store.links.of(ChatUser.of("u1", THREAD))
        assert link is not None
        assert link.customer_id == "c-ada"
        cases = await here.store.cases.of_author("t1", "memory", "u1")
        kept = [line.text for case in cases for line in await here.store.cases.lines(case.id, limit=99)]
        assert kept == ["hello", "Hello."]
        assert code not in str(model.requests)
        assert any("I know who you are now" in text for text in here.texts)
        await here.reception.receive(here.message(1, f"my code is {code}"))
        await here.settled()
        assert len(model.requests) == 1, "delivered again, it is still known"
    assert code.encode() not in (tmp_path / "case.sqlite3").read_bytes()


async def test_what_waited_is_answered_in_its_place_once_somebody_is_known(tmp_path: Path) -> None:
    look = calls("get_order_status", '{"order_id": "88291"}')
    async with rig(tmp_path, ScriptedModel(look, look, says("It came on Monday.")), customer=STRANGER) as here:
        await here.says("Where is order 88291?")
        await here.settled()
        (button, *_) = list(here.chat.messages.values())[-1].buttons
        assert button.action == "verify"
        await here.reception.verify(press("verify_address", button.value, text="ada@example.com"))
        await here.mailed()
        step = await here.reception.verify(press("verify_code", button.value, text=here.records.sent[-1][1]))
        assert step.is_done
        await here.settled()
        assert here.texts[-1] == "It came on Monday."
        assert len(here.texts) == 1, "in the same message"


async def test_an_approved_wish_of_somebody_who_is_not_known_any_more_is_not_carried_out(tmp_path: Path) -> None:
    pay = calls("initiate_refund", '{"order_id": "88291", "reason": "damaged"}')
    model = ScriptedModel(pay, says("A colleague looks at it."))
    async with rig(tmp_path, model, limit="50", customer=STRANGER) as here:
        await here.reception.verify(press("verify_address", text="ada@example.com"))
        await here.mailed()
        await here.reception.verify(press("verify_code", text=here.records.sent[-1][1]))
        await here.says("Please refund order 88291, it is damaged.")
        await here.settled()
        ((approval, action),) = await here.store.actions.pending()
        assert action.customer_id == "c-ada"
        assert "129.00 EUR is more than the 50.00 EUR that may be paid without a person" in approval.evidence
        await here.store.links.remove(ChatUser.of("u1", THREAD), by="cli:op")
        assert "Approved" in await here.presses("approve", approval.id)
        assert here.paid == []
        assert "no longer certain whose account" in here.texts[-1]


def press(action: str, value: str = "", *, text: str = "") -> Press:
    return Press(f"{action}{value}{text}", action, value, "u1", "Ada", THREAD, text=text)


async def test_staff_vouch_in_a_staff_place_by_name_for_a_customer_who_exists_and_never_for_themselves(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path, ScriptedModel(says("Hello.")), customer=STRANGER) as here:
        await here.says("hello")
        await here.settled()
        (case,) = await here.store.cases.of_author("t1", "memory", "u1")
        assert "Only staff" in await here.presses("vouch", case.id, by="u1", text="c-ada")
        assert "no such customer" in await here.presses("vouch", case.id, text="c-eve")
        assert await here.store.links.all() == []
        assert "c-ada" in await here.presses("vouch", case.id, text=" c-ada ")
        (link,) = await here.store.links.all("c-ada")
        assert (link.user.key, link.how, link.by) == ("memory:t1:u1", "vouched", "human:staff-1")
        assert any("vouched" in line.text for line in await here.store.cases.lines(case.id, limit=9))
    async with door() as lone:
        assert (await lone.keeper.vouched(ME, "c-ada", by=f"human:{ME.author_id}"))[0] is False


async def test_what_waited_is_answered_once_staff_have_vouched_and_its_author_hears_why(tmp_path: Path) -> None:
    look = calls("get_order_status", '{"order_id": "88291"}')
    async with rig(tmp_path, ScriptedModel(look, look, says("It came on Monday.")), customer=STRANGER) as here:
        await here.says("Where is order 88291?")
        await here.settled()
        (case,) = await here.store.cases.of_author("t1", "memory", "u1")
        assert "is answered now" in await here.presses("vouch", case.id, text="c-ada")
        await here.settled()
        asked, told = here.texts
        assert asked == "It came on Monday."
        assert "A colleague has confirmed which customer you are" in told
        assert "answered now" not in await here.presses("vouch", case.id, text="c-ada"), "nothing waits any more"


async def test_what_waited_is_answered_once_people_who_had_vouched_return_the_case(tmp_path: Path) -> None:
    look = calls("get_order_status", '{"order_id": "88291"}')
    async with rig(tmp_path, ScriptedModel(look, look, says("It came on Monday.")), customer=STRANGER) as here:
        await here.says("Where is order 88291?")
        await here.settled()
        (case,) = await here.store.cases.of_author("t1", "memory", "u1")
        await here.presses("escalate", case.id, by="u1")
        assert "Return the case to the bot" in await here.presses("vouch", case.id, text="c-ada")
        await here.settled()
        assert "It came on Monday." not in here.texts
        await here.presses("hand_back", case.id)
        await here.settled()
        assert "It came on Monday." in here.texts


async def test_what_waited_is_answered_wherever_somebody_began_to_verify(tmp_path: Path) -> None:
    look = calls("get_order_status", '{"order_id": "88291"}')
    async with rig(tmp_path, ScriptedModel(look, look, says("It came on Monday.")), customer=STRANGER) as here:
        await here.says("Where is order 88291?")
        await here.settled()
        await here.reception.verify(press("verify_address", text="ada@example.com"))
        await here.mailed()
        step = await here.reception.verify(press("verify_code", text=here.records.sent[-1][1]))
        assert "go on with your question" in step.line
        await here.settled()
        assert here.texts == ["It came on Monday."]


async def test_nothing_waits_where_nothing_was_asked_or_something_else_came_since(tmp_path: Path) -> None:
    look = calls("get_order_status", '{"order_id": "88291"}')
    model = ScriptedModel(look, says("We are open until six."))
    async with rig(tmp_path, model, customer=STRANGER) as here:
        assert await here.store.turns.unproved(ChatUser.of("u1", THREAD)) == ""
        await here.says("Where is order 88291?")
        await here.settled()
        assert await here.store.turns.unproved(ChatUser.of("u1", THREAD))
        assert await here.store.turns.unproved(ChatUser.of("u2", THREAD)) == ""
        here.clock.move(minutes=1)
        await here.says("When do you close?")
        await here.settled()
        assert await here.store.turns.unproved(ChatUser.of("u1", THREAD)) == ""


async def test_each_tenant_is_looked_up_in_its_own_records(tmp_path: Path) -> None:
    class Theirs(Records):
        async def by_address(self, address: str) -> OnFile | None:
            return OnFile("x-1", address) if address == "ada@example.com" else None

        async def by_id(self, customer_id: str) -> OnFile | None:
            return OnFile("x-1", "ada@example.com") if customer_id == "x-1" else None

    clock, records = StillClock(), Records()
    async with open_store("sqlite://", clock=clock) as store:
        keeper = Doorkeeper(
            links=store.links,
            challenges=store.challenges,
            settings=IdentitySettings(),
            clock=clock,
            directory=records,
            by_tenant={"t2": Theirs()},
            sender=records,
        )
        sending = asyncio.ensure_future(keeper.run())
        lone = Door(keeper, store, records, clock)
        for user, customer in ((ME, "c-ada"), (OTHER_TENANT, "x-1")):
            await lone.asks(user, "ada@example.com")
            assert (await lone.enters(user, lone.code)).is_done
            assert await lone.customer_of(user) == customer
        assert (await keeper.vouched(OTHER_TENANT, "c-ada", by="human:s1"))[0] is False
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending


@pytest.mark.parametrize(
    ("address", "customer"),
    [("ada@example.com", "c-ada"), ("ada@example.com.evil.example", ""), ("", ""), ("eve@example.com", "")],
)
async def test_only_an_address_of_the_companys_own_domain_that_is_on_file_makes_a_link(
    address: str, customer: str
) -> None:
    class Workspace:
        async def of(self, author: Author, place: Thread) -> str:
            return address

    async with door() as here:
        table = IdentitySettings(workspace_domains=("example.com",))
        native = WorkspaceLinks(here.store.links, Workspace(), here.records, settings=table, clock=here.clock)
        identity = LinkedIdentity(here.store.links, here.clock, NobodyLinked(), native)
        who = await identity.principal(Author("u1", "Ada"), Thread("t1", "slack", "room"))
        assert who.customer_id == customer


async def test_a_workspace_of_others_vouches_for_no_address_of_the_company() -> None:
    class Workspace:
        async def of(self, author: Author, place: Thread) -> str:
            return "ada@example.com"

    async with door() as here:
        table = IdentitySettings(workspace_domains=("example.com",), workspaces=("t1",))
        native = WorkspaceLinks(here.store.links, Workspace(), here.records, settings=table, clock=here.clock)
        ada = Author("u1", "Ada")
        assert await native.renewed(ada, Thread("t2", "slack", "room")) is None
        assert await native.renewed(ada, Thread("t1", "slack", "room")) is not None
