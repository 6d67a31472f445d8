"""Categories of cases that staff corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Begin with none."""
    op.create_table(
        "correction",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_correction_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_correction")),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("correction")
