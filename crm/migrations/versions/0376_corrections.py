"""corrections of what was misheard, and what a turn asked for"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0376"
down_revision = "0361"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("turns", sa.Column("asked", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "corrections",
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("clip", sa.Text(), nullable=False),
        sa.Column("heard", postgresql.JSONB(), nullable=False),
        sa.Column("truth", postgresql.JSONB(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("misheard", sa.Boolean(), nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_corrections_contact_id_contacts")),
        sa.ForeignKeyConstraint(["ticket_no"], ["tickets.no"], name=op.f("fk_corrections_ticket_no_tickets")),
        sa.PrimaryKeyConstraint("ticket_no", "slot", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_contact_id"), "corrections", ["contact_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("corrections")
    op.drop_column("turns", "asked")
