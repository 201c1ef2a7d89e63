"""stock of parts, versions of parts, partners found without reading all customers"""

import sqlalchemy as sa
from alembic import op

revision = "0231"
down_revision = "0230"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("parts", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "stock_levels",
        sa.Column("part_code", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reorder_at", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "low",
            sa.Boolean(),
            sa.Computed("reorder_at > 0 AND quantity <= reorder_at", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_stock_levels_not_negative")),
        sa.ForeignKeyConstraint(["part_code"], ["parts.code"], name=op.f("fk_stock_levels_part_code")),
        sa.PrimaryKeyConstraint("part_code", "place", name=op.f("pk_stock_levels")),
    )
    op.create_index("ix_stock_levels_low", "stock_levels", ["part_code"], postgresql_where="low")
    op.create_table(
        "stock_moves",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("part_code", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["part_code"], ["parts.code"], name=op.f("fk_stock_moves_part_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_moves")),
    )
    op.create_index("ix_stock_moves_part_code_at", "stock_moves", ["part_code", "at", "id"])
    op.create_index(
        "ix_customers_partners", "customers", ["created_at", "id"], postgresql_where=sa.text("kind <> 'owner'")
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_customers_partners", table_name="customers", postgresql_where=sa.text("kind <> 'owner'"))
    op.drop_table("stock_moves")
    op.drop_table("stock_levels")
    op.drop_column("parts", "version")
