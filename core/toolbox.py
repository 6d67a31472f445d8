"""Runs tool calls under the rules of the house: authority is checked here, in code, before anything happens."""

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from core.actions import Action
from core.approvals import plain_name
from core.effects import Effects, Facts, run_tool
from core.errors import ToolRefused
from core.guards import was_asked, was_said, was_wished
from core.identity import Proofs
from core.modelling import ToolCall, ToolSpec
from core.parameters import Arguments
from core.phrases import NEEDS_FRESH, NEEDS_LINK, NEEDS_PERSON_FRESH, NEEDS_PROOF
from core.routing import ANYTHING, Route
from core.scene import Outcome, Scene, refused, reported
from core.tools import Tool, ToolContext, ToolResult

log = logging.getLogger(__name__)

_NO_WAY = Proofs()


class Toolbox:
    """The tools of this installation."""

    def __init__(self, tools: Sequence[Tool], effects: Effects, proofs: Proofs = _NO_WAY) -> None:
        self._tools = {each.name: each for each in tools}
        # Made once: a schema takes longer to make than all else between an event and the model's request.
        self._specs = {each.name: each.spec for each in tools}
        self._effects = effects
        self._proofs = proofs

    def specs(self, route: Route, scene: Scene | None = None) -> tuple[ToolSpec, ...]:
        """What a model is offered on a route, always in the same order, so that prompt caches hit; without a scene, in
        whatever tenant.
        """
        return tuple(
            self._specs[each.name] for each in self._tools.values() if route.offers(each) and _is_theirs(each, scene)
        )

    def few_specs(self, route: Route, scene: Scene | None = None) -> tuple[ToolSpec, ...]:
        """What a small model is offered: looking up, and those effects alone that the customer's words may ask for.

        The others would be refused anyway, and a long list confuses it. It gets no say in handing over: it would do so
        far too often.
        """
        return tuple(
            self._specs[each.name]
            for each in self._tools.values()
            if route.offers(each)
            and _is_theirs(each, scene)
            and not each.hands_over
            and (each.effect == "read" or _may_be_asked(each, scene))
        )

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

    async def run(self, call: ToolCall, scene: Scene, route: Route = ANYTHING) -> Outcome:
        """Check and run one call. Never raises for what a model or a back end did wrong."""
        found = self._tools.get(call.name)
        if found is None or not route.offers(found) or not _is_theirs(found, scene):
            known = ", ".join(each.name for each in self.specs(route, scene)) or "none"
            unknown = f"There is no function {call.name} here. Known: {known}."
            return refused(call, call.name, ToolRefused(unknown, say=""))
        try:
            arguments = found.parse(call.arguments)
            self._check(found, arguments, scene)
            facts, before = await self._facts(found, arguments, scene)
            if not _may_be_asked(found, scene):
                return replace(refused(call, found.title_for(arguments), _not_asked(found, before)), before=before)
            if failed := next((each for each in before if each.state != "done"), None):
                return replace(failed, call=call, title=found.title_for(arguments), by="model", before=before)
            if found.effect != "read" and (begun := await self._effects.cut_off(found, call, arguments, scene)):
                again = await self._effects.once(found, call, begun, scene, facts)
                return self._seen(replace(again, before=before), scene)
            arguments = found.resolve(arguments, facts) if found.resolve else arguments
            confidence = _confidence(found, arguments, scene)
            if found.effect == "read" and (confidence == "high" or not _must_ask_to_read(found, scene)):
                outcome = await self._read(found, call, arguments, scene)
            else:
                outcome = await self._effects.act(found, call, arguments, scene, facts, confidence=confidence)
        except ToolRefused as refusal:
            outcome, before = refused(call, self.title_of(call), refusal, effect=found.effect), ()
        return self._seen(replace(outcome, before=before), scene)

    async def carry_out(self, action: Action, scene: Scene, *, by: Literal["staff", "customer"]) -> Outcome:
        """Run an action that was agreed to."""
        call = ToolCall(id=action.key, name=action.tool, arguments=json.dumps(action.arguments, ensure_ascii=False))
        found = self._tools.get(action.tool)
        if found is None or not _is_theirs(found, scene):
            gone = ToolRefused(f"{action.title} can no longer be done here; a colleague looks at it.")
            return refused(call, action.title, gone)
        facts, before = await self._facts(found, action.arguments, scene)
        outcome = await self._effects.once(found, call, action, scene, facts)
        return self._seen(replace(outcome, by=by, before=before), scene)

    def unproved(self, name: str, scene: Scene) -> ToolRefused | None:
        """Why a tool that was agreed to may not run now after all: what proved who asks has grown old meanwhile."""
        found = self._tools.get(name)
        try:
            if found is not None:
                self._check_proof(found, scene)
        except ToolRefused as refusal:
            return refusal
        return None

    def _check(self, found: Tool, arguments: Arguments, scene: Scene) -> None:
        """Whether this call may be made at all. Raises `ToolRefused`."""
        for each in (found, *(self._tools[name] for name in found.needs)):
            if not _is_theirs(each, scene):
                raise ToolRefused(
                    f"{found.name} was not called: it needs {each.name}, which is not offered here.", say=""
                )
            self._check_proof(each, scene)
        for name in found.said:
            value = arguments.get(name)
            if value and not was_said(str(value), scene.said):
                if scene.evidence.confirms(str(value)):
                    continue
                if scene.evidence.reads(str(value)):
                    raise _unconfirmed(found, name, str(value))
                why = f"{found.name} was not called: the customer never named {name} {value!r}. Ask them for it."
                raise ToolRefused(why, say=f"Please send me the {plain_name(name)} first, then I can do that.")

    def _check_proof(self, found: Tool, scene: Scene) -> None:
        """It must be known well enough who asks; no words of anybody change that. Raises `ToolRefused`."""
        now = self._effects.clock.now()
        lacks = self._proofs.lacking(found.proof, scene.principal, now, minutes=found.fresh_minutes)
        if lacks:
            say = NEEDS_FRESH if lacks == "fresh" else NEEDS_PROOF
            if not self._proofs.can_verify:
                say, lacks = NEEDS_PERSON_FRESH if lacks == "fresh" else NEEDS_LINK, "person"
            raise ToolRefused(f"needs_verification: {say}", say=say, lacks=lacks)

    def _seen(self, outcome: Outcome, scene: Scene) -> Outcome:
        """What of it the model gets to see, and that it has seen it."""
        scene.read(outcome)
        found = self._tools[outcome.call.name]
        return replace(outcome, shown=found.visible(outcome.result)) if found.shows is not None else outcome

    async def _facts(self, found: Tool, arguments: Arguments, scene: Scene) -> tuple[Facts, tuple[Outcome, ...]]:
        facts: Facts = {}
        before: list[Outcome] = []
        for name in found.needs:
            needed = self._tools[name]
            own = {key: value for key, value in arguments.items() if key in needed.parameters.names}
            call = ToolCall(id=f"{name}-first", name=name, arguments=json.dumps(own, ensure_ascii=False))
            outcome = replace(await self._read(needed, call, own, scene), by="runtime")
            before.append(outcome)
            facts[name] = outcome.result
            if outcome.state != "done":
                break
        return facts, tuple(before)

    async def _read(self, found: Tool, call: ToolCall, arguments: Arguments, scene: Scene) -> Outcome:
        title = found.title_for(arguments)
        context = ToolContext(scene.principal, scene.case.id, scene.turn_id, "", self._effects.data_folder, {})
        try:
            result = await run_tool(found, arguments, context)
        except ToolRefused as refusal:
            return refused(call, title, refusal)
        except Exception as error:  # noqa: BLE001 - a tool is foreign code: it may raise anything
            log.warning("tool failed", extra={"tool": found.name, "case": scene.case.id, "error": type(error).__name__})
            return reported(call, title, "failed", ToolResult("That could not be looked up just now."))
        return reported(call, title, "done", result)


