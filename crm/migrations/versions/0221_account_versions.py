"""versions of accounts: two administrators do not overwrite each other"""

import sqlalchemy as sa
from alembic import op

revision = "0221"
down_revision = "0208"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("accounts", sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """Undo."""
    op.drop_column("accounts", "version")
