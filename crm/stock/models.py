"""Tables of stock: what lies where now, and every movement that led there."""

from datetime import datetime

from sqlalchemy import Computed, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class StockLevel(Base):
    """Pieces of a part in a place: "main", an outlet's id, "old" for what came back broken; below 0 when more was
    shipped, with a reason, than was booked in. low: below 0, or at or below reorder_at, which 0 switches off."""

    __tablename__ = "stock_levels"
    __table_args__ = (Index("ix_stock_levels_low", "part_code", postgresql_where="low"),)

    part_code: Mapped[str] = mapped_column(ForeignKey("parts.code"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[int] = mapped_column(default=0)
    reorder_at: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)
    updated_by: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]
    low: Mapped[bool] = mapped_column(
        Computed("quantity < 0 OR (reorder_at > 0 AND quantity <= reorder_at)", persisted=True)
    )


class StockMove(Base):
    """One movement; rows are added, never changed. kind: in | out | count | ship | use | back | old. quantity: what lay
    there after it. ticket_no: the request that was shipped or came back."""

    __tablename__ = "stock_moves"
    __table_args__ = (Index("ix_stock_moves_part_code_at", "part_code", "at", "id"),)

    id: Mapped[Id]
    part_code: Mapped[str] = mapped_column(ForeignKey("parts.code"))
    place: Mapped[str]
    kind: Mapped[str]
    change: Mapped[int]
    quantity: Mapped[int]
    reason: Mapped[str]
    ticket_no: Mapped[str] = mapped_column(default="", server_default="")
    actor: Mapped[str]
    at: Mapped[datetime]
