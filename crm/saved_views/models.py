"""Table of saved views."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class SavedView(Base):
    """A filter of the ticket list under a name. view: a view of the list (crm.tickets.schemas.View). q: its search."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    view: Mapped[str]
    q: Mapped[str]
    created_at: Mapped[datetime]
