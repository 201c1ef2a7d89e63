"""what a visit charged: lines, what the price list asks for, why it is another sum"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0377"
down_revision = "0376"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("engineer_visits", sa.Column("charges", postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("engineer_visits", sa.Column("proposed_fen", sa.Integer(), nullable=True))
    op.add_column("engineer_visits", sa.Column("charge_reason", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column("engineer_visits", "charge_reason")
    op.drop_column("engineer_visits", "proposed_fen")
    op.drop_column("engineer_visits", "charges")
