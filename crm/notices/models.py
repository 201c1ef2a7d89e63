"""Table of notices."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Notice(Base):
    """What callers hear from starts_at until ends_at. kind: area | surge.

    area: callers whose registered address lies in the division adcode hear 「{area}{event},我们已经知道…」. surge: all
    callers hear that reporting here is fastest; adcode, area and event are "".
    """

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_ends_at", "ends_at"),)

    id: Mapped[Id]
    kind: Mapped[str]
    adcode: Mapped[str] = mapped_column(default="")
    area: Mapped[str] = mapped_column(default="")
    event: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str]
    created_at: Mapped[datetime]
