"""Reserving and settling what models may cost, inside transactions that somebody else has begun.

A sum by scope holds what was spent and what is reserved; both count against a cap. Rows are always taken in the
order of their keys, so that two replicas never wait for each other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.storage.moneytables import budget, model_call, reservation
from core.modelling import Used
from core.spending import NOTHING, PLENTY, Account, Amount, Caps, ModelCall, Scope, Tab, reached

_Keys = list[tuple[str, Scope, Amount]]

_LOCKED = select(budget).where(budget.c.key.in_(bindparam("keys", expanding=True))).order_by(budget.c.key)
_LOCKED_ROWS = _LOCKED.with_for_update()
_HOLD = (
    update(budget)
    .where(budget.c.key.in_(bindparam("of_keys", expanding=True)))
    .values(
        held_requests=budget.c.held_requests + bindparam("r"),
        held_tokens=budget.c.held_tokens + bindparam("t"),
        held_nanos=budget.c.held_nanos + bindparam("n"),
    )
)
_SETTLE = (
    update(budget)
    .where(budget.c.key.in_(bindparam("of_keys", expanding=True)))
    .values(
        held_requests=budget.c.held_requests - bindparam("r"),
        held_tokens=budget.c.held_tokens - bindparam("t"),
        held_nanos=budget.c.held_nanos - bindparam("n"),
        requests=budget.c.requests + bindparam("spent_r"),
        tokens=budget.c.tokens + bindparam("spent_t"),
        nanos=budget.c.nanos + bindparam("spent_n"),
    )
)
_NEW_BUDGET = {
    "sqlite": sqlite.insert(budget).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(budget).on_conflict_do_nothing(),
}
_RESERVE = insert(reservation)
_RESERVE_MORE = (
    update(reservation)
    .where(reservation.c.turn_id == bindparam("of_turn"), reservation.c.fence == bindparam("of_fence"))
    .values(
        requests=reservation.c.requests + bindparam("r"),
        tokens=reservation.c.tokens + bindparam("t"),
        nanos=reservation.c.nanos + bindparam("n"),
        expires_at=bindparam("until"),
    )
)
_RELEASE = delete(reservation).where(
    reservation.c.turn_id == bindparam("of_turn"), reservation.c.fence == bindparam("of_fence")
)
_OF_TURN = select(reservation).where(
    reservation.c.turn_id == bindparam("of_turn"), reservation.c.fence < bindparam("of_fence")
)
_OF_TAB = select(reservation).where(
    reservation.c.turn_id == bindparam("of_turn"), reservation.c.fence == bindparam("of_fence")
)
_EXPIRED = select(reservation).where(reservation.c.expires_at < bindparam("now")).order_by(reservation.c.turn_id)
_ADD = {
    "sqlite": sqlite.insert(model_call).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(model_call).on_conflict_do_nothing(),
}
_SEPARATOR = "\n"
_LOST = -1
"""The number of a line that stands for all that a lost attempt may have spent."""


def open_tab(connection: Connection, account: Account, caps: Caps, *, now: datetime) -> Tab:
    """The tab of an attempt at a turn, with its first block reserved; `refused` when a cap leaves nothing."""
    is_recovered = account.fence > 1 and settle_lost(connection, account, now=now)
    keys = account.keys(caps)
    if not keys:
        return Tab(account, is_recovered=is_recovered, began_at=now)
    room, refused = _room(connection, account, keys)
    granted = caps.block.least(room).most(NOTHING)
    if refused:
        return Tab(account, units=account.units(caps), refused=refused, is_recovered=is_recovered, began_at=now)
    _reserve(connection, account, keys, granted, until=now + timedelta(seconds=caps.expires_s), is_new=True)
    return Tab(account, granted=granted, units=account.units(caps), is_recovered=is_recovered, began_at=now)


def reserve_more(
    connection: Connection, account: Account, caps: Caps, least: Amount, *, now: datetime
) -> tuple[Amount, str]:
    """At least that much more, and a block where there is room; or nothing, and which cap is reached."""
    settle_expired(connection, now=now)
    keys = account.keys(caps)
    room, refused = _room(connection, account, keys)
    if refused or not room.covers(least):
        return NOTHING, refused or _narrowest(connection, account, keys, least)
    granted = least.most(caps.block.least(room))
    _reserve(connection, account, keys, granted, until=now + timedelta(seconds=caps.expires_s), is_new=False)
    return granted, ""


def settle_tab(connection: Connection, tab: Tab) -> None:
    """Save the calls of a tab and give back what was reserved and not spent. Safe to repeat."""
    _add_calls(connection, tab.account, tab.calls)
    if tab.units == NOTHING or tab.refused:
        return
    held = {"of_turn": tab.account.turn_id, "of_fence": tab.account.fence}
    row = connection.execute(_OF_TAB, held).one_or_none()
    if row is not None and connection.execute(_RELEASE, held).rowcount == 1:
        reserved = Amount(row.requests, row.tokens, row.nanos)
        _settle(connection, row.scopes.split(_SEPARATOR), held=reserved, spent=tab.spent)


def settle_lost(connection: Connection, account: Account, *, now: datetime) -> bool:
    """Pay in full what earlier attempts at a turn had reserved; False when they had reserved nothing."""
    rows = connection.execute(_OF_TURN, {"of_turn": account.turn_id, "of_fence": account.fence}).all()
    for row in rows:
        _settle_at_ceiling(connection, row, now=now)
    return bool(rows)


def settle_expired(connection: Connection, *, now: datetime) -> int:
    """Pay in full what nobody settled in time; how many reservations."""
    rows = connection.execute(_EXPIRED, {"now": now}).all()
    for row in rows:
        _settle_at_ceiling(connection, row, now=now)
    return len(rows)


def _settle_at_ceiling(connection: Connection, row: Row[Any], *, now: datetime) -> None:
    if connection.execute(_RELEASE, {"of_turn": row.turn_id, "of_fence": row.fence}).rowcount != 1:
        return
    held = Amount(row.requests, row.tokens, row.nanos)
    account = Account(
        row.turn_id, row.fence, row.case_id, row.customer_id, row.author_id, row.tenant, row.platform, row.day
    )
    used = Used("", row.tokens, 0, is_estimate=True, requests=row.requests, nanos=row.nanos)
    _add_calls(connection, account, [ModelCall("unknown", used, "unknown", now)], first=_LOST)
    _settle(connection, row.scopes.split(_SEPARATOR), held=held, spent=held)


def _room(connection: Connection, account: Account, keys: _Keys) -> tuple[Amount, str]:
    """What every cap leaves, and which one leaves nothing. The rows stay locked until the transaction ends."""
    rows = _locked(connection, [key for key, _, _ in keys])
    room, refused = Amount(PLENTY, PLENTY, PLENTY), ""
    for key, scope, cap in keys:
        if key not in rows:
            _seed(connection, account, key, scope)
            rows = _locked(connection, [each for each, _, _ in keys])
        left = _left(rows[key], cap)
        refused = refused or reached(scope, cap, left)
        room = room.least(left)
    return room, refused


def _narrowest(connection: Connection, account: Account, keys: _Keys, least: Amount) -> str:
    rows = _locked(connection, [key for key, _, _ in keys])
    for key, scope, cap in keys:
        if told := reached(scope, cap, _left(rows[key], cap) - least + Amount(1, 1, 1)):
            return told
    return ""


def _left(row: Row[Any], cap: Amount) -> Amount:
    return Amount(
        cap.requests - row.requests - row.held_requests if cap.requests else PLENTY,
        cap.tokens - row.tokens - row.held_tokens if cap.tokens else PLENTY,
        cap.nanos - row.nanos - row.held_nanos if cap.nanos else PLENTY,
    )


def _locked(connection: Connection, keys: Sequence[str]) -> dict[str, Row[Any]]:
    statement = _LOCKED if connection.dialect.name == "sqlite" else _LOCKED_ROWS
    return {row.key: row for row in connection.execute(statement, {"keys": keys})}


def _seed(connection: Connection, account: Account, key: str, scope: Scope) -> None:
    """A new sum, with what the ledger knows of from before there was a cap."""
    spent = connection.execute(_spent_before(account, scope)).one()
    row = {
        "key": key,
        "case_id": account.case_id if scope in ("turn", "case") else "",
        "customer_id": account.customer_id if scope == "customer" else "",
        "author_id": account.author_id if scope == "customer" else "",
        "requests": int(spent.requests),
        "tokens": int(spent.tokens),
        "nanos": int(spent.nanos),
        "held_requests": 0,
        "held_tokens": 0,
        "held_nanos": 0,
    }
    # Another replica may make the same row just now.
    connection.execute(_NEW_BUDGET[connection.dialect.name], row)


def _spent_before(account: Account, scope: Scope) -> Any:
    call = model_call.c
    of_person = (
        call.customer_id == account.customer_id
        if account.customer_id
        else and_(call.platform == account.platform, call.author_id == account.author_id, call.customer_id == "")
    )
    conditions: dict[Scope, ColumnElement[bool]] = {
        "turn": call.turn_id == account.turn_id,
        "case": call.case_id == account.case_id,
        "customer": and_(call.day == account.day, call.tenant == account.tenant, of_person),
        "tenant": and_(call.day == account.day, call.tenant == account.tenant, call.platform == account.platform),
        "day": call.day == account.day,
    }
    tokens = func.sum(call.input_tokens + call.output_tokens)
    sums = {"requests": func.sum(call.requests), "tokens": tokens, "nanos": func.sum(call.nanos)}
    return select(*(func.coalesce(each, 0).label(name) for name, each in sums.items())).where(conditions[scope])


def _reserve(
    connection: Connection, account: Account, keys: _Keys, granted: Amount, *, until: datetime, is_new: bool
) -> None:
    names = [key for key, _, _ in keys]
    amounts = {"r": granted.requests, "t": granted.tokens, "n": granted.nanos}
    more = {**amounts, "of_turn": account.turn_id, "of_fence": account.fence, "until": until}
    if is_new or connection.execute(_RESERVE_MORE, more).rowcount != 1:
        connection.execute(
            _RESERVE,
            {
                "turn_id": account.turn_id,
                "fence": account.fence,
                "case_id": account.case_id,
                "customer_id": account.customer_id,
                "author_id": account.author_id,
                "tenant": account.tenant,
                "platform": account.platform,
                "day": account.day,
                "scopes": _SEPARATOR.join(names),
                "requests": granted.requests,
                "tokens": granted.tokens,
                "nanos": granted.nanos,
                "expires_at": until,
            },
        )
    connection.execute(_HOLD, {**amounts, "of_keys": names})


def _settle(connection: Connection, keys: Sequence[str], *, held: Amount, spent: Amount) -> None:
    amounts = {"r": held.requests, "t": held.tokens, "n": held.nanos}
    more = {"spent_r": spent.requests, "spent_t": spent.tokens, "spent_n": spent.nanos}
    if len(keys) > 1 and connection.dialect.name != "sqlite":
        _locked(connection, keys)
    connection.execute(_SETTLE, {**amounts, **more, "of_keys": keys})


def _add_calls(connection: Connection, account: Account, calls: Sequence[ModelCall], *, first: int = 1) -> None:
    rows = [_row(account, call, n) for n, call in enumerate(calls, start=first)]
    if rows:
        connection.execute(_ADD[connection.dialect.name], rows if len(rows) > 1 else rows[0])


def _row(account: Account, call: ModelCall, n: int) -> dict[str, Any]:
    used = call.used
    return {
        "turn_id": account.turn_id,
        "fence": account.fence,
        "n": n,
        "at": call.at,
        "day": account.day,
        "case_id": account.case_id,
        "customer_id": account.customer_id,
        "author_id": account.author_id,
        "tenant": account.tenant,
        "platform": account.platform,
        "route": call.route,
        "model": used.model,
        "endpoint": used.endpoint,
        "requests": used.requests,
        "input_tokens": used.input_tokens,
        "output_tokens": used.output_tokens,
        "cached_tokens": used.cached_tokens,
        "repeated_tokens": call.repeated_tokens,
        "is_estimate": used.is_estimate,
        "nanos": used.nanos,
        "ms": call.ms,
        "first_ms": call.first_ms,
        "outcome": call.outcome,
    }
