"""The setting of a tool call and what became of it."""

import json
from dataclasses import dataclass, field
from typing import Literal

from core.case import Case
from core.conversation import Thread
from core.errors import ToolRefused
from core.modelling import ToolCall
from core.principal import Principal
from core.tools import Effect, ToolResult

State = Literal["done", "waiting", "refused", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Scene:
    """On whose behalf and in which conversation a call is made."""

    principal: Principal
    case: Case
    turn_id: str
    thread: Thread
    author_id: str
    said: str
    """All the customer's own words in this case."""
    now: str
    """The new ones."""
    offered: str
    """Our last line, which a short yes may refer to."""
    staff_places: tuple[Thread, ...]
    """Where an approval is asked for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one call."""

    call: ToolCall
    title: str
    state: State
    result: ToolResult
    by: Literal["model", "runtime", "staff"] = "model"
    receipt_id: str = ""
    approval_id: str = ""
    before: tuple["Outcome", ...] = field(default=())
    """Calls that the runtime made first, because the tool needs them."""
    effect: Effect = "read"
    say: str = ""
    """The same for the customer, where it can be said in the tool's own words."""

    @property
    def for_model(self) -> str:
        """The result as the model gets it: JSON, told apart from instructions by its form."""
        return json.dumps(
            {
                "state": self.state,
                "summary": self.result.summary,
                **({"data": self.result.data} if self.result.data else {}),
            },
            ensure_ascii=False,
        )


def refused(call: ToolCall, title: str, refusal: ToolRefused, *, effect: Effect = "read") -> Outcome:
    """A call that was not run, and why."""
    return Outcome(call, title, "refused", ToolResult(str(refusal)), effect=effect, say=refusal.say)


def reported(call: ToolCall, title: str, state: State, result: ToolResult, *, effect: Effect = "read") -> Outcome:
    """A call whose result the customer may be told as it stands."""
    return Outcome(call, title, state, result, effect=effect, say=result.summary)
