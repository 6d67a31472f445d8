"""What is looked up while a turn or a decision waits is found by an index, however old the database is."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_inbox_key_seq", "inbox_key", ("seq",)),
    ("ix_case_customer_id", "case_", ("customer_id",)),
    ("ix_message_turn_id", "message", ("turn_id",)),
    ("ix_outbox_turn_id", "outbox", ("turn_id",)),
    ("ix_outbox_case_id", "outbox", ("case_id",)),
    ("ix_action_customer_id", "action", ("customer_id", "created_at")),
    ("ix_action_created_at", "action", ("created_at",)),
    ("ix_action_receipt_id", "action", ("receipt_id",)),
)
_PENDING = "ix_approval_pending"


def upgrade() -> None:
    """Make them."""
    for name, table, columns in _INDEXES:
        op.create_index(name, table, list(columns))
    where = sa.text("state = 'pending'")
    op.create_index(_PENDING, "approval", ["expires_at"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Do without."""
    op.drop_index(_PENDING, "approval")
    for name, table, _ in reversed(_INDEXES):
        op.drop_index(name, table)
