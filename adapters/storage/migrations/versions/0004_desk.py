"""Stages of a case, staff rooms, the relay's map, files that pass, ratings."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add columns to cases, and the tables of the staff's side."""
    for column in (
        sa.Column("phase", sa.String(), server_default="active", nullable=False),
        sa.Column("owner_name", sa.String(), server_default="", nullable=False),
        sa.Column("tier", sa.Integer(), server_default="3", nullable=False),
        sa.Column("resolution", sa.String(), server_default="", nullable=False),
        sa.Column("since", MOMENT, nullable=True),
        sa.Column("linked", sa.String(), server_default="", nullable=False),
    ):
        op.add_column("case_", column)
    op.create_index("ix_case_thread", "case_", ["thread"], unique=False)
    op.create_table(
        "room",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_room_case_id")),
        sa.PrimaryKeyConstraint("case_id", "place", name=op.f("pk_room")),
    )
    op.create_index("ix_room_thread", "room", ["thread"], unique=False)
    op.create_table(
        "relay",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("outbox_key", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_relay_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay")),
        sa.UniqueConstraint("outbox_key", name=op.f("uq_relay_outbox_key")),
        sa.UniqueConstraint("source", "target", name=op.f("uq_relay_source")),
    )
    op.create_index("ix_relay_case_id", "relay", ["case_id"], unique=False)
    op.create_table(
        "kept_file",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", "case_id", name=op.f("pk_kept_file")),
    )
    op.create_table(
        "rating",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("resolved_by", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_rating_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_rating")),
    )
