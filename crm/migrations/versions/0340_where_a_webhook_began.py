"""where a webhook began"""

import sqlalchemy as sa
from alembic import op

revision = "0340"
down_revision = "0330"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; a webhook that is there already began after what had happened when it was added."""
    op.add_column("webhooks", sa.Column("first_seq", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(
        "UPDATE webhooks SET first_seq = least(sent_seq, "
        "(SELECT coalesce(max(seq), 0) FROM events WHERE events.at < webhooks.created_at))"
    )
    op.alter_column("webhooks", "first_seq", server_default=None)


def downgrade() -> None:
    """Take back."""
    op.drop_column("webhooks", "first_seq")
