"""Who is known to be which customer, and whose words a line is."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add links, challenges and the author of a line; of earlier lines nobody is the author."""
    op.create_table(
        "identity_link",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "platform", "author_id", name=op.f("pk_identity_link")),
    )
    op.create_index("ix_identity_link_customer_id", "identity_link", ["customer_id"], unique=False)
    op.create_table(
        "identity_challenge",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("waiting_turn", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_challenge")),
    )
    op.create_index(
        "ix_identity_challenge_author_id", "identity_challenge", ["author_id", "tenant", "platform"], unique=False
    )
    op.create_index("ix_identity_challenge_about", "identity_challenge", ["about"], unique=False)
    op.add_column("message", sa.Column("author_id", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("message") as batch:
        batch.drop_column("author_id")
    op.drop_table("identity_challenge")
    op.drop_table("identity_link")
