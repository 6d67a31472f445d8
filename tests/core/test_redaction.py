"""Personal data is found, masked, and put back only where it came from."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.masking import MaskedModel
from core.modelling import CallsAsked, ModelRequest, PromptMessage, TextPiece, ToolCall
from core.redaction import CONTACTS, KINDS, Masks, find, iban_is_valid, luhn, masked
from tests.fakes.model import ScriptedModel


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Write to jo.doe+x@shop.example please", "jo.doe+x@shop.example"),
        ("My card is 4111 1111 1111 1111.", "4111 1111 1111 1111"),
        ("from DE89 3704 0044 0532 0130 00 to you", "DE89 3704 0044 0532 0130 00"),
        ("ssn 123-45-6789", "123-45-6789"),
        ("call me at 0494 92 82 32", "0494 92 82 32"),
        ("reach me: +49 (0)30 1234567", "+49 (0)30 1234567"),
        ("Logged in from 192.168.10.4", "192.168.10.4"),
        ("or from 2001:db8::1", "2001:db8::1"),
    ],
)
def test_ids_and_contacts_never_survive(text: str, hidden: str) -> None:
    assert hidden not in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "My order #88291 from 2026-03-02 cost 129.00 EUR",
        "Order 882911234567 has not come",
        "Version 10.4.2 crashes at 12:30:45",
        "It weighs 1250 kg and is 30 x 40 cm",
        "[1] says within three working days",
    ],
)
def test_orders_dates_prices_and_versions_stay_as_they_are(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("My name is Ada Lovelace.", "NAME", "Ada Lovelace"),
        ("Dr. Grace Hopper called", "NAME", "Grace Hopper"),
        ("Please send it to 12 Harbour Street, Springfield", "ADDRESS", "12 Harbour Street, Springfield"),
        ("I am 45 years old", "AGE", "45"),
    ],
)
def test_names_and_addresses_are_found_by_what_stands_around_them(text: str, kind: str, value: str) -> None:
    assert value in [text[each.start : each.end] for each in find(text) if each.kind == kind]


@given(st.text(), st.sampled_from(["a@b.example", "4111 1111 1111 1111", "+44 7700 900123"]), st.text())
def test_what_is_masked_comes_back_word_for_word(before: str, value: str, after: str) -> None:
    masks = Masks(frozenset(KINDS))
    text = f"{before} {value} {after}"
    assert masks.unmask(masks.mask(text)) == text or "_" in before + after


@given(st.text())
def test_what_is_found_never_overlaps(text: str) -> None:
    found = find(text)
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))


def test_the_same_value_gets_the_same_mask_and_another_request_knows_nothing_of_it() -> None:
    masks = Masks()
    assert masks.mask("a@b.example, c@d.example, A@B.example") == "[EMAIL_1], [EMAIL_2], [EMAIL_1]"
    assert Masks().unmask("[EMAIL_1]") == "[EMAIL_1]"


def test_checksums_tell_numbers_apart() -> None:
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
    assert iban_is_valid("GB82 WEST 1234 5698 7654 32")
    assert not iban_is_valid("GB82 WEST 1234 5698 7654 33")


async def test_a_model_sees_masks_and_the_customer_and_tools_see_values() -> None:
    call = CallsAsked((ToolCall("1", "look", '{"email": "[EMAIL_1]"}'),))
    inner = ScriptedModel([TextPiece("I write to [EM"), TextPiece("AIL_1] [1"), TextPiece("] soon."), call])
    request = ModelRequest((PromptMessage("system", "Be kind."), PromptMessage("user", "I am jo@shop.example")))
    events = [each async for each in MaskedModel(inner, CONTACTS).stream(request)]
    assert "jo@shop.example" not in inner.requests[0].messages[1].text
    said = "".join(each.text for each in events if isinstance(each, TextPiece))
    assert said == "I write to jo@shop.example [1] soon."
    (asked,) = [each for each in events if isinstance(each, CallsAsked)]
    assert asked.calls[0].arguments == '{"email": "jo@shop.example"}'
