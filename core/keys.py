"""Names for effects: the same for every wording, session and place a customer writes from.

A key names what is acted on. Where the same effect may follow one that was done (`Tool.again`), the keys of one thing
are numbered, and a number is taken by one row alone; so two sessions can never both take the next one.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import JsonValue

from core.actions import Action
from core.modelling import ToolCall
from core.parameters import Arguments
from core.ports import Actions
from core.scene import Scene
from core.tools import Tool

_LONGEST_SENT = 200
_MOST = 100


def key_of(found: Tool, call: ToolCall, arguments: Arguments, scene: Scene) -> str:
    """Names the effect, not the wish."""
    acts_on = {name: _folded(arguments.get(name)) for name in found.acts_on} or arguments
    owner = scene.principal
    realm = found.realms.get(owner.tenant, "")
    whose = (
        f"{f'{realm}/' if realm else ''}customer/{owner.customer_id}"
        if owner.customer_id
        else f"{owner.tenant}/{scene.case.id}"
    )
    one_time = f"/{scene.turn_id}/{call.id}" if found.is_repeatable or found.effect == "read" else ""
    return f"{whose}/{found.name}/{json.dumps(acts_on, sort_keys=True, ensure_ascii=False)}{one_time}"


def sendable(key: str) -> str:
    """A key as every back end takes it in a header: what is long or not ASCII becomes a digest."""
    is_plain = key.isascii() and key.isprintable() and len(key) <= _LONGEST_SENT
    return key if is_plain else f"sha256-{hashlib.sha256(key.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Placed:
    """An action under the key it gets."""

    action: Action
    earlier: Action | None
    """The row that stands for the same effect already."""
    done: tuple[Action, ...] = ()
    """What was done before to the same thing."""

    @property
    def paid(self) -> Decimal:
        """What was paid for the same thing before: parts of it count together."""
        return sum((each.money.amount for each in self.done if each.money), Decimal(0))


async def placed(actions: Actions, found: Tool, action: Action, *, now: datetime) -> Placed:
    """Where an action stands among those that did the same to the same thing."""
    done: list[Action] = []
    if found.again == "never":
        return Placed(action, await actions.find(action.key))
    for n in range(1, _MOST):
        numbered = action if n == 1 else replace(action, key=f"{action.key}/{n}")
        earlier = await actions.find(numbered.key)
        if earlier is not None and earlier.state == "done":
            done.append(earlier)
            continue
        same = _same(found, action, done, now)
        if earlier is None and same is not None:
            return Placed(replace(action, key=same.key), same, tuple(done))
        return Placed(numbered, earlier, tuple(done))
    return Placed(action, done[0], tuple(done))


def _same(found: Tool, wanted: Action, done: Sequence[Action], now: datetime) -> Action | None:
    """Which of those that were done is what is wished for now."""
    if not done:
        return None
    last = done[-1]
    match found.again:
        case "parts":
            return next((each for each in done if _parts(found, each) & _parts(found, wanted)), None)
        case "changed":
            return last if _folded_all(last.arguments) == _folded_all(wanted.arguments) else None
        case _:
            return last if now - last.created_at < timedelta(hours=found.again_after_h) else None


def _parts(found: Tool, action: Action) -> set[str]:
    listed = action.arguments.get(found.parts)
    return {str(_folded(each)) for each in listed} if isinstance(listed, list) else {""}


def _folded_all(arguments: Arguments) -> dict[str, JsonValue]:
    return {name: _folded(value) for name, value in arguments.items()}


def _folded(value: JsonValue) -> JsonValue:
    """The same thing however it was written: `#A1` and `a1`, lines in any order."""
    if isinstance(value, list):
        return sorted((_folded(each) for each in value), key=str)
    return str(value).strip().lstrip("#").casefold() if isinstance(value, str | int | float) else value
