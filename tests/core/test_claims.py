"""Claims need receipts, however the text is cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.claims import ClaimFilter, claimed_deeds, claims_of
from core.phrases import CLAIM_WITHDRAWN
from core.reply import TextReset


def filtered(pieces: list[str], evidence: str = "") -> str:
    out = ""
    claims = ClaimFilter(lambda: evidence)
    for event in [*(each for piece in pieces for each in claims.feed(piece)), *claims.end()]:
        out = out[: event.keep_chars] if isinstance(event, TextReset) else out + event.text
    assert out == claims.shown
    return out


@pytest.mark.parametrize(
    "text",
    [
        "Your refund has been processed.",
        "I've refunded 129.00 EUR to your card!",
        "Hi. We have just issued your refund\nBye.",
        "I have scheduled a callback for you.",
        "Your order was successfully cancelled, the order has been cancelled.",
    ],
)
def test_a_deed_without_a_receipt_is_withdrawn(text: str) -> None:
    assert CLAIM_WITHDRAWN in filtered([text])


@pytest.mark.parametrize(
    "text",
    [
        "Refunds are processed within 5 days.",
        "I can start a refund for you. Do you want it?",
        "Your order has been delivered.",
        "If a refund is approved, it takes 3.5 days.",
        "You can open a ticket.",
    ],
)
def test_policy_and_offers_pass_untouched(text: str) -> None:
    assert filtered([text]) == text


def test_a_claim_with_evidence_passes() -> None:
    text = "I've refunded 129.00 EUR."
    assert filtered([text], evidence="A refund of 129.00 EUR was started.") == text


@given(
    st.data(), st.sampled_from(["Your refund has been issued. Fine.", "All good. It was started. 3.5 kg!", "a\n\nb. c"])
)
def test_where_the_pieces_break_never_changes_the_final_text(data: st.DataObject, text: str) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert filtered(pieces) == filtered([text])


@given(st.lists(st.text(alphabet="ab .!?\n", max_size=8), max_size=20))
def test_text_without_claims_comes_through_whole(pieces: list[str]) -> None:
    assert filtered(pieces) == "".join(pieces)


def test_text_before_a_possible_claim_passes_at_once() -> None:
    claims = ClaimFilter(lambda: "")
    assert [event.text for event in claims.feed("Hello there ") if not isinstance(event, TextReset)] == ["Hello there "]


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("It costs about 129.00 EUR today.", "It costs about "),
        ("Your parcel was shipped by us.", "Your parcel was "),
        ("It comes on a day in March or so.", "It comes on a day in "),
        ("You owe € 5.", "You owe "),
    ],
)
def test_text_is_held_from_the_word_that_may_make_a_claim(text: str, free: str) -> None:
    claims = ClaimFilter(lambda: "")
    events = [*claims.feed(text[:-1])]
    assert "".join(event.text for event in events if not isinstance(event, TextReset)) == free
    assert filtered([text]) == text


@pytest.mark.parametrize(
    "text",
    ["I have refunded order 88305.", "A refund of 24.90 EUR has been issued.", "We've changed your address."],
)
def test_a_receipt_for_one_thing_proves_no_claim_of_another(text: str) -> None:
    assert filtered([text], evidence="A refund of 129.00 EUR for order #88291 was started.") == CLAIM_WITHDRAWN


def test_an_earlier_offer_is_no_evidence() -> None:
    assert claims_of("Shall I start a refund? I have scheduled a callback. Bye.") == "I have scheduled a callback."


def test_deeds_are_told_apart() -> None:
    assert claimed_deeds("I have scheduled a callback and issued a refund.") == {"schedul", "refund"}
