"""Which customer a chat user is: the link that code has seen proved, and how it was proved.

Nothing that somebody types makes a link. A person proves that they read the mailbox on file, or that they are logged in
at the company's own page; or a person of staff vouches for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol

from core.conversation import Author, Thread
from core.principal import Identity, Known, Principal, Verification
from core.tools import Lack, Proof

How = Literal["code", "signed_link", "workspace", "vouched", "operator"]
"""code: sent to the address on file. signed_link: logged in at the company's page. workspace: the confirmed e-mail
address of a full member of the company's own workspace. vouched: by a person of staff. operator: by hand."""

HOW: Mapping[str, str] = {
    "code": "one-time code to the address on file",
    "signed_link": "logged in at the company's page",
    "workspace": "e-mail address in the company's own workspace",
    "vouched": "vouched for by staff",
    "operator": "linked by an operator",
    "demo": "demo",
}


@dataclass(frozen=True, slots=True)
class ChatUser:
    """Somebody on a platform; ids mean nothing outside their tenant."""

    tenant: str
    platform: str
    author_id: str

    @property
    def key(self) -> str:
        """`platform:tenant:author`."""
        return f"{self.platform}:{self.tenant}:{self.author_id}"

    @classmethod
    def of(cls, author_id: str, place: Thread) -> "ChatUser":
        """Who this author is, wherever in the tenant they write."""
        return cls(place.tenant, place.platform, author_id)


@dataclass(frozen=True, slots=True)
class Link:
    """A chat user is this customer."""

    user: ChatUser
    customer_id: str
    how: How
    at: datetime
    """When it was last proved."""
    until: datetime | None = None
    by: str = ""
    """Who says so: `human:<id>` of staff, `cli:<name>`; empty where the person proved it themselves."""

    def is_live(self, now: datetime) -> bool:
        """It has not run out."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class OnFile:
    """A customer as the company's records have them."""

    customer_id: str
    address: str
    """Where a code goes: the mail address that the company has, never one that was typed."""


class Directory(Protocol):
    """The company's customer records, as far as knowing people again needs them."""

    async def by_address(self, address: str) -> OnFile | None:
        """The one customer with this mail address. Raises `DeliveryError` when it cannot be asked."""
        ...

    async def by_id(self, customer_id: str) -> OnFile | None:
        """The customer of an id. Raises `DeliveryError` when it cannot be asked."""
        ...


class CodeSender(Protocol):
    """Brings a one-time code to the address on file."""

    async def send(self, to: OnFile, code: str, *, minutes: int) -> None:
        """Send it. Raises `DeliveryError`, whose words hold neither code nor address."""
        ...


class Links(Protocol):
    """Links as rows; every change is in the audit."""

    async def of(self, user: ChatUser) -> Link | None:
        """The link of a chat user, run out or not."""
        ...

    async def put(self, link: Link) -> None:
        """Keep a link in the place of any earlier one."""
        ...

    async def remove(self, user: ChatUser, *, by: str) -> bool:
        """Take a link away; False when there is none."""
        ...

    async def all(self, who: str = "") -> list[Link]:
        """All links, or those of a customer or author id, the newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Challenge:
    """Something that only the right person can answer, for one chat user, for a short while."""

    id: str
    user: ChatUser
    kind: Literal["code", "page"]
    """code: somebody has to type what was sent. page: they have to come back from the company's page first."""
    customer_id: str
    """Who they are if they can answer; empty: nobody, and then no answer is right."""
    about: str
    """Tells attempts at one address from those at another, without holding it."""
    secret: str
    """What the answer is compared with; never the answer itself."""
    at: datetime
    expires_at: datetime
    turn_id: str = ""
    """The turn that waits for it."""
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody is shown next, alone."""

    line: str
    """Markdown."""
    asks: Literal["address", "code", "nothing"] = "nothing"
    """What they may enter now."""
    is_done: bool = False
    """They are known now."""
    turn_id: str = ""
    """The turn that waited for it."""


Opened = Literal["open", "person_full", "address_full"]


class Challenges(Protocol):
    """Challenges as rows. Each is answered once, and only so often."""

    async def open(self, new: Challenge, *, per_person: int, per_address: int, since: datetime) -> Opened:
        """Keep it in the place of the person's earlier ones; counts those begun since then, in one transaction.

        `person_full`: nothing was kept. `address_full`: kept, but as one that no answer fits.
        """
        ...

    async def current(self, user: ChatUser, *, now: datetime) -> Challenge | None:
        """The person's challenge that can still be answered."""
        ...

    async def attempt(self, challenge_id: str, *, most: int, now: datetime) -> Challenge | None:
        """Count one try before it is looked at; None when there are no more, or it is over."""
        ...

    async def claim(self, challenge_id: str, *, customer_id: str, secret: str, now: datetime) -> Challenge | None:
        """A page challenge becomes a code challenge for this customer, once; None when it is over."""
        ...

    async def redeem(self, challenge_id: str, link: Link) -> bool:
        """Use it up and keep the link, in one transaction; False when it was used before."""
        ...


class NativeMail(Protocol):
    """What a platform itself vouches for."""

    async def of(self, author: Author, place: Thread) -> str:
        """The confirmed address of a full member of the company's own workspace; empty for everybody else."""
        ...


@dataclass(frozen=True, slots=True)
class Proofs:
    """How well somebody has to be known before a tool runs for them."""

    can_verify: bool = False
    """There is a way to prove who one is."""
    fresh_minutes: float = 15.0

    def lacking(self, proof: Proof, principal: Principal, now: datetime, *, minutes: float = 0.0) -> Lack:
        """What is missing; empty when nothing is. `minutes`: the tool's own limit, if it has one."""
        if proof == "none":
            return ""
        if not principal.customer_id:
            return "link"
        if proof == "fresh" and not principal.is_seeded:
            proved = principal.verified
            limit_s = 60 * (minutes or self.fresh_minutes)
            if proved is None or (now - proved.at).total_seconds() > limit_s:
                return "fresh"
        return ""


class LinkedIdentity:
    """Implements `core.principal.Identity` from stored links, looked up at every turn."""

    def __init__(self, links: Links, clock: "_Clock", otherwise: Identity, native: "NativeLinks | None" = None) -> None:
        self._links = links
        self._clock = clock
        self._otherwise = otherwise
        self._native = native

    async def principal(self, author: Author, thread: Thread, *, known: Known | None = None) -> Principal:
        """The author's own link, wherever in the tenant they write; a thread or a group has none."""
        base = await self._otherwise.principal(author, thread)
        if not author.id:
            return base
        if known is None or known.author_id != author.id:
            known = known_of(author.id, await self._links.of(ChatUser.of(author.id, thread)), self._clock.now())
        if known.verified is None and self._native is not None:
            known = known_of(author.id, await self._native.renewed(author, thread), self._clock.now())
        if known.verified is None:
            return base
        return replace(base, customer_id=known.customer_id, verified=known.verified)


def known_of(author_id: str, link: Link | None, now: datetime) -> Known:
    """What a link says of its author at a moment."""
    if link is None or not link.is_live(now):
        return Known(author_id)
    return Known(author_id, link.customer_id, Verification(link.how, link.at))


class NativeLinks(Protocol):
    """Links that rest on what a platform itself vouches for."""

    async def renewed(self, author: Author, place: Thread) -> Link | None:
        """A link made now, and kept; None where the platform vouches for nothing."""
        ...


class _Clock(Protocol):
    def now(self) -> datetime: ...
