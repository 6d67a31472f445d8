"""The tool that promises a callback: in the customer's time zone, when the team is there, kept by our own clock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from pydantic import Field

from core.callbacks import Callback, Declined
from core.case import AI
from core.casework import Actor
from core.errors import ToolRefused
from core.ports import Cases
from core.promising import Promises
from core.tools import Tool, ToolContext, ToolResult, tool

CALL_WORDS = ("call", "phone", "ring me", "anruf", "rückruf", "appel", "llam", "chiam", "bel me", "telefon", "soita")
NAME = "schedule_callback"

Zone = Annotated[str, Field(max_length=60, description="IANA time zone like Europe/Berlin, if the customer named one.")]


class CallbackWork:
    """The tool; `told` is the back end's own, which is told of what was promised."""

    def __init__(self, promises: Promises, cases: Cases, told: Tool | None) -> None:
        self._promises = promises
        self._cases = cases
        self._told = told

    async def schedule_callback(
        self,
        context: ToolContext,
        when: Annotated[datetime, Field(description="Date and time, ISO 8601; without an offset it is local time.")],
        topic: Annotated[str, Field(min_length=2, max_length=200, description="What the call is about.")],
        zone: Zone = "",
    ) -> ToolResult:
        """Have a colleague call the customer at a time they named, on the number on file."""
        case = await self._cases.get(context.case_id)
        if case is None:
            raise ToolRefused("There is no case to call back about.")
        kept = await self._promises.schedule(case, when.isoformat(), zone=zone, note=topic, by=Actor(AI))
        if isinstance(kept, Declined):
            raise ToolRefused(kept.said)
        if self._told is not None:
            try:
                await self._told.run(context, when=kept.due_at, topic=topic)
            except ToolRefused:
                await self._promises.cancel(kept.id, by=Actor(AI))
                raise
        return _scheduled(kept)

    async def earlier(self, context: ToolContext, when: datetime, topic: str, zone: str) -> ToolResult:
        """What an attempt that was cut off had promised."""
        kept = await self._promises.waiting(context.case_id)
        if kept is None or kept.note != topic.strip():
            raise LookupError(context.case_id)
        return _scheduled(kept)

    def tool(self) -> Tool:
        """A case has one callback; another time takes the place of the last."""
        declare = tool(
            title="Scheduling a callback",
            effect="write",
            asked_with=CALL_WORDS,
            is_repeatable=True,
            look_up=self.earlier,
        )
        return declare(self.schedule_callback)


def _scheduled(kept: Callback) -> ToolResult:
    summary = f"A callback is scheduled for {kept.said}, on the number on file ({kept.id})."
    return ToolResult(summary, {"callback_id": kept.id, "at": kept.due_at.isoformat()}, reference=kept.id)


def with_callbacks(tools: Sequence[Tool], promises: Promises, cases: Cases) -> list[Tool]:
    """The tools with this one in the place of a back end's own; else before the last, which asks for a person."""
    told = next((each for each in tools if each.name == NAME), None)
    ours = CallbackWork(promises, cases, told).tool()
    if told is None:
        return [*tools[:-1], ours, *tools[-1:]]
    return [replace(ours, tier=told.tier) if each is told else each for each in tools]
