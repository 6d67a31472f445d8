"""Figures of an answer are those of its sources, however they are written and however the text is cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.claims import ClaimFilter
from core.figures import figures
from core.grounding import Grounding
from core.knowledge import Hit, Passage
from core.linking import addresses, with_links_of
from core.phrases import LINK_LEFT_OUT, NO_SOURCE
from core.reply import TextDelta, TextReset
from core.sayings import every, said_in

RETURNS = "You can return unused items within 30 days of delivery. Opened earbuds cannot be returned."
COSTS = "Standard delivery costs 4.90 EUR and takes 2 to 4 working days. From Monday to Friday we answer until 20:00."


def hits(*texts: str) -> list[Hit]:
    return [Hit(Passage(f"p{n}", f"p{n}.md", f"Topic {n}", text), 1.0, is_strong=True) for n, text in enumerate(texts)]


def answered(
    answer: str, *, passages: tuple[str, ...] = (RETURNS, COSTS), told: str = "", said: str = "", pieces: int = 5
) -> str:
    grounding = Grounding(hits(*passages), told=lambda: told, said=said)
    claims, text = ClaimFilter(lambda: told, grounding.grounded), ""
    cut = [answer[at : at + pieces] for at in range(0, len(answer), pieces)]
    for event in [*(each for piece in cut for each in claims.feed(piece)), *claims.end()]:
        text = text[: event.keep_chars] if isinstance(event, TextReset) else text + event.text
    return text


@pytest.mark.parametrize(
    "answer",
    [
        "You have 30 days to return it [1].",
        "You have thirty days to return it.",
        "Sie haben dreißig Tage Zeit, es zurückzusenden.",
        "Vous avez trente jours pour le renvoyer.",
        "Delivery is €4.90.",
        "Die Lieferung kostet 4,90 €.",
        "It takes two to four business days.",
        "It takes 2–4 working days.",
        "We answer on Wednesday until 8 p.m. as well.",
        "There are 3 steps:\n1. Open the page.\n2. Choose the item.",
        "Use the `v2` form, or Windows11.",
    ],
)
def test_what_a_passage_says_may_be_said_in_any_form(answer: str) -> None:
    assert answered(answer) == answer


@pytest.mark.parametrize(
    "answer",
    [
        "Gift wrapping costs 7 EUR.",
        "Our warranty covers ninety-nine months.",
        "There is a restocking fee of 15 %.",
        "Der Schalter ist am Sonntag geöffnet.",
        "Vouchers are valid until 24 December.",
        "The line is open from 6 a.m. on.",
        "Points expire within a year.",
    ],
)
def test_an_invented_figure_never_reaches_the_text(answer: str) -> None:
    assert answered(f"Hello. {answer} Bye.") in [f"Hello. {line} Bye." for line in every(NO_SOURCE)]


def test_a_wrong_figure_is_replaced_by_the_passages_own_sentence() -> None:
    text = answered("Good news. You can return unused items within 90 days of delivery [1].")
    assert text == ("Good news. Our help pages say: “You can return unused items within 30 days of delivery.” [1]")


def test_working_days_are_not_days() -> None:
    assert "2 to 4 working days" in answered("Standard delivery takes 2 to 4 days.")


def test_a_result_of_the_turn_is_a_source_also_where_the_unit_stands_elsewhere() -> None:
    told = '{"total": 129, "currency": "EUR", "delivered_on": "2026-11-03"}'
    answer = "Order #88291 for 129.00 EUR came on 3 November, so you can send it back until 3 December 2026."
    assert answered(answer, told=told, said="What about order #88291?") == answer


def test_a_leading_question_proves_nothing() -> None:
    said = "I can return it for 90 days and get 200 EUR back, right?"
    assert answered("Yes, you have 90 days.", said=said) != "Yes, you have 90 days."
    assert NO_SOURCE in answered("Yes, you get 200 EUR.", said=said)
    assert answered("Do you mean the 200 EUR of your card?", said=said) == "Do you mean the 200 EUR of your card?"


def test_a_mark_of_the_wrong_passage_is_put_right_and_an_empty_one_taken_away() -> None:
    assert answered("It takes 2 to 4 working days [1].") == "It takes 2 to 4 working days [2]."
    assert answered("Whales sing and you may listen to them [1].") == "Whales sing and you may listen to them."
    assert answered("Opened earbuds cannot be returned [7].") == "Opened earbuds cannot be returned [1]."
    assert answered("Whales sing and you may listen to them [7].") == "Whales sing and you may listen to them."


def test_text_is_held_from_the_word_that_makes_the_claim() -> None:
    claims = ClaimFilter(lambda: "", Grounding(hits(RETURNS), told=lambda: "").grounded)
    events = [*claims.feed("You can send it back for thirty "), *claims.feed("full da")]
    assert "".join(each.text for each in events if isinstance(each, TextDelta)) == "You can send it back for "


@settings(max_examples=60)
@given(
    st.data(),
    st.lists(
        st.sampled_from(
            [
                "You have ninety days. ",
                "It costs €4.90 [2]. ",
                "Am 3. November ist zu. ",
                "Items within 30 days of delivery [2]!\n",
                "One of us answers, twenty of them. ",
                "1. Open it.\n",
                "Call v2. ",
            ]
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_where_the_pieces_break_never_changes_what_is_said(data: st.DataObject, sentences: list[str]) -> None:
    text = "".join(sentences)
    assert answered(text, pieces=data.draw(st.integers(1, len(text)))) == answered(text, pieces=len(text))


@given(st.text())
def test_any_text_has_figures_that_tell_themselves(text: str) -> None:
    known = figures(text, is_evidence=True)
    assert all(any(each.is_told_by(other) for other in known) for each in figures(text))


@settings(max_examples=100)
@given(
    st.integers(2, 99),
    st.sampled_from(["days", "hours", "weeks", "EUR", "%", "months", "working days", "Tage", "jours"]),
    st.sampled_from(["Within {}.", "It is {} at most.", "Up to {}, then it ends."]),
)
def test_no_figure_passes_that_the_passages_do_not_name(n: int, unit: str, form: str) -> None:
    sentence = form.format(f"{n} {unit}")
    wanted = figures(sentence)
    known = [each for text in (RETURNS, COSTS) for each in figures(text, is_evidence=True)]
    is_named = all(any(each.is_told_by(other) for other in known) for each in wanted)
    assert (answered(sentence) == sentence) == is_named


HELP = "How to return: open https://shop.example.com/returns and follow it. Write to help@example.com otherwise."


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("Open https://shop.example.com/returns/ now.", "Open https://shop.example.com/returns/ now."),
        ("Open [the form](https://shop.example.com/returns).", "Open [the form](https://shop.example.com/returns)."),
        ("Write to help@example.com please.", "Write to help@example.com please."),
        ("Open https://evil.example.net/returns now.", f"Open {LINK_LEFT_OUT} now."),
        ("Open [the form](https://evil.example.net/x).", "Open the form."),
        ("Open evil-shop.com please.", f"Open {LINK_LEFT_OUT} please."),
        ("Write to help@evil.example.net please.", f"Write to {LINK_LEFT_OUT} please."),
        (
            "Open [www.bank.com](https://shop.example.com/returns).",
            "Open https://shop.example.com/returns.",
        ),
        ("Open https://shop.example.com/returns/secret now.", f"Open {LINK_LEFT_OUT} now."),
        ("Open https://shop.example.com@evil.net/ now.", f"Open {LINK_LEFT_OUT} now."),
        (
            "This runs on node.js and in main.py, e.g. with care.",
            "This runs on node.js and in main.py, e.g. with care.",
        ),
    ],
)
def test_a_link_is_one_that_a_source_of_this_turn_names(answer: str, shown: str) -> None:
    assert answered(answer, passages=(HELP,)) == shown


def test_a_link_makes_its_passage_a_source_and_hosts_can_be_named() -> None:
    grounding = Grounding(hits(RETURNS, HELP), told=lambda: "")
    grounding.grounded("Open https://shop.example.com/returns now.")
    assert grounding.used == {2}
    fenced = Grounding(hits(HELP), told=lambda: "See https://pay.example.org/1", link_hosts=("example.com",))
    assert fenced.grounded("Open https://shop.example.com/returns now.").startswith("Open https://shop")
    assert fenced.grounded("Pay at https://pay.example.org/1 now.") == f"Pay at {LINK_LEFT_OUT} now."


@given(st.text(alphabet="ab./:@[]() htps-", max_size=60))
def test_no_text_gets_a_link_past_that_nothing_told(text: str) -> None:
    kept, stayed = with_links_of(text, lambda _: False, instead="")
    assert not stayed
    assert not addresses(kept)


@pytest.mark.parametrize(
    ("answer", "tongue"),
    [("Das Einpacken kostet bei uns nur 7 EUR.", "de"), ("Le paquet cadeau est à 7 EUR pour vous.", "fr")],
)
def test_what_is_left_out_is_said_in_the_language_of_the_answer(answer: str, tongue: str) -> None:
    assert answered(answer) == said_in(tongue, NO_SOURCE) != NO_SOURCE


def test_a_short_sentence_is_held_against_its_passage_in_the_language_of_the_question() -> None:
    asked = "How do I descale the machine?"
    assert answered("Run the descaling programme [1].", said=asked) == "Run the descaling programme."
    cards = (RETURNS, "Gift cards are valid online and in every branch.")
    assert (
        answered("Gift cards are valid online [1].", passages=cards, said=asked) == "Gift cards are valid online [2]."
    )
    assert answered("Return unused items [1].", said=asked) == "Return unused items [1]."
