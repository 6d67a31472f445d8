"""The demo shop's tools, over its real database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.errors import ToolRefused
from core.principal import Principal
from core.tools import ToolContext, ToolResult
from examples.shop.customers import customers, default_customer_id
from examples.shop.tools import TOOLS

tools = SimpleNamespace(**{each.name: each for each in TOOLS})


def context(
    folder: Path, customer: str = "C-1001", *, key: str = "k1", facts: dict[str, ToolResult] | None = None
) -> ToolContext:
    principal = Principal("customer", "demo", "web", "u1", "Somebody", customer)
    return ToolContext(principal, "C-1", "T-1", key, folder, facts or {})


async def status(folder: Path, order_id: str, customer: str = "C-1001") -> ToolResult:
    return await tools.get_order_status.run(context(folder, customer), order_id=order_id)


async def test_an_order_is_found_for_its_owner_only(tmp_path: Path) -> None:
    assert "Espresso machine" in (await status(tmp_path, "88291")).summary
    with pytest.raises(ToolRefused) as strangers:
        await status(tmp_path, "88291", "C-1002")
    with pytest.raises(ToolRefused) as nobodys:
        await status(tmp_path, "99999", "C-1002")
    assert str(strangers.value).replace("88291", "N") == str(nobodys.value).replace("99999", "N")


@pytest.mark.parametrize("written", ["88291", "#88291", "order #88291", " 88291 ", "No. 88291"])
def test_order_numbers_are_understood_as_people_write_them(written: str) -> None:
    assert tools.get_order_status.parse(f'{{"order_id": "{written}"}}') == {"order_id": "88291"}


@pytest.mark.parametrize("written", ["", "abc", "88291; DROP TABLE orders", "--help"])
def test_anything_else_is_refused_with_the_reason(written: str) -> None:
    with pytest.raises(ToolRefused, match="order number"):
        tools.get_order_status.parse(f'{{"order_id": "{written}"}}')


async def test_one_key_refunds_once_and_is_found_again(tmp_path: Path) -> None:
    here = context(tmp_path)
    items = ("Espresso machine",)
    first = await tools.initiate_refund.run(here, order_id="88291", reason="damaged", items=items)
    again = await tools.initiate_refund.run(here, order_id="88291", reason="still damaged", items=items)
    assert first.reference == again.reference
    assert tools.initiate_refund.look_up is not None
    known = await tools.initiate_refund.look_up(here, order_id="88291", reason="", items=items, amount=None)
    assert known.reference == first.reference
    with pytest.raises(ToolRefused):
        await tools.initiate_refund.run(context(tmp_path, key="k2"), order_id="88291", reason="again", items=items)


async def test_looking_up_a_refund_that_never_was_says_so(tmp_path: Path) -> None:
    assert tools.initiate_refund.look_up is not None
    with pytest.raises(LookupError):
        await tools.initiate_refund.look_up(context(tmp_path), order_id="88291", reason="", items=(), amount=None)


@pytest.mark.parametrize(("order_id", "customer", "words"), [
    ("88214", "C-1004", "already"), ("88399", "C-1004", "nothing to refund"), ("88433", "C-1003", "cancelled instead"),
])  # fmt: skip
async def test_what_cannot_be_refunded_is_refused_before_anybody_is_asked(
    order_id: str, customer: str, words: str, tmp_path: Path
) -> None:
    facts = {"get_order_status": await status(tmp_path, order_id, customer)}
    assert tools.initiate_refund.resolve is not None
    with pytest.raises(ToolRefused, match=words):
        tools.initiate_refund.resolve({"order_id": order_id}, facts)


async def test_a_record_lists_only_the_customers_own_orders(tmp_path: Path) -> None:
    result = await tools.find_customer.run(context(tmp_path, "C-1002"))
    assert "Ben Okafor" in result.summary
    assert result.data["orders"] == ["88410", "88152"]


async def test_a_callback_needs_a_time_zone_and_a_possible_time(tmp_path: Path) -> None:
    soon = datetime.now(UTC) + timedelta(hours=3)
    done = await tools.schedule_callback.run(context(tmp_path), when=soon, topic="lamp")
    assert done.reference.startswith("CB-")
    for wrong in (soon.replace(tzinfo=None), soon - timedelta(days=1), soon + timedelta(days=60)):
        with pytest.raises(ToolRefused):
            await tools.schedule_callback.run(context(tmp_path, key="k3"), when=wrong, topic="lamp")


async def test_a_ticket_gets_a_number_once(tmp_path: Path) -> None:
    here = context(tmp_path)
    one = await tools.create_ticket.run(here, subject="Error at login", description="It fails.")
    two = await tools.create_ticket.run(here, subject="Error at login", description="It fails.")
    assert one.reference == two.reference


def test_the_default_customer_is_the_owner_of_the_order_in_the_tour() -> None:
    assert default_customer_id() in {each[0] for each in customers()}


async def test_every_seeded_order_has_a_true_sentence(tmp_path: Path) -> None:
    for customer, *_ in customers():
        result = await tools.find_customer.run(context(tmp_path, customer))
        assert "None" not in result.summary
