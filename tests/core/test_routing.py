"""The shipped tables send each kind of message where it belongs, and say by which row."""

from dataclasses import replace

import pytest

from core.judging import Asked, Judge
from core.routing import DEFAULT_ROWS, Circumstances, Router, facts_of
from core.triage import Triage, triage


async def judged(text: str) -> Triage:
    return (await Judge().judge(Asked(text))).triage


@pytest.mark.parametrize(
    ("text", "row", "tier", "to_people"),
    [
        ("Your product deleted my entire project and your documentation is useless.", "straight to people", 3, True),
        ("My lawyer will write to you.", "straight to people", 3, True),
        ("There is fraud on my account", "straight to people", 3, True),
        ("Let me talk to a human please", "a person was asked for", 3, True),
        ("The app crashes with an error", "investigate", 2, False),
        ("I cannot log in to my account", "investigate", 2, False),
        ("I want a refund for order #88291. The item arrived damaged.", "act", 1, False),
        ("Where is my parcel?", "act", 1, False),
    ],
)
async def test_each_kind_of_message_has_its_row(text: str, row: str, tier: int, to_people: bool) -> None:
    routed = Router().decide(facts_of(await judged(text), text))
    assert (routed.route.row, routed.route.decision.tier) == (row, tier)
    assert routed.route.decision.to_people is to_people


def test_a_reached_cap_goes_to_people_whatever_was_asked() -> None:
    routed = Router().decide(
        facts_of(triage("Where is my parcel?"), "Where is my parcel?", Circumstances(is_over_budget=True))
    )
    assert routed.route.decision.reason == "budget"


@pytest.mark.parametrize(
    ("text", "language", "work"),
    [
        ("Why does this fail? ```x = 1```", "en", "code"),
        ("Wo ist mein Paket geblieben?", "de", "multilingual"),
        ("refund pls", "", "chat"),
        ("word " * 160, "en", "reasoning"),
        ("Where is my parcel?", "en", "chat"),
    ],
)
def test_the_message_picks_the_model(text: str, language: str, work: str) -> None:
    assert Router().decide(facts_of(replace(triage(text), language=language), text)).model.decision.work == work


def test_no_shipped_row_is_there_in_vain() -> None:
    assert len({row.name for row in DEFAULT_ROWS}) == len(DEFAULT_ROWS)
