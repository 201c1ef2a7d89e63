"""Table of erasures; what was erased is named by ids alone."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Erasure(Base):
    """One person was erased. contacts and recordings name what still lies on disk until files_gone_at."""

    __tablename__ = "erasures"
    __table_args__ = (Index("ix_erasures_files", "at", postgresql_where="files_gone_at IS NULL"),)

    id: Mapped[Id]
    customer_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
    contacts: Mapped[list[str]]
    recordings: Mapped[list[str]]
    photos: Mapped[list[str]]
    files_gone_at: Mapped[datetime | None]
