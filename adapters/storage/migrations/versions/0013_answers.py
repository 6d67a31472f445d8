"""Verified answers with their variants, and gaps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "verified_answer",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("audience", JSON, nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verified_answer")),
    )
    op.create_index("ix_verified_answer_case_id", "verified_answer", ["case_id"])
    op.create_table(
        "answer_variant",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("answer_id", COUNTER, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["verified_answer.id"],
            name=op.f("fk_answer_variant_answer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_variant")),
    )
    op.create_index("ix_answer_variant_answer_id", "answer_variant", ["answer_id"])
    op.create_index("ix_answer_variant_case_id", "answer_variant", ["case_id"])
    op.create_table(
        "gap",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("turn_id", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap")),
        sa.UniqueConstraint("case_id", "turn_id", "kind", name="uq_gap_case_id"),
    )
    op.create_index("ix_gap_at", "gap", ["at"])


def downgrade() -> None:
    """Drop them, with all they hold."""
    op.drop_table("gap")
    op.drop_table("answer_variant")
    op.drop_table("verified_answer")
