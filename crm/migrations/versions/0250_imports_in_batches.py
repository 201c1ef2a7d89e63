"""imports in batches: how far each is, why lines were left out, and the lines that wait"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0250"
down_revision = "0281"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; the imports of before were done whole."""
    op.add_column("import_runs", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("import_runs", sa.Column("lines", sa.Integer(), nullable=True))
    op.add_column("import_runs", sa.Column("passed", sa.Integer(), nullable=True))
    op.add_column("import_runs", sa.Column("problems", JSONB(), nullable=True))
    op.execute(
        "UPDATE import_runs SET ended_at = at, problems = '[]', lines = added + completed + known + left_out,"
        " passed = added + completed + known + left_out"
    )
    for name in ("lines", "passed", "problems"):
        op.alter_column("import_runs", name, nullable=False)
    op.create_index(
        "uq_import_runs_open",
        "import_runs",
        ["kind", "digest"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "import_lines",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("values", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_runs.id"], name=op.f("fk_import_lines_run_id")),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_import_lines")),
    )


def downgrade() -> None:
    """Take back; lines that wait are not taken over then."""
    op.drop_table("import_lines")
    op.drop_index("uq_import_runs_open", table_name="import_runs")
    for name in ("problems", "passed", "lines", "ended_at"):
        op.drop_column("import_runs", name)
