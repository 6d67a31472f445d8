"""The playground as its user sees it: a real browser, the real process, a scripted model endpoint."""

import io
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.adapters.web.browser import LIMIT_MS, browser_path, open_browser
from tests.bots.running import Service, running
from tests.servers import model

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser_path() is None, reason="no chromium on the PATH"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

Json = dict[str, Any]
WISH = "I want a refund for order #88291. The item arrived damaged."
REFUND: Json = {
    "match": "refund",
    "on": "user",
    "times": 1,
    "format": "text",
    "reply": {"tool_calls": [{"name": "initiate_refund", "arguments": {"order_id": "88291", "reason": "damaged"}}]},
}
WAITING: Json = {"on": "tool", "reply": {"text": "A colleague has to **agree** first."}}


@asynccontextmanager
async def playground(folder: Path, *rules: Json) -> AsyncGenerator[Service, None]:
    """The process behind the page, with a model endpoint that follows rules."""
    endpoint = model.ModelServer(model.Pace(ttft_s=0.0, tokens_per_s=5_000, tokens=20))
    endpoint.rules.extend(model.Rule.from_dict(rule) for rule in rules)
    async with model.serve(endpoint) as url:
        env = {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "test"}
        async with running("run", "web", folder=folder, env=env) as service:
            yield service


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")


def customer(page: Page) -> Locator:
    return page.locator("#customer")


def staff(page: Page) -> Locator:
    return page.locator("#staff")


async def sees(place: Locator, words: str) -> None:
    await expect(place.get_by_text(words).filter(visible=True).first).to_be_visible(timeout=LIMIT_MS)


async def test_a_refund_is_asked_for_on_one_side_and_approved_on_the_other(tmp_path: Path) -> None:
    async with playground(tmp_path, REFUND, WAITING) as service, open_browser(service.address) as page:
        await say(page, WISH)
        await sees(customer(page), "A colleague has to agree first.")
        await sees(customer(page), "waits for approval")
        await sees(staff(page), "129.00 EUR")
        await staff(page).get_by_role("button", name="Approve").click()
        await sees(customer(page), "was started")
        await expect(staff(page).get_by_role("button", name="Approve")).to_have_count(0)


async def test_an_answer_cites_its_sources_and_tells_why(tmp_path: Path) -> None:
    rules = ({"reply": {"text": "If tracking has not moved, we start a search with the carrier [1]."}},)
    async with playground(tmp_path, *rules) as service, open_browser(service.address) as page:
        await say(page, "My parcel has not come, what can I do?")
        await sees(customer(page), "we start a search with the carrier")
        await customer(page).locator("details.source summary").first.click()
        await expect(customer(page).locator("details.source blockquote").first).to_be_visible()
        await customer(page).get_by_role("button", name="Why").first.click()
        await expect(page.locator("#why")).to_be_visible()
        await sees(page.locator("#why"), "Looked into the knowledge")
        await page.keyboard.press("Escape")
        await expect(page.locator("#why")).to_be_hidden()


async def test_a_dropped_picture_goes_with_the_message_and_is_looked_at(tmp_path: Path) -> None:
    pixels = Image.frombytes("RGB", (64, 64), os.urandom(64 * 64 * 3))
    content = io.BytesIO()
    pixels.save(content, "PNG")
    async with (
        playground(tmp_path, {"format": "text", "reply": {"text": "I see the parcel."}}) as service,
        open_browser(service.address) as page,
    ):
        file = await page.evaluate_handle(
            """bytes => { const held = new DataTransfer();
               held.items.add(new File([new Uint8Array(bytes)], "parcel.png", {type: "image/png"})); return held; }""",
            list(content.getvalue()),
        )
        for event in ("dragenter", "dragover", "drop"):
            await customer(page).dispatch_event(event, {"dataTransfer": file})
        await expect(page.locator("#tray li")).to_have_count(1)
        await say(page, "My parcel looks like this")
        await sees(customer(page), "I see the parcel.")
        await expect(customer(page).get_by_role("button", name="Open parcel.png")).to_be_visible()
        await sees(customer(page), "Seen in parcel.png")


