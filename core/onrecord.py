"""What the company's records hold on a customer for its own people: notes, and whether somebody is watched.

The ready-made look-up of a customer's record gives it beside what models and customers see; nobody but staff reads it.
"""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

from pydantic import JsonValue

from core.case import Case
from core.effects import run_tool
from core.principal import Principal
from core.tools import Tool, ToolContext

log = logging.getLogger(__name__)

LOOK_UP = "find_customer"
STANDING, NOTES = "standing", "notes"
"""Keys of its result's data."""
_MOST = 5
_LIMIT_S = 10.0


class OnRecord:
    """One a process."""

    def __init__(self, tools: Sequence[Tool], data_folder: Path) -> None:
        self._look_up = next((each for each in tools if each.name == LOOK_UP), None)
        self._data_folder = data_folder

    async def of(self, case: Case) -> list[str]:
        """Lines for the packet, the newest note first; none where there are no records, or they do not answer."""
        if self._look_up is None or not case.customer_id:
            return []
        thread = case.thread
        who = Principal("system", thread.tenant, thread.platform, case.author_id, "", case.customer_id)
        context = ToolContext(who, case.id, "", "", self._data_folder, {})
        try:
            async with asyncio.timeout(_LIMIT_S):
                found = (await run_tool(self._look_up, {}, context)).data
        except Exception as error:  # noqa: BLE001 - a tool is foreign code: it may raise anything
            log.info("no record for the packet", extra={"case": case.id, "why": type(error).__name__})
            return []
        return [*_standing(found.get(STANDING)), *_notes(found.get(NOTES))]


def _standing(said: JsonValue) -> list[str]:
    return [f"standing: {said}"] if isinstance(said, str) and said not in ("", "normal") else []


def _notes(listed: JsonValue) -> list[str]:
    return [" ".join(str(each).split()) for each in listed[:_MOST]] if isinstance(listed, list) else []
