"""Verified answers and gaps at the command line."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adapters.storage.store import open_store
from bots.cli import main
from core.gaps import Gap
from tests.fakes.clock import StillClock


def test_answers_are_added_imported_reviewed_renewed_and_retired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRSTLINE_DATABASE_URL", f"sqlite:///{tmp_path / 'firstline.sqlite3'}")
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Result:
        return CliRunner().invoke(main, ["answers", *words])

    assert "firstline answers add" in call("list").output
    added = call("add", "-q", "Do you gift wrap?", "--text", "Yes, free of charge.", "--owner", "Dana")
    assert re.match(r"V-1  approved, Dana, until \d{4}-\d\d-\d\d: Do you gift wrap\?", added.output)
    file = tmp_path / "faq.csv"
    file.write_text("question,text,owner\nWhere are you?  | What is your address?,Main Street 1.,Kim\n,no question,\n")
    imported = call("import", str(file))
    assert (imported.exit_code, "1 answers wait for review; 1 rows left out" in imported.output) == (1, True)
    assert "asked as: What is your address?" in call("review").output
    assert "V-2  approved, Kim" in call("approve", "V-2", "--owner", "Kim").output
    assert "Main Street 1." in call("show", "V-2").output
    assert "V-1  approved" in call("renew", "V-1", "--days", "5").output
    assert "To renew soon:\n  V-1" in call("list").output
    assert call("retire", "V-1").output == "V-1 is retired.\n"
    assert "V-1" not in call("list").output
    assert call("show", "V-9").exit_code != 0
    assert call("renew", "V-1").exit_code != 0
    assert call("add", "-q", " ", "--text", "x").exit_code != 0


def test_gaps_are_told_with_counts_and_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'firstline.sqlite3'}"
    monkeypatch.setenv("FIRSTLINE_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)

    async def note() -> None:
        async with open_store(url, clock=StillClock(datetime.now(UTC))) as store:
            for n, question in enumerate(["Do you repair typewriters?", "Can you repair my typewriter?"]):
                await store.gaps.note(Gap("unanswered", question, datetime.now(UTC), f"C-{n}", f"T-{n}"))
                await store.gaps.note(Gap("unanswered", question, datetime.now(UTC), f"C-{n}", f"T-{n}"))

    asyncio.run(note())
    told = CliRunner().invoke(main, ["gaps"]).output
    assert "2 unanswered" in told
    assert "  - Do you repair typewriters? (C-0)" in told
    assert "1 gaps in 30 days; 0 drafts to review" in told
    assert '"unanswered": 2' in CliRunner().invoke(main, ["gaps", "--format", "json"]).output
