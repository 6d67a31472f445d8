"""Side effects and approvals kept in the database, each effect once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Literal

from sqlalchemy import Connection, bindparam, select, update

from adapters.storage import audit
from adapters.storage.actionrows import (
    WISH,
    action_of,
    add_action,
    add_approval,
    approval_of,
    approvals_of,
    awaits_customer,
    find_action,
    values_of,
)
from adapters.storage.database import Database
from adapters.storage.decisions import answer, decide, expire
from adapters.storage.holding import must_own
from adapters.storage.ids import readable
from adapters.storage.locks import hold
from adapters.storage.posts import add_cards
from adapters.storage.tables import action, approval, spelled
from adapters.storage.timers import set_timer
from core.actions import Action, Approval, Decision
from core.approvals import expiry_timer
from core.conversation import Thread
from core.errors import OverCap, StoreError
from core.policy import Caps
from core.reply import Post
from core.tools import Money, ToolResult

_OF_CASE = select(action).where(action.c.case_id == bindparam("case_id")).order_by(action.c.id)
_PENDING = (
    select(approval)
    .where(approval.c.state == spelled("pending"), approval.c.asks == "staff")
    .order_by(approval.c.expires_at, approval.c.id)
)
_MOVED = select(action.c.money).where(action.c.state.in_(("intended", "done", "unknown")))
_OF_RECEIPT = select(action.c.id).where(action.c.receipt_id == bindparam("receipt_id"))
_WISH = (
    update(action)
    .where(action.c.key == bindparam("of_key"), action.c.state == bindparam("from_state"))
    .values({name: bindparam(name) for name in (*WISH, "state")})
)
_ANEW = (
    update(action)
    .where(action.c.key == bindparam("of_key"), action.c.state == bindparam("from_state"))
    .values({**{name: bindparam(name) for name in (*WISH, "state")}, "created_at": bindparam("begun_at")})
)
_STEP = (
    update(action)
    .where(action.c.key == bindparam("of_key"), action.c.state == bindparam("from_state"))
    .values(state=bindparam("state"), turn_id=bindparam("turn_id"), created_at=bindparam("begun_at"))
)
_SETTLE = (
    update(action)
    .where(action.c.key == bindparam("of_key"), action.c.state.in_(("intended", "unknown")))
    .values(state=bindparam("state"), result=bindparam("result"), receipt_id=bindparam("receipt_id"))
)


class StoredActions:
    """The `Actions` port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: str) -> Action | None:
        """The action of this key."""
        return await self._database.read(partial(find_action, key=key))

    async def propose(self, action: Action, approval: Approval, cards: Sequence[tuple[Thread, Post]]) -> Action:
        """Keep an action that waits for a person, once by key; the row that stands.

        One that failed, or whose approval ran out, may be proposed anew.
        """
        now = self._database.now()
        return await self._database.write(lambda connection: _propose(connection, action, approval, cards, now=now))

    async def intend(self, action: Action, *, caps: Caps | None = None) -> tuple[Action, bool]:
        """Keep the intent before the effect. The flag is True for the one caller that may run it.

        What was approved is what runs: then the stored arguments stand, whatever is asked for now.
        """
        work = partial(_intend, wanted=action, me=self._database.replica_id, caps=caps, now=self._database.now())
        return await self._database.write(work)

    async def settle(self, key: str, state: Literal["done", "failed", "unknown"], result: ToolResult) -> Action:
        """Save what became of it; `done` gets a receipt id. What is done stays as it is.

        Raises `StoreError` for an unknown key.
        """
        now = self._database.now()
        return await self._database.write(partial(_settle, key=key, state=state, result=result, now=now))

    async def decide(
        self,
        approval_id: str,
        *,
        is_approved: bool,
        by: str,
        by_name: str,
        place: Thread,
        amount: Money | None = None,
    ) -> Decision:
        """Compare-and-set from pending, with a decision event into the inbox of the action's thread."""
        return await self._database.write(
            partial(
                decide,
                approval_id=approval_id,
                is_approved=is_approved,
                by=by,
                by_name=by_name,
                place=place,
                amount=amount,
                now=self._database.now(),
            )
        )

    async def expire(self, approval_id: str) -> Decision:
        """Close an approval whose time has run out, with a decision event."""
        now = self._database.now()
        return await self._database.write(partial(expire, approval_id=approval_id, now=now))

    async def of_case(self, case_id: str) -> list[Action]:
        """A case's actions, oldest first."""
        return await self._database.read(
            lambda connection: [action_of(row) for row in connection.execute(_OF_CASE, {"case_id": case_id}).all()]
        )

    async def pending(self) -> list[tuple[Approval, Action]]:
        """What waits for staff, the soonest to expire first."""

        def work(connection: Connection) -> list[tuple[Approval, Action]]:
            waiting = [approval_of(row) for row in connection.execute(_PENDING).all()]
            return [(each, _standing(connection, each.action_key)) for each in waiting]

        return await self._database.read(work)

    async def moved(self, *, customer_id: str, since: datetime) -> list[Money]:
        """The money of every action begun since then that was or may have been carried out."""
        wanted = _MOVED.where(action.c.created_at >= since)
        if customer_id:
            wanted = wanted.where(action.c.customer_id == customer_id)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [row.money for row in rows if row.money is not None]

    async def awaits_customer(self, case_id: str) -> list[Approval]:
        """What the customer of a case was asked to agree to and has not answered, oldest first."""
        return await self._database.read(lambda connection: awaits_customer(connection, case_id))

    async def answer(self, approval_id: str, *, is_yes: bool, by: str) -> Action | None:
        """Take the customer's answer, compare-and-set from pending."""
        now = self._database.now()
        return await self._database.write(partial(answer, approval_id=approval_id, is_yes=is_yes, by=by, now=now))


