"""The form of `/support` without words: the question, and files that show it; and what forms bring back."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import discord

from adapters.discord.files import Upload
from adapters.discord.rendering import custom_id
from core.reply import Button

SUPPORT = "support"
_QUESTION_CHARS = 2_000
_MOST_FILES = 4


def support_form(life_s: float) -> discord.ui.Modal:
    """Discord keeps it open for as long as its token lives."""
    form = discord.ui.Modal(title="Ask a question", custom_id=custom_id(Button(SUPPORT, "", "")), timeout=life_s)
    words = discord.ui.TextInput[discord.ui.Modal](
        style=discord.TextStyle.paragraph, custom_id="words", required=True, max_length=_QUESTION_CHARS
    )
    files = discord.ui.FileUpload[discord.ui.Modal](
        custom_id="files", required=False, min_values=0, max_values=_MOST_FILES
    )
    form.add_item(discord.ui.Label[discord.ui.Modal](text="What can I help you with?", component=words))
    form.add_item(
        discord.ui.Label[discord.ui.Modal](
            text="Screenshots or photos", description="If they show what is wrong.", component=files
        )
    )
    return form


def uploads(data: Mapping[str, Any]) -> Sequence[Upload]:
    """The files that came with a form, in no order that means anything."""
    resolved = cast("dict[str, dict[str, dict[str, Any]]]", data.get("resolved") or {})
    return [
        Upload(
            id=str(each["id"]),
            filename=str(each["filename"]),
            content_type=each.get("content_type"),
            size=int(each["size"]),
            url=str(each["url"]),
        )
        for each in resolved.get("attachments", {}).values()
    ]


def typed_words(part: object) -> str:
    """The one text in a form as it was sent, wherever Discord nests it."""
    if isinstance(part, list):
        return next((text for each in cast("list[object]", part) if (text := typed_words(each))), "")
    if not isinstance(part, dict):
        return ""
    found = cast("dict[str, object]", part)
    if isinstance(found.get("value"), str):
        return str(found["value"])
    return typed_words(found.get("components")) or typed_words(found.get("component"))
