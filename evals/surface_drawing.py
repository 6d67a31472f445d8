"""What stands on a stand-in, drawn from its payloads: a form of its own, not the platforms' looks."""

import html
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from evals.desk_relay import parts
from tests.servers import discord, slack

Json = dict[str, Any]

_STYLE = """
body { margin: 0; font: 14px/1.45 sans-serif; background: #777; color: #1d1c1d; width: 760px }
h1 { font-size: 14px; margin: 0; padding: 8px 14px; background: #e8e8e8; color: #333 }
section { padding: 10px 16px; background: #fff } section.discord { background: #313338; color: #dbdee1 }
article { margin: 0 0 12px } article.reply { margin-left: 20px; border-left: 2px solid #ccc; padding-left: 10px }
b.name { display: block; color: #1264a3 } .discord b.name { color: #949cf7 }
.small { opacity: .7; font-size: 12px } .file { font-style: italic }
button, .input { font: 12px sans-serif; margin: 5px 5px 0 0; padding: 4px 10px; border: 1px solid #bbb }
button, .input { border-radius: 4px; background: #fff }
.primary { background: #007a5a; color: #fff } .danger { background: #e01e5a; color: #fff }
.input { display: block; min-height: 16px; color: #777 }
h2 { font-size: 16px; margin: 8px 0 4px } hr { border: 0; border-top: 1px solid #ddd }
.row { display: flex; justify-content: space-between; gap: 10px } pre { white-space: pre-wrap; margin: 0 }
"""
_WIDTH, _HEIGHT = 760, 2600
_STYLES = {"primary": "primary", "danger": "danger", 1: "primary", 3: "primary", 4: "danger"}
_BOT = re.compile(rf"<@(?:{slack.BOT_USER}|{discord.BOT_USER})>")
_LINK = re.compile(r"&lt;(https?://[^|&]+)(?:\||%7C)(.+?)&gt;")


def page(title: str, body: str, *, kind: str = "slack") -> str:
    """A page with one surface."""
    head = f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style><h1>{html.escape(title)}</h1>"
    return f"{head}<section class={kind}>{body}</section>"


def slack_message(message: Json, name: str) -> str:
    """A message: streamed text, then its blocks."""
    blocks: list[Json] = parts(message, "blocks")
    has_own = bool(blocks) and blocks[0].get("type") == "markdown"
    text = "" if has_own else _prose(str(message.get("text", "")))
    if message.get("client_msg_id"):
        blocks, text = [], _prose(str(message.get("text", "")))
    return _article(
        name, [text, *map(slack_block, blocks)], is_reply=message.get("thread_ts", message["ts"]) != message["ts"]
    )


def slack_view(view: Json) -> str:
    """A Home tab, or a form with its buttons."""
    rows = [slack_block(each) for each in view["blocks"]]
    if view.get("type") == "modal":
        rows.insert(0, f"<h2>{html.escape(view['title']['text'])}</h2>")
        for key, style in (("close", ""), ("submit", "primary")):
            if key in view:
                rows.append(f"<button class='{style}'>{html.escape(view[key]['text'])}</button>")
    return "".join(rows)


def slack_block(block: Json) -> str:
    """One block."""
    match block["type"]:
        case "markdown":
            return _prose(block["text"])
        case "header":
            return f"<h2>{html.escape(block['text']['text'])}</h2>"
        case "section":
            accessory = _button(block["accessory"]) if "accessory" in block else ""
            return f"<div class=row><div>{_prose(block['text']['text'])}</div><div>{accessory}</div></div>"
        case "context":
            return "".join(f"<div class=small>{_prose(each['text'])}</div>" for each in parts(block, "elements"))
        case "actions":
            return "".join(map(_button, parts(block, "elements")))
        case "context_actions":
            thumbs = [
                each[key]["text"]["text"]
                for each in parts(block, "elements")
                for key in ("positive_button", "negative_button")
            ]
            return "".join(f"<button>{html.escape(each)}</button>" for each in thumbs)
        case "input":
            optional = " (optional)" if block.get("optional") else ""
            label = html.escape(block["label"]["text"] + optional)
            begun = html.escape(str(block["element"].get("initial_value", "")))
            return f"<div class=small>{label}</div><div class=input>{begun}&nbsp;</div>"
        case "divider":
            return "<hr>"
        case _:
            return ""


