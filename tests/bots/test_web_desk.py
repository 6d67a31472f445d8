"""The read-only desk as a team lead sees it: the real process, a real browser, accounts made by the command."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.async_api import expect

from bots.cli import main
from tests.adapters.web.browser import LIMIT_MS, browser_path, open_browser
from tests.bots.running import firstline, running

PASSWORD = "four quiet words here"
TWICE = f"{PASSWORD}\n{PASSWORD}\n"
ON = "[desk.web]\nenabled = true\nport = 0\n"


def test_people_are_let_in_listed_and_removed_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def desk(*words: str) -> tuple[int, str]:
        ended = CliRunner().invoke(main, ["desk", *words], input=TWICE)
        return ended.exit_code, ended.output

    status, told = desk("add-user", "Ann", "--tenant", "slack:T1")
    assert status == 0
    assert "ann may look at slack:T1." in told
    assert PASSWORD not in told
    assert "--replace" in desk("add-user", "ann", "--all-tenants")[1]
    assert desk("add-user", "ann", "--all-tenants", "--replace")[0] == 0
    assert "Say whose cases" in desk("add-user", "bea")[1]
    assert "every tenant" in desk("users")[1]
    assert desk("remove-user", "ann")[0] == 0
    assert desk("remove-user", "ann")[0] == 2
    assert "Nobody yet" in desk("users")[1]


def test_an_address_without_tls_is_refused_with_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "firstline.toml").write_text(ON + 'host = "0.0.0.0"\n')
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(main, ["desk", "users"])
    assert ended.exit_code == 2
    assert "in the open" in ended.output


@pytest.mark.browser
@pytest.mark.skipif(browser_path() is None, reason="no chromium on the PATH")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_a_lead_signs_in_reads_the_queue_a_case_and_why_searches_and_signs_out(tmp_path: Path) -> None:
    (tmp_path / "firstline.toml").write_text(ON)
    await firstline("desk", "add-user", "ann", "--all-tenants", folder=tmp_path, stdin=TWICE)
    async with running("run", "web", folder=tmp_path) as service:
        desk = next(line for line in service.said if "The desk is at" in line).rpartition(" ")[2]
        async with open_browser(service.address) as page:
            await page.get_by_label("Message", exact=True).fill("I want to talk to a human, my parcel is damaged")
            await page.keyboard.press("Enter")
            passed = page.locator("#customer").get_by_text("passed this to a person")
            await expect(passed.first).to_be_visible(timeout=LIMIT_MS)
            await page.goto(desk)
            await page.get_by_label("Name").fill("ann")
            await page.get_by_label("Password").fill(PASSWORD)
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("heading", name="Queue")).to_be_visible(timeout=LIMIT_MS)
            await expect(page.get_by_text("First response by")).to_be_visible()
            await page.locator("a.case").first.click()
            await expect(page.get_by_role("heading", name="Transcript")).to_be_visible()
            await expect(page.locator(".talk .customer").get_by_text("my parcel is damaged")).to_be_visible()
            await page.get_by_role("link", name="Why it happened").click()
            await expect(page.get_by_role("heading", name="Deliveries")).to_be_visible()
            await page.get_by_label("Search cases").fill("damaged parcel")
            await page.keyboard.press("Enter")
            await expect(page.get_by_text("Cases found: 1")).to_be_visible()
            await page.get_by_role("link", name="Reports").click()
            await expect(page.get_by_text("Shares of 1 cases")).to_be_visible()
            await page.get_by_role("button", name="Sign out").click()
            await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
            await page.goto(desk)
            await expect(page.get_by_label("Password")).to_be_visible()
