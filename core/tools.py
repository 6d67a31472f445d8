"""A tool: a typed function that the agent may call, and what code demands before it runs.

A tool is written as an async function whose first parameter is the `ToolContext`; the others become
the JSON schema the model sees. The docstring is its description.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import JsonValue

from core.errors import ToolRefused
from core.modelling import JsonObject, ToolSpec
from core.parameters import Arguments, Parameters, of_function
from core.principal import Principal

Effect = Literal["read", "write", "money"]

Whose = Literal["customer", "nobody", "outside"]
"""Whose data a tool touches. customer: the linked customer's alone. nobody: what anybody may know, the same
for all. outside: other people's, or its arguments leave the house."""

Proof = Literal["none", "linked", "fresh"]
"""How well the customer must be known: not at all, linked at some time, or verified a short while ago."""

Lack = Literal["", "link", "fresh", "person"]
"""What of that is missing: nothing, any link at all, a verification that is recent enough, or one of them where only a
person of staff can help."""

Again = Literal["never", "parts", "changed", "later"]
"""When the same effect on the same thing may follow one that was done. never: not at all. parts: on other parts of
it, each once. changed: with other arguments than the last one. later: some hours after the last one."""

Approving = Literal["policy", "customer", "staff"]
"""Who agrees before it runs: what the policy table says, or always the customer, or always staff."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool found or did."""

    summary: str
    """One or two true sentences for the customer."""
    data: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """What the model may see."""
    reference: str = ""
    """The back end's own id of what was done; shown on the receipt."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """On whose behalf a tool runs, and with what."""

    principal: Principal
    case_id: str
    turn_id: str
    key: str
    """The same for every attempt at the same effect: hand it to the back end as its idempotency key."""
    data_folder: Path
    """Where a tool may keep files of its own."""
    facts: dict[str, ToolResult]
    """Results of the tools this one declared in `needs`, by name."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that would move."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"


ToolFunction = Callable[..., Awaitable[ToolResult]]
Amount = Callable[[Arguments, dict[str, ToolResult]], Money]
Resolve = Callable[[Arguments, dict[str, ToolResult]], Arguments]


@dataclass(frozen=True, slots=True)
class Tool:
    """A function with all that code demands before it may run."""

    name: str
    description: str
    parameters: Parameters
    run: ToolFunction
    effect: Effect
    title: str
    """For people, with argument names in braces: `Looking up order #{order_id}`."""
    whose: Whose = "customer"
    filled: Mapping[str, str] = field(default_factory=dict[str, str])
    """Arguments that code fills in from the principal (argument name to field name). They are not among
    `parameters`, so whatever a model writes, the call is about the customer who is there."""
    proof: Proof = "linked"
    fresh_minutes: float = 0.0
    """With `proof="fresh"`: how old a verification may be; 0: what `[identity] fresh_minutes` says."""
    approving: Approving = "policy"
    said: tuple[str, ...] = ()
    """Arguments whose value must occur in what the customer wrote: models like to invent them."""
    asked_with: tuple[str, ...] = ()
    """Word stems, one of which the customer must have used before this may run; empty: no demand."""
    needs: tuple[str, ...] = ()
    """Reading tools that the runtime runs first, by itself, with the arguments of the same name."""
    acts_on: tuple[str, ...] = ()
    """Arguments that name what it acts on. The same tool on the same thing happens once."""
    is_repeatable: bool = False
    """Each call is an effect of its own, like flipping a switch; else the same call again is the same effect."""
    again: Again = "never"
    parts: str = ""
    """With `again` parts: the argument that lists them."""
    again_after_h: float = 24.0
    """With `again` later: how many hours."""
    resolve: Resolve | None = None
    """Puts arguments into their final form with the facts of `needs`, before anybody is asked to agree. Raises
    `ToolRefused` for what the back end would not do."""
    amount: Amount | None = None
    """The money it would move, from its arguments and the facts of `needs`."""
    look_up: ToolFunction | None = None
    """Finds out what became of an earlier attempt: a result when it was done, raises `LookupError` if not."""
    shows: tuple[str, ...] | None = None
    """Keys of the result's data that the model may see; None: all."""
    realms: Mapping[str, str] = field(default_factory=dict[str, str])
    """Tenants whose calls go to another back end than all others', and its name: what was done there counts there."""
    tenants: tuple[str, ...] = ()
    """Workspaces or servers whose conversations alone may use it; empty: all."""
    hands_over: bool = False
    """Calling it passes the case to people, once this turn has ended."""
    tier: Literal[1, 2] = 1
    """Which line's work it is: a route of the first tier is not offered tools of the second, unless its row says so."""
    time_limit_s: float = 20.0
    examples: tuple[tuple[str, JsonObject | None], ...] = ()
    """What a customer says and the arguments that follow; None: sounds near, but is not for this tool."""

    @property
    def is_about_customer(self) -> bool:
        """It touches the linked customer's own data, so without a link it is refused."""
        return self.whose == "customer"

    @property
    def spec(self) -> ToolSpec:
        """The tool as the model sees it."""
        return ToolSpec(self.name, self.description, self.parameters.schema, self.examples)

    def is_for(self, tenant: str) -> bool:
        """Conversations of this tenant may use it."""
        return not self.tenants or tenant in self.tenants

    def parse(self, arguments: str) -> Arguments:
        """The arguments as the model gave them, checked; those that code fills in are not among them.

        Raises `ToolRefused`, worded so that the model can correct itself.
        """
        try:
            return self.parameters.parse(arguments)
        except ValueError as error:
            why = f"{self.name} was not called. {error}. Correct the arguments, or ask the customer."
            raise ToolRefused(why, say="") from error

    def visible(self, result: ToolResult) -> dict[str, JsonValue]:
        """The part of a result's data that the model may see."""
        if self.shows is None:
            return result.data
        return {key: value for key, value in result.data.items() if key in self.shows}

    def title_for(self, arguments: Arguments) -> str:
        """The title with its arguments filled in."""
        try:
            return self.title.format(**{name: str(value).lstrip("#") for name, value in arguments.items()})
        except (KeyError, IndexError, ValueError):
            return self.title


