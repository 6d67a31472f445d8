"""How pressing a case is and what it is about; who of the team is there."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Earlier cases are normal, and everybody is there."""
    op.add_column("case_", sa.Column("priority", sa.String(), server_default="normal", nullable=False))
    op.add_column("case_", sa.Column("category", sa.String(), server_default="", nullable=False))
    op.create_table(
        "duty",
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_away", sa.Boolean(), nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("given_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_duty")),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("duty")
    with op.batch_alter_table("case_") as batch:
        batch.drop_column("category")
        batch.drop_column("priority")
