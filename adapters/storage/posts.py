"""Rows of the outbox inside other transactions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from adapters.storage.bell import ring
from adapters.storage.ids import nonce_of
from adapters.storage.rows import add_numbered
from adapters.storage.tables import outbox
from adapters.storage.tongue import spoken
from core.conversation import Message, Thread
from core.reply import Delivery, Post

_ADD = insert(outbox)
_BY_KEY = select(outbox).where(outbox.c.key == bindparam("key"))
_BY_ID = select(outbox).where(outbox.c.id == bindparam("id"))


def delivery_of(row: Row[Any]) -> Delivery:
    """The row as the core sees it."""
    return Delivery(
        id=row.id,
        thread=Thread.from_key(row.thread),
        post=row.post,
        ref=row.ref,
        nonce=row.nonce,
        attempts=row.attempts,
        answers=row.answers,
        revision=row.revision,
    )


def find_by_key(connection: Connection, key: str) -> Row[Any] | None:
    """The row of a key."""
    return connection.execute(_BY_KEY, {"key": key}).one_or_none()


def find_by_id(connection: Connection, row_id: int) -> Row[Any] | None:
    """The row of an id."""
    return connection.execute(_BY_ID, {"id": row_id}).one_or_none()


def add_post(
    connection: Connection,
    thread: Thread,
    post: Post,
    *,
    key: str,
    now: datetime,
    state: str = "due",
    case_id: str = "",
    turn_id: str = "",
    answers: Message | None = None,
    ref: str = "",
) -> Delivery:
    """A new row; its key must not be there yet. With a `ref`, it becomes the new content of that message."""
    post = spoken(connection, thread, post)
    # The time makes the nonce differ from one that another database of the same bot gave once.
    nonce = nonce_of(key, thread.key, now.isoformat())
    row_id = add_numbered(
        connection,
        _ADD,
        {
            "key": key,
            "thread": thread.key,
            "platform": thread.platform,
            "kind": post.kind,
            "post": post,
            "ref": ref,
            "nonce": nonce,
            "state": state,
            "attempts": 0,
            "not_before": now,
            "revision": 0,
            "case_id": case_id,
            "turn_id": turn_id,
            "answers": answers,
            "why": "",
            "at": now,
        },
    )
    if state == "due":
        ring(connection, "post", thread.platform)
    return Delivery(id=row_id, thread=thread, post=post, ref=ref, nonce=nonce, answers=answers)


def add_cards(
    connection: Connection, cards: Sequence[tuple[Thread, Post]], *, key: str, case_id: str, now: datetime
) -> None:
    """Posts that go with a change, under `key:0`, `key:1` and so on, each once."""
    for number, (thread, post) in enumerate(cards):
        card_key = f"{key}:{number}"
        if find_by_key(connection, card_key) is None:
            add_post(connection, thread, post, key=card_key, now=now, case_id=case_id)
