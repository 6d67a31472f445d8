"""What an endpoint lists, and which of it does which kind of work."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from openai import AsyncOpenAI

from adapters.models.failures import translated
from adapters.models.looks import chats, embeds, normal, sees
from adapters.models.presets import Endpoint, Wish
from core.errors import ModelError
from core.modelling import Work

ASK_LIMIT_S = 4.0
"""How long the list may take at start; without it, a start goes on with names that are sure."""

_ANY = "default"
"""Servers with one model take any name."""


_INSTEAD: Mapping[Work, str] = {
    "vision": "pictures are only read for their text",
    "embeddings": "no embeddings come from there",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """The ids that an endpoint lists, or why it lists none."""

    models: tuple[str, ...] = ()
    problem: str = ""


async def listing(client: AsyncOpenAI, *, limit_s: float = ASK_LIMIT_S) -> Listing:
    """Ask `/models`, once. Also opens the connection that the first answer will use."""
    place = client.base_url.netloc.decode()
    try:
        with translated(place, "any model"):
            async with asyncio.timeout(limit_s):
                raw = await client.models.with_raw_response.list(timeout=limit_s)
                return Listing(_ids(json.loads(raw.text)))
    except ModelError as error:
        return Listing(problem=str(error))
    except ValueError:
        return Listing(problem=f"{place} answers /models with something that is no list.")


def _ids(body: Any) -> tuple[str, ...]:
    rows: Any = body
    if isinstance(body, dict):
        known = cast("dict[str, Any]", body)
        rows = known.get("data") or known.get("models") or []
    ids = (_id(row) for row in cast("list[object]", rows if isinstance(rows, list) else []))
    return tuple(dict.fromkeys(each for each in ids if each))


def _id(row: object) -> str:
    if isinstance(row, dict):
        known = cast("dict[str, Any]", row)
        return str(known.get("id") or known.get("name") or "")
    return row if isinstance(row, str) else ""


def choose(work: Work, endpoint: Endpoint, listed: Listing) -> tuple[str, str]:
    """The model for a kind of work, empty if none fits, and a line for people, empty if all went as wished."""
    wish = endpoint.wishes.get(work)
    found = _by_wish(wish, listed.models) if wish else ""
    if found:
        return found, ""
    if wish and wish.sure and not listed.models:
        return wish.sure, ""
    chosen = _by_looks(work, listed.models)
    if not wish:
        return chosen, ""
    instead = f"{chosen} does it" if chosen else _INSTEAD.get(work, "the chat model does it")
    return chosen, f"{work}: {wish.says} is not listed; {instead}."


def _by_wish(wish: Wish, models: Sequence[str]) -> str:
    for pattern in wish.patterns:
        if found := next((each for each in models if re.search(pattern, normal(each))), None):
            return found
    return ""


def _by_looks(work: Work, models: Sequence[str]) -> str:
    if work == "chat":
        return next((each for each in models if chats(each)), models[0] if models else _ANY)
    if work == "embeddings":
        return next((each for each in models if embeds(each)), "")
    return next((each for each in models if sees(each)), "") if work == "vision" else ""
