"""What counts as said and asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guards import is_affirmation, was_asked, was_said

REFUND = ("refund", "money back", "Erstattung")


@pytest.mark.parametrize(
    ("value", "said"),
    [("88291", "refund for order #88291."), ("#88291", "88291 please"), ("AB-12", "my order ab 12"), ("É1", "é1")],
)
def test_a_value_the_customer_wrote_counts_as_said(value: str, said: str) -> None:
    assert was_said(value, said)


@pytest.mark.parametrize(
    ("value", "said"), [("12345", "I'd like a refund"), ("8829", "order 88291"), ("", "anything"), ("#", "# 1")]
)
def test_an_invented_or_partial_value_does_not_count(value: str, said: str) -> None:
    assert not was_said(value, said)


@given(st.text(), st.text())
def test_checking_what_was_said_never_fails_on_any_text(value: str, said: str) -> None:
    assert was_said(value, said) in (True, False)


def test_a_refund_must_be_asked_for_in_the_customers_words() -> None:
    assert was_asked(REFUND, "I want my MONEY back", now="", offered="")
    assert was_asked(REFUND, "Ich hätte gern eine erstattung", now="", offered="")
    assert not was_asked(REFUND, "Where is my order #88291?", now="Where is my order #88291?", offered="")


def test_a_short_yes_to_our_offer_counts_as_asking() -> None:
    assert was_asked(REFUND, "yes please", now="yes please", offered="Shall I start a refund?")
    assert not was_asked(REFUND, "yes please", now="yes please", offered="Shall I call you?")
    assert not was_asked(REFUND, "no", now="no", offered="Shall I start a refund?")


@pytest.mark.parametrize("text", ["yes", "Ja, bitte!", "go ahead", "OK"])
def test_short_agreement_is_recognised(text: str) -> None:
    assert is_affirmation(text)


@pytest.mark.parametrize("text", ["", "no", "yes but first tell me where it is and why it took so long", "not ok"])
def test_anything_longer_or_other_is_no_agreement(text: str) -> None:
    assert not is_affirmation(text)
