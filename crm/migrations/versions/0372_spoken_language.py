"""what language a caller was heard to speak"""

import sqlalchemy as sa
from alembic import op

revision = "0372"
down_revision = "0377"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("contacts", sa.Column("lang", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column("contacts", "lang")
