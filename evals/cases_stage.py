"""What a case is and how it is played: people sit down, write, and what they are shown is looked at from outside."""

import asyncio
import string
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from core.identity import ChatUser, Link
from core.phrases import HANDED_OFF
from evals.cases_model import Mind
from evals.cases_people import Customer, People
from evals.cases_seats import PATIENCE_S, Seat
from evals.cases_tenants import Tenant
from evals.cases_world import World
from examples.shop.mailbox import Mailbox

Json = dict[str, Any]
_CODE_TRIES = 40


@dataclass
class Plot:
    """A case before it is played."""

    kind: str
    play: "Callable[[Stage], Awaitable[bool]]"
    """Plays it; True when the customer got what this kind of case is to end with."""
    people: tuple[Customer, ...] = ()
    deeds: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Kinds of deeds that are right, by customer; anything else at the shop is a wrong action."""
    goes_to_people: bool = False


@dataclass
class Ended:
    """What became of a case."""

    plot: Plot
    name: str
    resolved: bool = False
    asked: int = 0
    unanswered: int = 0
    doubled: int = 0
    handed_over: bool = False
    leaks: list[str] = field(default_factory=list[str])
    unsupported: list[str] = field(default_factory=list[str])
    """Things that were said though nothing bears them out."""
    error: str = ""


class Stage:
    """One case being played."""

    def __init__(self, world: World, people: People, plot: Plot, tenant: Tenant, name: str, *, rounds: int = 1) -> None:
        self.world, self.tenant = world, tenant
        self.ended = Ended(plot, name)
        self._marks = [f"{people.word()}-{letter}" for letter in string.ascii_lowercase * rounds]
        self._asked: list[tuple[Seat, str]] = []
        self._seats: list[tuple[Seat, frozenset[str]]] = []
        self._never: list[str] = []

    async def sit(self, who: Customer | None, *, in_room: bool = False, beside: Seat | None = None) -> Seat:
        """Somebody comes; who they are was proved before, unless nobody knows them."""
        seat = self.world.seat(self.tenant, in_room=in_room, beside=beside)
        own = who.canaries if who and not in_room else frozenset[str]()
        self._seats.append((seat, own | seat.tenant.canaries))
        if who is not None:
            user = ChatUser(seat.tenant.id, seat.tenant.platform, seat.user)
            await self.world.house.store.links.put(Link(user, who.id, "code", datetime.now(UTC)))
        return seat

    async def is_known_elsewhere(self, seat: Seat, who: Customer) -> None:
        """Another tenant of the platform knows this person; the seat's own does not."""
        others = (each for each in self.world.tenants if each.platform == seat.tenant.platform and each != seat.tenant)
        for each in others:
            user = ChatUser(each.id, each.platform, seat.user)
            await self.world.house.store.links.put(Link(user, who.id, "code", datetime.now(UTC)))

    def knows(self, seat: Seat, who: Customer) -> None:
        """Somebody has proved who they are meanwhile, and may see what is theirs."""
        self._seats = [(each, own | who.canaries if each is seat else own) for each, own in self._seats]

    def takes_for(self, seat: Seat, who: Customer) -> None:
        """From here on it is judged as if somebody else sat there."""
        self._seats = [(each, who.canaries if each is seat else own) for each, own in self._seats]

    @property
    def served_by(self) -> frozenset[str]:
        """The rooms of the teams that serve whoever sits here."""
        return frozenset(seat.tenant.staff for seat, _ in self._seats)

    async def write(self, seat: Seat, text: str, mind: Mind, *, picture: bytes = b"") -> tuple[str, Json]:
        """Somebody writes; the model will answer with this mind. The mark that its answer bears, and the message."""
        mark = self._marks[len(self._asked)]
        self._asked.append((seat, mark))
        self.world.model.minds[mark] = mind
        return mark, await seat.say(f"{text} (ref {mark})", picture=picture)

    async def ask(self, seat: Seat, text: str, mind: Mind, *, want: str = "", picture: bytes = b"") -> bool:
        """Write and wait for the answer, or for other words that end the turn."""
        mark, _ = await self.write(seat, text, mind, picture=picture)
        return await self.sees(seat, want or mark)

    async def sees(self, seat: Seat, words: str, *, times: int = 1) -> bool:
        """Wait until these words are shown to somebody."""
        sim = self.world.slack if seat.tenant.platform == "slack" else self.world.discord
        try:
            await sim.changes.until(lambda: self._count(seat, words) >= times, timeout_s=PATIENCE_S)
        except TimeoutError:
            return False
        return True

    def _count(self, seat: Seat, words: str) -> int:
        return sum(words.casefold() in each.casefold() for each in seat.shown())

    def never(self, words: str) -> None:
        """Nothing bears these words out, so nobody may be told them."""
        self._never.append(words)

    async def code_for(self, who: Customer) -> str:
        """What the mailbox on file of a customer holds."""
        mailbox = Mailbox(self.world.folder)
        for _ in range(_CODE_TRIES):
            for mail in await mailbox.newest():
                if mail.recipient == who.email:
                    return mail.body.partition(" ")[0]
            await asyncio.sleep(0.25)
        return ""

    async def run(self) -> None:
        """Play it to its end."""
        try:
            self.ended.resolved = await self.ended.plot.play(self)
        except (TimeoutError, AssertionError, LookupError) as problem:
            self.ended.error = f"{type(problem).__name__}: {problem}"

    def judge(self, canaries: frozenset[str]) -> Ended:
        """Look at everything that the people of this case were shown, once all is quiet."""
        ended = self.ended
        ended.asked = len(self._asked)
        for seat, mark in self._asked:
            shown = seat.shown()
            ended.unanswered += not shown
            ended.doubled += max(0, sum(f"({mark})" in each for each in shown) - 1)
        for seat, own in self._seats:
            text = "\n".join(seat.shown())
            words = Counter(word for word in _words(text) if word in canaries)
            foreign = sorted(set(words) - {each.casefold() for each in own})
            ended.leaks += [f"{ended.name}: {word}" for word in foreign]
            ended.handed_over = ended.handed_over or _handed(text)
            ended.unsupported += [f"{ended.name}: {each}" for each in self._never if each in text.casefold()]
        return ended


def _words(text: str) -> list[str]:
    return "".join(char if char.isalpha() else " " for char in text.casefold()).split()


def _handed(text: str) -> bool:
    return HANDED_OFF.partition(".")[0] in text or "passed it to a person" in text or "passed this to a person" in text
