"""Cutting long answers into messages."""

import re
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from core.splitting import split_markdown

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
_DOCUMENTS = st.lists(_WORDS | _CODE, max_size=6).map("\n\n".join)


def _solid(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _fences(text: str) -> list[Any]:
    return [token for token in MarkdownIt("commonmark").parse(text) if token.type == "fence"]


@given(st.text(), st.integers(min_value=1, max_value=200))
def test_every_part_fits_and_none_is_blank(text: str, limit: int) -> None:
    parts = split_markdown(text, limit_chars=limit)
    assert all(part.strip() and len(part) <= limit for part in parts)


@given(st.text(alphabet=st.characters(exclude_characters="`~")), st.integers(1, 200))
def test_text_without_code_blocks_loses_only_white_space(text: str, limit: int) -> None:
    parts = split_markdown(text, limit_chars=limit)
    assert _solid("".join(parts)) == _solid(text)


@given(_DOCUMENTS, st.integers(min_value=40, max_value=300))
def test_code_stays_code_with_its_language(text: str, limit: int) -> None:
    parts = split_markdown(text, limit_chars=limit)
    before, after = _fences(text), [each for part in parts for each in _fences(part)]
    assert _solid("".join(token.content for token in after)) == _solid("".join(token.content for token in before))
    assert {token.info for token in after} == {token.info for token in before}


@given(_DOCUMENTS, st.integers(min_value=40, max_value=300))
def test_prose_around_code_loses_nothing(text: str, limit: int) -> None:
    def prose(document: str) -> str:
        lines = document.split("\n")
        for token in reversed(_fences(document)):
            del lines[token.map[0] : token.map[1]]
        return _solid("".join(lines))

    parts = split_markdown(text, limit_chars=limit)
    assert "".join(map(prose, parts)) == prose(text)


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
