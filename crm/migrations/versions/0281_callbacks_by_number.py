"""one open call-back per number, which all calls that asked for it share"""

import sqlalchemy as sa
from alembic import op

revision = "0281"
down_revision = "0280"
branch_labels = None
depends_on = None

# of several open tasks of one number the oldest stays; the others' calls, reasons and due times become its own
_OPEN = "done_at IS NULL AND e164 <> '' AND contact_id IS NOT NULL"
_KEPT = """
    CREATE TEMP TABLE merged ON COMMIT DROP AS
    SELECT id, first_value(id) OVER (PARTITION BY e164 ORDER BY created_at, id) AS kept
    FROM callback_tasks WHERE done_at IS NULL AND e164 <> '' AND contact_id IS NOT NULL
"""
_ASKED = """
    UPDATE callback_asked SET task_id = merged.kept FROM merged WHERE callback_asked.task_id = merged.id
"""
_TAKEN_OVER = """
    UPDATE callback_tasks AS task SET
        due_at = found.due_at,
        danger = found.danger,
        queue = CASE WHEN found.danger THEN '' ELSE task.queue END,
        reasons = found.reasons,
        priority = (ARRAY['low', 'normal', 'high', 'urgent'])[found.pressing]
    FROM (
        SELECT merged.kept,
               coalesce(max(one.due_at) FILTER (WHERE one.danger), min(one.due_at)) AS due_at,
               bool_or(one.danger) AS danger,
               jsonb_agg(DISTINCT reason) AS reasons,
               max(coalesce(array_position(ARRAY['low', 'normal', 'high', 'urgent'], one.priority), 2)) AS pressing
        FROM merged JOIN callback_tasks AS one ON one.id = merged.id
        CROSS JOIN LATERAL jsonb_array_elements_text(one.reasons) AS reason
        GROUP BY merged.kept HAVING count(DISTINCT merged.id) > 1
    ) AS found
    WHERE task.id = found.kept
"""
_PLACE = """
    UPDATE callback_tasks AS task SET queue = one.queue, queue_priority = one.queue_priority,
        place_at = one.place_at, after = one.after
    FROM merged JOIN callback_tasks AS one ON one.id = merged.id
    WHERE task.id = merged.kept AND NOT task.danger AND task.queue = '' AND one.queue <> ''
"""
_REST = "DELETE FROM callback_tasks AS task USING merged WHERE task.id = merged.id AND merged.id <> merged.kept"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "callback_asked",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["callback_tasks.id"], name=op.f("fk_callback_asked_task_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_callback_asked_contact_id")),
        sa.PrimaryKeyConstraint("task_id", "contact_id", name=op.f("pk_callback_asked")),
    )
    op.create_index("ix_callback_asked_contact_id", "callback_asked", ["contact_id"])
    op.execute(
        "INSERT INTO callback_asked SELECT id, contact_id, ticket_no, created_at FROM callback_tasks"
        " WHERE contact_id IS NOT NULL"
    )
    for statement in (_KEPT, _ASKED, _TAKEN_OVER, _PLACE, _REST):
        op.execute(statement)
    op.drop_constraint("uq_callback_tasks_contact_id", "callback_tasks")
    op.create_index("ix_callback_tasks_contact_id", "callback_tasks", ["contact_id"])
    op.create_index("uq_callback_tasks_open_number", "callback_tasks", ["e164"], unique=True, postgresql_where=_OPEN)


def downgrade() -> None:
    """Take back; a call that had another's task has none of its own then."""
    op.drop_index("uq_callback_tasks_open_number", "callback_tasks")
    op.drop_index("ix_callback_tasks_contact_id", "callback_tasks")
    op.execute(
        "UPDATE callback_tasks AS task SET contact_id = NULL WHERE contact_id IS NOT NULL AND EXISTS ("
        "SELECT FROM callback_tasks AS other WHERE other.contact_id = task.contact_id AND other.id > task.id)"
    )
    op.create_unique_constraint("uq_callback_tasks_contact_id", "callback_tasks", ["contact_id"])
    op.drop_table("callback_asked")
