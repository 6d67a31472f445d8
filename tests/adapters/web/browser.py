"""A real headless browser on a page of ours."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import Page, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Without these a browser calls home at every start, which nothing here may do.
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LIMIT_MS = 20_000


def browser_path() -> str | None:
    """The browser on the PATH, if there is one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@asynccontextmanager
async def open_browser(
    address: str, *, width_px: int = 1280, height_px: int = 860, scheme: str = "light"
) -> AsyncGenerator[Page, None]:
    """The page at an address. Errors in its console fail the test."""
    problems: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path(), args=list(_QUIET))
        try:
            context = await browser.new_context(
                viewport={"width": width_px, "height": height_px},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page = await context.new_page()
            page.set_default_timeout(LIMIT_MS)
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
            await page.goto(address)
            yield page
            assert problems == []
        finally:
            await browser.close()
