"""Screenshots of the scripted cases of pictures: on Slack and Discord drawn from what stands there, the page as it is.

python -m evals.eyes_shots [FOLDER]    (docs/eyes; needs a Chromium on the path)
"""

import asyncio
import base64
import html
import io
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, async_playwright, expect

from evals.eyes_case import ERROR, PHOTO, PLATFORMS, WISH, Post, Shot, play, scene_of, scripted_model, settings, write
from evals.eyes_pictures import crushed_parcel, error_screenshot
from tests.adapters.web.browser import LIMIT_MS, browser_path, open_browser
from tests.bots.running import running

_STYLE = """
body { margin: 0; font: 13px/1.4 sans-serif; background: #fff; color: #1d1c1d; width: 1200px }
h1 { font-size: 15px; margin: 0; padding: 8px 14px; border-bottom: 1px solid #ddd }
main { display: grid; grid-template-columns: 1fr 1fr }
section { padding: 10px 14px; min-height: 60px } section + section { border-left: 1px solid #ddd }
section.discord { background: #313338; color: #dbdee1 }
h2 { font-size: 11px; margin: 0 0 8px; opacity: .6; text-transform: uppercase; letter-spacing: .05em }
article { margin: 0 0 12px } b.name { display: block; color: #1264a3 } .discord b.name { color: #949cf7 }
.small { opacity: .65; font-size: 11px } .status { font-style: italic; opacity: .75; margin-bottom: 10px }
img { display: block; max-width: 300px; max-height: 240px; border-radius: 6px; margin: 6px 0 }
button { font: 11px sans-serif; margin: 4px 4px 0 0; padding: 3px 9px; border: 1px solid #bbb; border-radius: 4px }
"""
_COLOURS = 96


def page_of(shot: Shot, platform: str) -> str:
    """A form of its own, not the platform's looks: what is said, by whom, with which pictures and buttons."""
    statuses = "".join(f"<div class=status>… {html.escape(each)}</div>" for each in shot.statuses)
    customer, team = ("".join(map(_article, posts)) for posts in (shot.customer, shot.team))
    return (
        f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>"
        f"<h1>{platform.title()}: {html.escape(shot.step)}</h1><main>"
        f"<section class={platform}><h2>Customer</h2>{customer}<h2>Shown while it worked</h2>{statuses}</section>"
        f"<section class={platform}><h2>Team</h2>{team}</section></main>"
    )


def _article(post: Post) -> str:
    text = re.sub(r"\\([\[\]#*_.!()-])", r"\1", post.text)
    said = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(html.unescape(text))).replace("\n", "<br>")
    rows = [f"<b class=name>{post.who}</b><div>{said}</div>"]
    rows += [f'<img src="data:image/png;base64,{base64.b64encode(_small(each)).decode()}">' for each in post.pictures]
    rows += [f"<div class=small>{html.escape(each)}</div>" for each in post.small]
    rows.append("".join(f"<button>{html.escape(each)}</button>" for each in post.buttons))
    return f"<article>{''.join(rows)}</article>"


def _small(content: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(content)) as opened:
        image = opened.convert("RGB")
    image.thumbnail((640, 640))
    image.save(out, "PNG")
    return out.getvalue()


async def platforms(folder: Path) -> None:
    """Play on each platform and draw every step."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1200, "height": 400})
        for platform in PLATFORMS:
            with tempfile.TemporaryDirectory() as name:
                async with scripted_model() as url, scene_of(platform) as scene:
                    played = await play(scene, Path(name), url)
            if played.problems:
                raise SystemExit(f"{platform}: {played.problems}")
            for n, shot in enumerate(played.shots, start=1):
                await page.set_content(page_of(shot, platform))
                await _shoot(page, folder / f"{platform}-{n}.png", is_whole=True)
        await browser.close()


async def playground(folder: Path) -> None:
    """The same two cases on the page."""
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), settings())
        async with scripted_model() as url:
            env = {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "test"}
            async with running("run", "web", folder=Path(name), env=env) as service:
                async with open_browser(service.address, height_px=980) as page:
                    await _say(page, WISH)
                    await _sees(page, "#customer", "photo that shows the damage")
                    await _attach(page, "parcel.jpg", crushed_parcel())
                    await _say(page, PHOTO)
                    await _sees(page, "#customer", "crushed corner")
                    await _sees(page, "#staff", "129.00 EUR")
                    await _sees(page, "#staff", "their picture")
                    await _shoot(page, folder / "playground-1.png")
                async with open_browser(service.address, height_px=980) as page:
                    await _attach(page, "error.png", error_screenshot())
                    await _say(page, ERROR)
                    await _sees(page, "#customer", "Is that right?")
                    await _say(page, "Yes, that is right")
                    await _sees(page, "#customer", "being prepared")
                    await _shoot(page, folder / "playground-2.png")


async def _say(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")


async def _sees(page: Page, place: str, words: str) -> None:
    found = page.locator(place).get_by_text(words).filter(visible=True).first
    await expect(found).to_be_visible(timeout=LIMIT_MS)


async def _attach(page: Page, name: str, content: bytes) -> None:
    """Drop a file onto the conversation."""
    kind = "image/jpeg" if name.endswith("jpg") else "image/png"
    file = await page.evaluate_handle(
        """([bytes, name, type]) => { const held = new DataTransfer();
           held.items.add(new File([new Uint8Array(bytes)], name, {type})); return held; }""",
        [list(content), name, kind],
    )
    for event in ("dragenter", "dragover", "drop"):
        await page.locator("#customer").dispatch_event(event, {"dataTransfer": file})
    await expect(page.locator("#tray li")).to_have_count(1)


async def _shoot(page: Page, path: Path, *, is_whole: bool = False) -> None:
    """A PNG of few colours."""
    for image in await page.locator("article img, .entry img").all():
        await image.evaluate("image => { image.loading = 'eager'; return image.decode(); }")
    content = await page.screenshot(full_page=is_whole)
    with Image.open(io.BytesIO(content)) as opened:
        opened.convert("RGB").quantize(_COLOURS).save(path, optimize=True)
    sys.stdout.write(f"{path}\n")


async def main(folder: Path) -> None:
    """All of them."""
    if browser_path() is None:
        raise SystemExit("There is no Chromium on the path.")
    await platforms(folder)
    await playground(folder)


if __name__ == "__main__":
    _FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/eyes")
    _FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(_FOLDER))
