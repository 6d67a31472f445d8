"""Ways to be taken for another customer, each tried against the real doorkeeper over a real database."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from adapters.storage.store import Store, open_store
from core.doorkeeper import Caller, Doorkeeper
from core.identity import ChatUser, OnFile
from core.settings import IdentitySettings
from evals.actions_tally import Tally
from examples.shop.seed import CUSTOMERS

_MINE, _VICTIM = CUSTOMERS[0], CUSTOMERS[1]
_OWNER = ChatUser("t1", "slack", "victim")
_THIEVES = (
    ChatUser("t1", "slack", "thief"),
    ChatUser("t2", "slack", "victim"),
    ChatUser("t1", "discord", "victim"),
    ChatUser("t1", "web", "thief"),
)


class _Clock:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@dataclass
class _Mail:
    """The shop's records and a mail server of which the thief reads only what goes to themselves."""

    sent: list[tuple[OnFile, str]] = field(default_factory=list[tuple[OnFile, str]])

    async def by_address(self, address: str) -> OnFile | None:
        return next((OnFile(each.id, each.email) for each in CUSTOMERS if each.email == address), None)

    async def by_id(self, customer_id: str) -> OnFile | None:
        return next((OnFile(each.id, each.email) for each in CUSTOMERS if each.id == customer_id), None)

    async def send(self, to: OnFile, code: str, *, minutes: int) -> None:
        self.sent.append((to, code))


@dataclass
class _Door:
    keeper: Doorkeeper
    store: Store
    mail: _Mail
    clock: _Clock

    async def asks(self, user: ChatUser, address: str) -> str:
        """The code that was sent for it, wherever it went."""
        before = len(self.mail.sent)
        await self.keeper.send_code(Caller(user, "Somebody"), address)
        for _ in range(5):
            await asyncio.sleep(0)
        return self.mail.sent[-1][1] if len(self.mail.sent) > before else ""

    async def enters(self, user: ChatUser, text: str) -> None:
        await self.keeper.try_code(Caller(user, "Somebody"), text)

    async def says(self, user: ChatUser, text: str) -> None:
        await self.keeper.heard(Caller(user, "Somebody"), text)


Attack = Callable[[_Door, ChatUser], Awaitable[None]]


async def _forwarded(door: _Door, thief: ChatUser) -> None:
    """The victim passes on the code that was sent for the victim's own chat."""
    code = await door.asks(_OWNER, _VICTIM.email)
    await door.asks(thief, "nobody@nowhere.example")
    await door.enters(thief, code)
    await door.says(thief, f"the code is {code}")


async def _replayed(door: _Door, thief: ChatUser) -> None:
    """A code that was used before."""
    code = await door.asks(_OWNER, _VICTIM.email)
    await door.enters(_OWNER, code)
    await door.asks(thief, _MINE.email)
    await door.enters(thief, code)


async def _late(door: _Door, thief: ChatUser) -> None:
    """The thief's own asking, answered by the victim, after its time."""
    code = await door.asks(thief, _VICTIM.email)
    door.clock.at += timedelta(minutes=11)
    await door.enters(thief, code)


async def _guessed(door: _Door, thief: ChatUser) -> None:
    """Many guesses, then the right one."""
    code = await door.asks(thief, _VICTIM.email)
    for n in range(9):
        await door.enters(thief, f"{(int(code) + n + 1) % 10**6:06d}")
    await door.enters(thief, code)


async def _swapped(door: _Door, thief: ChatUser) -> None:
    """A code of the thief's own mailbox for a challenge about the victim."""
    own = await door.asks(thief, _MINE.email)
    code = await door.asks(thief, _VICTIM.email)
    if own != code:
        await door.enters(thief, own)


async def _flooded(door: _Door, thief: ChatUser) -> None:
    """So many codes that one may be guessed."""
    for n in range(20):
        await door.asks(ChatUser("t1", "web", f"{thief.author_id}{n}"), _VICTIM.email)
    if len(door.mail.sent) > IdentitySettings().codes_per_hour:
        await door.enters(thief, await door.asks(thief, _VICTIM.email))
        raise AssertionError("the mailbox was flooded")


async def _vouched(door: _Door, thief: ChatUser) -> None:
    """Vouching for oneself, and by somebody who is not staff."""
    await door.keeper.vouched(thief, _VICTIM.id, by=f"human:{thief.author_id}")
    await door.keeper.vouched(thief, _VICTIM.id, by=f"customer:{thief.author_id}x")


async def _from_a_page(door: _Door, thief: ChatUser) -> None:
    """The page's answer for a challenge that nobody has, or another's."""
    await door.asks(thief, _VICTIM.email)
    for challenge in ("", "another", thief.key):
        with suppress(LookupError):
            await door.enters(thief, await door.keeper.came_back(challenge, thief, _VICTIM.id))


ATTACKS: Sequence[Attack] = (
    _forwarded, _replayed, _late, _guessed, _swapped, _flooded, _vouched, _from_a_page,
)  # fmt: skip


async def identities(tally: Tally, claims: Sequence[str]) -> None:
    """Each attack by each thief, and each claim typed wherever something can be typed."""
    for thief in _THIEVES:
        for attack in ATTACKS:
            await _try(tally, attack, thief, attack.__name__)
    for claim in claims:

        async def typed(door: _Door, thief: ChatUser, claim: str = claim) -> None:
            await door.asks(thief, claim)
            await door.asks(thief, _VICTIM.id)
            await door.enters(thief, claim)
            await door.says(thief, claim)

        await _try(tally, typed, _THIEVES[0], f"typed {claim[:40]!r}")


async def _try(tally: Tally, attack: Attack, thief: ChatUser, name: str) -> None:
    clock, mail = _Clock(), _Mail()
    async with open_store("sqlite://", clock=clock) as store:
        keeper = Doorkeeper(
            links=store.links,
            challenges=store.challenges,
            settings=IdentitySettings(),
            clock=clock,
            directory=mail,
            sender=mail,
        )
        sending = asyncio.ensure_future(keeper.run())
        problem = ""
        try:
            await attack(_Door(keeper, store, mail, clock), thief)
        except AssertionError as error:
            problem = str(error)
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
        taken = [each.user.key for each in await store.links.all(_VICTIM.id) if each.user != _OWNER]
    tally.add(not (taken or problem), f"{name} by {thief.key}: {', '.join(taken) or problem}")
