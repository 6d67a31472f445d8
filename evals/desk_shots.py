"""Pictures of the scripted case, step by step: what stands on Discord and on Slack, drawn side by side.

python -m evals.desk_shots [FOLDER]    (docs/desk; needs a Chromium on the path)
"""

import asyncio
import html
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageChops

from evals.desk_relay import Json, Shot, discord_text, parts, relayed, slack_text
from tests.servers import discord, slack

_STYLE = """
body { margin: 0; font: 13px/1.4 sans-serif; background: #777; color: #1d1c1d; width: 1200px }
h1 { font-size: 15px; margin: 0; padding: 8px 14px; background: #fff }
main { display: grid; grid-template-columns: 1fr 1fr; gap: 2px }
section { padding: 10px 14px; background: #fff; min-height: 60px }
section.discord { background: #313338; color: #dbdee1 }
article { margin: 0 0 10px } article.reply { margin-left: 18px; border-left: 2px solid #ddd; padding-left: 8px }
b.name { display: block; color: #1264a3 } .discord b.name { color: #949cf7 }
.small { opacity: .65; font-size: 11px } .file { font-style: italic }
button { font: 11px sans-serif; margin: 4px 4px 0 0; padding: 3px 9px; border: 1px solid #bbb; border-radius: 4px }
"""
_WIDTH, _HEIGHT = 1200, 2400


def page(shot: Shot, n: int, workspace: dict[str, str]) -> str:
    """One step as a page. A form of its own, not the platforms' looks: what is said, by whom, with which buttons."""
    customer = "".join(_discord(each) for each in shot.discord)
    team = "".join(_slack(each, workspace) for each in shot.slack)
    return (
        f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style><h1>{n}. {html.escape(shot.step)}</h1><main>"
        f"<section class=discord>{customer}</section><section>{team}</section></main>"
    )


def _discord(message: Json) -> str:
    small = [line[3:] for line in str(message["content"]).split("\n") if line.startswith("-# ")]
    buttons = [each["label"] for row in parts(message, "components") for each in parts(row, "components")]
    files = [each["filename"] for each in parts(message, "attachments")]
    name = "Firstline" if message["author"]["id"] == discord.BOT_USER else "Customer"
    return _article(name, discord_text(message), files, small, buttons)


def _slack(message: Json, names: dict[str, str]) -> str:
    blocks = parts(message, "blocks")
    small = [each["text"] for block in blocks if block["type"] == "context" for each in parts(block, "elements")]
    buttons = [
        each["text"]["text"] for block in blocks if block["type"] == "actions" for each in parts(block, "elements")
    ]
    files = [each["name"] for each in parts(message, "files")]
    name = "Firstline" if "bot_id" in message else names.get(str(message.get("user")), "Sam")
    text = slack_text(message).replace(f"<@{slack.BOT_USER}>", "@Firstline")
    is_reply = message.get("thread_ts", message["ts"]) != message["ts"]
    return _article(name, html.unescape(text), files, small, buttons, is_reply=is_reply)


def _article(
    name: str, text: str, files: list[str], small: list[str], buttons: list[str], *, is_reply: bool = False
) -> str:
    said = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(text)).replace("\n", "<br>")
    rows = [f"<b class=name>{name}</b><div>{said}</div>"]
    rows += [f"<div class=file>file: {html.escape(each)}</div>" for each in files]
    rows += [f"<div class=small>{html.escape(each)}</div>" for each in small]
    rows.append("".join(f"<button>{html.escape(each)}</button>" for each in buttons))
    return f"<article class={'reply' if is_reply else 'root'}>{''.join(rows)}</article>"


def draw(shots: list[Shot], folder: Path) -> Iterator[Path]:
    """A PNG a step."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("There is no Chromium on the path.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        for n, shot in enumerate(shots, start=1):
            source, target = Path(name) / "step.html", folder / f"step-{n}.png"
            source.write_text(page(shot, n, {}))
            options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={name}/p"]
            size = f"--window-size={_WIDTH},{_HEIGHT}"
            subprocess.run([browser, *options, size, f"--screenshot={target}", source.as_uri()], check=True,
                           capture_output=True, timeout=120)  # fmt: skip
            _crop(target)
            yield target


def _crop(path: Path) -> None:
    """Without the empty rest of the window, and with few colours."""
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    rest = Image.new("RGB", image.size, image.getpixel((_WIDTH - 1, _HEIGHT - 1)))
    box = ImageChops.difference(image, rest).getbbox()
    cropped = image.crop((0, 0, _WIDTH, box[3] if box else _HEIGHT))
    cropped.quantize(32).save(path, optimize=True)


def main(folder: Path) -> None:
    """Play the case and draw it."""
    with tempfile.TemporaryDirectory() as name:
        done = asyncio.run(relayed(Path(name)))
    for target in draw(done.shots, folder):
        sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/desk"))