def _unconfirmed(found: Tool, name: str, value: str) -> ToolRefused:
    """A picture says so; whether it was read right, and is meant, only the customer knows."""
    why = f"{found.name} was not called: {name} {value!r} stands on a picture only. Ask the customer if it is right."
    return ToolRefused(why, say=f"On your picture I read {plain_name(name)} {value}. Is that right?")


def _is_theirs(found: Tool, scene: Scene | None) -> bool:
    """The tenant of a conversation may use this."""
    return scene is None or found.is_for(scene.thread.tenant)


def _may_be_asked(found: Tool, scene: Scene | None) -> bool:
    """The customer's words may wish for this; without a scene there are no words yet."""
    if not found.asked_with:
        return True
    return scene is not None and was_asked(found.asked_with, scene.said, now=scene.now, offered=scene.offered)


def _confidence(found: Tool, arguments: Arguments, scene: Scene) -> Literal["high", "some", "low"]:
    """How sure code can be that the customer's own words ask for this."""
    if not found.asked_with:
        return "low"
    named = [str(arguments[name]) for name in found.said if arguments.get(name)]
    values = [each for each in named if not scene.evidence.confirms(each)]
    return "high" if was_wished(found.asked_with, values, scene.messages or (scene.said,)) else "some"


def _must_ask_to_read(found: Tool, scene: Scene) -> bool:
    """A look at what is not the customer's own may give away or fetch something, so foreign text can't order it."""
    return found.whose == "outside" and not found.hands_over and bool(scene.taint)


def _not_asked(found: Tool, before: tuple[Outcome, ...]) -> ToolRefused:
    """Nobody wished for this effect; what was looked up for it may still be what the customer wanted to know."""
    why = f"{found.name} was not called: the customer did not ask for it. Answer them, or ask whether they want it."
    return ToolRefused(why, say=" ".join(each.say for each in before))
