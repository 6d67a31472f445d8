"""Carries out moves of cases: refused in words, or saved with the bot silenced in the same breath."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.case import Case, Handoff, Owner
from core.casework import Act, Actor, Change, moved, refusal
from core.conversation import Line, Thread
from core.gate import Gate
from core.ports import Cases, Clock
from core.reply import Post
from core.staffside import Crossing

Posts = Sequence[tuple[Thread, Post]]


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody wants done with a case."""

    act: Act
    by: Actor
    why: Handoff
    to: Owner = ""
    to_name: str = ""
    note: str = ""
    lines: tuple[Line, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    key: str = ""
    """The outbox key of its posts; empty: one that the new version gives."""


async def _nothing(_: Case) -> Posts:
    return ()


class Caseworker:
    """One per process."""

    def __init__(self, *, cases: Cases, gate: Gate, clock: Clock, wake: Callable[[], None]) -> None:
        self._cases = cases
        self._gate = gate
        self._clock = clock
        self._wake = wake

    async def act(self, case: Case, step: Step, posts: Callable[[Case], Awaitable[Posts]] = _nothing) -> Case | str:
        """The case after the step, or why it is refused. `posts` are made for the case as it will be.

        Somebody else being faster is no failure: the case is read again and the step judged anew.
        """
        current: Case | None = case
        while current is not None:
            if why := refusal(current, step.act, step.by):
                return why
            after = moved(current, step.act, step.by, now=self._clock.now(), to=step.to, to_name=step.to_name)
            made = tuple(await posts(after))
            change = Change(step.act, after, step.by, step.why, step.note, step.lines, made, step.crossings)
            async with self._gate.taking(case.thread) as hush:
                saved = await self._cases.change(current, change, key=step.key)
                if saved is not None and not saved.is_with_ai:
                    hush()
            if saved is not None:
                self._wake()
                return saved
            current = await self._cases.get(case.id)
        return f"There is no case {case.id} any more."
