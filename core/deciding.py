"""Carrying out what a person decided: an approved action runs once, a denied one is said."""

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from core.actions import Action
from core.agent import outcome_events
from core.case import Handoff
from core.conversation import Author
from core.guards import is_yes
from core.phrases import NOT_FRESH, NOT_KNOWN
from core.ports import Actions
from core.principal import Identity
from core.reply import ReplyEvent, ToolStarted
from core.scene import Scene
from core.toolbox import Toolbox
from core.tools import ToolResult
from core.turn import UNPROVED, Turn, TurnRecord


class Decided:
    """Runs decided actions."""

    def __init__(self, actions: Actions, toolbox: Toolbox, identity: Identity) -> None:
        self._actions = actions
        self._toolbox = toolbox
        self._identity = identity

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
            asker = await self._asker(action, scene)
            if asker.principal.customer_id != action.customer_id:
                lines.append(await self._dropped(action, scene, record))
                continue
            yield ToolStarted(key, action.tool, action.title, "", by="staff")
            outcome = await self._toolbox.carry_out(action, asker, by="staff")
            for event in outcome_events(outcome, record):
                yield event
            lead = "A colleague approved this. " if outcome.state == "done" else ""
            lines.append(lead + outcome.result.summary)

    async def _asker(self, action: Action, scene: Scene) -> Scene:
        """The same setting with whoever asked for the action, as they are known now, and not whoever wrote last."""
        is_same = action.author_id == scene.author_id
        author = Author(action.author_id, scene.principal.name if is_same else "")
        principal = await self._identity.principal(author, action.thread)
        return replace(scene, principal=principal, author_id=action.author_id)

    async def _dropped(self, action: Action, scene: Scene, record: TurnRecord, *, line: str = NOT_KNOWN) -> str:
        """It is not known, or not well enough, any more who asked: nothing is done, and it can be asked for anew."""
        record.note("not known any more", json.dumps(action.title, ensure_ascii=False))
        line = line.format(title=action.title)
        _, is_ours = await self._actions.intend(replace(action, turn_id=scene.turn_id))
        if is_ours:
            await self._actions.settle(action.key, "failed", ToolResult(line))
        return line

    async def confirmed(
        self, turn: Turn, scene: Scene, record: TurnRecord, lines: list[str]
    ) -> AsyncGenerator[ReplyEvent, None]:
        """Take the customer's answer to what they were asked to confirm: a plain yes runs it, anything else drops it.

        Only the one who was asked can agree; what they are told is appended to `lines`.
        """
        mine = [message for message in turn.messages if message.author.id == scene.author_id]
        is_agreed = bool(mine) and len(mine) == len(turn.messages) and is_yes(turn.asked)
        asked = await self._actions.awaits_customer(turn.case.id) if turn.may_confirm else ()
        for approval in asked:
            action = await self._actions.answer(approval.id, is_yes=is_agreed, by=scene.author_id)
            if action is None:
                continue
            record.note("confirmed" if is_agreed else "not confirmed", json.dumps(action.title, ensure_ascii=False))
            if not is_agreed:
                continue
            if scene.principal.customer_id != action.customer_id:
                lines.append(await self._dropped(action, scene, record))
                continue
            if refusal := self._toolbox.unproved(action.tool, scene):
                record.lacks = refusal.lacks
                record.note(UNPROVED, json.dumps({"lacks": refusal.lacks}))
                lines.append(await self._dropped(action, scene, record, line=NOT_FRESH))
                continue
            yield ToolStarted(action.key, action.tool, action.title, "", by="customer")
            outcome = await self._toolbox.carry_out(action, scene, by="customer")
            for event in outcome_events(outcome, record):
                yield event
            lines.append(outcome.result.summary)
            if outcome.state == "unknown":
                record.handoff = Handoff("tool_unknown", f"{outcome.title}: the outcome is not confirmed.")
