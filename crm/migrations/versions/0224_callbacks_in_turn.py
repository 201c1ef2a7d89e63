"""call-backs that keep their place in the queue"""

import sqlalchemy as sa
from alembic import op

revision = "0224"
down_revision = "0223"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("callback_tasks", sa.Column("queue", sa.Text(), server_default="", nullable=False))
    op.add_column("callback_tasks", sa.Column("queue_priority", sa.Integer(), server_default="0", nullable=False))
    op.add_column("callback_tasks", sa.Column("place_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("callback_tasks", sa.Column("after", sa.Text(), server_default="", nullable=False))
    op.add_column("callback_tasks", sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("callback_tasks", sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("callback_tasks", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("contacts", sa.Column("called_back_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("contacts", "called_back_at")
    for name in ("attempts", "placed_at", "next_at", "after", "place_at", "queue_priority", "queue"):
        op.drop_column("callback_tasks", name)
