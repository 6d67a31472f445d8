"""Side effects, once: the intent is a row before the call, the receipt after it.

The key names what is acted on, so two sessions, a reworded repeat and a crash find the same row. An outcome
that is not known is looked up, and else left to a person; nothing is ever sent a second time blind.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

from core.actions import Action
from core.approvals import approval_card, confirmation_line, new_approval, with_amount
from core.conditions import FactValue
from core.errors import OverCap, ToolRefused
from core.evidence import claims_damage
from core.keys import Placed, key_of, placed, sendable
from core.modelling import ToolCall
from core.parameters import Arguments
from core.phrases import PHOTO_NEEDED, TOO_MUCH
from core.policy import Caps, Policy, passes
from core.ports import Actions, Clock
from core.scene import Outcome, Scene, refused, reported
from core.settings import ApprovalSettings
from core.tools import Money, Tool, ToolContext, ToolResult, arguments_for

log = logging.getLogger(__name__)

Facts = dict[str, ToolResult]

_DAY = timedelta(hours=24)


@dataclass
class Effects:
    """Runs tools that change something."""

    actions: Actions
    approvals: ApprovalSettings
    clock: Clock
    data_folder: Path

    _deciding: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Judging and reserving are one step, so that two sessions do not both fit under a cap that has room for one."""

    def __post_init__(self) -> None:
        self._policy = Policy(self.approvals.rows)

    async def act(
        self, found: Tool, call: ToolCall, arguments: Arguments, scene: Scene, facts: Facts, *, confidence: str
    ) -> Outcome:
        """Run a call once for what it acts on, or have somebody agree to it first."""
        money = found.amount(arguments, facts) if found.amount else None
        action = self._action(found, call, arguments, scene, money)
        async with self._deciding:
            begun = await self._begun(found, call, action, scene, facts, confidence)
            if begun is None:
                # Another replica has spent meanwhile what was left under a cap; this time it is seen.
                begun = await self._begun(found, call, action, scene, facts, confidence)
        if begun is None:
            return refused(call, action.title, ToolRefused(TOO_MUCH.format(title=action.title)))
        if isinstance(begun, Outcome):
            return begun
        return await self._run(found, call, scene, facts, *begun)

    async def _begun(
        self, found: Tool, call: ToolCall, action: Action, scene: Scene, facts: Facts, confidence: str
    ) -> tuple[Action, bool] | Outcome | None:
        """The intent, or what comes instead of it; None when a cap was reached between judging and saving."""
        place = await placed(self.actions, found, action, now=self.clock.now())
        action, earlier = place.action, place.earlier
        if earlier and earlier.state not in ("failed", "intended", "proposed"):
            return _repeated(call, earlier)
        if earlier is not None and earlier.state == "intended":
            return await self.actions.intend(action)
        facts_of_it, spent = await self._facts_of(found, place, scene, facts, confidence)
        verdict, why = self._policy.judge(facts_of_it, self._amounts(action.money, spent))
        if verdict == "refuse":
            return refused(call, action.title, ToolRefused(TOO_MUCH.format(title=action.title)))
        if verdict == "photo":
            wanted = refused(call, action.title, ToolRefused(PHOTO_NEEDED.format(title=action.title)))
            return replace(wanted, must_say=True)
        if verdict == "ask":
            return await self._propose(call, action, facts, scene, why)
        if verdict == "confirm":
            return await self._confirm(call, action, scene)
        # A table may let pass what is over a cap; then there is none to keep.
        caps = None if facts_of_it["over"] in ("customer", "day") else self._caps()
        try:
            return await self.actions.intend(action, caps=caps)
        except OverCap:
            return None

    async def cut_off(self, found: Tool, call: ToolCall, arguments: Arguments, scene: Scene) -> Action | None:
        """What this very turn had begun with this call when its process ended."""
        action = self._action(found, call, arguments, scene, None)
        earlier = (await placed(self.actions, found, action, now=self.clock.now())).earlier
        is_ours = earlier is not None and earlier.state == "intended" and earlier.turn_id == scene.turn_id
        return earlier if is_ours else None

    def _caps(self) -> Caps:
        return Caps(self.approvals.per_customer, self.approvals.per_day, self.clock.now() - _DAY)

    def _amounts(self, money: Money | None, spent: Mapping[str, Decimal]) -> dict[str, str]:
        """What an approver is told of the money and the caps."""
        if money is None:
            return {}
        caps = self.approvals
        figures = {
            "amount": money.amount,
            "limit": caps.limit,
            "customer": caps.per_customer,
            "day": caps.per_day,
            "customer_sum": spent["customer"] + money.amount,
            "day_sum": spent["day"] + money.amount,
        }
        return {name: str(Money(amount, money.currency)) for name, amount in figures.items()}

    async def _facts_of(
        self, found: Tool, place: Placed, scene: Scene, facts: Facts, confidence: str
    ) -> tuple[dict[str, FactValue], dict[str, Decimal]]:
        """What the policy table judges by, and what was paid in the last 24 hours.

        What was paid for other parts of the same thing counts as if it were asked for at once.
        """
        action = place.action
        caps = self.approvals
        amounts = {"limit": caps.limit, "call": caps.per_call, "customer": caps.per_customer, "day": caps.per_day}
        money = action.money
        spent = {"customer": await self._spent(action, action.customer_id), "day": await self._spent(action, "")}
        told = next((str(fact.data["standing"]) for fact in facts.values() if "standing" in fact.data), "normal")
        judged: dict[str, FactValue] = {
            "effect": found.effect,
            "needs": found.approving,
            "amount": money.amount + place.paid if money else None,
            "over": passes(money.amount if money else None, amounts, spent, before=place.paid),
            "standing": told if told in ("normal", "new", "watched") else "normal",
            "confidence": confidence,
            "tainted": bool(scene.taint),
            "damaged": claims_damage(scene.said, action.arguments),
            "photo": scene.evidence.photo(facts),
        }
        return judged, spent

    async def _spent(self, action: Action, customer_id: str) -> Decimal:
        """What was paid in the last 24 hours in the same currency, to this customer or to all."""
        if action.money is None:
            return Decimal(0)
        moved = await self.actions.moved(customer_id=customer_id, since=self.clock.now() - _DAY)
        return sum((each.amount for each in moved if each.currency == action.money.currency), Decimal(0))

    async def once(self, found: Tool, call: ToolCall, action: Action, scene: Scene, facts: Facts) -> Outcome:
        """Run an action that needs no (further) approval."""
        return await self._run(found, call, scene, facts, *(await self.actions.intend(action)))

    async def _run(
        self, found: Tool, call: ToolCall, scene: Scene, facts: Facts, stands: Action, is_ours: bool
    ) -> Outcome:
        context = self._context(scene, stands.key, facts)
        if not is_ours:
            if stands.state != "intended":
                return _repeated(call, stands)
            known = await _look_up(found, stands, context)
            if isinstance(known, ToolResult):
                return await self._settled(found, call, stands, known)
            if stands.turn_id != scene.turn_id or known == "unclear":
                return await self._unknown(found, call, stands)
            # Our own earlier attempt at this turn died before the effect, and the back end says so.
        try:
            result = await run_tool(found, stands.arguments, context)
        except ToolRefused as refusal:
            await self.actions.settle(stands.key, "failed", ToolResult(str(refusal)))
            return refused(call, stands.title, refusal, effect=found.effect)
        except Exception as error:  # noqa: BLE001 - a tool is foreign code: it may raise anything
            log.warning(
                "outcome unknown", extra={"tool": found.name, "case": scene.case.id, "error": type(error).__name__}
            )
            known = await _look_up(found, stands, context)
            if not isinstance(known, ToolResult):
                return await self._unknown(found, call, stands)
            result = known
        return await self._settled(found, call, stands, result)

    def _action(self, found: Tool, call: ToolCall, arguments: Arguments, scene: Scene, money: Money | None) -> Action:
        return Action(
            key=key_of(found, call, arguments, scene),
            tool=found.name,
            arguments=arguments,
            case_id=scene.case.id,
            turn_id=scene.turn_id,
            thread=scene.thread,
            customer_id=scene.principal.customer_id,
            author_id=scene.author_id,
            title=found.title_for(arguments),
            state="intended",
            created_at=self.clock.now(),
            money=money,
        )

    async def _confirm(self, call: ToolCall, action: Action, scene: Scene) -> Outcome:
        """Spell out to the customer what would happen; only their own yes to exactly this lets it run."""
        proposed = replace(action, state="proposed")
        approval = new_approval(
            proposed, evidence="", now=self.clock.now(), expires_h=self.approvals.confirm_h, asks="customer"
        )
        stands = await self.actions.propose(proposed, approval, ())
        if stands.turn_id != scene.turn_id or stands.state != "proposed":
            return _repeated(call, stands, waits_for="your yes, where I asked you for it")
        waiting = reported(call, action.title, "waiting", ToolResult(confirmation_line(proposed)), effect="write")
        return replace(waiting, approval_id=approval.id, must_say=True)

    async def _propose(self, call: ToolCall, action: Action, facts: Facts, scene: Scene, why: str) -> Outcome:
        proposed = replace(with_amount(action), state="proposed")
        approval = new_approval(
            proposed,
            evidence="\n".join(
                [*(fact.summary for fact in facts.values()), *scene.evidence.lines, f"why a person decides: {why}"]
            ),
            now=self.clock.now(),
            expires_h=self.approvals.expires_h,
        )
        card = approval_card(proposed, approval, asked_by=scene.principal, pictures=scene.evidence.pictures)
        stands = await self.actions.propose(proposed, approval, [(place, card) for place in scene.staff_places])
        if stands.turn_id != scene.turn_id or stands.state != "proposed":
            return _repeated(call, stands)
        what = f"{action.title} ({action.money})" if action.money else action.title
        summary = (
            f"{what} needs the approval of a colleague. I have asked for it; nothing is "
            "carried out before they agree, and you will hear from me here."
        )
        waiting = reported(call, action.title, "waiting", ToolResult(summary), effect="write")
        return replace(waiting, approval_id=approval.id)

    async def _settled(self, found: Tool, call: ToolCall, action: Action, result: ToolResult) -> Outcome:
        done = await self.actions.settle(action.key, "done", result)
        outcome = reported(call, action.title, "done", result, effect=found.effect)
        return replace(outcome, receipt_id=done.receipt_id)

    async def _unknown(self, found: Tool, call: ToolCall, action: Action) -> Outcome:
        summary = (
            f"{action.title}: the request was sent, but its outcome is not confirmed. A colleague checks it; "
            "it will not be sent a second time."
        )
        await self.actions.settle(action.key, "unknown", ToolResult(summary))
        return reported(call, action.title, "unknown", ToolResult(summary), effect=found.effect)

    def _context(self, scene: Scene, key: str, facts: Facts) -> ToolContext:
        return ToolContext(scene.principal, scene.case.id, scene.turn_id, sendable(key), self.data_folder, facts)


