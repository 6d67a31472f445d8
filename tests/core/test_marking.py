"""Markdown read once and written again in a platform's marks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.markdown import parser, read_markdown
from core.marking import Dialect, plain_lines, write

_MARKS = "# ¦- ¦1. ¦> ¦* ¦**¦~~¦`¦```¦\n¦\n\n¦    ¦[¦](¦)¦<own>¦&amp;¦\\¦|¦---¦|---|¦!¦words ".split("¦")
_TAGS = ["<b>", "</b>", "<br>", "<div>", "<!-- x -->", "*", "_"]
_PIECES = st.lists(st.sampled_from(_MARKS), max_size=30).map("".join)
_WITH_TAGS = st.lists(st.sampled_from(_MARKS + _TAGS), max_size=30).map("".join)


def _rewritten(text: str) -> str:
    return write(read_markdown(text), Dialect())


def _seen(text: str) -> str:
    return re.sub(r"\s+", "", plain_lines(text))


@given(_PIECES)
def test_what_is_written_reads_the_same(text: str) -> None:
    assert _seen(_rewritten(text)) == _seen(text)


@given(_WITH_TAGS)
def test_raw_html_is_gone_once_written(text: str) -> None:
    tokens = parser().parse(_rewritten(text))
    inline = [child for token in tokens for child in token.children or ()]
    assert not any(token.type in ("html_block", "html_inline") for token in [*tokens, *inline])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Title\n=====", "# Title"),
        ("    code", "```\ncode\n```"),
        ("~~~py\nx\n~~~", "```py\nx\n```"),
        ("```\na ``` b\n```", "````\na ``` b\n````"),
        ("a <b>bold</b> word", "a bold word"),
        ("your <order-number>", "your \\<order-number\\>"),
        ("one<br/>two", "one\ntwo"),
        ("<div>\n<p>Hello</p>\n</div>", "Hello"),
        ("![a cup](https://shop.example/cup.png)", "[a cup](https://shop.example/cup.png)"),
        ("see [the page][p]\n\n[p]: https://shop.example", "see [the page](https://shop.example)"),
        ("[page](/returns)", "page (/returns)"),
        ("2 \\* 3 = 6 and snake_case", "2 \\* 3 = 6 and snake\\_case"),
        ("1986\\. A year", "1986\\. A year"),
        ("\\# no heading", "\\# no heading"),
        ("- a\n- b\n\n* c", "- a\n- b\n- c"),
        ("> a\n> > b", "> a\n>\n> > b"),
        ("3. c\n4. d\n   - e", "3. c\n4. d\n   - e"),
        ("| a | b |\n|:-:|--:|\n| 1 | `x\\|y` |", "| a | b |\n| :-: | --: |\n| 1 | `x\\|y` |"),
        ("~~old~~ **new *er***", "~~old~~ **new *er***"),
        ("&amp;lt; stays", "\\&lt; stays"),
        ("Go to https://shop.example/a_b.", "Go to <https://shop.example/a_b>."),
    ],
)
def test_each_thing_in_its_standard_form(text: str, written: str) -> None:
    assert _rewritten(text) == written


@pytest.mark.parametrize(
    ("link", "written"),
    [
        ("[https://bank.example](https://evil.example/login)", "[evil.example/login](https://evil.example/login)"),
        ("[bank.example](https://evil.example)", "[evil.example](https://evil.example)"),
        ("[**bank.example**](https://evil.example)", "[evil.example](https://evil.example)"),
        ("[Log in](https://bank.example@evil.example/x)", "[evil.example/x](https://bank.example@evil.example/x)"),
        (
            "[bank.example/login](https://www.bank.example/login)",
            "[bank.example/login](https://www.bank.example/login)",
        ),
        ("[config.json](https://shop.example/c)", "[config.json](https://shop.example/c)"),
        ("[Node.js](https://shop.example/c)", "[Node.js](https://shop.example/c)"),
        ("[x](ftp://shop.example)", "x (ftp://shop.example)"),
        ("[write us](mailto:help@shop.example)", "[write us](mailto:help@shop.example)"),
    ],
)
def test_a_link_leads_where_it_says(link: str, written: str) -> None:
    assert _rewritten(link) == written


def test_plain_lines_have_no_marks() -> None:
    text = "# Hi\n\n- **one** `two` [three](https://a.example)\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    assert plain_lines(text) == "Hi\n\n- one two three\n\na · b\n1 · 2"
