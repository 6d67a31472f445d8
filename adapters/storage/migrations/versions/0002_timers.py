"""Timers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table; approvals that wait already get the timer that tells when they run out."""
    timer = op.create_table(
        "timer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("look_at", MOMENT, nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
    )
    op.create_index(
        "ix_timer_waiting",
        "timer",
        ["look_at", "kind"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    approval = sa.table(
        "approval",
        sa.column("id", sa.String()),
        sa.column("action_key", sa.String()),
        sa.column("state", sa.String()),
        sa.column("expires_at", MOMENT),
    )
    action = sa.table("action", sa.column("key", sa.String()), sa.column("case_id", sa.String()))
    pending = (
        sa.select(approval.c.id, approval.c.expires_at, action.c.case_id)
        .select_from(approval.join(action, action.c.key == approval.c.action_key))
        .where(approval.c.state == "pending")
    )
    for row in op.get_bind().execute(pending).all():
        kept = {
            "id": f"approval_expiry:{row.id}",
            "kind": "approval_expiry",
            "due_at": row.expires_at,
            "look_at": row.expires_at,
            "payload": {"approval": row.id},
            "case_id": row.case_id,
            "state": "waiting",
            "attempts": 0,
        }
        op.get_bind().execute(sa.insert(timer).values(kept))


def downgrade() -> None:
    """Drop it, with all it holds."""
    op.drop_table("timer")
