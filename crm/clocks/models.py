"""Tables of clocks and of their pauses."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class TicketClock(Base):
    """One promise of one ticket (crm.policy.clocks.Clock). risk_noted_at, breach_noted_at: when the fact was told."""

    __tablename__ = "ticket_clocks"
    __table_args__ = (
        Index("ix_ticket_clocks_risk", "at_risk_at", postgresql_where="state = 'running'"),
        Index("ix_ticket_clocks_due", "due_at", postgresql_where="state = 'running'"),
        Index("ix_ticket_clocks_breached", "ticket_no", postgresql_where="state = 'breached'"),
        Index("ix_ticket_clocks_paused_until", "paused_until", postgresql_where="state = 'paused'"),
    )

    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    place: Mapped[str]
    sentence: Mapped[str]
    scope: Mapped[str]
    rules_from: Mapped[date]
    started_at: Mapped[datetime]
    duration_s: Mapped[int]
    state: Mapped[str]
    at_risk_at: Mapped[datetime]
    due_at: Mapped[datetime]
    left_s: Mapped[int] = mapped_column(default=0)
    pause_reason: Mapped[str] = mapped_column(default="")
    paused_until: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    risk_noted_at: Mapped[datetime | None]
    breach_noted_at: Mapped[datetime | None]


class ClockPause(Base):
    """A clock stood from ... to ..., why and by whose word."""

    __tablename__ = "clock_pauses"
    __table_args__ = (Index("ix_clock_pauses_clock", "ticket_no", "key"),)

    id: Mapped[Id]
    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"))
    key: Mapped[str]
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    paused_by: Mapped[str]
    resumed_by: Mapped[str] = mapped_column(default="")
