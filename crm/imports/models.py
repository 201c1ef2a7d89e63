"""Tables of the imports: each file that was handed in, and its lines as long as they wait to be taken over."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class ImportRun(Base):
    """A file that is taken over. digest: SHA-256 of its bytes, by which the same file is known again.

    lines: all lines of the file; passed: those that are taken over or left out already, all at the end.
    problems: why lines were left out ({line, column, reason}), without what stood there.
    """

    __tablename__ = "import_runs"
    __table_args__ = (
        Index("ix_import_runs_at_id", "at", "id"),
        Index("uq_import_runs_open", "kind", "digest", unique=True, postgresql_where="ended_at IS NULL"),
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


class ImportLine(Base):
    """A line that waits; it goes in the transaction that takes it over, so that none is lost or taken twice."""

    __tablename__ = "import_lines"

    run_id: Mapped[str] = mapped_column(ForeignKey("import_runs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    values: Mapped[dict[str, Any]]
