"""Text between Slack and Markdown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.markup import escape, neutral, to_markdown

_TRICKY = st.lists(
    st.sampled_from(
        ["<", "!", "@", "channel", "here", "every", "one", "EVERYONE", ">", "U123", "subteam^S1", " ", "a", "\n", "`"]
    )
).map("".join)
_PING = re.compile(r"<[!@]|(?<![\w.+-])@(everyone|here|channel)", re.IGNORECASE)


@given(_TRICKY | st.text())
def test_nothing_pings_and_nothing_else_changes(text: str) -> None:
    safe = neutral(text)
    assert not _PING.search(safe)
    assert safe.replace("\u2060", "") == text.replace("\u2060", "")


@given(_TRICKY, st.integers(min_value=0, max_value=200))
def test_the_beginning_of_a_text_stays_what_it_was_when_more_follows(text: str, at: int) -> None:
    assert neutral(text).startswith(neutral(text[:at]))


@given(_TRICKY)
def test_neutral_text_is_left_alone(text: str) -> None:
    assert neutral(neutral(text)) == neutral(text)


@pytest.mark.parametrize("text", ["write to ann@hereford.example", "a < b", "<https://shop.example>", "I am here"])
def test_harmless_text_is_left_alone(text: str) -> None:
    assert neutral(text) == text


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
