"""Table of the audit log; rows are added, never changed."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base


class AuditEntry(Base):
    """Somebody saw or did something. subject_kind: contact | ticket | customer | account | rules | list."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject_kind", "subject", "id"),
        Index("ix_audit_entries_actor_id", "actor", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    actor_name: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
