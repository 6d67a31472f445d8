"""What models cost, read in a terminal or by a program."""

import asyncio
import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from adapters.storage.store import open_store
from bots.cli import main
from core.modelling import Used
from core.prices import nanos
from core.spending import ModelCall
from tests.adapters.storage.scene import answer, begun, record, says
from tests.fakes.clock import StillClock

SETTINGS = """
[money]
currency = "EUR"

[[money.compare]]
name = "by the token"
input = 1.0
output = 2.0

[[money.compare]]
name = "by the request"
request = 0.001
"""


async def spend(url: str) -> None:
    day = datetime(2026, 3, 2, 9, tzinfo=UTC)
    async with open_store(url, clock=StillClock(day)) as store:
        await says(store)
        turn = await begun(store)
        used = Used("model-a", 20_000, 1_000, 5_000, nanos=nanos(Decimal("0.022")))
        turn.tab.add(ModelCall("chat", used, "done", day, ms=900, repeated_tokens=10_000))
        await store.turns.finish(turn, answer(), record())


def test_spending_forecast_and_comparison_are_told_in_three_forms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'firstline.sqlite3'}"
    (tmp_path / "firstline.toml").write_text(SETTINGS)
    monkeypatch.setenv("FIRSTLINE_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    assert "No model was asked yet" in run.invoke(main, ["cost"]).output
    asyncio.run(spend(url))
    text = run.invoke(main, ["cost", "--by", "model"]).output
    assert "model-a" in text
    assert "0.0220" in text
    assert "Repeated prefix: 50%" in text
    assert "by the token" in text
    assert "22.0x" in text
    assert "in the next 30 days" in text
    told = json.loads(run.invoke(main, ["cost", "--format", "json"]).output)
    assert told["total"]["cost"] == "0.022"
    assert told["rows"][0]["key"] == "2026-03-02"
    assert [each["name"] for each in told["compare"]] == ["by the request", "by the token"]
    rows = list(csv.DictReader(io.StringIO(run.invoke(main, ["cost", "--by", "route", "--format", "csv"]).output)))
    assert rows[0]["key"] == "chat"
    assert rows[0]["cost"] == "0.022"
