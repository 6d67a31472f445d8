"""The ready-made tools through the real toolbox: parts, limits, words, routes, and a back end that breaks."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.tools.backoffice import ready_tools, rest_office
from adapters.tools.guarded import open_outbound
from adapters.tools.settings import BackOfficeSettings, OutboundSettings
from core.errors import SettingsError
from core.keys import sendable
from core.officetools import office_tools
from core.routing import Route, check_tools
from core.tables import Row
from evals.actions_bench import Answered, Bench, bench, customer
from examples.shop.office import open_shop
from examples.shop.tools import TOOLS
from tests.servers.backoffice import SECRET, Shopfront, serve

ADA = "C-1001"
LOOPBACK = OutboundSettings(private_hosts=("127.0.0.1",))


@asynccontextmanager
async def demo(folder: Path, who: str = ADA) -> AsyncGenerator[Bench, None]:
    async with bench(TOOLS, principal=customer(who), folder=folder) as here:
        yield here


async def asks(here: Bench, text: str, name: str, **arguments: object) -> Answered:
    here.model.calls.append((name, dict(arguments)))
    return await here.says(text)


def last(answered: Answered) -> tuple[str, str]:
    return answered.steps[-1]["state"], answered.steps[-1]["said"]


async def test_items_are_refunded_one_by_one_and_none_of_them_twice(tmp_path: Path) -> None:
    async with demo(tmp_path) as here:
        bowl = {"order_id": "88362", "reason": "it is cracked", "items": ["the sugar bowl"]}
        state, said = last(await asks(here, "Refund the sugar bowl of order 88362", "initiate_refund", **bowl))
        assert (state, "12.50 EUR" in said, "Sugar bowl" in said) == ("done", True, True)
        state, said = last(await asks(here, "Refund that bowl of 88362 again", "initiate_refund", **bowl))
        assert (state, "refunded already" in said) == ("refused", True)


async def test_an_order_asked_back_piece_by_piece_waits_like_the_whole_of_it(tmp_path: Path) -> None:
    async with demo(tmp_path) as here:
        wanted = {"order_id": "88362", "reason": "broken"}
        for item, expected in (("tray", "done"), ("sugar bowl", "done"), ("cups", "waiting")):
            text = f"Refund the {item} of order 88362"
            state, _ = last(await asks(here, text, "initiate_refund", items=[item], **wanted))
            assert state == expected


async def test_items_that_could_be_several_or_none_are_asked_for(tmp_path: Path) -> None:
    async with demo(tmp_path) as here:
        wanted = {"order_id": "88362", "reason": "broken", "items": ["teapot"]}
        state, said = last(await asks(here, "Refund the teapot of order 88362", "initiate_refund", **wanted))
        assert (state, "Serving tray" in said) == ("refused", True)


async def test_what_a_model_says_an_item_costs_is_not_believed(tmp_path: Path) -> None:
    async with demo(tmp_path) as here:
        wanted = {"order_id": "88362", "reason": "broken", "items": ["Sugar bowl"], "amount": "49.00"}
        _, said = last(await asks(here, "Refund the sugar bowl of order 88362", "initiate_refund", **wanted))
        assert "12.50 EUR" in said


async def test_an_address_is_the_customers_own_words_and_needs_their_yes(tmp_path: Path) -> None:
    to = {"order_id": "88451", "street": "Elm Road 7", "postcode": "40210", "city": "Springfield"}
    async with demo(tmp_path) as here:
        state, _ = last(await asks(here, "Send order 88451 to Oak Road 1, 40210 Springfield", "change_address", **to))
        assert state == "refused"
        asked = await asks(here, "No, to the address Elm Road 7, 40210 Springfield", "change_address", **to)
        assert (last(asked)[0], "Elm Road 7" in asked.text) == ("waiting", True)
        assert "was changed to Ada Keller, Elm Road 7" in (await here.says("yes")).text


async def test_a_link_goes_out_once_an_hour(tmp_path: Path) -> None:
    async with demo(tmp_path) as here:
        first = await asks(here, "I forgot my password", "send_password_reset")
        again = await asks(here, "The password link did not come", "send_password_reset")
        assert (last(first)[0], "was done already" in last(again)[1]) == ("done", True)
        assert first.steps[-1]["receipt"] == again.steps[-1]["receipt"]


def test_what_could_take_an_account_or_a_parcel_away_wants_a_fresh_proof() -> None:
    declared = {each.name: (each.proof, each.fresh_minutes) for each in TOOLS}
    assert declared["change_address"] == ("fresh", 30)
    assert declared["send_password_reset"] == ("fresh", 15)


@pytest.mark.parametrize("fault", ["fail_after", "drop_after"])
async def test_a_back_end_that_breaks_off_after_paying_is_looked_up_and_pays_once(fault: str, tmp_path: Path) -> None:
    wanted = {"order_id": "88362", "reason": "broken", "items": ["Sugar bowl"]}
    async with served(tmp_path) as (shop, here):
        shop.faults.append(fault)
        state, said = last(await asks(here, "Refund the sugar bowl of 88362", "initiate_refund", **wanted))
        assert (state, "12.50 EUR" in said) == ("done", True)
        assert sum(method == "POST" for method, *_ in shop.seen) == 1


async def test_a_back_end_that_fails_before_is_not_asked_again_blind(tmp_path: Path) -> None:
    async with served(tmp_path) as (shop, here):
        shop.faults.append("fail_before")
        state, _ = last(await asks(here, "Please cancel order 88451", "cancel_order", order_id="88451"))
        assert state == "unknown"
        assert sum(method == "POST" for method, *_ in shop.seen) == 1


async def test_no_secret_of_a_header_reaches_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for secret in (SECRET, "Bearer wrong-one"):
        async with served(tmp_path, secret=secret) as (shop, here):
            shop.faults.extend(["fail_before"])
            await asks(here, "Where is 88362?", "get_order_status", order_id="88362")
            await asks(here, "Please note that I am away", "add_note", note="I am away")
    told = "\n".join([*caplog.messages, *(str(vars(each)) for each in caplog.records)])
    assert told
    assert "s3cret" not in told
    assert "wrong-one" not in told


@asynccontextmanager
async def served(folder: Path, *, secret: str = SECRET) -> AsyncGenerator[tuple[Shopfront, Bench], None]:
    async with serve(open_shop(folder)) as shop, open_outbound(LOOPBACK) as outbound:
        office = rest_office(outbound, shop.url, {"Authorization": secret})
        async with bench(office_tools(lambda context: office), principal=customer(ADA), folder=folder) as here:
            yield shop, here


def test_a_route_offers_its_tiers_work_or_what_its_row_names() -> None:
    def offered(route: Route) -> set[str]:
        return {each.name for each in TOOLS if route.offers(each)}

    everything = {each.name for each in TOOLS}
    assert everything - offered(Route(tier=1)) == {"request_account_recovery"}
    assert offered(Route(tier=2)) == offered(Route(tools="all")) == everything
    assert offered(Route(tools=("get_order_status",))) == {"get_order_status"}
    assert not offered(Route(tools="none"))


def test_a_row_that_names_a_tool_that_is_not_there_is_refused_with_the_nearest() -> None:
    row = Row[Route](name="mine", then=Route(tools=("get_order_state",)))
    with pytest.raises(SettingsError, match="Did you mean get_order_status"):
        check_tools((row,), TOOLS)


def test_a_key_is_fit_for_a_header_whatever_it_names() -> None:
    assert sendable("customer/C-1/cancel_order/{}") == "customer/C-1/cancel_order/{}"
    for odd in ("Grüße", "x" * 300, "a\nb"):
        assert sendable(odd).isascii()
        assert len(sendable(odd)) <= 200
        assert sendable(odd).isprintable()


async def test_each_tenant_has_its_own_back_end_and_what_was_done_in_one_counts_in_no_other(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    async with serve(open_shop(tmp_path / "a")) as common, serve(open_shop(tmp_path / "b")) as north:
        key = {"headers_env": {"Authorization": "KEY"}}
        theirs = {"name": "north", "tenants": ["n1", "n2"], "url": north.url, **key}
        settings = BackOfficeSettings.model_validate({"url": common.url, "tenants": [theirs], **key})
        url = f"sqlite:///{tmp_path / 'case.sqlite3'}"
        said: dict[str, str] = {}
        async with open_outbound(LOOPBACK) as outbound:
            tools = ready_tools(settings, outbound, {"KEY": SECRET})
            for tenant in ("t1", "n1", "n2"):
                who = replace(customer(ADA), tenant=tenant)
                async with bench(tools, principal=who, url=url, folder=tmp_path) as here:
                    answered = await asks(here, "Please cancel order 88451", "cancel_order", order_id="88451")
                    said[tenant] = last(answered)[1]
        done = [[path for method, path, _ in shop.seen if method == "POST"] for shop in (common, north)]
    assert [len(each) for each in done] == [1, 1]
    for tenant, expected in (("t1", "will not be sent"), ("n1", "will not be sent"), ("n2", "cancelled already")):
        assert expected in said[tenant]


async def test_a_tenant_without_a_back_end_is_refused_and_asks_nobody_elses(tmp_path: Path) -> None:
    async with serve(open_shop(tmp_path)) as north, open_outbound(LOOPBACK) as outbound:
        theirs = {"name": "north", "tenants": ["n1"], "url": north.url}
        settings = BackOfficeSettings.model_validate({"tenants": [theirs]})
        async with bench(ready_tools(settings, outbound, {}), principal=customer(ADA), folder=tmp_path) as here:
            state, said = last(await asks(here, "Where is 88362?", "get_order_status", order_id="88362"))
    assert (state, "not possible just now" in said) == ("refused", True)
    assert north.seen == []
