"""Table of corrections: what was heard in a clip, and what an agent says was meant."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base


class Correction(Base):
    """One slot of a call whose value a person changed, with the caller's own clip of it.

    kind: the question's, a value of speech.contract.SlotKind. heard, truth: the same fields. misheard: False = the
    caller said it and changed his mind: no sample. said_at: when it was said.
    """

    __tablename__ = "corrections"

    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"), primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), index=True)
    kind: Mapped[str]
    clip: Mapped[str]
    heard: Mapped[dict[str, str]]
    truth: Mapped[dict[str, str]]
    said_at: Mapped[datetime]
    misheard: Mapped[bool] = mapped_column(default=True)
    corrected_by: Mapped[str]
    corrected_at: Mapped[datetime]
