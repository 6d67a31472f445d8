"""In whose staff places people of the team spoke."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Add the column; whoever is known already is seen by the teams that name them."""
    op.add_column("duty", sa.Column("tenants", JSON, nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("duty", "tenants")
