"""Tables of tickets, their slots and their timeline."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base

URGE = "urge"  # kind of the timeline entry of a caller who urges
REPEAT = "repeat"  # kind of the timeline entry of a machine that was reported not long before
_CELL = ("kind", "state", "priority", "created_at", "no")


class Ticket(Base):
    """One matter of one contact, or what an agent opened by hand (contact_id None).

    state and is_open are written by tickets.service.record only, together with its timeline entry.
    pressing: an open emergency, first in every list. opened_by: the account that opened it by hand, None for a call's
    or a message's. urged: its timeline has an entry of the kind URGE.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index("uq_tickets_contact_id_matter", "contact_id", "matter", unique=True),
        Index("ix_tickets_state_created_at", "state", "created_at"),
        Index("ix_tickets_listed", "pressing", "created_at", "no"),
        Index("ix_tickets_open", "pressing", "created_at", "no", postgresql_where="is_open"),
        # of each cell of crm.tickets.listing the newest first: of everybody's tickets, of one's own, of some
        Index("ix_tickets_cells", *_CELL),
        Index("ix_tickets_owned", "owner_id", *_CELL),
        Index("ix_tickets_opened", "opened_by", *_CELL, postgresql_where="opened_by IS NOT NULL"),
        Index("ix_tickets_urged", *_CELL, postgresql_where="is_open AND urged"),
        Index("ix_tickets_terms", "terms", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("ix_tickets_without_terms", "no", postgresql_where="terms IS NULL"),
        CheckConstraint("no ~ '^[0-9]{8}$'", name="no_is_eight_digits"),
    )

    no: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[str | None]
    matter: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str]
    state: Mapped[str]
    priority: Mapped[str]
    outcome: Mapped[str] = mapped_column(default="")
    safety: Mapped[str] = mapped_column(default="")
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    caller_e164: Mapped[str] = mapped_column(default="", index=True)
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    opened_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    urged: Mapped[bool] = mapped_column(default=False, server_default="false")
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    reopened_at: Mapped[datetime | None]
    is_open: Mapped[bool] = mapped_column(default=True, server_default="true")
    pressing: Mapped[bool] = mapped_column(Computed("is_open AND priority = 'urgent'::text", persisted=True))
    terms: Mapped[list[str] | None] = mapped_column(ARRAY(Text), deferred=True)  # crm.search writes them


class TicketSlot(Base):
    """The value of one slot of a ticket as it stands; the call keeps what was heard.

    status: crm_confirmed | voice_confirmed | dtmf | unverified | verified.
    source: speech | dtmf | crm | caller_id | agent | message.
    """

    __tablename__ = "ticket_slots"
    __table_args__ = (Index("ix_ticket_slots_unverified", "ticket_no", postgresql_where="status = 'unverified'"),)

    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"), primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, str]]
    status: Mapped[str]
    source: Mapped[str]
    candidates: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    clip: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=1)
    verified_by: Mapped[str] = mapped_column(default="")
    verified_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class TimelineEntry(Base):
    """What happened to a ticket. version is the ticket's after it; fields are the keys it changed."""

    __tablename__ = "timeline"
    __table_args__ = (
        Index("ix_timeline_ticket_no_id", "ticket_no", "id"),
        Index("ix_timeline_urges", "ticket_no", "at", postgresql_where="kind = 'urge'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"))
    version: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str]
    actor: Mapped[str]
    text: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(default=list)
