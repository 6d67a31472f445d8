"""Folders of Markdown become passages that stand alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources.folder import passages_of, read_folders


def test_a_passage_carries_its_heading_path() -> None:
    first, second = passages_of("# Returns\n\nIntro.\n\n## Opened\n\n14 days.\n", source="returns.md")
    assert (first.title, first.text) == ("Returns", "Intro.")
    assert (second.title, second.text) == ("Returns › Opened", "14 days.")


def test_lists_and_tables_stay_whole() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    (passage,) = passages_of(f"# T\n\n- one\n- two\n\n{table}\n", source="t.md")
    assert passage.text == f"- one\n- two\n\n{table}"


def test_a_long_section_is_cut_between_its_paragraphs() -> None:
    paragraphs = ["word " * 90 for _ in range(3)]
    passages = passages_of("# T\n\n" + "\n\n".join(paragraphs), source="t.md")
    assert len(passages) == 3
    assert {each.title for each in passages} == {"T"}


def test_the_same_text_keeps_its_id_and_changed_text_gets_another() -> None:
    (one,) = passages_of("# A\n\ntext", source="a.md")
    (same,) = passages_of("# A\n\ntext\n", source="a.md")
    (other,) = passages_of("# A\n\nother", source="a.md")
    assert one.id == same.id != other.id


def test_files_that_cannot_be_read_are_left_out_whole(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "good.md").write_text("# Good\n\nfine")
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe\x00bad")
    (tmp_path / "notes.txt").write_text("not Markdown")
    assert [each.source for each in read_folders([tmp_path, tmp_path / "missing"])] == ["good.md"]
    assert "knowledge file not readable" in caplog.text
    assert "knowledge folder not found" in caplog.text


@given(st.text())
def test_any_text_can_be_cut(text: str) -> None:
    assert all(each.text.strip() for each in passages_of(text, source="any.md"))
