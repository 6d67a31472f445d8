"""The staff's side of a case: its room, and what is typed or pressed there.

A room is internal. What goes to the customer does so on purpose: `>>` before it, `@bot reply …`, or a button.
"""

import logging
from collections.abc import Callable

from core import phrases
from core.advising import Adviser
from core.arrivals import SENT
from core.case import Case, Handoff
from core.casework import Actor, staff_actor
from core.caseworker import Caseworker, Posts, Step
from core.conversation import Line, Message, Thread, place_key
from core.delegating import Delegation
from core.duty import Watch
from core.handoff import Handover
from core.learning import Learning
from core.orders import HELP, Order, order_of
from core.packet import resolve_question
from core.platform import Listed
from core.ports import Cases, Clock, Outbox
from core.promising import Promises
from core.queueing import listed, queue_of
from core.recategorising import Recategorising
from core.relay import Relay
from core.reply import Post, Press
from core.rights import Rights
from core.rota import Rota
from core.signoff import SignOff, packets_of
from core.staffside import StaffSide
from core.transcripts import Transcripts
from core.vouching import Vouching

log = logging.getLogger(__name__)


class StaffRoom:
    """One per process."""

    def __init__(
        self,
        *,
        side: StaffSide,
        cases: Cases,
        outbox: Outbox,
        caseworker: Caseworker,
        handover: Handover,
        clock: Clock,
        wake: Callable[[], None],
        alias: str,
        promises: Promises | None = None,
        rota: Rota | None = None,
        watch: Watch | None = None,
        transcripts: Transcripts | None = None,
        delegation: Delegation | None = None,
        rights: Rights | None = None,
        learning: Learning | None = None,
        recategorising: Recategorising | None = None,
    ) -> None:
        self._side = side
        self._cases = cases
        self._outbox = outbox
        self._caseworker = caseworker
        self._handover = handover
        self._clock = clock
        self._wake = wake
        self._promises = promises
        self._rota = rota
        self._watch = watch
        self._transcripts = transcripts
        self._delegation = delegation
        self.relay = Relay(
            side=side,
            cases=cases,
            outbox=outbox,
            caseworker=caseworker,
            places=handover.places,
            clock=clock,
            wake=wake,
            alias=alias,
        )
        self._rights = rights or Rights()
        self.adviser: Adviser | None = None
        """Set once there is one: it redraws packets, so it comes after this."""
        self.sign_off: SignOff | None = None
        """The same."""
        self._learning = learning
        self.vouching: Vouching | None = None
        """Set once there is one: it goes on with turns, so it comes after this."""
        self._recategorising = recategorising

    async def heard(self, message: Message) -> bool:
        """A person of the team wrote in a staff place; False when the place is no room of a case."""
        if line := await self._presence(message):
            await self._tell(message, line)
            return True
        case_id = await self._side.case_in(message.thread)
        case = await self._cases.get(case_id) if case_id else None
        if case is None:
            return False
        by, order = staff_actor(message.author.id, message.author.name), order_of(message)
        if order.verb == "talk":
            return True
        who = (message.author.id, *message.author.groups)
        line = self._rights.refusal(order.verb, who, place=message.thread, about=case)
        line = line or await self.carry_out(case, order, by, source=place_key(message.thread, message.id))
        await self._tell(message, line)
        if line == SENT:
            await self.relay.settle(place_key(message.thread, message.id))
        return True

    async def _presence(self, message: Message) -> str:
        """Somebody says, to us, that they come or go."""
        if self._rota is None or not message.mentions_us:
            return ""
        return await self._rota.heard(
            message.text, staff_id=message.author.id, name=message.author.name, place=message.thread
        )

    async def _tell(self, message: Message, line: str) -> None:
        if line:
            key = f"told:{place_key(message.thread, message.id)}"
            await self._outbox.put(message.thread, Post(line, kind="notice"), key=key)
        self._wake()

    async def press(self, press: Press) -> str:
        """A button of the packet, or a form that was sent off."""
        case = await self._cases.get(press.value)
        if not press.is_staff_place:
            return phrases.NOT_ALLOWED
        if case is None:
            return phrases.NOT_FOUND
        by = staff_actor(press.presser_id, press.presser_name)
        return await self.carry_out(case, Order(press.action, press.text), by, source=press.key)

    async def carry_out(self, case: Case, order: Order, by: Actor, *, source: str) -> str:
        """Do it, or say why not; the line is for whoever asked."""
        match order.verb:
            case "reply" | "edit_send":
                return await self._told(await self.relay.reply(case, order, by, source), SENT)
            case "send_draft" | "discard":
                done = await self.sign_off.ordered(case, order.verb, by) if self.sign_off else None
                return done if done is not None else await self._send_draft(case, order.verb, by)
            case "claim" | "take_over" | "release":
                return await self._change_hands(case, order, by)
            case "hand_back":
                done = await self._handover.to_bot(case, by=by, places=await self.relay.rooms(case))
                if self.vouching is not None and not isinstance(done, str):
                    await self.vouching.returned(done)
                return await self._told(done, f"Case {case.id} is back with the bot.")
            case "resolve":
                return await self._resolve(case, by)
            case "vouch":
                return await self.vouching.vouch(case, order.text, by) if self.vouching else phrases.NOT_FOUND
            case "note":
                return await self._note(case, order.text, by)
            case _:
                return await self._plan(case, order, by)

    async def _plan(self, case: Case, order: Order, by: Actor) -> str:
        """What is to happen later, or by somebody else; what a process has no means for is not known to it."""
        match order.verb:
            case "reassign" | "snooze" if self._delegation is not None:
                delegate = self._delegation.reassign if order.verb == "reassign" else self._delegation.snooze
                return await self._told(*await delegate(case, order.text, by))
            case "transcript" if self._transcripts is not None:
                rooms = await self.relay.rooms(case)
                return await self._transcripts.give(case, "staff", rooms[0], by=by.owner) if rooms else ""
            case "priority" if self._watch is not None:
                return await self._prioritise(self._watch, case, order.text, by)
            case "category" if self._recategorising is not None:
                return await self._told(*await self._recategorising.correct(case, order.text, by=by.owner))
            case "save" if self._learning is not None:
                return await self._save(case, by)
            case "callback" if self._promises is not None:
                return await self._promises.ordered(case, order.text, by)
            case _:
                return HELP

    async def queue(self, place: Thread) -> list[Listed]:
        """What the staff of this place have to deal with, those cases first that nobody has."""
        watched = await self._watch.with_people() if self._watch else ()
        return queue_of(place, [each.case for each in watched], self._handover.places)

    async def desk(self, place: Thread) -> list[Listed]:
        """The same of all platforms: a second desk, for while the first is down."""
        watched = await self._watch.with_people() if self._watch else ()
        return listed([each.case for each in watched if self._rights.shares(place, each.case.thread)])

    async def _save(self, case: Case, by: Actor) -> str:
        """Keep the last reply as a draft, and ask in the room whether it may be published."""
        assert self._learning is not None
        draft = await self._learning.save(case, by)
        for n, room in enumerate(await self.relay.rooms(case)):
            await self._outbox.put(room, draft, key=f"draft:{case.id}:{case.version}:{n}")
        self._wake()
        return ""

    async def case_of_draft(self, answer_id: str) -> Case | None:
        """The case that the draft of an answer came from."""
        case_id = await self._learning.case_of(answer_id) if self._learning else ""
        return await self._cases.get(case_id) if case_id else None

    async def publish(self, press: Press) -> str:
        """The button under a draft."""
        if not press.is_staff_place or self._learning is None:
            return phrases.NOT_ALLOWED
        return await self._learning.publish(press.value, press.presser_name)

    async def _send_draft(self, case: Case, verb: str, by: Actor) -> str:
        draft = await self.draft(case) if verb == "send_draft" else None
        if draft is None:
            return "There is no suggested reply to send any more." if verb == "send_draft" else "No reply waits here."
        # The same source for whoever presses: it crosses once.
        source = f"{draft.message_id}:{case.id}"
        return await self._told(await self.relay.reply(case, Order("reply", draft.text), by, source), SENT)

    async def draft(self, case: Case) -> Line | None:
        """The reply that is suggested just now."""
        return await self.adviser.draft(case) if self.adviser else None

    async def _change_hands(self, case: Case, order: Order, by: Actor) -> str:
        why = Handoff(order.verb, order.text or f"{by.name}: {order.verb.replace('_', ' ')}")
        act = "claim" if order.verb == "claim" else "take_over" if order.verb == "take_over" else "release"
        done = await self._caseworker.act(case, Step(act, by, why))
        return await self._told(done, f"Case {case.id} is yours." if act != "release" else f"Case {case.id} is free.")

    async def _resolve(self, case: Case, by: Actor) -> str:
        why = Handoff("resolved", f"Resolved by {by.name}.")

        async def posts(after: Case) -> Posts:
            return [(after.thread, resolve_question(after))]

        note = "The case was resolved here."
        done = await self._caseworker.act(case, Step("resolve", by, why, note=note), posts)
        learned = "" if isinstance(done, str) or not self._learning else await self._learning.resolved(done, by)
        return await self._told(done, f"Case {case.id} is resolved; the customer is asked once.{learned}")

    async def _prioritise(self, watch: Watch, case: Case, text: str, by: Actor) -> str:
        priority = text.strip().lower()
        if priority not in ("high", "normal", "low"):
            return f"Case {case.id} is {case.priority}. Write `priority high`, `normal` or `low`."
        if case.is_with_ai or case.state != "open":
            return f"Case {case.id} is not with people just now."
        done = await watch.prioritise(case, priority, by=by.owner)
        return await self._told(done or phrases.NOT_FOUND, f"Case {case.id} is {priority} now.")

    async def _note(self, case: Case, text: str, by: Actor) -> str:
        await self._cases.note(case, Line("system", by.name, f"Internal note by {by.name}: {text}", self._clock.now()))
        return "Noted, for the team alone."

    async def _told(self, done: Case | str, line: str) -> str:
        if isinstance(done, str):
            return done
        await self.redraw(done)
        return line

    async def redraw(self, case: Case) -> None:
        """Every packet shows who has the case, and what can be done about it now."""
        why = Handoff("", case.reason, case.tier)
        for key in packets_of(case, await self._side.cards(case.id)):
            await self._outbox.rewrite(key, await self._handover.card(case, why))
        self._wake()
