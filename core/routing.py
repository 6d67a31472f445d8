"""Where a message goes: one table says who serves it, another which kind of model answers."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.conditions import Fact, FactValue
from core.content import asks_policy, has_code
from core.errors import SettingsError
from core.modelling import Work
from core.tables import Row, Table, Verdict
from core.tools import Tool
from core.triage import SIGNALS, Triage

Minutes = Annotated[float, Field(ge=0, le=10_080)]


class Route(BaseModel):
    """What a row of `[[routing.rows]]` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tier: Literal[1, 2, 3] = 1
    """1 acts, 2 investigates, 3 is a person."""
    to_people: bool = False
    """The case goes to people without an answer of the bot."""
    reason: str = ""
    """Its reason code, for staff and reports."""
    tools: Literal["tier", "all", "reads", "none"] | tuple[str, ...] = "tier"
    """What the model may call in this turn: the work of this tier and those before it, everything, what only looks
    things up, nothing, or these. Asking for a person is always among them, but for `none`."""
    tone: str = Field(default="", max_length=200)
    """How the answer should sound, for the model: `calm, no exclamation marks`."""
    send: Literal["auto", "draft"] = "auto"
    """`draft`: the answer waits for a person of the team, who sends it, changes it, or discards it. Until then `tools =
    "tier"` only looks things up; other words for `tools` mean the same as ever."""
    ping_min: Minutes = 10
    """After so long a draft that waits calls the team. 0: never."""
    lapse_min: Minutes = 60
    """After so long the case goes to people, with the draft as the suggested reply. 0: never."""

    @model_validator(mode="after")
    def _has_an_answer(self) -> Self:
        if self.to_people and self.send == "draft":
            raise ValueError("what goes to people has no answer to draft; take out `send` or `to_people`")
        return self

    def offers(self, found: Tool) -> bool:
        """Whether a tool may be called in this turn."""
        if isinstance(self.tools, tuple):
            return found.hands_over or found.name in self.tools
        if self.tools == "tier" and self.send == "draft":
            return found.tier <= self.tier and (found.effect == "read" or found.hands_over)
        if self.tools == "reads":
            return found.effect == "read"
        return self.tools == "all" or (self.tools == "tier" and found.tier <= self.tier)


ANYTHING = Route(tools="all")
"""A route that offers every tool."""


