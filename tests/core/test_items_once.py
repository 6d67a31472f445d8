"""Single items of an order, asked back by several sessions, in other words, over timeouts, retries and a crash."""

from pathlib import Path

import pytest

from evals.actions_items import Careless, Scenario, play, scenarios


@pytest.mark.parametrize(
    "scenario", tuple(scenarios(25)), ids=lambda each: f"{each.seed}-{each.kind}-{each.faults[0] or 'fine'}"
)
async def test_no_item_is_paid_twice_whatever_breaks(scenario: Scenario, tmp_path: Path) -> None:
    shop = Careless(scenario, honours_keys=scenario.kind == "crash", faults=[*scenario.faults])
    await play(scenario, shop, tmp_path)
    assert {line: times for line, times in shop.paid.items() if times > 1} == {}


async def test_where_nothing_breaks_each_item_that_was_asked_for_is_paid(tmp_path: Path) -> None:
    wishes = (("Sugar bowl",), ("the bowl",), ("cups",), ())
    scenario = Scenario("reworded", wishes, (), shows_refunds=True, look_up_fails=False, seed=0)
    shop = Careless(scenario, honours_keys=False)
    await play(scenario, shop, tmp_path)
    assert shop.paid == {"1": 1, "2": 1, "3": 1}
