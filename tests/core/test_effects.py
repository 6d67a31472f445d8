"""Effects happen once, whatever breaks around them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.storage.store import Store, open_store
from core.actions import Action
from core.case import Case
from core.conversation import Author, Message, Thread
from core.effects import Effects
from core.errors import ToolRefused
from core.modelling import ToolCall
from core.principal import Principal
from core.scene import Outcome, Scene
from core.settings import ApprovalSettings
from core.toolbox import Toolbox
from core.tools import Money, Tool, ToolContext, ToolResult, tool
from tests.fakes.clock import StillClock

THREAD = Thread("t1", "memory", "room", "root")
STAFF = Thread("t1", "memory", "staff")


@dataclass
class Provider:
    """A payment provider that can break in the middle."""

    paid: list[str] = field(default_factory=list[str])
    breaks: Callable[[], Awaitable[None]] | None = None
    """Awaited after the money has moved and before the answer."""
    refuses: bool = False
    can_look_up: bool = True

    def tools(self, *, amount: str = "10", time_limit_s: float = 5) -> list[Tool]:
        async def look_up(context: ToolContext, order_id: str) -> ToolResult:
            if context.key not in self.paid:
                raise LookupError(order_id)
            return ToolResult(f"Order {order_id} was paid back.")

        @tool(
            title="Pay back {order_id}",
            effect="money",
            acts_on=("order_id",),
            amount=lambda arguments, facts: Money(Decimal(amount), "EUR"),
            look_up=look_up if self.can_look_up else None,
            time_limit_s=time_limit_s,
        )
        async def pay_back(context: ToolContext, order_id: str) -> ToolResult:
            """Pay an order back."""
            if self.refuses:
                raise ToolRefused("It cannot be paid back.")
            self.paid.append(context.key)
            if self.breaks:
                await self.breaks()
            return ToolResult(f"Order {order_id} was paid back.")

        return [pay_back]


@dataclass
class Till:
    """A toolbox over a real database."""

    store: Store
    toolbox: Toolbox
    clock: StillClock
    case: Case

    async def pays(self, order_id: str = "1", *, turn: str = "T-1", customer: str = "cust") -> Outcome:
        principal = Principal("customer", "t1", "memory", "u1", "Ada", customer)
        scene = Scene(principal, self.case, turn, THREAD, "u1", f"refund {order_id}", "", "", (STAFF,))
        return await self.toolbox.run(ToolCall("c1", "pay_back", f'{{"order_id": "{order_id}"}}'), scene)

    async def carries_out(self, action: Action) -> Outcome:
        principal = Principal("customer", "t1", "memory", "u1", "Ada", "cust")
        scene = Scene(principal, self.case, "T-9", THREAD, "u1", "", "", "", (STAFF,))
        return await self.toolbox.carry_out(action, scene, by="staff")


@asynccontextmanager
async def till(
    folder: Path, provider: Provider, *, limit: str = "50", amount: str = "10", time_limit_s: float = 5
) -> AsyncGenerator[Till, None]:
    clock = StillClock()
    async with open_store(f"sqlite:///{folder / 'till.sqlite3'}", clock=clock) as store:
        effects = Effects(store.actions, ApprovalSettings(limit=Decimal(limit)), clock, folder)
        toolbox = Toolbox(provider.tools(amount=amount, time_limit_s=time_limit_s), effects)
        message = Message("1", THREAD, Author("u1", "Ada"), "refund", datetime(2026, 3, 2, tzinfo=UTC))
        yield Till(store, toolbox, clock, await store.cases.open(message, "cust"))


async def fails() -> None:
    raise ConnectionError("cut")


async def hangs() -> None:
    await asyncio.Event().wait()


async def test_a_done_effect_is_told_of_with_its_receipt_and_never_repeated(tmp_path: Path) -> None:
    provider = Provider()
    async with till(tmp_path, provider) as here:
        first, again = await here.pays(), await here.pays(turn="T-2")
    assert (first.state, again.state) == ("done", "done")
    assert first.receipt_id == again.receipt_id != ""
    assert len(provider.paid) == 1
    assert "done already" in again.result.summary


async def test_two_sessions_at_once_pay_once(tmp_path: Path) -> None:
    provider = Provider()
    async with till(tmp_path, provider) as here:
        await asyncio.gather(*(here.pays(turn=f"T-{n}") for n in range(8)))
        assert (await here.pays(turn="T-99")).state == "done"
    assert len(provider.paid) == 1


async def test_an_unknown_outcome_is_looked_up_and_found_done(tmp_path: Path) -> None:
    provider = Provider(breaks=fails)
    async with till(tmp_path, provider) as here:
        assert (await here.pays()).state == "done"
    assert len(provider.paid) == 1


async def test_a_back_end_that_hangs_is_not_waited_for_longer_than_its_limit(tmp_path: Path) -> None:
    provider = Provider(breaks=hangs)
    async with till(tmp_path, provider, time_limit_s=0.05) as here:
        assert (await here.pays()).state == "done"
    assert len(provider.paid) == 1


async def test_an_outcome_that_cannot_be_looked_up_goes_to_a_person_and_is_not_sent_again(tmp_path: Path) -> None:
    provider = Provider(breaks=fails, can_look_up=False)
    async with till(tmp_path, provider) as here:
        assert (await here.pays()).state == "unknown"
        again = await here.pays(turn="T-2")
    assert again.state == "unknown"
    assert "second time" in again.result.summary
    assert len(provider.paid) == 1


async def test_a_turn_that_died_before_the_effect_goes_on_when_the_back_end_confirms_that(tmp_path: Path) -> None:
    provider = Provider()
    async with till(tmp_path, provider) as here:
        done = await here.pays("2")
        (other,) = await here.store.actions.of_case(here.case.id)
        died = replace(other, key=other.key.replace('"2"', '"1"'), arguments={"order_id": "1"}, state="intended")
        await here.store.actions.intend(died)
        outcome = await here.pays("1", turn="T-1")
    assert (done.state, outcome.state) == ("done", "done")
    assert len(provider.paid) == 2


async def test_a_refusal_of_the_back_end_is_final_for_now_and_can_be_tried_again(tmp_path: Path) -> None:
    provider = Provider(refuses=True)
    async with till(tmp_path, provider) as here:
        assert (await here.pays()).state == "refused"
        provider.refuses = False
        assert (await here.pays(turn="T-2")).state == "done"
    assert len(provider.paid) == 1


async def test_above_the_limit_it_waits_and_a_second_wish_asks_nobody_again(tmp_path: Path) -> None:
    provider = Provider()
    async with till(tmp_path, provider, amount="51") as here:
        first, again = await here.pays(), await here.pays(turn="T-2")
        cards = await here.store.outbox.due(("memory",), limit=10)
    assert (first.state, again.state) == ("waiting", "waiting")
    assert provider.paid == []
    assert len(cards) == 1


async def test_an_expired_approval_pays_nothing_and_can_be_asked_for_anew(tmp_path: Path) -> None:
    provider = Provider()
    async with till(tmp_path, provider, amount="51") as here:
        first = await here.pays()
        here.clock.move(days=30)
        decision = await here.store.actions.decide(
            first.approval_id, is_approved=True, by="s1", by_name="Staff", place=STAFF
        )
        assert decision.state == "expired"
        assert (await here.pays(turn="T-2")).approval_id not in ("", first.approval_id)
    assert provider.paid == []


async def test_nobody_approves_what_they_asked_for_themselves(tmp_path: Path) -> None:
    async with till(tmp_path, Provider(), amount="51") as here:
        first = await here.pays()
        decision = await here.store.actions.decide(
            first.approval_id, is_approved=True, by="u1", by_name="Ada", place=STAFF
        )
        assert decision.state == "own"


async def test_an_approved_action_is_carried_out_once(tmp_path: Path) -> None:
    provider = Provider()
    async with till(tmp_path, provider, amount="51") as here:
        first = await here.pays()
        decision = await here.store.actions.decide(
            first.approval_id, is_approved=True, by="s1", by_name="Staff", place=STAFF
        )
        assert decision.action is not None
        outcomes = [await here.carries_out(decision.action) for _ in range(2)]
    assert [each.state for each in outcomes] == ["done", "done"]
    assert len(provider.paid) == 1


async def test_without_a_linked_customer_nothing_about_a_customer_runs(tmp_path: Path) -> None:
    provider = Provider()
    async with till(tmp_path, provider) as here:
        outcome = await here.pays(customer="")
    assert outcome.state == "refused"
    assert "needs_verification" in outcome.result.summary
    assert provider.paid == []


@pytest.mark.parametrize("arguments", ["", "{", "[]", '{"order_id": 5, "more": 1}', '{"order_id": null}'])
async def test_broken_arguments_are_refused_in_words(arguments: str, tmp_path: Path) -> None:
    async with till(tmp_path, Provider()) as here:
        principal = Principal("customer", "t1", "memory", "u1", "Ada", "cust")
        scene = Scene(principal, here.case, "T-1", THREAD, "u1", "", "", "", ())
        outcome = await here.toolbox.run(ToolCall("c", "pay_back", arguments), scene)
        unknown = await here.toolbox.run(ToolCall("c", "no_such_tool", "{}"), scene)
    assert outcome.state == "refused"
    assert "pay_back was not called" in outcome.result.summary
    assert "Known: pay_back" in unknown.result.summary
