"""search terms of tickets and customers, and the indexes of long lists"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0207"
down_revision = "0206"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Rows that are there get their terms from crm once it runs (crm.search.service.catch_up)."""
    op.add_column("tickets", sa.Column("is_open", sa.Boolean(), server_default="true", nullable=False))
    op.execute("UPDATE tickets SET is_open = false WHERE state IN ('closed', 'void')")
    pressing = sa.Computed("is_open AND priority = 'urgent'::text", persisted=True)
    op.add_column("tickets", sa.Column("pressing", sa.Boolean(), pressing, nullable=False))
    for table, key in (("tickets", "no"), ("customers", "id")):
        op.add_column(table, sa.Column("terms", ARRAY(sa.Text()), nullable=True))
        op.create_index(
            f"ix_{table}_terms", table, ["terms"], postgresql_using="gin", postgresql_with={"fastupdate": "off"}
        )
        op.create_index(f"ix_{table}_without_terms", table, [key], postgresql_where="terms IS NULL")
    op.create_index("ix_customers_created_at_id", "customers", ["created_at", "id"])
    op.create_index("ix_tickets_listed", "tickets", ["pressing", "created_at", "no"])
    op.create_index("ix_tickets_open", "tickets", ["pressing", "created_at", "no"], postgresql_where="is_open")
    owned = ["owner_id", "pressing", "created_at", "no"]
    op.create_index("ix_tickets_owned", "tickets", owned, postgresql_where="is_open")
    op.create_index(
        "ix_ticket_slots_unverified", "ticket_slots", ["ticket_no"], postgresql_where="status = 'unverified'"
    )
    op.create_index("ix_contacts_started_at_id", "contacts", ["started_at", "id"])
    op.create_index("ix_contacts_caller_ending", "contacts", [sa.text("reverse(caller_e164) text_pattern_ops")])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_contacts_caller_ending", table_name="contacts")
    op.drop_index("ix_contacts_started_at_id", table_name="contacts")
    op.drop_index("ix_ticket_slots_unverified", table_name="ticket_slots")
    op.drop_index("ix_tickets_owned", table_name="tickets")
    op.drop_index("ix_tickets_open", table_name="tickets")
    op.drop_index("ix_tickets_listed", table_name="tickets")
    op.drop_index("ix_customers_created_at_id", table_name="customers")
    for table in ("customers", "tickets"):
        op.drop_index(f"ix_{table}_without_terms", table_name=table)
        op.drop_index(f"ix_{table}_terms", table_name=table)
        op.drop_column(table, "terms")
    op.drop_column("tickets", "pressing")
    op.drop_column("tickets", "is_open")
