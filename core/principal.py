"""Who is acting, and what code lets them touch. No prompt and no argument of a model can widen it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from core.conversation import Author, Thread


@dataclass(frozen=True, slots=True)
class Verification:
    """How and when it was established which customer a platform user is."""

    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """Which customer an author was linked to as a turn began, read in the transaction that began it."""

    author_id: str
    customer_id: str = ""
    verified: Verification | None = None
    """None: no link, or one that had run out."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The one on whose authority a turn or a click acts."""

    kind: Literal["customer", "staff", "system"]
    tenant: str
    platform: str
    author_id: str
    name: str
    customer_id: str = ""
    """The linked customer; empty when nobody is linked, and then no customer's rows are readable."""
    verified: Verification | None = None
    is_demo: bool = False
    """The link is the demo's seeded one, which every surface has to say."""

    @property
    def is_seeded(self) -> bool:
        """Somebody plays this customer in the demo: there is nothing to prove, and nothing that could grow old."""
        return self.is_demo and self.verified is not None and self.verified.how == DEMO


DEMO = "demo"
"""How the demo links a chat user to a customer."""

STRANGER = "nobody"
"""Whom somebody plays in the demo who is linked to no customer."""


class Identity(Protocol):
    """Tells which customer a platform user is. It never believes what somebody typed."""

    async def principal(self, author: Author, thread: Thread, *, known: Known | None = None) -> Principal:
        """The customer principal of an author; without a link its `customer_id` is empty. What is `known` of this
        author is not looked up again.
        """
        ...


@dataclass(frozen=True, slots=True)
class DemoIdentity:
    """Links every chat user to one seeded customer of the demo shop."""

    customer_id: str
    linked_at: datetime
    by_author: Mapping[str, str]
    """Author id to customer id, for those who play somebody else."""

    async def principal(self, author: Author, thread: Thread, *, known: Known | None = None) -> Principal:
        """The seeded customer this author plays, marked as a demo link."""
        customer_id = self.by_author.get(author.id, self.customer_id)
        is_stranger = customer_id == STRANGER
        return Principal(
            kind="customer",
            tenant=thread.tenant,
            platform=thread.platform,
            author_id=author.id,
            name=author.name,
            customer_id="" if is_stranger else customer_id,
            verified=None if is_stranger else Verification(how=DEMO, at=self.linked_at),
            is_demo=True,
        )


@dataclass(frozen=True, slots=True)
class NobodyLinked:
    """The safe default: a platform user is no customer until a verified link says so."""

    async def principal(self, author: Author, thread: Thread, *, known: Known | None = None) -> Principal:
        """A principal that may talk, and may read or move nobody's data."""
        return Principal(
            kind="customer",
            tenant=thread.tenant,
            platform=thread.platform,
            author_id=author.id,
            name=author.name,
        )
