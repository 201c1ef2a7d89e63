"""gas companies' emergency numbers"""

import sqlalchemy as sa
from alembic import op

revision = "0361"
down_revision = "0360"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "gas_phones",
        sa.Column("adcode", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("adcode", name=op.f("pk_gas_phones")),
        sa.UniqueConstraint("city", name=op.f("uq_gas_phones_city")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("gas_phones")
