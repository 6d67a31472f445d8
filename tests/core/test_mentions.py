"""Nothing that a model or a customer writes can call anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mentions import JOINER, neutral, pings

_TRICKY = st.lists(
    st.sampled_from(
        [
            "<",
            "!",
            "@",
            "&",
            "#",
            "channel",
            "here",
            "every",
            "one",
            "EVERYONE",
            ">",
            "U123",
            "C9",
            "subteam^S1",
            "42",
            " ",
            "a",
            "\n",
            "`",
            "\u200b",
            "\u2060",
            "\u200d",
            "️",
            "＠",
            "^",
        ]
    )
).map("".join)


@given(_TRICKY | st.text())
def test_nothing_pings_and_nothing_else_changes(text: str) -> None:
    safe = neutral(text)
    assert pings(safe) == []
    assert safe.replace(JOINER, "") == text.replace(JOINER, "")


@given(_TRICKY, st.integers(min_value=0, max_value=200))
def test_the_beginning_of_a_text_stays_what_it_was_when_more_follows(text: str, at: int) -> None:
    assert neutral(text).startswith(neutral(text[:at]))


@given(_TRICKY)
def test_neutral_text_is_left_alone(text: str) -> None:
    assert neutral(neutral(text)) == neutral(text)


@pytest.mark.parametrize(
    "text",
    [
        "@everyone",
        "@HERE please",
        "hello @channel",
        "<!channel>",
        "<!here|here>",
        "<!subteam^S012|@support>",
        "<@U012ABC>",
        "<@W012ABC|ann>",
        "<#C012ABC>",
        "<@123456789>",
        "<@!123456789>",
        "<@&123456789>",
        "<#123456789>",
        "`<!channel>`",
        "```\n@everyone\n```",
        "@every\u200bone",
        "<\u200b!channel>",
        "<@\u2061U012ABC>",
        "＠everyone",
    ],
)
def test_every_form_that_pings_is_found_and_made_harmless(text: str) -> None:
    assert pings(text)
    assert pings(neutral(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "write to ann@hereford.example",
        "a < b",
        "<https://shop.example>",
        "I am here",
        "<!-- a comment -->",
        "<!DOCTYPE html>",
        "List<@NonNull String>",
        "git@channels.example",
        "#42",
    ],
)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert neutral(text) == text
