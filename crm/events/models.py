"""Table of numbered events."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base


class Event(Base):
    """Something changed. It names the subject, never its content: readers fetch the whole thing as it stands."""

    __tablename__ = "events"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    agent: Mapped[str] = mapped_column(default="")
    ticket: Mapped[str] = mapped_column(default="")
    customer: Mapped[str] = mapped_column(default="")
