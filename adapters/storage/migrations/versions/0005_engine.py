"""Finished steps, replicas, cursors; who works on a turn or a delivery."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "step",
        sa.Column("turn_id", sa.String(), nullable=False),
        sa.Column("covers", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("result", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("turn_id", "covers", "key", name=op.f("pk_step")),
    )
    op.create_table(
        "replica",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replica")),
    )
    op.create_index(
        "ix_replica_alive",
        "replica",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'alive'"),
        postgresql_where=sa.text("state = 'alive'"),
    )
    op.create_table(
        "cursor",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("behind", sa.String(), nullable=True),
        sa.Column("is_direct", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_cursor")),
    )
    op.create_index("ix_cursor_platform", "cursor", ["platform", "tenant"], unique=False)
    op.add_column("turn", sa.Column("owner", sa.String(), nullable=False, server_default=""))
    op.add_column("turn", sa.Column("fence", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("turn", sa.Column("wish", sa.String(), nullable=False, server_default=""))
    op.add_column("turn", sa.Column("redoes", sa.String(), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("owner", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them, with all they hold."""
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("owner")
    with op.batch_alter_table("turn") as turn:
        for name in ("redoes", "wish", "fence", "owner"):
            turn.drop_column(name)
    op.drop_table("cursor")
    op.drop_table("replica")
    op.drop_table("step")
