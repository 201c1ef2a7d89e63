"""Table of engineers."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Engineer(Base):
    """Somebody who visits customers. skills: keys of policy.dispatch.SKILLS; areas: {adcode, name}; capacity a day."""

    __tablename__ = "engineers"

    id: Mapped[Id]
    name: Mapped[str]
    badge_no: Mapped[str] = mapped_column(unique=True)
    e164: Mapped[str] = mapped_column(default="")
    outlet_id: Mapped[str | None] = mapped_column(ForeignKey("outlets.id"), index=True)
    skills: Mapped[list[str]] = mapped_column(default=list)
    areas: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    capacity: Mapped[int] = mapped_column(default=7)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
