"""Table of webhooks; each reads the events table at its own pace, which is the outbox."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Webhook(Base):
    """A program that is told of events.

    first_seq: what happened up to this event is not told, it came before the webhook. sent_seq: the newest event it has
    taken. next_at: not before then.
    """

    __tablename__ = "webhooks"

    id: Mapped[Id]
    url: Mapped[str]
    secret: Mapped[str]
    kinds: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    first_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    sent_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    failures: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    last_result: Mapped[str] = mapped_column(default="")
    last_at: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
