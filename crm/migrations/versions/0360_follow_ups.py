"""follow-ups"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0360"
down_revision = "0331"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; a follow-up's ticket ends with its answer."""
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("original_no", sa.Text(), nullable=False),
        sa.Column("ticket_no", sa.Text(), nullable=True),
        sa.Column("product_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("taken_name", sa.Text(), nullable=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("fixed", sa.Text(), nullable=False),
        sa.Column("score_visit", sa.Integer(), nullable=True),
        sa.Column("visit_rules", postgresql.JSONB(), nullable=False),
        sa.Column("score_call", sa.Integer(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("supervisor", sa.Boolean(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["original_no"], ["tickets.no"], name=op.f("fk_follow_ups_original_no_tickets")),
        sa.ForeignKeyConstraint(["ticket_no"], ["tickets.no"], name=op.f("fk_follow_ups_ticket_no_tickets")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_follow_ups_product_id_products")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("ticket_no", name=op.f("uq_follow_ups_ticket_no")),
    )
    open_ones = sa.text("done_at IS NULL")
    op.create_index("uq_follow_ups_open", "follow_ups", ["original_no"], unique=True, postgresql_where=open_ones)
    op.create_index("ix_follow_ups_listed", "follow_ups", ["completed_at", "id"], postgresql_where=open_ones)
    op.create_index("ix_follow_ups_done", "follow_ups", ["done_at", "id"])
    op.create_index("ix_follow_ups_original_no", "follow_ups", ["original_no"])
    op.create_index("ix_follow_ups_product_id", "follow_ups", ["product_id"])
    op.create_table(
        "follow_up_attempts",
        sa.Column("follow_up_id", sa.String(length=32), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name=op.f("fk_follow_up_attempts_follow_up_id_follow_ups")
        ),
        sa.PrimaryKeyConstraint("follow_up_id", "nth", name=op.f("pk_follow_up_attempts")),
    )
    op.execute("UPDATE tickets SET state = 'closed', is_open = false WHERE kind = 'follow_up' AND state = 'resolved'")


def downgrade() -> None:
    """Take back."""
    op.drop_table("follow_up_attempts")
    op.drop_table("follow_ups")
