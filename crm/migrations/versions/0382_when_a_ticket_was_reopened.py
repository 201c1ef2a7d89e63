"""when a ticket was opened again, from which on its promises run anew"""

import sqlalchemy as sa
from alembic import op

revision = "0382"
down_revision = "0385"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; tickets that were opened again before keep the promises they have."""
    op.add_column("tickets", sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back; clocks that began anew stay under their own keys."""
    op.drop_column("tickets", "reopened_at")
