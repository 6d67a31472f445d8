"""Notices to customers in the language that they write, put in as their row is written."""

from sqlalchemy import Connection, bindparam, select

from adapters.storage.tables import case_, message
from core.conversation import Thread
from core.reply import Post
from core.speaking import has_ours, post_in
from core.tongues import language_of

_LINES = 6
_SAID = (
    select(message.c.text)
    .select_from(message.join(case_, case_.c.id == message.c.case_id))
    .where(case_.c.thread == bindparam("thread"), message.c.speaker == "customer")
    .order_by(message.c.seq.desc())
    .limit(_LINES)
)


def language_in(connection: Connection, thread: Thread) -> str:
    """What the customer of a thread writes, told by their newest words; empty where these do not tell."""
    return language_of("\n".join(connection.execute(_SAID, {"thread": thread.key}).scalars()))


def spoken(connection: Connection, thread: Thread, post: Post) -> Post:
    """A notice as its customer reads it; all else, and what stands in the team's places, stays as it is."""
    if post.kind != "notice" or not has_ours(post):
        return post
    return post_in(post, language_in(connection, thread))
