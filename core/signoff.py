"""Answers that a person looks at before they are sent, because a routing row says `send = "draft"`.

The answer is a row of the outbox that is not due. A person sends it, changed or not, or discards it; what nobody
decides about calls the team, and then takes the case to them with the answer as the suggested reply.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from core import phrases
from core.case import Case, Handoff
from core.casework import Actor, staff_actor
from core.conversation import Line, Thread
from core.handoff import Handover
from core.ports import Cases, Clock, Outbox
from core.reply import (
    Button,
    Citation,
    FindingMade,
    Post,
    Press,
    ReplyEvent,
    SourceCited,
    TextDelta,
    TextReset,
)
from core.routing import Route
from core.timers import Timer
from core.turn import Turn

WAITING = "draft_waits"
"""The kind of timer that rings while a draft waits."""
SEND, EDIT, DISCARD = "send_held", "edit_held", "discard_held"
ACTS = frozenset({SEND, EDIT, DISCARD})
_GONE = "That draft is not waiting any more."
_QUOTED_CHARS = 1_500
_SAID_ABOVE = re.compile(r"\*\*(?:The bot's last words|Suggested reply):\*\*\s\(missing\)\n+")
"""Parts of the packet that the draft stands in for."""


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that waits."""

    turn_id: str
    case_id: str
    thread: Thread
    post: Post
    at: datetime


class HeldAnswers(Protocol):
    """Answers that wait, as rows."""

    async def get(self, turn_id: str) -> Held | None:
        """The one of a turn, while it waits."""
        ...

    async def of_case(self, case: Case) -> Sequence[Held]:
        """Those of a case that wait, the oldest first."""
        ...

    async def send(self, held: Held, post: Post, line: Line, *, by: Actor) -> bool:
        """Let it go to the customer, and into the transcript; False when it does not wait any more."""
        ...

    async def discard(self, held: Held, *, by: Actor) -> bool:
        """It is never sent; False when it does not wait any more."""
        ...


@dataclass(slots=True)
class Aside:
    """An answer in the making that is not shown."""

    text: str = ""
    cited: list[Citation] = field(default_factory=list[Citation])

    async def keep(self, events: AsyncIterator[ReplyEvent], line: str) -> AsyncGenerator[ReplyEvent, None]:
        """Keep what the answer says; go on with the steps, and with the line in its place."""
        async for event in events:
            match event:
                case TextDelta(text):
                    self.text += text
                case TextReset(keep_chars):
                    self.text = self.text[:keep_chars]
                case SourceCited(citation):
                    self.cited.append(citation)
                case FindingMade():
                    pass
                case _:
                    yield event
        self.text = self.text.strip()
        if self.text:
            yield TextDelta(line)


def line_for(turn: Turn) -> str:
    """What the customer reads in place of the answer: the whole of it once, then only that their words were added."""
    spoken = [line.text for line in turn.history if line.speaker in ("bot", "person")]
    is_known = bool(spoken) and any(each in spoken[-1] for each in (phrases.DRAFTED, phrases.DRAFTED_MORE))
    return phrases.DRAFTED_MORE if is_known else phrases.DRAFTED


def timers_of(turn: Turn, route: Route) -> tuple[Timer, ...]:
    """Ring while the draft of a turn waits; the first calls the team, the second takes the case to them."""
    return tuple(
        Timer(
            f"{WAITING}:{turn.id}:{n}",
            WAITING,
            turn.began_at + timedelta(minutes=after),
            {"turn": turn.id, "number": n},
            turn.case.id,
        )
        for n, after in enumerate((route.ping_min, route.lapse_min), start=1)
        if after
    )


def card_of(case: Case, packet: Post, turn_id: str, text: str) -> Post:
    """The packet of a case with the draft first, and what can be done about it."""
    known = _SAID_ABOVE.sub("", packet.text.partition("\n")[2])
    body = f"**Case {case.id}: a reply waits for you.** The customer was told that a colleague looks at it first."
    buttons = (
        Button(SEND, turn_id, "Send draft", "good"),
        Button(EDIT, turn_id, "Edit & send"),
        Button(DISCARD, turn_id, "Discard", "danger"),
        Button("claim", case.id, "Claim"),
    )
    footer = f"Case {case.id} · draft {turn_id}"
    return replace(packet, text=f"{body}\n{_quoted(text)}\n\n{known}", buttons=buttons, footer=footer)