class Choice(BaseModel):
    """What a row of `[[routing.models]]` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    work: Work


FACTS = (
    Fact("sentiment", "choice", ("angry", "negative", "neutral", "positive")),
    Fact("urgency", "choice", ("low", "normal", "high")),
    Fact("category", "text"),
    Fact("triage_tier", "count"),
    Fact("confidence", "count"),
    Fact("should_escalate", "flag"),
    Fact("signals", "tags", SIGNALS),
    Fact("contacts", "count"),
    Fact("had_person", "flag"),
    Fact("follows_closed", "flag"),
    Fact("words", "count"),
    Fact("hour", "count"),
    Fact("weekday", "count"),
    Fact("is_over_budget", "flag"),
    Fact("is_linked", "flag"),
    Fact("is_verified", "flag"),
    Fact("customer", "text", is_optional=True),
    Fact("has_code", "flag"),
    Fact("asks_policy", "flag"),
    Fact("has_pictures", "flag"),
    Fact("language", "text", is_optional=True),
    Fact("platform", "text"),
    Fact("channel", "text"),
)
"""triage_tier: what the category asks for. confidence: in the category, in percent. signals: what is beyond doubt.
contacts: turns of the customer in this case. had_person: a person has spoken in it. follows_closed: the customer came
back after a closed one. words: of the new message. hour, weekday (1 is Monday): in UTC. is_verified: by more than
being linked. asks_policy: the words are about rules and rights. language: ISO 639-1, absent where a message is too
short to tell."""


def _row(name: str, then: Route, **when: str | bool | list[str]) -> Row[Route]:
    return Row[Route](name=name, when=dict(when), then=then)  # pyright: ignore[reportArgumentType]


_CALM = "calm and plain; say first what you understood, no cheerfulness, no exclamation marks"
_GRAVE = ["legal", "fraud", "threat", "self_harm", "data_loss"]

DEFAULT_ROWS = (
    _row("a person was asked for", Route(tier=3, to_people=True, reason="customer_asked"), signals="wants_person"),
    _row("straight to people", Route(tier=3, to_people=True, reason="urgent"), signals=_GRAVE),
    _row("a cap is reached", Route(tier=3, to_people=True, reason="budget"), is_over_budget=True),
    _row("investigate, calmly", Route(tier=2, tone=_CALM), triage_tier=">= 2", sentiment="angry"),
    _row("investigate", Route(tier=2), triage_tier=">= 2"),
    _row("act, calmly", Route(tier=1, tone=_CALM), sentiment="angry"),
    _row("act", Route(tier=1)),
)

DEFAULT_MODELS = (
    Row[Choice](name="pasted code", when={"has_code": True}, then=Choice(work="code")),
    Row[Choice](name="another language", when={"language": {"not": ["en", "none"]}}, then=Choice(work="multilingual")),
    Row[Choice](
        name="a long question of policy", when={"asks_policy": True, "words": ">= 40"}, then=Choice(work="reasoning")
    ),
    Row[Choice](name="a long question", when={"words": ">= 150"}, then=Choice(work="reasoning")),
    Row[Choice](name="everything else", then=Choice(work="chat")),
)


@dataclass(frozen=True, slots=True)
class Routed:
    """Both decisions, each with its row."""

    route: Verdict[Route]
    model: Verdict[Choice]


class Router:
    """Decides routes. Raises `SettingsError` for tables with gaps, unreachable rows or unknown names."""

    def __init__(
        self,
        rows: tuple[Row[Route], ...] = DEFAULT_ROWS,
        models: tuple[Row[Choice], ...] = DEFAULT_MODELS,
    ) -> None:
        self._rows = Table(rows, FACTS, name="[routing] rows")
        self._models = Table(models, FACTS, name="[routing] models")

    def decide(self, facts: Mapping[str, FactValue]) -> Routed:
        """The route of a message and the model for it."""
        return Routed(self._rows.decide(facts), self._models.decide(facts))


def check_tools(rows: Sequence[Row[Route]], tools: Sequence[Tool]) -> None:
    """Raises `SettingsError` for a row that names a tool which is not there."""
    known = [each.name for each in tools]
    problems: list[str] = []
    for n, row in enumerate(rows, start=1):
        for name in row.then.tools if isinstance(row.then.tools, tuple) else ():
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
                hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
                problems.append(f"[routing] rows, row {n} ({row.name}): there is no tool {name}. {hint}")
    if problems:
        raise SettingsError(problems)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the tables may ask about besides the message itself."""

    contacts: int = 1
    had_person: bool = False
    follows_closed: bool = False
    at: datetime = datetime(2000, 1, 3, 12, tzinfo=UTC)
    is_over_budget: bool = False
    customer: str = ""
    """Empty: not linked."""
    is_verified: bool = False
    has_pictures: bool = False
    platform: str = "terminal"
    channel: str = ""


NOTHING_SPECIAL = Circumstances()


def facts_of(judged: Triage, text: str, around: Circumstances = NOTHING_SPECIAL) -> dict[str, FactValue]:
    """What the tables may ask about."""
    return {
        "sentiment": judged.sentiment,
        "urgency": judged.urgency,
        "category": judged.category,
        "triage_tier": judged.tier,
        "confidence": round(100 * judged.confidence),
        "should_escalate": judged.should_escalate,
        "signals": judged.signals,
        "contacts": around.contacts,
        "had_person": around.had_person,
        "follows_closed": around.follows_closed,
        "words": len(text.split()),
        "hour": around.at.hour,
        "weekday": around.at.isoweekday(),
        "is_over_budget": around.is_over_budget,
        "is_linked": bool(around.customer),
        "is_verified": around.is_verified,
        "customer": around.customer or None,
        "has_code": has_code(text),
        "asks_policy": asks_policy(text),
        "has_pictures": around.has_pictures,
        "language": judged.language or None,
        "platform": around.platform,
        "channel": around.channel,
    }
