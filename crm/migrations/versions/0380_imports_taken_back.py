"""what an import wrote, line by line, and what became of it when the import was taken back"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0380"
down_revision = "0372"
branch_labels = None
depends_on = None

_TIMES = ("undo_at", "undo_ended_at")
_COUNTS = ("written", "undone", "stayed")


def upgrade() -> None:
    """Apply; nobody knows what the imports of before wrote, so they cannot be taken back."""
    for name in _TIMES:
        op.add_column("import_runs", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in _COUNTS:
        op.add_column("import_runs", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.add_column("import_runs", sa.Column("undo_by", sa.Text(), server_default="", nullable=False))
    op.create_index(
        "ix_import_runs_undoing",
        "import_runs",
        ["undo_at"],
        postgresql_where=sa.text("undo_at IS NOT NULL AND undo_ended_at IS NULL"),
    )
    op.create_table(
        "import_changes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seals", JSONB(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_runs.id"], name=op.f("fk_import_changes_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_changes")),
    )
    op.create_index("ix_import_changes_run_id_line", "import_changes", ["run_id", "line"])
    op.create_index("ix_import_changes_customer_id", "import_changes", ["customer_id"])
    op.create_index(
        "ix_import_changes_waiting", "import_changes", ["run_id", "line"], postgresql_where=sa.text("outcome = ''")
    )


def downgrade() -> None:
    """Take back; what waits to be undone stays then."""
    op.drop_table("import_changes")
    op.drop_index("ix_import_runs_undoing", table_name="import_runs")
    for name in ("undo_by", *_COUNTS, *_TIMES):
        op.drop_column("import_runs", name)
