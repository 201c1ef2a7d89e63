"""call-backs of a danger named by telephone"""

import sqlalchemy as sa
from alembic import op

revision = "0272"
down_revision = "0271"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("callback_tasks", sa.Column("danger", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column("callback_tasks", "danger")
