"""Table of saved views."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class SavedView(Base):
    """A filter of the ticket list (crm.tickets.schemas.TicketFilter) and its columns, under a name.

    role: who sees it besides its owner, "" = nobody; its name is then one of that role's views. account_id: who made
    it. columns: empty = the list's own.
    """

    __tablename__ = "saved_views"
    __table_args__ = (
        Index("uq_saved_views_own", "account_id", "name", unique=True, postgresql_where="role = ''"),
        Index("uq_saved_views_shared", "role", "name", unique=True, postgresql_where="role <> ''"),
    )

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="")
    view: Mapped[str]
    q: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(default=list)
    states: Mapped[list[str]] = mapped_column(default=list)
    priorities: Mapped[list[str]] = mapped_column(default=list)
    owner: Mapped[str] = mapped_column(default="")
    days: Mapped[int] = mapped_column(default=0)
    columns: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]