async def test_a_person_takes_over_answers_and_gives_the_case_back(tmp_path: Path) -> None:
    async with (
        playground(tmp_path, {"reply": {"text": "Back at your service."}}) as service,
        open_browser(service.address) as page,
    ):
        await say(page, "I want to talk to a human please")
        await sees(customer(page), "passed this to a person")
        await sees(staff(page), "needs a person")
        await page.get_by_label("Answer to the customer").fill("Hello, a person here.")
        await page.keyboard.press("Enter")
        await sees(customer(page), "Hello, a person here.")
        await staff(page).get_by_role("button", name="Return to bot").first.click()
        await sees(customer(page), "I am back on this conversation")
        await say(page, "Thanks, and now?")
        await sees(customer(page), "Back at your service.")


async def test_the_whole_way_works_by_keyboard_alone(tmp_path: Path) -> None:
    async with playground(tmp_path, REFUND, WAITING) as service, open_browser(service.address) as page:
        await expect(page.get_by_label("Message", exact=True)).to_be_focused()
        await page.keyboard.type(WISH)
        await page.keyboard.press("Enter")
        approve = staff(page).get_by_role("button", name="Approve")
        await expect(approve).to_be_visible(timeout=LIMIT_MS)
        for _ in range(60):
            if await approve.evaluate("each => each === document.activeElement"):
                break
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await sees(customer(page), "was started")


async def test_on_a_phone_one_side_is_shown_at_a_time_and_nothing_runs_over_the_edge(tmp_path: Path) -> None:
    long_line = "A-very-long-word-" * 20
    async with (
        playground(tmp_path, {"reply": {"text": f"Here: {long_line}"}}) as service,
        open_browser(service.address, width_px=390, height_px=780) as page,
    ):
        await expect(staff(page)).to_be_hidden()
        await say(page, "Hello")
        await sees(customer(page), "A-very-long-word-")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.get_by_role("tab", name="Staff").click()
        await expect(staff(page)).to_be_visible()
        await expect(customer(page)).to_be_hidden()


async def test_model_text_cannot_bring_markup_or_scripts_into_the_page(tmp_path: Path) -> None:
    text = "<img src=x onerror=\"document.title='owned'\"> [press](javascript:document.title='owned') **ok**"
    async with (
        playground(tmp_path, {"reply": {"text": text}}) as service,
        open_browser(service.address) as page,
    ):
        await say(page, "Hello")
        await sees(customer(page), "ok")
        assert await customer(page).locator(".log img[src=x]").count() == 0
        assert await customer(page).locator(".log a[href^=javascript]").count() == 0
        assert "owned" not in await page.title()


async def test_the_conversation_is_there_again_after_a_reload(tmp_path: Path) -> None:
    async with (
        playground(tmp_path, {"reply": {"text": "Three working days."}}) as service,
        open_browser(service.address) as page,
    ):
        await say(page, "How long is delivery?")
        await sees(customer(page), "Three working days.")
        await page.reload()
        await sees(customer(page), "How long is delivery?")
        await sees(customer(page), "Three working days.")


async def test_a_case_ends_with_a_rating_a_comment_and_a_transcript(tmp_path: Path) -> None:
    async with playground(tmp_path) as service, open_browser(service.address) as page:
        await say(page, "I want to talk to a human, my parcel is damaged")
        await staff(page).get_by_role("button", name="Claim").click()
        await staff(page).get_by_role("button", name="Resolve").first.click()
        await customer(page).get_by_role("button", name="Yes, it is solved").click()
        await customer(page).get_by_role("button", name="★★★★", exact=True).click()
        await sees(customer(page), "You rated this ★★★★☆")
        await customer(page).get_by_role("button", name="Add a comment").click()
        await page.locator("#words-form textarea").fill("Quick and kind.")
        await page.locator("#words-form").get_by_role("button", name="Send").click()
        await sees(staff(page), "★★★★☆: Quick and kind.")
        await customer(page).get_by_role("button", name="Transcript").last.click()
        await sees(customer(page), "your copy, without internal notes")
