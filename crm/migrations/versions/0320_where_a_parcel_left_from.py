"""where a parcel left from"""

import sqlalchemy as sa
from alembic import op

revision = "0320"
down_revision = "0252"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; what is on its way left the main warehouse."""
    op.add_column("part_lines", sa.Column("shipped_from", sa.Text(), server_default="main", nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column("part_lines", "shipped_from")
