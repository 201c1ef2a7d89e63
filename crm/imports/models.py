"""Tables of the imports: each file that was handed in, its lines as long as they wait, and what it wrote."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class ImportRun(Base):
    """A file that is taken over. digest: SHA-256 of its bytes, by which the same file is known again.

    lines: all lines of the file; passed: those that are taken over or left out already, all at the end.
    problems: why lines were left out ({line, column, reason}), without what stood there.
    written: how many rows of import_changes it has; undone and stayed: what became of those when it was taken back.
    """

    __tablename__ = "import_runs"
    __table_args__ = (
        Index("ix_import_runs_at_id", "at", "id"),
        Index("uq_import_runs_open", "kind", "digest", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_import_runs_undoing", "undo_at", postgresql_where="undo_at IS NOT NULL AND undo_ended_at IS NULL"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    digest: Mapped[str] = mapped_column(index=True)
    file_name: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    lines: Mapped[int]
    passed: Mapped[int]
    added: Mapped[int] = mapped_column(default=0)
    completed: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int]
    problems: Mapped[list[dict[str, Any]]]
    written: Mapped[int] = mapped_column(default=0, server_default="0")
    undo_at: Mapped[datetime | None]
    undo_by: Mapped[str] = mapped_column(default="", server_default="")
    undo_ended_at: Mapped[datetime | None]
    undone: Mapped[int] = mapped_column(default=0, server_default="0")
    stayed: Mapped[int] = mapped_column(default=0, server_default="0")


class ImportLine(Base):
    """A line that waits; it goes in the transaction that takes it over, so that none is lost or taken twice."""

    __tablename__ = "import_lines"

    run_id: Mapped[str] = mapped_column(ForeignKey("import_runs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    values: Mapped[dict[str, Any]]


class ImportChange(Base):
    """What one line wrote, by which it can be taken back. what: customer (a new file) | completed | product.

    version: of the file or card as the import left it. seals: what was written into a file, as hashes (see seals.py):
    {"numbers": {id: seal}, "addresses": {id: seal}, "name": seal}. outcome: "" | undone | partly | stayed, with why.
    """

    __tablename__ = "import_changes"
    __table_args__ = (
        Index("ix_import_changes_run_id_line", "run_id", "line"),
        Index("ix_import_changes_customer_id", "customer_id"),
        Index("ix_import_changes_waiting", "run_id", "line", postgresql_where="outcome = ''"),
    )

    id: Mapped[Id]
    run_id: Mapped[str] = mapped_column(ForeignKey("import_runs.id"))
    line: Mapped[int]
    what: Mapped[str]
    customer_id: Mapped[str]  # no foreign key: the file may be gone, how it went stays
    product_id: Mapped[str] = mapped_column(default="")
    version: Mapped[int]
    seals: Mapped[dict[str, Any]]
    outcome: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
