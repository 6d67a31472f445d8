"""Tools that were written elsewhere, with the declarations that code demands of every tool.

What nobody declared is treated as a write to other people's data that staff have to approve.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Self

from pydantic import Field, JsonValue, NonNegativeFloat, PositiveFloat, model_validator

from core.errors import ToolRefused
from core.modelling import JsonObject
from core.parameters import Arguments, SchemaParameters
from core.schemas import normalised, safe_name
from core.section import Section
from core.tools import Approving, Effect, Money, Proof, Tool, ToolFunction, ToolResult, Whose


class Declaration(Section):
    """What `firstline.toml` says of one tool; the meaning of each key stands at `core.tools.Tool`."""

    effect: Effect = "write"
    whose: Whose = "outside"
    filled: dict[str, str] = Field(default_factory=dict[str, str])
    """Arguments that code fills in: `{ customer_id = "customer_id" }`."""
    proof: Proof = "linked"
    fresh_minutes: NonNegativeFloat = 0
    """How old the proof may be, with `proof = "fresh"`; 0: what `[identity]` says."""
    approving: Approving = "staff"
    title: str = ""
    description: str = ""
    said: tuple[str, ...] = ()
    asked_with: tuple[str, ...] = ()
    acts_on: tuple[str, ...] = ()
    is_repeatable: bool = False
    amount: str = ""
    """The argument that holds the amount, for money."""
    currency: str = ""
    look_up: str = ""
    """The tool of the same source that tells what became of an earlier attempt, called with arguments of the same
    name; its error means that nothing was done."""
    shows: tuple[str, ...] | None = None
    time_limit_s: PositiveFloat = 20

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.effect == "money" and not (self.amount and self.currency and self.acts_on):
            raise ValueError("a tool that moves money has to declare amount, currency and acts_on")
        if self.whose == "customer" and not self.filled:
            raise ValueError('whose = "customer" needs filled: which argument carries the customer\'s id')
        return self


UNDECLARED = Declaration()


@dataclass(frozen=True, slots=True)
class Foreign:
    """A function that another system offers."""

    name: str
    description: str
    schema: JsonObject
    run: ToolFunction


def declared(foreign: Foreign, declaration: Declaration, *, prefix: str, look_up: ToolFunction | None = None) -> Tool:
    """A foreign function as a tool of ours."""
    schema = _without(normalised(foreign.schema), declaration.filled)
    return Tool(
        name=safe_name(f"{prefix}_{foreign.name}" if prefix else foreign.name),
        description=declaration.description or foreign.description,
        parameters=SchemaParameters(schema),
        run=foreign.run,
        effect=declaration.effect,
        title=declaration.title or foreign.name.replace("_", " ").capitalize(),
        whose=declaration.whose,
        filled=declaration.filled,
        proof=declaration.proof,
        fresh_minutes=declaration.fresh_minutes,
        approving=declaration.approving,
        said=declaration.said,
        asked_with=declaration.asked_with,
        acts_on=declaration.acts_on,
        is_repeatable=declaration.is_repeatable,
        amount=(lambda arguments, facts: _money(arguments, declaration)) if declaration.effect == "money" else None,
        look_up=look_up,
        shows=declaration.shows,
        time_limit_s=declaration.time_limit_s,
    )


def _money(arguments: Arguments, declaration: Declaration) -> Money:
    try:
        return Money(Decimal(str(arguments.get(declaration.amount, ""))), declaration.currency)
    except InvalidOperation as error:
        raise ToolRefused(f"{declaration.amount} has to be an amount like 19.90.") from error


def _without(schema: JsonObject, hidden: Mapping[str, str]) -> JsonObject:
    """A schema less the arguments that code fills in."""
    properties, required = schema.get("properties"), schema.get("required")
    if not hidden or not isinstance(properties, dict):
        return schema
    changed: dict[str, JsonValue] = dict(schema)
    changed["properties"] = {name: each for name, each in properties.items() if name not in hidden}
    if isinstance(required, list):
        changed["required"] = [name for name in required if name not in hidden]
    return changed


def result_of(value: JsonValue, *, title: str) -> ToolResult:
    """What another system answered, as a result whose words are data."""
    if isinstance(value, str):
        return ToolResult(value)
    data: dict[str, JsonValue] = value if isinstance(value, dict) else {"result": value}
    return ToolResult(f"{title}: done.", data)
