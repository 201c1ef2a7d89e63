"""matters about tickets that were there before the call"""

import sqlalchemy as sa
from alembic import op

revision = "0205"
down_revision = "0204"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("matters", sa.Column("about", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column("matters", "about")
