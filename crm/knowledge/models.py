"""Tables of knowledge: an entry under its key, and every version of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class KnowledgeEntry(Base):
    """One fault code, article or set of phrases.

    kind: fault_code | article | phrase. published: number of the version in force, 0 = none. revision counts every
    change of the entry (optimistic locking). title and search are taken from the newest version, for lists.
    """

    __tablename__ = "knowledge_entries"
    __table_args__ = (
        Index("uq_knowledge_entries_kind_key", "kind", "key", unique=True),
        Index("ix_knowledge_entries_updated_at_id", "updated_at", "id"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    key: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    search: Mapped[str] = mapped_column(default="")
    example: Mapped[bool] = mapped_column(default=False)
    published: Mapped[int] = mapped_column(default=0)
    newest: Mapped[int] = mapped_column(default=0)
    state: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class KnowledgeVersion(Base):
    """One version. state: draft | review | published | superseded | withdrawn."""

    __tablename__ = "knowledge_versions"

    entry_id: Mapped[str] = mapped_column(ForeignKey("knowledge_entries.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    content: Mapped[dict[str, Any]]
    author: Mapped[str]
    author_name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    reviewed_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