def discord_message(message: Json, name: str) -> str:
    """A message with its small print, files and buttons."""
    lines = str(message["content"]).split("\n")
    said = "\n".join(line for line in lines if not line.startswith("-# "))
    rows = [_prose(said), *(f"<div class=small>{_prose(line[3:])}</div>" for line in lines if line.startswith("-# "))]
    rows += [f"<div class=file>file: {html.escape(each['filename'])}</div>" for each in parts(message, "attachments")]
    for row in parts(message, "components"):
        rows += [_discord_button(each) for each in parts(row, "components")]
    return _article(name, rows)


def discord_form(form: Json) -> str:
    """A modal."""
    rows = [f"<h2>{html.escape(form['title'])}</h2>"]
    for row in form["components"]:
        cells = parts(row, "components")
        inner: Json = row.get("component") or (cells[0] if cells else {})
        label = str(row.get("label") or inner.get("label") or "")
        kind = "Upload files" if inner.get("type") == 19 else str(inner.get("value") or inner.get("placeholder") or "")
        rows.append(f"<div class=small>{html.escape(label)}</div><div class=input>{html.escape(kind)}&nbsp;</div>")
    return "".join([*rows, "<button class=primary>Submit</button>"])


def plain(text: str) -> str:
    """Output of a terminal."""
    return f"<pre>{html.escape(text)}</pre>"


def draw(pages: Sequence[tuple[str, str]], folder: Path) -> list[Path]:
    """A PNG for each name and page."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        raise SystemExit("There is no Chromium on the path.")
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    with tempfile.TemporaryDirectory() as name:
        for title, text in pages:
            source, target = Path(name) / "page.html", folder / f"{title}.png"
            source.write_text(text)
            options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={name}/p"]
            size = f"--window-size={_WIDTH},{_HEIGHT}"
            subprocess.run(
                [browser, *options, size, f"--screenshot={target}", source.as_uri()],
                check=True,
                capture_output=True,
                timeout=120,
            )
            _crop(target)
            made.append(target)
    return made


def _crop(path: Path) -> None:
    """Without the empty rest of the window, and with few colours."""
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    rest = Image.new("RGB", image.size, image.getpixel((_WIDTH - 1, _HEIGHT - 1)))
    box = ImageChops.difference(image, rest).getbbox()
    image.crop((0, 0, _WIDTH, box[3] if box else _HEIGHT)).quantize(48).save(path, optimize=True)


def _article(name: str, rows: Sequence[str], *, is_reply: bool = False) -> str:
    kind = "reply" if is_reply else "root"
    return f"<article class={kind}><b class=name>{html.escape(name)}</b>{''.join(rows)}</article>"


def _prose(text: str) -> str:
    said = html.escape(html.unescape(_BOT.sub("@Firstline", text)))
    said = re.sub(r"&lt;#(\w+)&gt;", "#…", said)
    said = _LINK.sub(r"<u>\2</u>", said)
    said = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", said)
    said = re.sub(r"(?<![*\w])\*([^*\n]+)\*(?![*\w])", r"<b>\1</b>", said)
    return f"<div>{said.replace(chr(10), '<br>')}</div>"


def _button(element: Json) -> str:
    style = _STYLES.get(element.get("style", ""), "")
    return f"<button class='{style}'>{html.escape(element['text']['text'])}</button>"


def _discord_button(element: Json) -> str:
    return (
        f"<button class='{_STYLES.get(element.get('style', 2), '')}'>{html.escape(str(element.get('label')))}</button>"
    )
