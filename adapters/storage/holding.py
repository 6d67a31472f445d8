"""Whoever began a turn last holds it: everybody else is refused, however late they wake up."""

from sqlalchemy import Connection, bindparam, select, update

from adapters.storage.bell import ring
from adapters.storage.reserving import settle_tab
from adapters.storage.tables import outbox, turn
from core.errors import LostTurn
from core.turn import Turn, TurnRecord

_FENCE = select(turn.c.fence).where(turn.c.id == bindparam("turn_id")).with_for_update()
_OWNER = select(turn.c.owner).where(turn.c.id == bindparam("turn_id")).with_for_update()
_OPENED = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row_id"),
        select(turn.c.id).where(turn.c.id == bindparam("of_turn"), turn.c.fence == bindparam("held_fence")).exists(),
    )
    .values(ref=bindparam("ref"))
)
_RELEASE = (
    update(turn)
    .where(turn.c.id == bindparam("turn_id"), turn.c.state == "running", turn.c.fence == bindparam("held_fence"))
    .values(
        attempt=turn.c.attempt - 1,
        owner="",
        wish="",
        requests=turn.c.requests + bindparam("more_requests"),
        tokens=turn.c.tokens + bindparam("more_tokens"),
    )
)


def must_hold(connection: Connection, held: Turn) -> None:
    """Raises `LostTurn` when the turn was begun anew by somebody else."""
    if connection.execute(_FENCE, {"turn_id": held.id}).scalar_one_or_none() != held.fence:
        raise LostTurn(f"turn {held.id}: another replica has taken it over")


def note_opened(connection: Connection, held: Turn, ref: str) -> None:
    """Checkpoint the platform's id of the reply."""
    note = {"row_id": held.reply.id, "of_turn": held.id, "held_fence": held.fence, "ref": ref}
    if connection.execute(_OPENED, note).rowcount != 1:
        must_hold(connection, held)


def release_turn(connection: Connection, held: Turn, record: TurnRecord) -> None:
    """Let go of it: the next one to look begins it anew, and this attempt does not count."""
    released = connection.execute(
        _RELEASE,
        {
            "turn_id": held.id,
            "held_fence": held.fence,
            "more_requests": len(record.used),
            "more_tokens": sum(used.input_tokens + used.output_tokens for used in record.used),
        },
    )
    if released.rowcount == 1:
        settle_tab(connection, held.tab)


def park_turn(connection: Connection, held: Turn) -> None:
    """Let go of it because this process ends. What it used is counted by whoever goes on from its finished steps."""
    nothing = {"more_requests": 0, "more_tokens": 0}
    released = connection.execute(_RELEASE, {"turn_id": held.id, "held_fence": held.fence, **nothing})
    if released.rowcount == 1:
        settle_tab(connection, held.tab)
    ring(connection, "work", held.thread.key)


def must_own(connection: Connection, turn_id: str, *, me: str) -> None:
    """Raises `LostTurn` when another replica works on the turn, or did since we began it."""
    owner = connection.execute(_OWNER, {"turn_id": turn_id}).scalar_one_or_none() if me else None
    if owner not in (None, me):
        raise LostTurn(f"turn {turn_id}: another replica has taken it over")
