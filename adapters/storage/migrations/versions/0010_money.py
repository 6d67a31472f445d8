"""What models cost: a ledger of calls, sums by scope, reservations."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WHOSE = ("case_id", "customer_id", "author_id")


def text(name: str) -> sa.Column[str]:
    """A text that is never missing."""
    return sa.Column(name, sa.String(), nullable=False)


def count(name: str) -> sa.Column[int]:
    """A large number that is never missing."""
    return sa.Column(name, sa.BigInteger(), nullable=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "model_call",
        text("turn_id"),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        *(text(name) for name in (*WHOSE, "tenant", "platform", "route", "model", "endpoint")),
        sa.Column("requests", sa.Integer(), nullable=False),
        *(count(name) for name in ("input_tokens", "output_tokens", "cached_tokens", "repeated_tokens")),
        sa.Column("is_estimate", sa.Boolean(), nullable=False),
        sa.Column("nanos", sa.BigInteger(), nullable=True),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("first_ms", sa.Integer(), nullable=True),
        text("outcome"),
        sa.PrimaryKeyConstraint("turn_id", "fence", "n", name=op.f("pk_model_call")),
    )
    op.create_index("ix_model_call_day", "model_call", ["day"], unique=False)
    op.create_index("ix_model_call_case_id", "model_call", ["case_id"], unique=False)
    op.create_table(
        "budget",
        text("key"),
        *(text(name) for name in WHOSE),
        *(count(name) for name in ("requests", "tokens", "nanos", "held_requests", "held_tokens", "held_nanos")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_budget")),
    )
    op.create_table(
        "reservation",
        text("turn_id"),
        sa.Column("fence", sa.Integer(), nullable=False),
        *(text(name) for name in (*WHOSE, "tenant", "platform")),
        sa.Column("day", sa.String(length=10), nullable=False),
        text("scopes"),
        *(count(name) for name in ("requests", "tokens", "nanos")),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("turn_id", "fence", name=op.f("pk_reservation")),
    )
    op.create_index("ix_reservation_expires_at", "reservation", ["expires_at"], unique=False)


def downgrade() -> None:
    """Forget what was spent."""
    for name in ("reservation", "budget", "model_call"):
        op.drop_table(name)
