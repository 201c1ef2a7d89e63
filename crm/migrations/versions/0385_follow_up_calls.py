"""follow-ups that the hotline makes by itself: the call of an attempt, how its answers were given"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0385"
down_revision = "0380"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("follow_ups", sa.Column("said", postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("follow_up_attempts", sa.Column("contact_id", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_follow_up_attempts_contact_id"), "follow_up_attempts", ["contact_id"])
    placed = sa.text("result = 'placed'")
    op.create_index("ix_follow_up_attempts_placed", "follow_up_attempts", ["at"], postgresql_where=placed)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_follow_up_attempts_placed", "follow_up_attempts")
    op.drop_constraint(op.f("uq_follow_up_attempts_contact_id"), "follow_up_attempts")
    op.drop_column("follow_up_attempts", "contact_id")
    op.drop_column("follow_ups", "said")
