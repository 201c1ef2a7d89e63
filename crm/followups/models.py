"""Tables of follow-ups and of the attempts to reach somebody."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class FollowUp(Base):
    """One customer is asked how completed work turned out. One that has not ended per original ticket.

    ticket_no: the follow-up's own ticket, None until due_at, the beginning of the day from which it may be rung.
    outcome: a key of policy.follow_up.OUTCOMES, "" until done_at. fixed, score_visit, visit_rules, score_call: the
    answers (policy.follow_up.Survey). supervisor: they made a supervisor ring. code: what the customer may ask 400 for.
    said: which of the answers a machine took, and from what: speech | dtmf; empty where a person wrote them down.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        Index("uq_follow_ups_open", "original_no", unique=True, postgresql_where="done_at IS NULL"),
        Index("ix_follow_ups_listed", "completed_at", "id", postgresql_where="done_at IS NULL"),
        Index("ix_follow_ups_done", "done_at", "id"),
    )

    id: Mapped[Id]
    original_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"), index=True)
    ticket_no: Mapped[str | None] = mapped_column(ForeignKey("tickets.no"), unique=True)
    product_id: Mapped[str | None] = mapped_column(ForeignKey("products.id"), index=True)
    kind: Mapped[str]
    completed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    taken_by: Mapped[str] = mapped_column(default="")
    taken_name: Mapped[str] = mapped_column(default="")
    taken_until: Mapped[datetime | None]
    code: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    fixed: Mapped[str] = mapped_column(default="")
    score_visit: Mapped[int | None]
    visit_rules: Mapped[dict[str, str]] = mapped_column(default=dict)
    score_call: Mapped[int | None]
    remark: Mapped[str] = mapped_column(default="")
    said: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    supervisor: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(default="")


class FollowUpAttempt(Base):
    """Somebody rang. result: a key of policy.follow_up.ATTEMPTS.

    contact_id: of the call, when the hotline rang by itself; there is a contact only if somebody answered.
    """

    __tablename__ = "follow_up_attempts"
    __table_args__ = (Index("ix_follow_up_attempts_placed", "at", postgresql_where="result = 'placed'"),)

    follow_up_id: Mapped[str] = mapped_column(ForeignKey("follow_ups.id"), primary_key=True)
    nth: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    result: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    contact_id: Mapped[str | None] = mapped_column(unique=True)
