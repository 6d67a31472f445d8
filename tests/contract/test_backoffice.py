"""What every back end has to do for the ready-made tools, whichever it is."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.tools.backoffice import rest_office
from adapters.tools.guarded import open_outbound
from adapters.tools.settings import OutboundSettings
from core.backoffice import Address, BackOffice, NotDone, Obstacle
from core.tools import Money
from examples.shop.office import open_shop
from tests.servers.backoffice import SECRET, serve

Open = Callable[[Path], AbstractAsyncContextManager[BackOffice]]
ADA, BEN, CARMEN, DMITRI = "C-1001", "C-1002", "C-1003", "C-1004"
SPLIT, UNSENT = "88362", "88451"
ELSEWHERE = Address("Ada Keller", "Elm Road 7", "40210", "Springfield", "Germany")


@asynccontextmanager
async def shop(folder: Path) -> AsyncGenerator[BackOffice, None]:
    yield open_shop(folder)


@asynccontextmanager
async def http(folder: Path) -> AsyncGenerator[BackOffice, None]:
    loopback = OutboundSettings(private_hosts=("127.0.0.1",))
    async with serve(open_shop(folder)) as server, open_outbound(loopback) as outbound:
        yield rest_office(outbound, server.url, {"Authorization": SECRET})


@pytest.fixture(params=[shop, http], ids=["shop", "http"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[BackOffice, None]:
    begin: Open = request.param
    async with begin(tmp_path) as found:
        yield found


async def refuses(obstacle: Obstacle, doing: object) -> None:
    with pytest.raises(NotDone) as refusal:
        await doing  # type: ignore[misc]
    assert refusal.value.obstacle == obstacle


async def pay_back(office: BackOffice, *lines: str, amount: str, key: str, order: str = SPLIT, by: str = ADA) -> str:
    money = Money(Decimal(amount), "EUR")
    deed = await office.orders.refund(by, order, line_ids=lines, amount=money, reason="broken", key=key)
    assert deed.money == money
    return deed.id


async def test_an_order_is_there_for_its_owner_and_for_nobody_else(office: BackOffice) -> None:
    order = await office.orders.find(ADA, SPLIT)
    assert [line.item for line in order.lines] == ["Cappuccino cups, set of 6", "Sugar bowl", "Serving tray"]
    assert sum(line.price.amount for line in order.lines) == order.total.amount == Decimal("62.50")
    assert order.ship_to is not None
    await refuses("not_found", office.orders.find(BEN, SPLIT))
    await refuses("not_found", office.orders.find(ADA, "00000"))
    assert SPLIT in {each.id for each in await office.orders.of_customer(ADA)}
    assert SPLIT not in {each.id for each in await office.orders.of_customer(BEN)}


async def test_a_line_is_paid_back_once_and_the_rest_after_it(office: BackOffice) -> None:
    first = await pay_back(office, "2", amount="12.50", key="k1")
    assert await pay_back(office, "2", amount="12.50", key="k1") == first
    await refuses("already_refunded", pay_back(office, "2", "3", amount="30.50", key="k2"))
    assert [line.is_refunded for line in (await office.orders.find(ADA, SPLIT)).lines] == [False, True, False]
    assert await pay_back(office, "1", "3", amount="50.00", key="k3") != first
    assert (await office.orders.find(ADA, SPLIT)).state == "refunded"
    await refuses("already_refunded", pay_back(office, "1", amount="32.00", key="k4"))


async def test_what_was_not_paid_is_not_paid_back(office: BackOffice) -> None:
    await refuses("too_much", pay_back(office, "2", amount="12.51", key="k1"))
    await refuses("not_possible", pay_back(office, "9", amount="1.00", key="k2"))
    await refuses("not_found", pay_back(office, "1", amount="1.00", key="k3", by=BEN))
    await refuses("not_sent_yet", pay_back(office, "1", amount="59.00", key="k4", order=UNSENT))
    await refuses("never_charged", pay_back(office, "1", amount="19.00", key="k5", order="88399", by=DMITRI))
    with pytest.raises(LookupError):
        await office.deeds.find(ADA, "k1")


async def test_staff_may_have_lowered_what_is_paid(office: BackOffice) -> None:
    await pay_back(office, "1", "2", amount="20.00", key="k1")
    assert (await office.deeds.find(ADA, "k1")).money == Money(Decimal("20.00"), "EUR")


async def test_an_order_is_cancelled_or_sent_elsewhere_until_it_was_sent(office: BackOffice) -> None:
    one = await office.orders.change_address(ADA, UNSENT, to=ELSEWHERE, key="k1")
    assert (await office.orders.find(ADA, UNSENT)).ship_to == ELSEWHERE
    assert await office.orders.change_address(ADA, UNSENT, to=ELSEWHERE, key="k1") == one
    done = await office.orders.cancel(ADA, UNSENT, reason="", key="k2")
    assert (await office.orders.find(ADA, UNSENT)).state == "cancelled"
    assert await office.orders.cancel(ADA, UNSENT, reason="", key="k2") == done
    await refuses("already_cancelled", office.orders.cancel(ADA, UNSENT, reason="", key="k3"))
    await refuses("already_cancelled", office.orders.change_address(ADA, UNSENT, to=ELSEWHERE, key="k4"))
    await refuses("already_sent", office.orders.cancel(ADA, SPLIT, reason="", key="k5"))
    await refuses("already_sent", office.orders.change_address(ADA, SPLIT, to=ELSEWHERE, key="k6"))
    await refuses("not_found", office.orders.cancel(ADA, "88433", reason="", key="k7"))


async def test_a_link_for_a_new_password_goes_to_the_address_on_file(office: BackOffice) -> None:
    sent = await office.accounts.send_reset_link(ADA, key="k1")
    assert sent.sent_to == (await office.accounts.find(ADA)).email_hint == "a•••@example.com"
    await refuses("not_found", office.accounts.send_reset_link("C-0", key="k2"))


async def test_a_note_stands_on_the_record_once(office: BackOffice) -> None:
    one = await office.accounts.add_note(ADA, text="Home in the evening — only then.", key="k1")
    assert await office.accounts.add_note(ADA, text="Home in the evening — only then.", key="k1") == one
    assert [each.text for each in (await office.accounts.find(ADA)).notes] == ["Home in the evening — only then."]
    assert not (await office.accounts.find(BEN)).notes


async def test_work_for_people_has_a_number_and_is_found_by_its_key(office: BackOffice) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    ticket = await office.desk.open_ticket(ADA, subject="Error at login", description="It fails.", key="k1")
    call = await office.desk.book_call(ADA, at=later, topic="lamp", key="k2")
    lost = await office.accounts.request_recovery("", account="kim@example.com", detail="hacked", key="k3")
    assert len({ticket.id, call.id, lost.id}) == 3
    assert await office.desk.open_ticket(ADA, subject="Error at login", description="It fails.", key="k1") == ticket
    assert await office.deeds.find(ADA, "k1") == ticket
    assert await office.deeds.find("", "k3") == lost
    with pytest.raises(LookupError):
        await office.deeds.find(BEN, "k1")
    with pytest.raises(LookupError):
        await office.deeds.find(ADA, "k9")
