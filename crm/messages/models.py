"""Tables of channels and of the messages they sent."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Channel(Base):
    """A program that may send messages. kind: wechat | wecom | email | web | other. It signs with its secret."""

    __tablename__ = "message_channels"

    id: Mapped[Id]
    name: Mapped[str]
    kind: Mapped[str]
    secret: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    last_at: Mapped[datetime | None]


class Message(Base):
    """A message that was taken, so that its repetition makes no second ticket. channel_id "" = the message board.

    digest: HMAC-SHA256 of its content.
    """

    __tablename__ = "messages"

    channel_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"), index=True)
    at: Mapped[datetime]
