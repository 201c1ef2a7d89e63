"""Tables of engineers' visits, their photos, and who asked 400 for a visit code."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class EngineerVisit(Base):
    """One engineer at one customer. state: planned | on_the_way | on_site | done | cancelled (policy.visit_rules).

    code: the six digits the engineer tells at the door, unique among open visits. finish_code: the customer's four
    digits instead of a signature. checked: keys of the checklists that are done -> "yes". parts: {name, quantity, fen}.
    fee: in | out | unknown, before the work; charged_fen after it. charges: what the price list asked for at the end,
    {kind, name, quantity, fen}; proposed_fen: its sum, None = a price lacks; charge_reason: why another was taken.
    """

    __tablename__ = "engineer_visits"
    __table_args__ = (
        Index("uq_engineer_visits_code", "code", unique=True, postgresql_where="finished_at IS NULL"),
        Index("ix_engineer_visits_engineer_id_starts_at", "engineer_id", "starts_at"),
        Index("ix_engineer_visits_starts_at_id", "starts_at", "id"),
    )

    id: Mapped[Id]
    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"), index=True)
    engineer_id: Mapped[str] = mapped_column(ForeignKey("engineers.id"))
    product_id: Mapped[str | None] = mapped_column(ForeignKey("products.id"), index=True)
    state: Mapped[str] = mapped_column(default="planned")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    late_reason: Mapped[str] = mapped_column(default="")
    code: Mapped[str]
    finish_code: Mapped[str]
    fee: Mapped[str] = mapped_column(default="unknown")
    fee_note: Mapped[str] = mapped_column(default="")
    fee_agreed: Mapped[bool] = mapped_column(default=False)
    charged_fen: Mapped[int] = mapped_column(default=0)
    charges: Mapped[list[dict[str, str]]] = mapped_column(default=list, server_default="[]")
    proposed_fen: Mapped[int | None]
    charge_reason: Mapped[str] = mapped_column(default="", server_default="")
    checked: Mapped[dict[str, str]] = mapped_column(default=dict)
    code_found: Mapped[str] = mapped_column(default="")
    cause: Mapped[str] = mapped_column(default="")
    parts: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    result: Mapped[str] = mapped_column(default="")
    result_note: Mapped[str] = mapped_column(default="")
    signed_by: Mapped[str] = mapped_column(default="")
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class VisitPhoto(Base):
    """A photo of a visit; the file lies in the photos folder under its id."""

    __tablename__ = "visit_photos"

    id: Mapped[Id]
    visit_id: Mapped[str] = mapped_column(ForeignKey("engineer_visits.id"), index=True)
    kind: Mapped[str]
    bytes: Mapped[int]
    created_at: Mapped[datetime]


class CallbackCode(Base):
    """Six digits that prove a call of ours: what a follow-up or call-back told the customer to ask 400 for."""

    __tablename__ = "callback_codes"

    code: Mapped[str] = mapped_column(primary_key=True)
    ticket_no: Mapped[str | None] = mapped_column(ForeignKey("tickets.no"), index=True)
    called_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class CodeCheck(Base):
    """Somebody asked 400 whether a code is good."""

    __tablename__ = "code_checks"
    __table_args__ = (Index("ix_code_checks_caller_e164_at", "caller_e164", "at"),)

    id: Mapped[Id]
    at: Mapped[datetime]
    caller_e164: Mapped[str]
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("engineer_visits.id"), index=True)
    answer: Mapped[str]
