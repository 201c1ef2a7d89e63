"""parts that are shipped leave the stock"""

import sqlalchemy as sa
from alembic import op

revision = "0252"
down_revision = "0251"
branch_labels = None
depends_on = None

_LOW = "reorder_at > 0 AND quantity <= reorder_at"


def upgrade() -> None:
    """Apply; what was shipped before is not booked."""
    op.add_column("part_lines", sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stock_moves", sa.Column("ticket_no", sa.Text(), server_default="", nullable=False))
    op.drop_constraint(op.f("ck_stock_levels_not_negative"), "stock_levels")
    _compute_low(f"quantity < 0 OR ({_LOW})")


def downgrade() -> None:
    """Take back; what is below nothing becomes nothing."""
    op.execute("UPDATE stock_levels SET quantity = 0 WHERE quantity < 0")
    _compute_low(_LOW)
    op.create_check_constraint(op.f("ck_stock_levels_not_negative"), "stock_levels", "quantity >= 0")
    op.drop_column("stock_moves", "ticket_no")
    op.drop_column("part_lines", "shipped_at")


def _compute_low(rule: str) -> None:
    op.drop_index("ix_stock_levels_low", table_name="stock_levels")
    op.drop_column("stock_levels", "low")
    op.add_column("stock_levels", sa.Column("low", sa.Boolean(), sa.Computed(rule, persisted=True), nullable=False))
    op.create_index("ix_stock_levels_low", "stock_levels", ["part_code"], postgresql_where="low")
