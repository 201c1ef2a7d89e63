"""call-backs of dangers that were written, and the duty phones that are rung for them"""

import sqlalchemy as sa
from alembic import op

revision = "0240"
down_revision = "0231"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.alter_column("callback_tasks", "contact_id", existing_type=sa.Text(), nullable=True)
    op.add_column("callback_tasks", sa.Column("duty_rings", sa.Integer(), server_default="0", nullable=False))
    op.add_column("callback_tasks", sa.Column("duty_rung_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back; the call-backs of written dangers have no place then, their tickets stay."""
    op.execute("DELETE FROM callback_tasks WHERE contact_id IS NULL")
    op.drop_column("callback_tasks", "duty_rung_at")
    op.drop_column("callback_tasks", "duty_rings")
    op.alter_column("callback_tasks", "contact_id", existing_type=sa.Text(), nullable=False)