def packets_of(case: Case, keys: Sequence[str]) -> Sequence[str]:
    """Which of a case's cards are its packet: a draft's, where it came to people without one of its own."""
    packets = [key for key in keys if key.startswith("card:")]
    return packets or (() if case.is_with_ai else keys)


def decided_card(held: Held, what: str, by: str, text: str) -> Post:
    """The card once somebody has decided."""
    return Post(
        f"**Case {held.case_id}: the reply was {what}** by {by}.\n{_quoted(text)}",
        kind="card",
        footer=f"Case {held.case_id} · draft {held.turn_id}",
    )


def _quoted(text: str) -> str:
    short = text if len(text) <= _QUOTED_CHARS else text[:_QUOTED_CHARS].rstrip() + " …"
    return "\n".join(f"> {row}".rstrip() for row in short.splitlines())


@dataclass(frozen=True, slots=True)
class SignOff:
    """Decides about drafts; one a process."""

    held: HeldAnswers
    cases: Cases
    outbox: Outbox
    handover: Handover
    clock: Clock
    wake: Callable[[], None]
    rooms: Callable[[Case], Awaitable[Sequence[Thread]]]
    redraw: Callable[[Case], Awaitable[None]]

    async def press(self, press: Press) -> str:
        """A button under a draft, or its form; the line is for the presser alone."""
        if not press.is_staff_place:
            return phrases.NOT_ALLOWED
        held = await self.held.get(press.value)
        if held is None:
            return _GONE
        by = staff_actor(press.presser_id, press.presser_name)
        return await self._discard(held, by) if press.action == DISCARD else await self.send(held, by, press.text)

    async def ordered(self, case: Case, verb: str, by: Actor, text: str = "") -> str | None:
        """The same by words in the case's room, for the draft that has waited longest; None when none waits."""
        waiting = await self.held.of_case(case)
        if not waiting:
            return None
        return await self._discard(waiting[0], by) if verb == "discard" else await self.send(waiting[0], by, text)

    async def send(self, held: Held, by: Actor, text: str = "") -> str:
        """Send it, with other words where there are any."""
        text = text.strip()
        is_changed = bool(text) and text != held.post.text.strip()
        post = replace(held.post, text=text or held.post.text, footer=phrases.CHECKED_BY.format(name=by.name))
        post = replace(post, citations=tuple(each for each in post.citations if f"[{each.number}]" in post.text))
        line = Line("person" if is_changed else "bot", by.name if is_changed else "", post.text, self.clock.now())
        if not await self.held.send(held, post, line, by=by):
            return _GONE
        await self._show(held, "changed and sent" if is_changed else "sent", by, post.text)
        return "Sent to the customer."

    async def _discard(self, held: Held, by: Actor) -> str:
        if not await self.held.discard(held, by=by):
            return _GONE
        await self._show(held, "discarded", by, held.post.text)
        return f"Discarded. The customer still waits: answer in the room of case {held.case_id}, or claim it."

    async def _show(self, held: Held, what: str, by: Actor, text: str) -> None:
        for n in range(len(self.handover.places(held.thread))):
            await self.outbox.rewrite(f"post:{held.turn_id}:{n}", decided_card(held, what, by.name, text))
        self.wake()

    async def begun(self, turn_id: str) -> str:
        """The words that a form to change it begins with."""
        held = await self.held.get(turn_id)
        return held.post.text if held else ""

    async def case_of(self, turn_id: str) -> Case | None:
        """Whose draft it is, while it waits."""
        held = await self.held.get(turn_id)
        return await self.cases.get(held.case_id) if held else None

    async def ring(self, timer: Timer) -> None:
        """A draft still waits: call the team; the second time the case is theirs, with the draft to send."""
        held = await self.held.get(str(timer.payload["turn"]))
        case = await self.cases.get(held.case_id) if held else None
        if held is None or case is None:
            return
        waited = round((self.clock.now() - held.at).total_seconds() / 60)
        if timer.payload["number"] != 1:
            done = await self.handover.to_people(case, Handoff("draft_waited", f"A draft waited for {waited} minutes."))
            if not isinstance(done, str):
                await self.redraw(done)
            return
        line = phrases.DRAFT_STILL_WAITS.format(case=case.id, minutes=waited)
        for room in await self.rooms(case):
            await self.outbox.put(room, Post(line, kind="notice"), key=f"{timer.id}:{room.key}")
        self.wake()
