"""who opened a ticket by hand, and whether its customer urged"""

import sqlalchemy as sa
from alembic import op

revision = "0331"
down_revision = "0340"
branch_labels = None
depends_on = None

_CELL = ["kind", "state", "priority", "created_at", "no"]
# What was opened by hand has no call, or a matter from 100 on; its first entry has the name of who did it, which is
# believed where only one account has that name.
_OPENED = """
    UPDATE tickets SET opened_by = person.id
    FROM timeline AS entry
    JOIN (SELECT name, min(id) AS id FROM accounts GROUP BY name HAVING count(*) = 1) AS person
        ON person.name = entry.actor
    WHERE entry.ticket_no = tickets.no AND entry.kind = 'opened' AND entry.version = 1
        AND (tickets.contact_id IS NULL OR tickets.matter >= 100)
"""
_URGED = "UPDATE tickets SET urged = true WHERE no IN (SELECT ticket_no FROM timeline WHERE kind = 'urge')"


def upgrade() -> None:
    """Apply; what the timelines tell is taken over."""
    op.add_column("tickets", sa.Column("opened_by", sa.String(length=32), nullable=True))
    op.create_foreign_key(op.f("fk_tickets_opened_by"), "tickets", "accounts", ["opened_by"], ["id"])
    op.add_column("tickets", sa.Column("urged", sa.Boolean(), server_default="false", nullable=False))
    op.execute(_OPENED)
    op.execute(_URGED)
    opened, urged = sa.text("opened_by IS NOT NULL"), sa.text("is_open AND urged")
    op.create_index("ix_tickets_opened", "tickets", ["opened_by", *_CELL], postgresql_where=opened)
    op.create_index("ix_tickets_urged", "tickets", _CELL, postgresql_where=urged)


def downgrade() -> None:
    """Take back; who opened a ticket is then told by its timeline only."""
    op.drop_index("ix_tickets_urged", table_name="tickets")
    op.drop_index("ix_tickets_opened", table_name="tickets")
    op.drop_column("tickets", "urged")
    op.drop_column("tickets", "opened_by")
