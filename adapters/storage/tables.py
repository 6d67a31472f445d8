"""The tables, the same on every database."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnClause,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    literal_column,
    text,
)

from adapters.storage.codec import JSON_COLUMN, Moment, Packed
from core.conversation import Message
from core.finding import Finding
from core.modelling import Used
from core.reply import Post
from core.tools import Money, ToolResult
from core.turn import InboxEvent
from core.vision import About

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# SQLite counts rows up by itself only for a column of exactly the type INTEGER.
Counter = BigInteger().with_variant(Integer(), "sqlite")


def partial_index(name: str, column: str, *more: str, where: str, is_unique: bool = False) -> Index:
    condition = text(where)
    return Index(name, column, *more, unique=is_unique, sqlite_where=condition, postgresql_where=condition)


def spelled(state: str) -> ColumnClause[str]:
    """A value that stands in the statement itself: with a parameter in its place SQLite would plan the statement anew
    each time it runs, to learn whether a partial index serves it (110 µs)."""
    return literal_column(f"'{state}'")


inbox = Table(
    "inbox",
    metadata,
    Column("seq", Counter, primary_key=True, autoincrement=True),
    Column("thread", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("payload", Packed(InboxEvent), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("turn_id", String),
    Column("done_at", Moment),
    partial_index("ix_inbox_undone", "thread", "seq", where="done_at IS NULL"),
    Index("ix_inbox_turn_id", "turn_id"),
)

inbox_key = Table(
    "inbox_key",
    metadata,
    Column("key", String, primary_key=True),
    Column("seq", Counter, ForeignKey(inbox.c.seq), nullable=False),
    Index("ix_inbox_key_seq", "seq"),
)

case_ = Table(
    "case_",
    metadata,
    Column("id", String, primary_key=True),
    Column("thread", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("author_id", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("contacts", Integer, nullable=False),
    Column("phase", String, nullable=False, server_default="active"),
    Column("owner_name", String, nullable=False, server_default=""),
    Column("tier", Integer, nullable=False, server_default="3"),
    Column("resolution", String, nullable=False, server_default=""),
    Column("since", Moment),
    Column("linked", String, nullable=False, server_default=""),
    Column("priority", String, nullable=False, server_default="normal"),
    Column("category", String, nullable=False, server_default=""),
    partial_index("uq_case_open_thread", "thread", where="state = 'open'", is_unique=True),
    Index("ix_case_author", "author_id", "tenant", "platform"),
    Index("ix_case_thread", "thread"),
    Index("ix_case_customer_id", "customer_id"),
)

message = Table(
    "message",
    metadata,
    Column("seq", Counter, primary_key=True, autoincrement=True),
    Column("case_id", String, ForeignKey(case_.c.id), nullable=False),
    Column("turn_id", String, nullable=False),
    Column("speaker", String, nullable=False),
    Column("name", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("message_id", String, nullable=False),
    Column("findings", Packed(tuple[str, ...])),
    Column("author_id", String, nullable=False, server_default=""),
    Index("ix_message_case", "case_id", "seq"),
    Index("ix_message_turn_id", "turn_id"),
)

turn = Table(
    "turn",
    metadata,
    Column("id", String, primary_key=True),
    Column("thread", String, nullable=False),
    Column("case_id", String, ForeignKey(case_.c.id), nullable=False),
    Column("case_version", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", String, nullable=False),
    Column("trace", Packed(tuple[tuple[str, str], ...])),
    Column("used", Packed(tuple[Used, ...])),
    Column("requests", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("owner", String, nullable=False, server_default=""),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("wish", String, nullable=False, server_default=""),
    Column("redoes", String, nullable=False, server_default=""),
    partial_index("uq_turn_running_thread", "thread", where="state = 'running'", is_unique=True),
    Index("ix_turn_case_id", "case_id"),
    Index("ix_turn_ended_at", "ended_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("thread", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("post", Packed(Post), nullable=False),
    Column("ref", Text, nullable=False),
    Column("nonce", String(25), nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("case_id", String, nullable=False),
    Column("turn_id", String, nullable=False),
    Column("answers", Packed(Message)),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("owner", String, nullable=False, server_default=""),
    partial_index("ix_outbox_due", "thread", "id", where="state = 'due'"),
    Index("ix_outbox_thread", "thread", "id"),
    Index("ix_outbox_turn_id", "turn_id"),
    Index("ix_outbox_case_id", "case_id"),
)

action = Table(
    "action",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("tool", String, nullable=False),
    Column("arguments", JSON_COLUMN, nullable=False),
    Column("case_id", String, nullable=False),
    Column("turn_id", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("author_id", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("money", Packed(Money)),
    Column("result", Packed(ToolResult)),
    Column("receipt_id", String, nullable=False),
    Index("ix_action_case_id", "case_id"),
    Index("ix_action_customer_id", "customer_id", "created_at"),
    Index("ix_action_created_at", "created_at"),
    Index("ix_action_receipt_id", "receipt_id"),
)

approval = Table(
    "approval",
    metadata,
    Column("id", String, primary_key=True),
    Column("action_key", String, ForeignKey(action.c.key), nullable=False),
    Column("state", String, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("decided_by", String, nullable=False),
    Column("decided_at", Moment),
    Column("asks", String, nullable=False, server_default="staff"),
    Index("ix_approval_action_key", "action_key"),
    partial_index("ix_approval_pending", "expires_at", where="state = 'pending'"),
)

picture = Table(
    "picture",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("media_type", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("kept_at", Moment, nullable=False),
    Column("about", Packed(About)),
)

picture_part = Table(
    "picture_part",
    metadata,
    Column("sha256", String(64), ForeignKey(picture.c.sha256), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("media_type", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

message_picture = Table(
    "message_picture",
    metadata,
    Column("thread", String, primary_key=True),
    Column("message_id", String, primary_key=True),
    Column("attachment_id", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("sha256", String(64), ForeignKey(picture.c.sha256), nullable=False),
    Column("author_id", String, nullable=False, server_default=""),
    Index("ix_message_picture_sha256", "sha256"),
    Index("ix_message_picture_author_id", "author_id"),
)

finding = Table(
    "finding",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("question_sha256", String(64), primary_key=True),
    Column("question", Text, nullable=False),
    Column("finding", Packed(Finding), nullable=False),
    Column("at", Moment, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("turn_id", String, ForeignKey("turn.id"), primary_key=True),
    Column("by", String, primary_key=True),
    Column("is_good", Boolean, nullable=False),
    Column("comment", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Counter, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("case_id", String, nullable=False),
    Column("what", String, nullable=False),
    Column("by", String, nullable=False),
    Column("detail", JSON_COLUMN, nullable=False),
    Index("ix_audit_case_id", "case_id"),
)
