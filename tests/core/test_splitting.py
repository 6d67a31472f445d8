"""Cutting long answers into messages."""

import re
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from core.marking import plain_lines
from core.splitting import split_markdown, split_parts

_WORDS = st.lists(
    st.sampled_from(
        [
            "a",
            "word",
            "Sentence. ",
            "😀",
            "👩‍👩‍👧",
            "é",
            "e\u0301",
            "日本",
            "\n",
            "\n\n",
            "- ",
            "x" * 30,
        ]
    ),
    max_size=60,
).map(" ".join)
_CODE = st.tuples(
    st.sampled_from(["", "py", "json"]),
    st.lists(st.sampled_from(["x = 1", "", "    deep", "~~~", "``", "y" * 50]), max_size=12),
).map(lambda pair: f"```{pair[0]}\n" + "\n".join(pair[1]) + "\n```")
_LISTS = st.lists(st.sampled_from(["- one", "  - two and more", "    - three", "1. four", "   five"]), max_size=20).map(
    "\n".join
)
_QUOTES = st.lists(st.sampled_from(["> said", "> and **said** again", ">"]), max_size=20).map("\n".join)
_DOCUMENTS = st.lists(_WORDS | _CODE, max_size=6).map("\n\n".join)
_MIXED = st.lists(_WORDS | _CODE | _LISTS | _QUOTES, max_size=6).map("\n\n".join)


def _solid(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _fences(text: str) -> list[Any]:
    return [token for token in MarkdownIt("commonmark").parse(text) if token.type == "fence"]


@given(st.text() | _MIXED, st.integers(min_value=1, max_value=200))
def test_every_part_fits_and_none_is_blank(text: str, limit: int) -> None:
    parts = split_markdown(text, limit_chars=limit)
    assert all(part.strip() and len(part) <= limit for part in parts)


@given(st.text() | _MIXED, st.integers(min_value=1, max_value=200))
def test_what_the_parts_come_from_is_the_whole_text(text: str, limit: int) -> None:
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    assert "".join(part.source for part in split_parts(text, limit_chars=limit)) == whole


@given(st.text(alphabet=st.characters(exclude_characters="`~>|")), st.integers(1, 200))
def test_text_without_code_blocks_loses_only_white_space(text: str, limit: int) -> None:
    parts = split_markdown(text, limit_chars=limit)
    assert _solid("".join(parts)) == _solid(text)


@given(_DOCUMENTS, st.integers(min_value=40, max_value=300))
def test_code_stays_code_with_its_language(text: str, limit: int) -> None:
    parts = split_markdown(text, limit_chars=limit)
    before, after = _fences(text), [each for part in parts for each in _fences(part)]
    assert _solid("".join(token.content for token in after)) == _solid("".join(token.content for token in before))
    assert {token.info for token in after} == {token.info for token in before}


@given(st.lists(st.sampled_from(["x = 1", "", "    deep", "```", "end"]), min_size=1, max_size=30), st.integers(60, 90))
def test_code_that_is_cut_between_lines_is_the_same_code(lines: list[str], limit: int) -> None:
    text = "Look:\n\n````py\n" + "\n".join(lines) + "\n````\n\nDone."
    parts = split_markdown(text, limit_chars=limit)
    assert "".join(token.content for part in parts for token in _fences(part)) == "\n".join(lines) + "\n"


@given(_DOCUMENTS, st.integers(min_value=40, max_value=300))
def test_prose_around_code_loses_nothing(text: str, limit: int) -> None:
    def prose(document: str) -> str:
        lines = document.split("\n")
        for token in reversed(_fences(document)):
            del lines[token.map[0] : token.map[1]]
        return _solid("".join(lines))

    parts = split_markdown(text, limit_chars=limit)
    assert "".join(map(prose, parts)) == prose(text)


@given(_LISTS | _QUOTES, st.integers(min_value=40, max_value=120))
def test_lists_and_quotes_stay_what_they_are(text: str, limit: int) -> None:
    parts = split_markdown(text, limit_chars=limit)
    assert _letters("".join(map(plain_lines, parts))) == _letters(plain_lines(text))
    if not _has_indented_code(text):
        assert not any(map(_has_indented_code, parts))


def _has_indented_code(text: str) -> bool:
    return any(token.type == "code_block" for token in MarkdownIt("commonmark").parse(text))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text)


@given(_WORDS, st.integers(min_value=8, max_value=50))
def test_no_grapheme_is_cut(text: str, limit: int) -> None:
    parts = split_markdown(text, limit_chars=limit)
    before = [each for each in regex.findall(r"\X", text) if each.strip()]
    after = [each for part in parts for each in regex.findall(r"\X", part) if each.strip()]
    assert after == before


def test_a_cut_code_block_is_closed_and_opened_again() -> None:
    text = "Look:\n\n```python\none = 1\ntwo = 2\nthree = 3\n```\n\nDone."
    assert split_markdown(text, limit_chars=36) == [
        "Look:\n\n```python\none = 1\ntwo = 2\n```",
        "```python\nthree = 3\n```\n\nDone.",
    ]


def test_a_cut_table_has_its_header_in_every_message() -> None:
    rows = "\n".join(f"| {n} | item |" for n in range(12))
    parts = split_markdown(f"| No | What |\n|---|---|\n{rows}", limit_chars=80)
    assert len(parts) > 2
    assert all(part.startswith("| No | What |\n|---|---|\n") for part in parts)
    assert sum(part.count("item") for part in parts) == 12


def test_a_cut_quote_stays_a_quote() -> None:
    parts = split_markdown(f"> {'a ' * 40}", limit_chars=50)
    assert len(parts) == 2
    assert all(part.startswith("> a") for part in parts)


def test_a_link_is_not_cut_where_a_word_ends_before_it() -> None:
    text = f"{'word ' * 8}[the help page](https://shop.example/help) {'word ' * 6}"
    assert "[the help page](https://shop.example/help)" in split_markdown(text, limit_chars=60)[1]


def test_a_code_block_in_a_list_keeps_its_indent() -> None:
    text = "- step\n\n  ```sh\n  make one\n  make two\n  make three\n  ```"
    parts = split_markdown(text, limit_chars=36)
    assert all(len(_fences(part)) == 1 for part in parts[1:])


def test_a_heading_goes_with_what_it_heads() -> None:
    text = f"{'a ' * 20}\n\n## Next\n\n{'b ' * 20}"
    assert split_markdown(text, limit_chars=60)[1].startswith("## Next")


def test_blank_text_is_no_message() -> None:
    assert split_markdown(" \n\n", limit_chars=10) == []


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        split_markdown("text", limit_chars=0)
