"""The setting of a tool call and what became of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from core.case import Case
from core.conversation import Thread
from core.errors import ToolRefused
from core.evidence import Evidence
from core.modelling import ToolCall
from core.principal import Principal
from core.tools import Effect, Lack, ToolResult


@dataclass(slots=True)
class Taint:
    """Where text came from that the model has read and nobody vouches for. It only ever grows."""

    origins: set[str] = field(default_factory=set[str])

    def add(self, origin: str) -> None:
        """The model is going to read text from there: `knowledge`, `picture`, `people`, or a tool's name."""
        self.origins.add(origin)

    def __bool__(self) -> bool:
        return bool(self.origins)


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
    """All the words of the one who acts in this case, and nobody else's."""
    now: str
    """The new ones."""
    offered: str
    """Our last line, which a short yes may refer to."""
    staff_places: tuple[Thread, ...]
    """Where an approval is asked for."""
    messages: tuple[str, ...] = ()
    """What the principal wrote in this case, message by message, oldest first."""
    taint: Taint = field(default_factory=Taint)
    """What of this turn's prompt other people have written."""
    evidence: Evidence = field(default_factory=Evidence)
    """What the principal's pictures of this case showed."""

    def read(self, outcome: "Outcome") -> None:
        """The model reads what a call gave; from here on what it wants next is no longer its own idea alone."""
        for each in (*outcome.before, outcome):
            if each.state == "done" or each.quotes:
                self.taint.add(each.call.name)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one call."""

    call: ToolCall
    title: str
    state: State
    result: ToolResult
    by: Literal["model", "runtime", "staff", "customer"] = "model"
    receipt_id: str = ""
    approval_id: str = ""
    before: tuple["Outcome", ...] = field(default=())
    """Calls that the runtime made first, because the tool needs them."""
    effect: Effect = "read"
    say: str = ""
    """The same for the customer, where it can be said in the tool's own words."""
    must_say: bool = False
    """The customer has to read `say` as it stands: they are asked to agree to it."""
    shown: Mapping[str, JsonValue] | None = None
    """The part of the result's data that the model may see; None: all."""
    lacks: Lack = ""
    """Which proof of who is asking was missing."""
    quotes: bool = False
    """Its words are another system's, also where it came to nothing."""

    @property
    def for_model(self) -> str:
        """The result as the model gets it: JSON, told apart from instructions by its form."""
        data = self.result.data if self.shown is None else dict(self.shown)
        result = {"state": self.state, "summary": self.result.summary, **({"data": data} if data else {})}
        return json.dumps(result, ensure_ascii=False)


def refused(call: ToolCall, title: str, refusal: ToolRefused, *, effect: Effect = "read") -> Outcome:
    """A call that was not run, and why."""
    said, lacks = ToolResult(str(refusal)), refusal.lacks
    return Outcome(
        call, title, "refused", said, effect=effect, say=refusal.say, must_say=bool(lacks), lacks=lacks,
        quotes=refusal.quotes,
    )  # fmt: skip


def reported(call: ToolCall, title: str, state: State, result: ToolResult, *, effect: Effect = "read") -> Outcome:
    """A call whose result the customer may be told as it stands."""
    return Outcome(call, title, state, result, effect=effect, say=result.summary)
