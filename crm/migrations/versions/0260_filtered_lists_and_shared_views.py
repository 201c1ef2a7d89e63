"""filtered lists of tickets and views that are shared with a role"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0260"
down_revision = "0250"
branch_labels = None
depends_on = None

_CELL = ["kind", "state", "priority", "created_at", "no"]


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_tickets_cells", "tickets", _CELL)
    op.drop_index("ix_tickets_owned", table_name="tickets")
    op.create_index("ix_tickets_owned", "tickets", ["owner_id", *_CELL])
    op.drop_index(op.f("ix_tickets_owner_id"), table_name="tickets")
    op.drop_index("ix_ticket_clocks_risk", table_name="ticket_clocks")
    runs = sa.text("state = 'running'")
    op.create_index("ix_ticket_clocks_risk", "ticket_clocks", ["at_risk_at"], postgresql_where=runs)
    broken = sa.text("state = 'breached'")
    op.create_index("ix_ticket_clocks_breached", "ticket_clocks", ["ticket_no"], postgresql_where=broken)
    _upgrade_views()


def _upgrade_views() -> None:
    texts = ("role", "owner")
    lists = ("kinds", "states", "priorities", "columns")
    for name in texts:
        op.add_column("saved_views", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name in lists:
        op.add_column("saved_views", sa.Column(name, postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("saved_views", sa.Column("days", sa.Integer(), nullable=False, server_default="0"))
    for name in (*texts, *lists, "days"):
        op.alter_column("saved_views", name, server_default=None)
    op.drop_constraint(op.f("uq_saved_views_account_id_name"), "saved_views")
    own, shared = sa.text("role = ''"), sa.text("role <> ''")
    op.create_index("uq_saved_views_own", "saved_views", ["account_id", "name"], unique=True, postgresql_where=own)
    op.create_index("uq_saved_views_shared", "saved_views", ["role", "name"], unique=True, postgresql_where=shared)


def downgrade() -> None:
    """Take back; shared views, and what an own one asks for beyond a view and words, are lost."""
    op.drop_index("uq_saved_views_shared", table_name="saved_views")
    op.drop_index("uq_saved_views_own", table_name="saved_views")
    op.execute("DELETE FROM saved_views WHERE role <> ''")
    op.create_unique_constraint(op.f("uq_saved_views_account_id_name"), "saved_views", ["account_id", "name"])
    for name in ("role", "owner", "kinds", "states", "priorities", "columns", "days"):
        op.drop_column("saved_views", name)
    op.drop_index("ix_ticket_clocks_breached", table_name="ticket_clocks")
    op.drop_index("ix_ticket_clocks_risk", table_name="ticket_clocks")
    untold = sa.text("state = 'running' AND risk_noted_at IS NULL")
    op.create_index("ix_ticket_clocks_risk", "ticket_clocks", ["at_risk_at"], postgresql_where=untold)
    op.create_index(op.f("ix_tickets_owner_id"), "tickets", ["owner_id"])
    op.drop_index("ix_tickets_owned", table_name="tickets")
    listed = ["owner_id", "pressing", "created_at", "no"]
    op.create_index("ix_tickets_owned", "tickets", listed, postgresql_where=sa.text("is_open"))
    op.drop_index("ix_tickets_cells", table_name="tickets")
