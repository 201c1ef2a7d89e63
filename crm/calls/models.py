"""Tables of contacts: path, turns, matters and what was heard for them, queue visits, rings, recordings."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base


class Contact(Base):
    """One caller from ring to hang-up. stub: made by a fact that came without contact_started."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index("ix_contacts_started_at_id", "started_at", "id"),
        Index(
            "ix_contacts_caller_ending",
            literal_column("reverse(caller_e164)").label("ending"),
            postgresql_ops={"ending": "text_pattern_ops"},
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    linkedids: Mapped[list[str]] = mapped_column(default=list)
    caller_raw: Mapped[str] = mapped_column(default="")
    caller_e164: Mapped[str] = mapped_column(default="", index=True)
    did: Mapped[str] = mapped_column(default="")
    recording: Mapped[str] = mapped_column(default="")
    notice_version: Mapped[str] = mapped_column(default="")
    stub: Mapped[bool] = mapped_column(default=False)
    resumed: Mapped[int] = mapped_column(default=0)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    safety: Mapped[str] = mapped_column(default="")
    safety_words: Mapped[str] = mapped_column(default="")
    safety_clip: Mapped[str] = mapped_column(default="")
    safety_at: Mapped[datetime | None]
    handed_to: Mapped[str] = mapped_column(default="")
    handed_at: Mapped[datetime | None]
    handed_priority: Mapped[int] = mapped_column(default=0, server_default="0")
    silent: Mapped[bool] = mapped_column(default=False, server_default="false")
    lang: Mapped[str] = mapped_column(default="", server_default="")  # yue: heard to speak Cantonese
    voicemail: Mapped[str] = mapped_column(default="")
    called_back_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    cause: Mapped[int] = mapped_column(default=0)
    duration_ms: Mapped[int | None]


class PathNode(Base):
    """The dialogue came to a node."""

    __tablename__ = "path_nodes"
    __table_args__ = (Index("ix_path_nodes_contact_id_id", "contact_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    at: Mapped[datetime]
    flow: Mapped[str]
    node: Mapped[str]


class Turn(Base):
    """One turn of the dialogue; text and digits are personal data. asked: as in facts.TurnEnded."""

    __tablename__ = "turns"
    __table_args__ = (Index("ix_turns_contact_id_id", "contact_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    at: Mapped[datetime]
    flow: Mapped[str]
    node: Mapped[str]
    cause: Mapped[str]
    mode: Mapped[str]
    text: Mapped[str]
    digits: Mapped[str]
    meaning: Mapped[str]
    clip: Mapped[str]
    attempt: Mapped[int]
    wait_ms: Mapped[int]
    barged_in: Mapped[bool]
    asked: Mapped[str] = mapped_column(default="", server_default="")


class Matter(Base):
    """One entry into consult, complaint, repair or request."""

    __tablename__ = "matters"

    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    matter: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    about: Mapped[str] = mapped_column(default="", server_default="")  # a ticket that was there before the call
    safety: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]


class HeardSlot(Base):
    """What the dialogue got for a slot; attempts counts the values it had, the last one stands."""

    __tablename__ = "heard_slots"

    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    matter: Mapped[int] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, str]]
    status: Mapped[str]
    source: Mapped[str]
    candidates: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    clip: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]


class Visit(Base):
    """One queue visit, the unit of every figure (contact-centre 2.1). outcome "" while it lasts."""

    __tablename__ = "visits"
    __table_args__ = (
        Index(
            "ix_visits_open", "queue", postgresql_where="ended_at IS NULL AND (outcome = '' OR outcome = 'answered')"
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), index=True)
    queue: Mapped[str]
    joined_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    agent: Mapped[str] = mapped_column(default="", index=True)
    outcome: Mapped[str] = mapped_column(default="")
    ended_by: Mapped[str] = mapped_column(default="")
    wait_ms: Mapped[int | None]
    ring_ms: Mapped[int | None]
    talk_ms: Mapped[int | None]
    position_join: Mapped[int] = mapped_column(default=0)
    position_leave: Mapped[int] = mapped_column(default=0)
    certain: Mapped[bool] = mapped_column(default=True)


class Ring(Base):
    """An agent's phone rang for a visit. reason: "" while ringing | answered | no_answer | canceled."""

    __tablename__ = "rings"
    __table_args__ = (Index("ix_rings_agent_at", "agent", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"), index=True)
    agent: Mapped[str]
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    ring_ms: Mapped[int] = mapped_column(default=0)


class RecordingEntry(Base):
    """The ledger of recordings: expected from the contact's start, present when the file is whole on disk."""

    __tablename__ = "recordings"

    id: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), index=True)
    expected_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    present: Mapped[bool] = mapped_column(default=False)
    bytes: Mapped[int] = mapped_column(default=0)
