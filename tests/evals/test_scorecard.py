"""A score card keeps every row and tells a miss by its exit status."""

import json
from pathlib import Path

import pytest

from evals.scorecard import Row, report
from evals.sets import Folders, records, table


def test_a_missed_target_stays_in_the_report_and_gives_status_1(tmp_path: Path) -> None:
    rows = [Row("recall", 0.91, 0.9, 0.77), Row("latency_ms", 25.0, 20.0, better="lower"), Row("size", 3.0)]
    assert report("eval-x", rows, folder=tmp_path) == 1
    assert json.loads((tmp_path / "eval-x.json").read_text()) == {
        "rows": [
            {"name": "recall", "value": 0.91, "target": 0.9, "baseline": 0.77, "met": True},
            {"name": "latency_ms", "value": 25.0, "target": 20.0, "baseline": None, "met": False},
            {"name": "size", "value": 3.0, "target": None, "baseline": None, "met": True},
        ]
    }


def test_what_could_not_be_measured_is_a_miss_with_a_reason(tmp_path: Path) -> None:
    assert report("eval-x", [Row("recall", None, note="the set is not there")], folder=tmp_path) == 1
    (row,) = json.loads((tmp_path / "eval-x.json").read_text())["rows"]
    assert (row["value"], row["met"], row["note"]) == (None, False, "the set is not there")


def test_a_score_card_that_meets_everything_gives_status_0(tmp_path: Path) -> None:
    assert report("eval-x", [Row("recall", 0.95, 0.9), Row("leaks", 0, 0, better="lower")], folder=tmp_path) == 0


def test_what_a_scored_set_lacks_is_lent_from_the_other_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scored, learned = tmp_path / "scored", tmp_path / "learned"
    (scored / "faq").mkdir(parents=True)
    (learned / "faq").mkdir(parents=True)
    (scored / "faq" / "part_b.jsonl").write_text('{"id": 1}\n\n{"id": 2}\n')
    (learned / "faq" / "corpus.tsv").write_text("id\ttext\n7\ta page\n")
    monkeypatch.setenv("FIRSTLINE_EVAL_DATA", str(scored))
    monkeypatch.setenv("FIRSTLINE_TRAIN_DATA", str(learned))
    folders = Folders.from_environment()
    assert not folders.are_one
    assert [each["id"] for each in records(folders.find("faq", "part_*.jsonl"))] == [1, 2]
    assert [list(table(path)) for path in folders.lent("faq", "corpus.tsv")] == [[{"id": "7", "text": "a page"}]]
    assert folders.find("absent", "*.jsonl") == []
