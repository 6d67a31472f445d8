"""Text between Slack and Markdown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.markup import as_markdown, as_mrkdwn, escape, to_markdown
from core.drafts import settled
from core.marking import plain_lines
from core.mentions import JOINER, pings

_PIECES = st.lists(
    st.sampled_from(
        [
            "<",
            "!",
            "@",
            "channel",
            "here",
            "every",
            "one",
            ">",
            "U123",
            "**",
            "`",
            "# ",
            "- ",
            "\n",
            "\n\n",
            "[",
            "](",
            ")",
            "https://a.example/b",
            "words ",
            "<b>",
            "&amp;",
            "|",
            "~",
            "_",
            "*",
        ]
    )
).map("".join)


@given(_PIECES | st.text())
def test_nothing_pings_in_either_of_slack_s_ways(text: str) -> None:
    assert pings(as_markdown(text)) == []
    assert pings(as_mrkdwn(text)) == []


@given(_PIECES | st.text())
def test_a_reader_sees_in_slack_what_the_markdown_says(text: str) -> None:
    def seen(markdown: str) -> str:
        return re.sub(rf"[\s{JOINER}]+", "", plain_lines(markdown))

    assert seen(as_markdown(text)) == seen(text)


@pytest.mark.parametrize(
    "text",
    ["# Hi\n\n* one\n* two", "a **b** `c` [d](https://e.example)", "| a |\n|---|\n| 1 |", "```py\nx\n```", "1 < 2 & 3"],
)
def test_what_slack_draws_itself_is_left_as_it_was_written(text: str) -> None:
    assert as_markdown(text) == text


@given(_PIECES)
def test_a_draft_is_shown_up_to_where_it_is_certain(text: str) -> None:
    assert text.startswith(settled(text))


@pytest.mark.parametrize(
    ("draft", "shown"),
    [
        ("See [the pa", "See "),
        ("See [the page](https://a.exa", "See "),
        ("See [the page](https://a.example)", "See [the page](https://a.example)"),
        ("See ![a", "See "),
        ("a <b", "a "),
        ("open [\nnext line", "open [\nnext line"),
    ],
)
def test_half_a_link_is_held_back(draft: str, shown: str) -> None:
    assert settled(draft) == shown


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("# Hi\n\n**bold** *slanted* ~~old~~ `a < b`", "*Hi*\n\n*bold* _slanted_ ~old~ `a &lt; b`"),
        ("[the page](https://a.example/?b=1&c=2)", "<https://a.example/?b=1&amp;c=2|the page>"),
        ("Go to https://a.example.", "Go to <https://a.example>."),
        ("- one\n- two\n  1. three", "• one\n• two\n  1. three"),
        ("```py\nif a < b:\n    c\n```", "```\nif a &lt; b:\n    c\n```"),
        ("> said\n> so", "> said\n> so"),
        ("| a | b |\n|---|--:|\n| 10 | 2 |", "```\na   b\n──  ─\n10  2\n```"),
        ("\\*not bold\\*", "*\u200bnot bold*"),
        ("<!channel> &amp; <b>x</b>", "&lt;!channel&gt; &amp; x"),
    ],
)
def test_each_thing_in_slack_s_own_marks(text: str, written: str) -> None:
    assert as_mrkdwn(text) == written


@given(st.text())
def test_any_text_of_a_person_can_be_read(text: str) -> None:
    to_markdown(text, bot_user="U1", name_of=str)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<@UBOT>  hello", "hello"),
        ("<@UBOT|firstline> hello", "hello"),
        ("<!here> <!subteam^S1|@support> <!date^1^{date}|today>", "@here @support today"),
        ("<https://a.example|a.example>", "https://a.example"),
        ("<tel:+4912345|+49 12345>", "+49 12345"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("a < b > c", "a < b > c"),
    ],
)
def test_slack_s_own_marks_become_markdown(written: str, read: str) -> None:
    assert to_markdown(written, bot_user="UBOT", name_of=str) == read


def test_escaped_text_is_nothing_but_text() -> None:
    assert escape("<!channel> & <b>") == "&lt;!channel&gt; &amp; &lt;b&gt;"
