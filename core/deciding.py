"""Carrying out what a person decided: an approved action runs once, a denied one is said."""

from collections.abc import AsyncGenerator, Sequence

from core.agent import outcome_events
from core.ports import Actions
from core.reply import ReplyEvent, ToolStarted
from core.scene import Scene
from core.toolbox import Toolbox
from core.turn import TurnRecord


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
            outcome = await self._toolbox.carry_out(action, scene)
            for event in outcome_events(outcome, record):
                yield event
            lead = "A colleague approved this. " if outcome.state == "done" else ""
            lines.append(lead + outcome.result.summary)
