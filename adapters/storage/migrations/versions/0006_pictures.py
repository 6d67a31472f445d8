"""Pictures in parts, and whose they are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Add further frames and pages, what was measured, and the author; earlier pictures have none of these."""
    op.add_column("picture", sa.Column("about", JSON, nullable=True))
    op.add_column("message_picture", sa.Column("author_id", sa.String(), server_default="", nullable=False))
    op.create_index("ix_message_picture_author_id", "message_picture", ["author_id"], unique=False)
    op.create_table(
        "picture_part",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["picture.sha256"], name=op.f("fk_picture_part_sha256")),
        sa.PrimaryKeyConstraint("sha256", "n", name=op.f("pk_picture_part")),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("picture_part")
    op.drop_index("ix_message_picture_author_id", table_name="message_picture")
    with op.batch_alter_table("message_picture") as batch:
        batch.drop_column("author_id")
    with op.batch_alter_table("picture") as batch:
        batch.drop_column("about")
