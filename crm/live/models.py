"""Table of pops: the ledger of cards sent to agents."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Pop(Base):
    """One card for one agent. state: ringing | talking | ended | missed. *_page are the browser's times."""

    __tablename__ = "pops"
    __table_args__ = (
        UniqueConstraint("contact_id", "agent", "kind"),
        Index("ix_pops_agent_created_at", "agent", "created_at"),
    )

    id: Mapped[Id]
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    agent: Mapped[str]
    kind: Mapped[str]
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    state: Mapped[str]
    state_since: Mapped[datetime]
    over_reason: Mapped[str] = mapped_column(default="")
    rang_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    received_page: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    shown_page: Mapped[datetime | None]
    acted_at: Mapped[datetime | None]
    acted_page: Mapped[datetime | None]
    act: Mapped[str] = mapped_column(default="")
    closed: Mapped[bool] = mapped_column(default=False)
