"""Somebody unknown proves on the page who they are, and what they had asked is answered: browser, process, database."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.adapters.web.browser import LIMIT_MS, browser_path, open_browser
from tests.bots.running import Service, firstline, running
from tests.servers import model

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser_path() is None, reason="no chromium on the PATH"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

Json = dict[str, Any]
ASK: Json = {
    "match": "88410",
    "on": "user",
    "reply": {"tool_calls": [{"name": "get_order_status", "arguments": {"order_id": "88410"}}]},
}
TOLD: Json = {"on": "tool", "reply": {"text": "Your lamp is with **Royal Mail**."}}
CODE = re.compile(r"(\d{6}) is your code")


async def newest_code(page: Page, service: Service) -> str:
    """What the demo's mailbox holds, read as the one who runs it reads it."""
    mailbox = await page.context.new_page()
    try:
        await mailbox.goto(f"{service.address}/shop/mailbox")
        found = CODE.search(await mailbox.locator("article").first.inner_text())
        assert found is not None
        return found[1]
    finally:
        await mailbox.close()


async def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("FIRSTLINE_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png")


async def test_a_stranger_verifies_and_the_waiting_question_is_answered_in_its_place(tmp_path: Path) -> None:
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    endpoint.rules.extend(model.Rule.from_dict(rule) for rule in (ASK, TOLD))
    async with model.serve(endpoint) as url:
        env = {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "test"}
        async with (
            running("run", "web", folder=tmp_path, env=env) as service,
            open_browser(f"{service.address}/?as=nobody") as page,
        ):
            customer, dialog = page.locator("#customer"), page.locator("#verify")
            await page.get_by_label("Message", exact=True).fill("Where is my order 88410?")
            await page.keyboard.press("Enter")
            await expect(customer.locator(".body").get_by_text("which customer you are")).to_be_visible(
                timeout=LIMIT_MS
            )
            await customer.get_by_role("button", name="Verify it's me").click()
            await shot(page, "verify-1-address")
            await dialog.locator("input").fill("ben.okafor@example.com")
            await dialog.get_by_role("button", name="Continue").click()
            await expect(dialog.get_by_text("a code is on its way")).to_be_visible(timeout=LIMIT_MS)
            await dialog.locator("input").fill("000 000")
            await dialog.get_by_role("button", name="Continue").click()
            await expect(dialog.get_by_text("That is not the code")).to_be_visible(timeout=LIMIT_MS)
            await shot(page, "verify-2-code")
            code = await newest_code(page, service)
            await dialog.locator("input").fill(code)
            await dialog.get_by_role("button", name="Continue").click()
            await expect(dialog.get_by_text("I know who you are now")).to_be_visible(timeout=LIMIT_MS)
            await dialog.get_by_role("button", name="Close", exact=True).last.click()
            await expect(customer.get_by_text("Your lamp is with Royal Mail")).to_be_visible(timeout=LIMIT_MS)
            await expect(customer.get_by_text("you are customer C-1002")).to_be_visible(timeout=LIMIT_MS)
            await shot(page, "verify-3-answered")
        asked = str(endpoint.records)
        assert code not in asked, "no model reads a code"
        assert code not in "\n".join(service.said), "no log holds a code"
        data = tmp_path / "data" / "demo" / "firstline.sqlite3"
        assert code.encode() not in data.read_bytes()
        told = await firstline(
            "customer",
            "forget",
            "C-1002",
            "--yes",
            folder=tmp_path,
            env={"FIRSTLINE_DATABASE_URL": f"sqlite:///{data}"},
        )
        assert told.status == 0, told.out + told.err
        assert "identity_link: 1 rows deleted" in told.out


async def test_staff_vouch_on_the_page_and_what_waited_is_answered_once_they_return_the_case(tmp_path: Path) -> None:
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    endpoint.rules.extend(model.Rule.from_dict(rule) for rule in (ASK, TOLD))
    async with model.serve(endpoint) as url:
        env = {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "test"}
        async with (
            running("run", "web", folder=tmp_path, env=env) as service,
            open_browser(f"{service.address}/?as=nobody") as page,
        ):
            customer, staff, form = page.locator("#customer"), page.locator("#staff"), page.locator("#words-form")
            await page.get_by_label("Message", exact=True).fill("Where is my order 88410?")
            await page.keyboard.press("Enter")
            await expect(customer.get_by_role("button", name="Verify it's me")).to_be_visible(timeout=LIMIT_MS)
            await customer.get_by_role("button", name="Talk to a person").first.click(timeout=LIMIT_MS)
            await staff.get_by_role("button", name="Vouch").first.click(timeout=LIMIT_MS)
            await expect(form.get_by_text("Which customer this is")).to_be_visible(timeout=LIMIT_MS)
            await shot(page, "vouch-1-form")
            await form.locator("textarea").fill("C-1002")
            await form.get_by_role("button", name="Send").click()
            await expect(page.get_by_text("on your word. Return the case to the bot")).to_be_visible(timeout=LIMIT_MS)
            await shot(page, "vouch-2-told")
            await staff.get_by_role("button", name="Return to bot").first.click()
            await expect(customer.get_by_text("A colleague has confirmed which customer you are")).to_be_visible(
                timeout=LIMIT_MS
            )
            await expect(customer.get_by_text("Your lamp is with Royal Mail")).to_be_visible(timeout=LIMIT_MS)
            await shot(page, "vouch-3-answered")
