"""Tables of call-back tasks and of the calls that asked for them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class CallbackTask(Base):
    """Somebody must ring this caller back. One open task per number: what asks for another is added to it.

    contact_id: the call that the hotline goes on with when it rings; None = of a danger that was written. duty_rings:
    how often the duty phones were rung for it, last at duty_rung_at, because nobody had taken it; duty_taken_at:
    when one of them took it.

    danger: the caller named one by telephone; who is still indoors must not be made to answer a phone there, so only a
    mobile is rung, by the hotline itself for the emergency queue.

    queue: the hotline itself calls when it is their turn in it, "" = people do. place_at, queue_priority: their place.
    after: not before this local time. next_at: no attempt before it. placed_at: an attempt is on its way since then.
    """

    __tablename__ = "callback_tasks"
    __table_args__ = (
        Index("ix_callback_tasks_open", "due_at", postgresql_where="done_at IS NULL"),
        Index("uq_callback_tasks_open_number", "e164", unique=True,
              postgresql_where="done_at IS NULL AND e164 <> '' AND contact_id IS NOT NULL"),
    )  # fmt: skip

    id: Mapped[Id]
    contact_id: Mapped[str | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    ticket_no: Mapped[str] = mapped_column(default="")
    e164: Mapped[str] = mapped_column(default="")
    reasons: Mapped[list[str]] = mapped_column(default=list)
    priority: Mapped[str] = mapped_column(default="normal")
    danger: Mapped[bool] = mapped_column(default=False, server_default="false")
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    taken_by: Mapped[str] = mapped_column(default="", server_default="")
    taken_name: Mapped[str] = mapped_column(default="", server_default="")
    taken_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    queue: Mapped[str] = mapped_column(default="", server_default="")
    queue_priority: Mapped[int] = mapped_column(default=0, server_default="0")
    place_at: Mapped[datetime | None]
    after: Mapped[str] = mapped_column(default="", server_default="")
    next_at: Mapped[datetime | None]
    placed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    duty_rings: Mapped[int] = mapped_column(default=0, server_default="0")
    duty_rung_at: Mapped[datetime | None]
    duty_taken_at: Mapped[datetime | None]

    @property
    def contact(self) -> str:
        """Return the call it comes from, "" for none."""
        return self.contact_id or ""


class CallbackAsked(Base):
    """A call that asked to be rung back, and its ticket: one call-back serves all that a task has."""

    __tablename__ = "callback_asked"

    task_id: Mapped[str] = mapped_column(ForeignKey("callback_tasks.id", ondelete="CASCADE"), primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), primary_key=True, index=True)
    ticket_no: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
