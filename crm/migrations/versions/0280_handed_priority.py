"""the priority that a caller was handed to a queue with"""

import sqlalchemy as sa
from alembic import op

revision = "0280"
down_revision = "0272"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("contacts", sa.Column("handed_priority", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column("contacts", "handed_priority")
