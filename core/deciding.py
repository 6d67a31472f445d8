"""Carrying out what a person decided: an approved action runs once, a denied one is said."""

import json
from collections.abc import AsyncGenerator, Sequence

from core.agent import outcome_events
from core.case import Handoff
from core.guards import is_yes
from core.ports import Actions
from core.reply import ReplyEvent, ToolStarted
from core.scene import Scene
from core.toolbox import Toolbox
from core.turn import Turn, TurnRecord


class Decided:
    """Runs decided actions."""

    def __init__(self, actions: Actions, toolbox: Toolbox) -> None:
        self._actions = actions
        self._toolbox = toolbox

    async def carry_out(
        self, keys: Sequence[str], scene: Scene, record: TurnRecord, lines: list[str]
    ) -> AsyncGenerator[ReplyEvent, None]:
        """Act on each decision; what the customer is told is appended to `lines`."""
        for key in keys:
            action = await self._actions.find(key)
            if action is None:
                continue
            if action.state == "denied":
                record.note("denied", f'"{action.title}"')
                lines.append(
                    f"A colleague looked at this and did not approve it: {action.title}. Nothing was carried out."
                )
                continue
            if action.state == "failed" and action.result is not None:
                record.note("lapsed", f'"{action.title}"')
                lines.append(action.result.summary)
                continue
            yield ToolStarted(key, action.tool, action.title, "", by="staff")
            outcome = await self._toolbox.carry_out(action, scene, by="staff")
            for event in outcome_events(outcome, record):
                yield event
            lead = "A colleague approved this. " if outcome.state == "done" else ""
            lines.append(lead + outcome.result.summary)

    async def confirmed(
        self, turn: Turn, scene: Scene, record: TurnRecord, lines: list[str]
    ) -> AsyncGenerator[ReplyEvent, None]:
        """Take the customer's answer to what they were asked to confirm: a plain yes runs it, anything else drops it.

        Only the one who was asked can agree; what they are told is appended to `lines`.
        """
        mine = [message for message in turn.messages if message.author.id == scene.author_id]
        is_agreed = bool(mine) and len(mine) == len(turn.messages) and is_yes(turn.asked)
        for approval in await self._actions.awaits_customer(turn.case.id):
            action = await self._actions.answer(approval.id, is_yes=is_agreed, by=scene.author_id)
            if action is None:
                continue
            record.note("confirmed" if is_agreed else "not confirmed", json.dumps(action.title, ensure_ascii=False))
            if not is_agreed:
                continue
            yield ToolStarted(action.key, action.tool, action.title, "", by="customer")
            outcome = await self._toolbox.carry_out(action, scene, by="customer")
            for event in outcome_events(outcome, record):
                yield event
            lines.append(outcome.result.summary)
            if outcome.state == "unknown":
                record.handoff = Handoff("tool_unknown", f"{outcome.title}: the outcome is not confirmed.")
