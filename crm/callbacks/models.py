"""Table of call-back tasks."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class CallbackTask(Base):
    """Somebody must ring this caller back. One per contact: a second reason is added to the first."""

    __tablename__ = "callback_tasks"
    __table_args__ = (Index("ix_callback_tasks_open", "due_at", postgresql_where="done_at IS NULL"),)

    id: Mapped[Id]
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), unique=True)
    ticket_no: Mapped[str] = mapped_column(default="")
    e164: Mapped[str] = mapped_column(default="")
    reasons: Mapped[list[str]] = mapped_column(default=list)
    priority: Mapped[str] = mapped_column(default="normal")
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    taken_by: Mapped[str] = mapped_column(default="", server_default="")
    taken_name: Mapped[str] = mapped_column(default="", server_default="")
    taken_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