def tool(
    *,
    title: str,
    effect: Effect = "read",
    is_about_customer: bool = True,
    whose: Whose | None = None,
    proof: Proof | None = None,
    fresh_minutes: float = 0.0,
    approving: Approving = "policy",
    said: tuple[str, ...] = (),
    asked_with: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    acts_on: tuple[str, ...] = (),
    is_repeatable: bool = False,
    again: Again = "never",
    parts: str = "",
    again_after_h: float = 24.0,
    resolve: Resolve | None = None,
    amount: Amount | None = None,
    look_up: ToolFunction | None = None,
    shows: tuple[str, ...] | None = None,
    tenants: tuple[str, ...] = (),
    hands_over: bool = False,
    tier: Literal[1, 2] = 1,
    time_limit_s: float = 20.0,
    examples: tuple[tuple[str, JsonObject | None], ...] = (),
) -> Callable[[ToolFunction], Tool]:
    """Declare a function as a tool. The meaning of each option stands at `Tool`."""
    owner: Whose = whose or ("customer" if is_about_customer else "nobody")

    def declare(function: ToolFunction) -> Tool:
        return Tool(
            name=getattr(function, "__name__", ""),
            description=inspect.getdoc(function) or "",
            parameters=of_function(function),
            run=function,
            effect=effect,
            title=title,
            whose=owner,
            proof=proof or ("linked" if owner == "customer" else "none"),
            fresh_minutes=fresh_minutes,
            approving=approving,
            said=said,
            asked_with=asked_with,
            needs=needs,
            acts_on=acts_on,
            is_repeatable=is_repeatable,
            again=again,
            parts=parts,
            again_after_h=again_after_h,
            resolve=resolve,
            amount=amount,
            look_up=look_up,
            shows=shows,
            tenants=tenants,
            hands_over=hands_over,
            tier=tier,
            time_limit_s=time_limit_s,
            examples=examples,
        )

    return declare


def arguments_for(found: Tool, arguments: Arguments, principal: Principal) -> dict[str, Any]:
    """What the function is called with: the model's arguments, and beside them what code fills in."""
    owned = {name: str(getattr(principal, of)) for name, of in found.filled.items()}
    return {**found.parameters.typed(arguments), **owned}