async def run_tool(found: Tool, arguments: Arguments, context: ToolContext) -> ToolResult:
    """Call a tool's function within its time limit. Raises whatever it raises."""
    async with asyncio.timeout(found.time_limit_s):
        return await found.run(context, **arguments_for(found, arguments, context.principal))


async def _look_up(found: Tool, action: Action, context: ToolContext) -> ToolResult | Literal["not done", "unclear"]:
    """What the back end knows of an earlier attempt; `unclear` when it cannot be asked or does not answer."""
    if found.look_up is None:
        return "unclear"
    try:
        async with asyncio.timeout(found.time_limit_s):
            return await found.look_up(context, **arguments_for(found, action.arguments, context.principal))
    except LookupError:
        return "not done"
    except Exception as error:  # noqa: BLE001 - a tool is foreign code: it may raise anything
        log.info("look-up failed", extra={"tool": found.name, "error": type(error).__name__})
        return "unclear"


def _repeated(call: ToolCall, stands: Action, *, waits_for: str = "a colleague's approval") -> Outcome:
    """The same wish again: say what became of the first one."""
    if stands.state == "done" and stands.result is not None:
        said = replace(stands.result, summary=f"This was done already. {stands.result.summary}")
        return replace(reported(call, stands.title, "done", said, effect="write"), receipt_id=stands.receipt_id)
    if stands.state == "proposed":
        summary = f"{stands.title} already waits for {waits_for}. Nothing was carried out yet."
        return reported(call, stands.title, "waiting", ToolResult(summary), effect="write")
    if stands.state == "denied":
        said = ToolRefused(f"A colleague looked at this and did not approve it: {stands.title}.")
        return refused(call, stands.title, said, effect="write")
    summary = f"{stands.title} is being checked by a colleague; it will not be sent a second time."
    return reported(call, stands.title, "unknown", ToolResult(summary), effect="write")
