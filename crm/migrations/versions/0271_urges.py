"""urges by ticket, for the board"""

import sqlalchemy as sa
from alembic import op

revision = "0271"
down_revision = "0270"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_timeline_urges", "timeline", ["ticket_no", "at"], postgresql_where=sa.text("kind = 'urge'"))


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_timeline_urges", "timeline")
