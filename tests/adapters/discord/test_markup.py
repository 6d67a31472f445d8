"""The model's Markdown as Discord draws it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.markup import as_discord
from adapters.discord.rendering import LIMIT_CHARS, draft_of, messages_of
from core.mentions import pings
from core.reply import Post


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("Plain **bold** and *it*.\n\n- one\n- two", "Plain **bold** and *it*.\n\n- one\n- two"),
        ("#### Deep", "**Deep**"),
        ("a\n\n---\n\nb", "a\n\n───\n\nb"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "```\na  b\n1  2\n```"),
        ("[Returns](https://shop.example/r)", "[Returns](https://shop.example/r)"),
        ("```py\nx = 1\n```", "```py\nx = 1\n```"),
    ],
)
def test_each_form_is_written_as_discord_draws_it(written: str, drawn: str) -> None:
    assert [line.rstrip() for line in as_discord(written).splitlines() if set(line) - set("-─ ")] == [
        line for line in drawn.splitlines() if set(line) - set("-─ ")
    ]


@given(st.lists(st.sampled_from(["@everyone", "@here", "<@1>", "<@&2>", "<#3>", "\u200b", "`", "*", " ", "a\n"])))
def test_nothing_pings_in_any_message_or_draft(pieces: list[str]) -> None:
    text = "".join(pieces)
    for shown in [*messages_of(Post(text, footer=text[:50])), draft_of(text)]:
        assert pings(shown) == []
        assert 0 < len(shown) <= LIMIT_CHARS


def test_half_a_link_is_held_back_until_it_is_whole() -> None:
    assert draft_of("See [the page](https://sho") == "See"
