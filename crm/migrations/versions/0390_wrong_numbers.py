"""numbers that proved not to be their customer's"""

import sqlalchemy as sa
from alembic import op

revision = "0390"
down_revision = "0382"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; no number is marked yet."""
    op.add_column("phone_numbers", sa.Column("wrong_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("phone_numbers", sa.Column("wrong_by", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take back; which numbers were wrong stays in the notes."""
    op.drop_column("phone_numbers", "wrong_by")
    op.drop_column("phone_numbers", "wrong_at")