def _propose(
    connection: Connection,
    wanted: Action,
    approval: Approval,
    cards: Sequence[tuple[Thread, Post]],
    *,
    now: datetime,
) -> Action:
    hold(connection, f"action:{wanted.key}")
    known = find_action(connection, wanted.key)
    if known is None:
        add_action(connection, wanted)
    elif not _can_be_proposed(connection, known, now=now):
        return known
    else:
        change = {**values_of(wanted), "of_key": wanted.key, "from_state": known.state, "state": "proposed"}
        connection.execute(_WISH, change)
    add_approval(connection, approval)
    if approval.asks == "staff":
        set_timer(connection, expiry_timer(wanted, approval))
    add_cards(connection, cards, key=f"approval:{approval.id}", case_id=wanted.case_id, now=now)
    audit.note(
        connection,
        at=now,
        case_id=wanted.case_id,
        what="proposed",
        by=f"turn:{wanted.turn_id}",
        action=wanted.key,
        approval=approval.id,
    )
    return _standing(connection, wanted.key)


def _can_be_proposed(connection: Connection, known: Action, *, now: datetime) -> bool:
    if known.state == "failed":
        return True
    waits = any(
        each.state == "approved" or (each.state == "pending" and each.expires_at > now)
        for each in approvals_of(connection, known.key)
    )
    return known.state == "proposed" and not waits


def _intend(connection: Connection, wanted: Action, me: str, caps: Caps | None, now: datetime) -> tuple[Action, bool]:
    must_own(connection, wanted.turn_id, me=me)
    hold(connection, f"action:{wanted.key}")
    known = find_action(connection, wanted.key)
    if caps is not None and (known is None or known.state not in ("intended", "done", "unknown")):
        _must_fit(connection, wanted, caps)
    if known is None:
        add_action(connection, replace(wanted, state="intended"))
        return _standing(connection, wanted.key), True
    approvals = approvals_of(connection, wanted.key)
    states = {each.state for each in approvals}
    is_agreed = known.state == "proposed" and "approved" in states and "pending" not in states
    # What staff once had to agree to is never begun without them; what a customer did not confirm may be wished anew.
    is_free = known.state == "failed" and (states & {"approved"} or all(each.asks == "customer" for each in approvals))
    if not (is_agreed or is_free):
        return known, False
    step = {"of_key": wanted.key, "from_state": known.state, "state": "intended", "begun_at": now}
    if is_agreed:
        is_first = connection.execute(_STEP, {**step, "turn_id": wanted.turn_id}).rowcount == 1
    else:
        is_first = connection.execute(_ANEW, {**values_of(wanted), **step}).rowcount == 1
    return _standing(connection, wanted.key), is_first


def _must_fit(connection: Connection, wanted: Action, caps: Caps) -> None:
    """Money moves one after the other, so each sees all that moved before it. Raises `OverCap`."""
    money = wanted.money
    if money is None or not (caps.customer or caps.day):
        return
    hold(connection, "caps")
    for cap, customer_id in ((caps.customer, wanted.customer_id), (caps.day, "")):
        if cap and sum(_moved(connection, customer_id, caps.since, money.currency), money.amount) > cap:
            raise OverCap(f"actions: {money} more would pass the cap of {cap}")


def _moved(connection: Connection, customer_id: str, since: datetime, currency: str) -> list[Decimal]:
    wanted = _MOVED.where(action.c.created_at >= since)
    if customer_id:
        wanted = wanted.where(action.c.customer_id == customer_id)
    moved: list[Money | None] = list(connection.execute(wanted).scalars())
    return [each.amount for each in moved if each is not None and each.currency == currency]


def _settle(
    connection: Connection,
    key: str,
    state: Literal["done", "failed", "unknown"],
    result: ToolResult,
    now: datetime,
) -> Action:
    receipt_id = _free_receipt(connection) if state == "done" else ""
    change = {"of_key": key, "state": state, "result": result, "receipt_id": receipt_id}
    has_changed = connection.execute(_SETTLE, change).rowcount == 1
    settled = _standing(connection, key)
    if has_changed:
        audit.note(
            connection,
            at=now,
            case_id=settled.case_id,
            what=state,
            by=f"turn:{settled.turn_id}",
            action=key,
            receipt=receipt_id,
        )
    return settled


def _standing(connection: Connection, key: str) -> Action:
    found = find_action(connection, key)
    if found is None:
        raise StoreError(f"actions: there is no action {key!r}")
    return found


def _free_receipt(connection: Connection) -> str:
    receipt_id = readable("R")
    while connection.execute(_OF_RECEIPT, {"receipt_id": receipt_id}).first() is not None:
        receipt_id = readable("R")
    return receipt_id
