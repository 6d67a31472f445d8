"""What waits for a person, seen and decided from a terminal."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from adapters.storage.store import open_store
from bots.cli import main
from bots.operators import operator
from core.actions import Action
from core.approvals import new_approval
from core.conversation import Author, Message, Thread
from core.parameters import Arguments
from core.tools import Money
from tests.fakes.clock import StillClock

THREAD = Thread("t1", "memory", "room", "root")


async def propose(url: str) -> str:
    now = datetime.now(UTC)
    async with open_store(url, clock=StillClock(now)) as store:
        case = await store.cases.open(Message("1", THREAD, Author("u1", "Ada"), "refund", now), "cust")
        money: Money = Money(Decimal("80.00"), "EUR")
        arguments: Arguments = {"order_id": "1", "amount": "80.00"}
        action = Action(
            "k", "pay_back", arguments, case.id, "T-1", THREAD, "cust", "u1", "Pay back 1", "proposed", now, money
        )
        approval = new_approval(action, evidence="It was broken.", now=now + timedelta(hours=1), expires_h=1)
        await store.actions.propose(action, approval, ())
        return approval.id


def test_what_waits_is_listed_lowered_and_decided_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'firstline.sqlite3'}"
    monkeypatch.setenv("FIRSTLINE_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    approval = asyncio.run(propose(url))
    run = CliRunner()
    listed = run.invoke(main, ["approvals", "list"])
    assert approval in listed.output
    assert "80.00 EUR" in listed.output
    assert "It was broken." in listed.output
    assert run.invoke(main, ["approvals", "approve", approval, "--amount", "ten"]).exit_code == 2
    assert run.invoke(main, ["approvals", "approve", approval, "--amount", "90"]).exit_code == 1
    assert "carried out" in run.invoke(main, ["approvals", "approve", approval, "--amount", "20"]).output
    assert run.invoke(main, ["approvals", "deny", approval]).exit_code == 1
    assert "Nothing waits" in run.invoke(main, ["approvals", "list"]).output


def test_only_listed_approvers_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTLINE_DATABASE_URL", f"sqlite:///{tmp_path / 'firstline.sqlite3'}")
    (tmp_path / "firstline.toml").write_text('[approvals]\napprovers = ["U1"]\n')
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(main, ["approvals", "approve", "A-1"])
    assert (refused.exit_code, "approvers" in refused.output) == (1, True)


def test_roles_hold_at_the_terminal_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'firstline.sqlite3'}"
    monkeypatch.setenv("FIRSTLINE_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    approval, me = asyncio.run(propose(url)), operator()
    toml, run = tmp_path / "firstline.toml", CliRunner()
    toml.write_text('[desk.roles]\nleads = ["lena"]\n')
    refused = run.invoke(main, ["approvals", "approve", approval])
    assert refused.exit_code == 1
    assert f"it takes a lead to approve. `firstline.toml` gives roles to {me}." in refused.output
    north = '[[desk.tenants]]\nname = "north"\nmembers = ["memory:t1"]\nstaff = ["memory:desk"]\n'
    south = '[[desk.tenants]]\nname = "south"\nmembers = ["memory:t2"]\nstaff = ["memory:other"]\n'
    mine = f'roles = {{ leads = ["{me}"] }}\n'
    toml.write_text(north + south + mine)
    assert "Nothing waits" in run.invoke(main, ["approvals", "list"]).output
    assert run.invoke(main, ["approvals", "approve", approval]).exit_code == 1
    assert "Cases                   0" in run.invoke(main, ["report"]).output
    case_id = asyncio.run(case_of(url))
    assert "There is no case" in run.invoke(main, ["case", "explain", case_id]).output
    assert "There is no case" in run.invoke(main, ["case", "transcript", case_id]).output
    toml.write_text(north + mine + south)
    assert f"explained by {me}" not in run.invoke(main, ["case", "explain", case_id]).output
    assert f"explained by {me}: Read at a terminal." in run.invoke(main, ["case", "explain", case_id]).output
    assert "SHA-256" in run.invoke(main, ["case", "transcript", case_id]).output
    assert "carried out" in run.invoke(main, ["approvals", "approve", approval]).output


async def case_of(url: str) -> str:
    async with open_store(url, clock=StillClock(datetime.now(UTC))) as store:
        found = await store.cases.find(THREAD)
        assert found is not None
        return found.id
