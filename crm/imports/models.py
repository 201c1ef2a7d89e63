"""Table of the imports that were done; the lines themselves are not kept."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class ImportRun(Base):
    """A file that was taken over. digest: SHA-256 of its bytes, by which the same file is known again."""

    __tablename__ = "import_runs"
    __table_args__ = (Index("ix_import_runs_at_id", "at", "id"),)

    id: Mapped[Id]
    kind: Mapped[str]
    digest: Mapped[str] = mapped_column(index=True)
    file_name: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    added: Mapped[int]
    completed: Mapped[int]
    known: Mapped[int]
    left_out: Mapped[int]
