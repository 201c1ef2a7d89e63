"""Tables of what ivr sent: facts as they came, and the blocks of ticket serials leased to each node."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base


class ReceivedFact(Base):
    """A fact as it came. status: applied | erased | rejected (reason says why; nothing of it is in other tables)."""

    __tablename__ = "facts"
    __table_args__ = (
        Index("ix_facts_rejected", "received_at", postgresql_where="status = 'rejected'"),
        Index("ix_facts_contact", "contact"),
    )

    node: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    contact: Mapped[str]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    status: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")


class FactNode(Base):
    """One ivr; its row is locked while its facts are applied. high is the highest seq that crm holds."""

    __tablename__ = "fact_nodes"

    node: Mapped[str] = mapped_column(primary_key=True)
    high: Mapped[int] = mapped_column(BigInteger, default=0)


class NumberLease(Base):
    """Ticket serials first .. first+size-1 belong to node for ever. used counts those crm itself has taken."""

    __tablename__ = "number_leases"

    first: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    size: Mapped[int]
    node: Mapped[str]
    used: Mapped[int] = mapped_column(default=0)
    leased_at: Mapped[datetime]
