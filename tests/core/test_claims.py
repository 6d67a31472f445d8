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


@pytest.mark.parametrize(
    "text",
    [
        "I went ahead and cancelled order 5.", "Your refund is on its way.", "Your order is now cancelled.",
        "When I checked, your refund has been issued.", "Ich habe Ihre Bestellung 88291 storniert.",
        "Gerne! Ihre Rückerstattung wurde soeben veranlasst.", "Die Rückerstattung habe ich eingeleitet.",
        "Ihre Bestellung ist storniert.", "J'ai annulé votre commande.", "Votre remboursement a bien été effectué.",
        "Votre commande a été annulée.", "He cancelado su pedido.", "Su reembolso ha sido procesado.",
        "Hemos programado una llamada.", "Ho annullato il tuo ordine.", "Il rimborso è stato avviato.",
        "Cancelei o seu pedido.", "O reembolso foi processado.", "Ik heb uw bestelling geannuleerd.",
        "We hebben het bedrag terugbetaald.", "Ich habe Ihre Adresse geändert.", "I've updated your address.",
    ],
)  # fmt: skip
def test_a_deed_without_a_receipt_is_withdrawn_in_every_language_before_its_verb_is_seen(text: str) -> None:
    claims, seen = ClaimFilter(lambda: "Order #88291 was delivered on Monday."), ""
    for letter in text:
        for event in claims.feed(letter):
            seen = seen[: event.keep_chars] if isinstance(event, TextReset) else seen + event.text
            assert not claimed_deeds(seen), "no moment at which the claim could be read"
    assert CLAIM_WITHDRAWN in filtered([text], evidence="Order #88291 was delivered on Monday.")


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Ich habe Ihre Bestellung 88291 storniert.", "Order **#88291** was cancelled (CN-1). It will not be sent."),
        ("Votre remboursement de 12,50 EUR a été effectué.", "A refund of **12.50 EUR** for order **#1** was started."),
        ("I've updated your address.", "The delivery address of order **#1** was changed to Elm Road 7."),
        ("Hemos programado una llamada.", "A callback is scheduled for Monday, on the number on file (CB-1)."),
    ],
)
def test_a_receipt_in_english_proves_a_claim_in_any_language(text: str, evidence: str) -> None:
    assert filtered([text], evidence=evidence) == text


@pytest.mark.parametrize(
    "text",
    [
        "Your refund has not been issued yet.", "Once approved, your refund is on its way.", "Is your order cancelled?",
        "Your parcel has been sent to your address.", "I have determined that it is late.",
        "Wenn die Rückerstattung veranlasst wurde, dauert es etwas.", "Ihre Bestellung wurde noch nicht storniert.",
        "Ich kann Ihre Bestellung stornieren.", "Sobald Ihre Bestellung storniert ist, sagen wir Bescheid.",
        "Votre remboursement n'a pas été effectué.", "Je peux annuler votre commande.",
        "Su pedido no ha sido cancelado.", "Puedo cancelar su pedido.", "Il rimborso non è stato avviato.",
        "O reembolso não foi processado.", "Uw bestelling is nog niet geannuleerd.",
    ],
)  # fmt: skip
def test_offers_rules_and_denials_pass_in_every_language(text: str) -> None:
    assert filtered([text]) == text


def test_text_before_a_deed_passes_at_once_in_every_language() -> None:
    for text, free in (
        ("Ich habe Ihre Bestellung storniert", "Ich habe Ihre Bestellung "),
        ("Votre commande a été annulée", "Votre commande a été "),
        ("Il rimborso è stato avviato", "Il rimborso è stato "),
    ):
        claims = ClaimFilter(lambda: "")
        assert "".join(each.text for each in claims.feed(text) if not isinstance(each, TextReset)) == free
