"""How a turn ends: the answer released only if the case still is the AI's."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from adapters.storage.caserows import find_case, link_customer, save_change
from adapters.storage.held import hold_back
from adapters.storage.holding import must_hold
from adapters.storage.posts import add_cards, find_by_id
from adapters.storage.reserving import settle_tab
from adapters.storage.steps import forget_steps
from adapters.storage.tables import inbox, message, outbox, turn
from adapters.storage.timers import set_timer
from adapters.storage.transcript import add_findings, add_lines
from core.case import Case, Handoff, queue
from core.casework import Actor, Change, moved
from core.conversation import Line
from core.reply import Delivery, Post
from core.turn import Turn, TurnEnd, TurnRecord

_TRACE = (
    update(turn)
    .where(turn.c.id == bindparam("turn_id"), turn.c.state == "running", turn.c.fence == bindparam("held_fence"))
    .values(
        trace=bindparam("trace"),
        used=bindparam("used"),
        requests=turn.c.requests + bindparam("more_requests"),
        tokens=turn.c.tokens + bindparam("more_tokens"),
        outcome=bindparam("outcome"),
        state=bindparam("state"),
        ended_at=bindparam("ended_at"),
    )
)
_CUT = (
    update(turn)
    .where(turn.c.id == bindparam("turn_id"), turn.c.state == "running", turn.c.fence == bindparam("held_fence"))
    .values(state="cut", outcome="cut", ended_at=bindparam("ended_at"))
)
_DONE = (
    update(inbox)
    .where(inbox.c.turn_id == bindparam("of_turn"), inbox.c.done_at.is_(None))
    .values(done_at=bindparam("now"))
)
_RELEASE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.state == "open")
    .values(
        post=bindparam("post"),
        kind=bindparam("kind"),
        state="due",
        not_before=bindparam("now"),
        # Whoever ends the turn has the reply open, so it delivers this row itself.
        owner=select(turn.c.owner).where(turn.c.id == bindparam("of_turn")).scalar_subquery(),
    )
    .returning(outbox.c.ref, outbox.c.nonce, outbox.c.attempts, outbox.c.revision)
)
_FORGET_ANSWER = delete(message).where(message.c.turn_id == bindparam("of_turn"), message.c.speaker == "bot")
_VOID = update(outbox).where(outbox.c.id == bindparam("row_id"), outbox.c.state == "open").values(state="void")


def finish_turn(
    connection: Connection, turn: Turn, end: TurnEnd, record: TurnRecord, *, now: datetime
) -> Delivery | None:
    """Save all that a turn led to; None when the answer was not released. Raises `LostTurn`."""
    case = find_case(connection, turn.case.id, is_held=True)
    is_held = case is not None and case.is_with_ai and case.version == turn.case.version
    speaks = end.post is not None or end.handoff is not None
    if case is None or (speaks and not is_held):
        _lose(connection, turn, record, now=now)
        settle_tab(connection, turn.tab)
        return None
    if not _end(connection, turn, record, outcome=end.outcome, now=now):
        return None
    add_findings(connection, case.id, end.findings)
    case = link_customer(connection, case, record.principal.customer_id)
    delivery = _release(connection, turn, end.post, now=now) if end.post else _leave_unsaid(connection, turn)
    if turn.redoes:
        connection.execute(_FORGET_ANSWER, {"of_turn": turn.redoes})
    if end.transcript and is_held:
        add_lines(connection, case.id, [Line("bot", "", end.transcript, now)], turn_id=turn.id)
    if end.held is not None:
        hold_back(connection, turn, end.held, now=now)
    for timer in end.timers:
        set_timer(connection, timer)
    if end.handoff is not None:
        case = _hand_over(connection, turn, case, end.handoff, now=now)
    key = f"card:{case.id}:{case.version}" if end.handoff else f"post:{turn.id}"
    add_cards(connection, end.staff_posts, key=key, case_id=case.id, now=now)
    settle_tab(connection, turn.tab)
    return delivery


def cut_turn(connection: Connection, turn: Turn, shown: str, line: str, *, now: datetime) -> Delivery | None:
    """End a turn with what was shown and a fixed line; None when nothing had been opened. Raises `LostTurn`."""
    if connection.execute(_CUT, {"turn_id": turn.id, "held_fence": turn.fence, "ended_at": now}).rowcount != 1:
        must_hold(connection, turn)
    connection.execute(_DONE, {"of_turn": turn.id, "now": now})
    settle_tab(connection, turn.tab)
    if not _is_opened(connection, turn):
        _leave_unsaid(connection, turn)
        return None
    text = f"{shown.rstrip()}\n\n{line}" if shown.strip() else line
    delivery = _release(connection, turn, Post(text=text), now=now)
    if delivery is not None:
        add_lines(connection, turn.case.id, [Line("bot", "", text, now)], turn_id=turn.id)
    return delivery


def _is_opened(connection: Connection, turn: Turn) -> bool:
    row = find_by_id(connection, turn.reply.id) if turn.reply.id else None
    return row is not None and bool(row.ref)


def _lose(connection: Connection, turn: Turn, record: TurnRecord, *, now: datetime) -> None:
    """Keep the trace of a turn that lost its case. An opened reply stays owed until it is cut."""
    if _is_opened(connection, turn):
        _save_trace(connection, turn, record, state="running", outcome="cut", ended_at=None)
        return
    if _end(connection, turn, record, outcome="cut", now=now, state="cut"):
        _leave_unsaid(connection, turn)


def _end(
    connection: Connection, turn: Turn, record: TurnRecord, *, outcome: str, now: datetime, state: str = "done"
) -> bool:
    """Close the turn and what it took from the inbox; False when it had ended before."""
    if not _save_trace(connection, turn, record, state=state, outcome=outcome, ended_at=now):
        return False
    connection.execute(_DONE, {"of_turn": turn.id, "now": now})
    if record.journal.has_kept or turn.fence > 1:
        forget_steps(connection, turn.id)
    return True


def _save_trace(
    connection: Connection, turn: Turn, record: TurnRecord, *, state: str, outcome: str, ended_at: datetime | None
) -> bool:
    changed = connection.execute(
        _TRACE,
        {
            "turn_id": turn.id,
            "held_fence": turn.fence,
            "trace": record.steps,
            "used": record.used,
            "more_requests": len(record.used),
            "more_tokens": sum(used.input_tokens + used.output_tokens for used in record.used),
            "outcome": outcome,
            "state": state,
            "ended_at": ended_at,
        },
    )
    if changed.rowcount != 1:
        must_hold(connection, turn)
    return changed.rowcount == 1


def _release(connection: Connection, turn: Turn, post: Post, *, now: datetime) -> Delivery | None:
    release = {"row_id": turn.reply.id, "post": post, "kind": post.kind, "now": now, "of_turn": turn.id}
    row = connection.execute(_RELEASE, release).one_or_none()
    if row is None:
        return None
    return replace(turn.reply, post=post, ref=row.ref, nonce=row.nonce, attempts=row.attempts, revision=row.revision)


def _leave_unsaid(connection: Connection, turn: Turn) -> None:
    if turn.reply.id:
        connection.execute(_VOID, {"row_id": turn.reply.id})


def _hand_over(connection: Connection, turn: Turn, case: Case, handoff: Handoff, *, now: datetime) -> Case:
    owner, by = queue(handoff.tier), Actor(f"turn:{turn.id}")
    note = f"Handed over to {owner}: {handoff.reason}"
    change = Change("hand_over", moved(case, "hand_over", by, now=now, to=owner), by, handoff, note)
    return save_change(connection, case, change, now=now) or case
