"""Alembic's environment: the connection is handed in by crm.migrate."""

from alembic import context

from crm.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
