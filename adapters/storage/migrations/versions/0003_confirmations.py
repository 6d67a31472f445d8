"""Approvals that the customer gives."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say of each approval who is asked; up to here it was always staff."""
    op.add_column("approval", sa.Column("asks", sa.String(), server_default="staff", nullable=False))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("approval") as batch:
        batch.drop_column("asks")
