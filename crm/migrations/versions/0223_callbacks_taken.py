"""who has taken a call-back, and till when"""

import sqlalchemy as sa
from alembic import op

revision = "0223"
down_revision = "0222"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("callback_tasks", sa.Column("taken_by", sa.Text(), server_default="", nullable=False))
    op.add_column("callback_tasks", sa.Column("taken_name", sa.Text(), server_default="", nullable=False))
    op.add_column("callback_tasks", sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("callback_tasks", "taken_until")
    op.drop_column("callback_tasks", "taken_name")
    op.drop_column("callback_tasks", "taken_by")
