"""Runs tool calls under the rules of the house: authority is checked here, in code, before anything happens."""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from core.actions import Action
from core.approvals import approval_card, new_approval
from core.case import Case
from core.conversation import Thread
from core.errors import ToolRefused
from core.guards import was_asked, was_said
from core.modelling import ToolCall, ToolSpec
from core.phrases import NEEDS_LINK
from core.ports import Actions, Clock
from core.principal import Principal
from core.settings import ApprovalSettings
from core.tools import Arguments, Money, Tool, ToolContext, ToolResult

log = logging.getLogger(__name__)

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
    effect: str = "read"

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


class Toolbox:
    """The tools of this installation and the rules under which they run."""

    def __init__(
        self,
        tools: Sequence[Tool],
        *,
        actions: Actions,
        approvals: ApprovalSettings,
        clock: Clock,
        data_folder: Path,
    ) -> None:
        self._tools = {each.name: each for each in tools}
        self._specs = tuple(each.spec for each in tools)
        self._small_specs = tuple(each.spec for each in tools if not each.hands_over)
        self._actions = actions
        self._approvals = approvals
        self._clock = clock
        self._data_folder = data_folder

    def specs(self, *, for_small: bool) -> tuple[ToolSpec, ...]:
        """What a model is offered, always in the same order, so that prompt caches hit.

        A small model gets no say in handing over: it would do so far too often.
        """
        return self._small_specs if for_small else self._specs

    def title_of(self, call: ToolCall) -> str:
        """What to show people while the call runs."""
        found = self._tools.get(call.name)
        try:
            return found.title_for(found.parse(call.arguments)) if found else call.name
        except ToolRefused:
            return call.name

    def only_reads(self, calls: Sequence[ToolCall]) -> bool:
        """None of these has an effect, so they may run side by side."""
        return all((found := self._tools.get(call.name)) is not None and found.effect == "read" for call in calls)

    def hands_over(self, call: ToolCall) -> bool:
        """The call passes the case to people."""
        found = self._tools.get(call.name)
        return found is not None and found.hands_over

    async def run(self, call: ToolCall, scene: Scene) -> Outcome:
        """Check and run one call. Never raises for what a model or a back end did wrong."""
        found = self._tools.get(call.name)
        if found is None:
            known = ", ".join(self._tools)
            return self._refused(call, call.name, f"There is no function {call.name}. Known: {known}.")
        try:
            arguments = found.parse(call.arguments)
            self._check(found, arguments, scene)
            facts, before = await self._facts(found, arguments, scene)
        except ToolRefused as refusal:
            return self._refused(call, self.title_of(call), str(refusal))
        title = found.title_for(arguments)
        if failed := next((each for each in before if each.state != "done"), None):
            return Outcome(
                call,
                title,
                failed.state,
                failed.result,
                before=before,
                effect=found.effect,
            )
        if found.effect == "read":
            outcome = await self._read(found, call, arguments, scene, facts)
        else:
            outcome = await self._act(found, call, arguments, scene, facts)
        return replace(outcome, before=before)

    async def carry_out(self, action: Action, scene: Scene) -> Outcome:
        """Run an action that staff approved."""
        found = self._tools[action.tool]
        call = ToolCall(
            id=action.key,
            name=action.tool,
            arguments=json.dumps(action.arguments, ensure_ascii=False),
        )
        try:
            facts, before = await self._facts(found, action.arguments, scene)
        except ToolRefused as refusal:
            return self._refused(call, action.title, str(refusal))
        outcome = await self._run_once(found, call, action, scene, facts)
        return replace(outcome, by="staff", before=before)

    def _check(self, found: Tool, arguments: Arguments, scene: Scene) -> None:
        if found.is_about_customer and not scene.principal.customer_id:
            raise ToolRefused(f"needs_verification: {NEEDS_LINK}")
        for name in found.said:
            value = arguments.get(name)
            if value and not was_said(str(value), scene.said):
                raise ToolRefused(
                    f"{found.name} was not called: the customer never named {name} {value!r}. Ask them for it."
                )
        if found.asked_with and not was_asked(found.asked_with, scene.said, now=scene.now, offered=scene.offered):
            raise ToolRefused(
                f"{found.name} was not called: the customer did not ask for it. Answer their question, "
                "or ask whether they want it."
            )

    async def _facts(
        self, found: Tool, arguments: Arguments, scene: Scene
    ) -> tuple[dict[str, ToolResult], tuple[Outcome, ...]]:
        facts: dict[str, ToolResult] = {}
        before: list[Outcome] = []
        for name in found.needs:
            needed = self._tools[name]
            own = {key: value for key, value in arguments.items() if key in needed.arguments.model_fields}
            call = ToolCall(
                id=f"{name}-first",
                name=name,
                arguments=json.dumps(own, ensure_ascii=False),
            )
            outcome = replace(await self._read(needed, call, own, scene, {}), by="runtime")
            before.append(outcome)
            facts[name] = outcome.result
            if outcome.state != "done":
                break
        return facts, tuple(before)

    async def _read(
        self,
        found: Tool,
        call: ToolCall,
        arguments: Arguments,
        scene: Scene,
        facts: dict[str, ToolResult],
    ) -> Outcome:
        title = found.title_for(arguments)
        try:
            result = await self._call(found, arguments, self._context(scene, "", facts))
        except ToolRefused as refusal:
            return self._refused(call, title, str(refusal))
        except Exception as error:  # noqa: BLE001 - a tool is foreign code: it may raise anything
            log.warning(
                "tool failed",
                extra={
                    "tool": found.name,
                    "case": scene.case.id,
                    "error": type(error).__name__,
                },
            )
            return Outcome(
                call,
                title,
                "failed",
                ToolResult("That could not be looked up just now."),
            )
        return Outcome(call, title, "done", result)

    async def _act(
        self,
        found: Tool,
        call: ToolCall,
        arguments: Arguments,
        scene: Scene,
        facts: dict[str, ToolResult],
    ) -> Outcome:
        money = found.amount(arguments, facts) if found.amount else None
        action = Action(
            key=self._key(found, arguments, scene),
            tool=found.name,
            arguments=arguments,
            case_id=scene.case.id,
            turn_id=scene.turn_id,
            thread=scene.thread,
            customer_id=scene.principal.customer_id,
            author_id=scene.author_id,
            title=found.title_for(arguments),
            state="intended",
            created_at=self._clock.now(),
            money=money,
        )
        earlier = await self._actions.find(action.key)
        if earlier and earlier.state not in ("failed", "intended"):
            return self._repeated(call, earlier)
        if earlier is None and money is not None and money.amount > self._approvals.limit:
            return await self._propose(found, call, action, money, facts, scene)
        return await self._run_once(found, call, action, scene, facts)

    async def _propose(
        self,
        found: Tool,
        call: ToolCall,
        action: Action,
        money: Money,
        facts: dict[str, ToolResult],
        scene: Scene,
    ) -> Outcome:
        approval = new_approval(
            action,
            evidence="\n".join(fact.summary for fact in facts.values()),
            now=self._clock.now(),
            expires_h=self._approvals.expires_h,
        )
        card = approval_card(replace(action, state="proposed"), approval, asked_by=scene.principal)
        stands = await self._actions.propose(
            replace(action, state="proposed"),
            approval,
            [(place, card) for place in scene.staff_places],
        )
        if stands.state != "proposed":
            return self._repeated(call, stands)
        summary = (
            f"{action.title} ({money}) needs the approval of a colleague. I have asked for it; "
            "nothing is carried out before they agree, and you will hear from me here."
        )
        return Outcome(
            call,
            action.title,
            "waiting",
            ToolResult(summary),
            approval_id=approval.id,
            effect=found.effect,
        )

    async def _run_once(
        self,
        found: Tool,
        call: ToolCall,
        action: Action,
        scene: Scene,
        facts: dict[str, ToolResult],
    ) -> Outcome:
        stands, is_ours = await self._actions.intend(action)
        context = self._context(scene, stands.key, facts)
        if not is_ours:
            if stands.state != "intended":
                return self._repeated(call, stands)
            if (known := await self._look_up(found, stands, context)) is not None:
                return await self._settled(found, call, stands, known)
            if stands.turn_id != scene.turn_id or found.look_up is None:
                return await self._unknown(found, call, stands)
            # Our own earlier attempt at this turn died before the effect, and the back end confirms that.
        try:
            result = await self._call(found, stands.arguments, context)
        except ToolRefused as refusal:
            await self._actions.settle(stands.key, "failed", ToolResult(str(refusal)))
            return replace(self._refused(call, stands.title, str(refusal)), effect=found.effect)
        except Exception as error:  # noqa: BLE001 - a tool is foreign code: it may raise anything
            log.warning(
                "action outcome unknown",
                extra={
                    "tool": found.name,
                    "case": scene.case.id,
                    "error": type(error).__name__,
                },
            )
            if (known := await self._look_up(found, stands, context)) is None:
                return await self._unknown(found, call, stands)
            result = known
        return await self._settled(found, call, stands, result)

    async def _settled(self, found: Tool, call: ToolCall, action: Action, result: ToolResult) -> Outcome:
        done = await self._actions.settle(action.key, "done", result)
        return Outcome(
            call,
            action.title,
            "done",
            result,
            receipt_id=done.receipt_id,
            effect=found.effect,
        )

    async def _unknown(self, found: Tool, call: ToolCall, action: Action) -> Outcome:
        summary = (
            f"{action.title}: the request was sent, but its outcome is not confirmed. A colleague checks it; "
            "it will not be sent a second time."
        )
        await self._actions.settle(action.key, "unknown", ToolResult(summary))
        return Outcome(call, action.title, "unknown", ToolResult(summary), effect=found.effect)

    async def _look_up(self, found: Tool, action: Action, context: ToolContext) -> ToolResult | None:
        """What the back end knows of an earlier attempt; None when it was not done or cannot be told."""
        if found.look_up is None:
            return None
        try:
            async with asyncio.timeout(found.time_limit_s):
                return await found.look_up(context, **action.arguments)
        except Exception as error:  # noqa: BLE001 - a tool is foreign code: it may raise anything
            log.info(
                "look-up found nothing",
                extra={"tool": found.name, "error": type(error).__name__},
            )
            return None

    def _repeated(self, call: ToolCall, stands: Action) -> Outcome:
        """The same wish again: say what became of the first one."""
        if stands.state == "done" and stands.result is not None:
            return Outcome(
                call,
                stands.title,
                "done",
                replace(
                    stands.result,
                    summary=f"This was done already. {stands.result.summary}",
                ),
                receipt_id=stands.receipt_id,
                effect="write",
            )
        if stands.state == "proposed":
            summary = f"{stands.title} already waits for a colleague's approval. Nothing was carried out yet."
            return Outcome(call, stands.title, "waiting", ToolResult(summary), effect="write")
        if stands.state == "denied":
            return self._refused(
                call,
                stands.title,
                f"{stands.title} was looked at by a colleague and not approved.",
            )
        summary = f"{stands.title} is being checked by a colleague; it will not be sent a second time."
        return Outcome(call, stands.title, "unknown", ToolResult(summary), effect="write")

    async def _call(self, found: Tool, arguments: Arguments, context: ToolContext) -> ToolResult:
        async with asyncio.timeout(found.time_limit_s):
            return await found.run(context, **arguments)

    def _context(self, scene: Scene, key: str, facts: dict[str, ToolResult]) -> ToolContext:
        return ToolContext(scene.principal, scene.case.id, scene.turn_id, key, self._data_folder, facts)

    def _key(self, found: Tool, arguments: Arguments, scene: Scene) -> str:
        """Names the effect, not the wish: two sessions and a reworded repeat find the same row."""
        acts_on = {name: str(arguments.get(name)).lstrip("#").casefold() for name in found.acts_on} or arguments
        thing = json.dumps(acts_on, sort_keys=True, ensure_ascii=False)
        whose = scene.principal.customer_id or scene.case.id
        return f"{scene.principal.tenant}/{whose}/{found.name}/{thing}"

    def _refused(self, call: ToolCall, title: str, why: str) -> Outcome:
        return Outcome(call, title, "refused", ToolResult(why))
