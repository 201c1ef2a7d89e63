"""when a duty phone took a danger that was written"""

import sqlalchemy as sa
from alembic import op

revision = "0251"
down_revision = "0260"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("callback_tasks", sa.Column("duty_taken_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("callback_tasks", "duty_taken_at")
