"""Who has to agree, what the caps let through, and what an approver may change."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from adapters.storage.store import Store, open_store
from core.actions import Action, Approval, Decision
from core.approvals import amount_of, answer_to_presser, approval_card, lowered
from core.case import Case
from core.conversation import Author, Message, Thread
from core.effects import Effects
from core.errors import SettingsError
from core.modelling import ToolCall
from core.parameters import Arguments
from core.policy import DEFAULT_ROWS, Policy
from core.principal import Principal
from core.scene import Outcome, Scene
from core.settings import ApprovalSettings
from core.toolbox import Toolbox
from core.tools import Money, ToolContext, ToolResult, tool
from tests.fakes.clock import StillClock

THREAD, STAFF = Thread("t1", "memory", "room", "root"), Thread("t1", "memory", "staff")


@dataclass
class Till:
    store: Store
    toolbox: Toolbox
    case: Case
    clock: StillClock
    paid: list[str] = field(default_factory=list[str])

    async def pays(self, order: str, amount: str, *, customer: str = "cust", watched: bool = False) -> Outcome:
        principal = Principal("customer", "t1", "memory", "u1", "Ada", customer)
        said = f"refund {order}"
        scene = Scene(principal, self.case, f"T-{order}", THREAD, "u1", said, said, "", (STAFF,), (said,))
        name = "pay_watched" if watched else "pay_back"
        call = ToolCall("c1", name, f'{{"order_id": "{order}", "amount": "{amount}"}}')
        return await self.toolbox.run(call, scene)


@asynccontextmanager
async def till(folder: Path, **caps: str) -> AsyncGenerator[Till, None]:
    paid: list[str] = []

    @tool(title="Looking {order_id} up")
    async def look(context: ToolContext, order_id: str) -> ToolResult:
        """Look an order up."""
        return ToolResult("It is there.", {"standing": "watched"})

    async def pay(context: ToolContext, order_id: str, amount: str) -> ToolResult:
        """Pay an order back."""
        paid.append(f"{order_id} {amount}")
        return ToolResult(f"{amount} EUR was paid back.")

    declared = tool(
        title="Pay back {order_id}",
        effect="money",
        asked_with=("refund",),
        acts_on=("order_id",),
        amount=lambda arguments, facts: Money(Decimal(str(arguments["amount"])), "EUR"),
    )(pay)
    tools = [look, replace(declared, name="pay_back"), replace(declared, name="pay_watched", needs=("look",))]
    clock = StillClock()
    async with open_store(f"sqlite:///{folder / 'till.sqlite3'}", clock=clock) as store:
        settings = ApprovalSettings.model_validate({"limit": "50", **caps})
        toolbox = Toolbox(tools, Effects(store.actions, settings, clock, folder))
        message = Message("1", THREAD, Author("u1", "Ada"), "refund", datetime(2026, 3, 2, tzinfo=UTC))
        yield Till(store, toolbox, await store.cases.open(message, "cust"), clock, paid)


async def test_more_than_one_call_may_move_is_refused(tmp_path: Path) -> None:
    async with till(tmp_path, per_call="100") as here:
        assert (await here.pays("1", "101")).state == "refused"
        assert (await here.pays("2", "100")).state == "waiting"
        assert here.paid == []


async def test_what_one_customer_gets_in_a_day_is_capped_and_free_again_after_it(tmp_path: Path) -> None:
    async with till(tmp_path, per_customer="60") as here:
        assert [(await here.pays(order, "30")).state for order in "123"] == ["done", "done", "waiting"]
        assert (await here.pays("4", "30", customer="other")).state == "done"
        here.clock.move(hours=25)
        assert (await here.pays("5", "30")).state == "done"


async def test_sessions_at_once_do_not_fit_under_a_cap_together(tmp_path: Path) -> None:
    async with till(tmp_path, per_day="60") as here:
        outcomes = await asyncio.gather(*(here.pays(str(n), "30") for n in range(6)))
        assert sorted(each.state for each in outcomes) == ["done"] * 2 + ["waiting"] * 4
        assert len(here.paid) == 2


async def test_money_of_a_customer_who_is_watched_waits_for_staff(tmp_path: Path) -> None:
    async with till(tmp_path) as here:
        assert (await here.pays("1", "5", watched=True)).state == "waiting"
        (approval, _), *_ = await here.store.actions.pending()
        assert "this customer is being watched" in approval.evidence


@pytest.mark.parametrize(("amount", "paid"), [("20", ["1 20"]), ("80", ["1 80"]), ("81", []), ("0", []), ("-1", [])])
async def test_an_approver_may_lower_the_amount_and_never_raise_it(
    amount: str, paid: list[str], tmp_path: Path
) -> None:
    async with till(tmp_path) as here:
        asked = await here.pays("1", "80")
        decision = await here.store.actions.decide(
            asked.approval_id, is_approved=True, by="s1", by_name="Sam", place=STAFF, amount=Money(Decimal(amount), "")
        )
        if decision.state == "approved":
            assert decision.action is not None
            principal = Principal("customer", "t1", "memory", "u1", "Ada", "cust")
            scene = Scene(principal, here.case, "T-9", THREAD, "u1", "", "", "", (STAFF,))
            assert (await here.toolbox.carry_out(decision.action, scene, by="staff")).state == "done"
        assert here.paid == paid


def test_a_table_with_a_gap_or_a_dead_row_is_refused_at_start() -> None:
    with pytest.raises(SettingsError, match="no row for"):
        Policy(DEFAULT_ROWS[:-1])
    with pytest.raises(SettingsError, match="can never win"):
        Policy((DEFAULT_ROWS[-1], *DEFAULT_ROWS))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("25", "25.00 "), ("25,5 EUR", "25.50 EUR"), (" 25.00€", "25.00 EUR"), ("€ 25", "25.00 EUR"),
        ("25usd", "25.00 USD"),
        ("ok", None), ("", None), ("50 %", None), ("-5", None), ("1.000", None), ("1,000.00", None), ("NaN", None),
        ("inf", None), ("1e3", None), ("25 or 30", None), ("EUR 25 USD", None), ("25.001", None), ("٢٥", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_type_it_or_not_at_all(text: str, amount: str | None) -> None:
    found = amount_of(text)
    assert (str(found) if found else None) == amount


@pytest.mark.parametrize(
    ("amount", "left"),
    [
        ("80", "80.00 EUR"), ("79.99", "79.99 EUR"), ("0.01", "0.01 EUR"), ("12 EUR", "12.00 EUR"),
        ("80.01", None), ("0", None), ("12 USD", None), ("900", None),
    ],
)  # fmt: skip
def test_an_approver_can_only_lower_what_was_asked_for_and_in_its_own_currency(amount: str, left: str | None) -> None:
    action = asked_back({"order_id": "1", "amount": "80.00"})
    typed = amount_of(amount)
    assert typed is not None
    after = lowered(action, typed)
    assert (str(after.money) if after else None) == left
    if after is not None and after.money is not None:
        assert after.arguments == {"order_id": "1", "amount": str(after.money.amount)}, "what runs is what is shown"
    assert lowered(asked_back({"order_id": "1"}), typed) is None, "a tool that takes no amount"


def asked_back(arguments: Arguments) -> Action:
    money = Money(Decimal("80.00"), "EUR")
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Action("k", "pay", arguments, "C-1", "T-1", THREAD, "c", "u1", "Pay back 1", "proposed", at, money)


def test_the_card_says_what_will_happen_for_whom_and_why_a_person_decides() -> None:
    action = asked_back({"order_id": "1", "reason": "it came\nbroken", "amount": "80.00", "items": []})
    evidence = "Order #1 was delivered on Monday.\nwhy a person decides: 80.00 EUR is more than the 50.00 EUR"
    approval = Approval("A-1", "k", "pending", evidence, datetime(2026, 3, 5, 9, tzinfo=UTC))
    asker = Principal("customer", "t1", "memory", "u1", "Ada", "c")
    assert approval_card(action, approval, asked_by=asker).text == snapshot("""\
**Approval needed: Pay back 1** — **80.00 EUR**
- order number: 1
- reason: it came broken
- asked by: Ada (customer c)
- Order #1 was delivered on Monday.
- why a person decides: 80.00 EUR is more than the 50.00 EUR
- expires: 2026-03-05 09:00 UTC\
""")
    assert answer_to_presser(Decision("bad_amount", approval, action)) == snapshot(
        "That cannot be approved: name an amount in EUR above 0 and up to 80.00 EUR."
    )
    assert answer_to_presser(Decision("bad_amount", approval, asked_back({}))) == snapshot(
        "The amount of this cannot be changed. Approve it as it was asked for, or deny it."
    )
