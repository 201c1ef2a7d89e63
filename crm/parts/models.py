"""Tables of parts, their prices, partners' standing and the lines of part requests."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Part(Base):
    """A part that can be ordered. swappable: may be replaced in the warranty (一.四). example: not a real one."""

    __tablename__ = "parts"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    unit: Mapped[str] = mapped_column(default="件")
    swappable: Mapped[bool] = mapped_column(default=False)
    example: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=0, server_default="1")
    updated_at: Mapped[datetime]


class PartPrice(Base):
    """A price from a day on, in 分. source: the price list it stands in."""

    __tablename__ = "part_prices"
    __table_args__ = (UniqueConstraint("part_code", "valid_from"), CheckConstraint("fen >= 0", name="not_negative"))

    id: Mapped[Id]
    part_code: Mapped[str] = mapped_column(ForeignKey("parts.code"))
    valid_from: Mapped[date]
    fen: Mapped[int]
    source: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class Partner(Base):
    """How many machines a dealer, contractor or outlet has bought and where they stand: what the quota is made of."""

    __tablename__ = "partners"

    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    units_bought: Mapped[int] = mapped_column(default=0)
    environment: Mapped[str] = mapped_column(default="normal")
    version: Mapped[int] = mapped_column(default=1)
    updated_by: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]


class PartLine(Base):
    """So many of a part in a request. fen: price when quoted. issued_at: counts against the quota of that year.
    shipped_at: left the place shipped_from with the parcel that is on its way. A return has one, of the part that is
    exchanged."""

    __tablename__ = "part_lines"
    __table_args__ = (
        UniqueConstraint("ticket_no", "part_code"),
        CheckConstraint("quantity > 0", name="positive"),
        Index("ix_part_lines_issued", "part_code", "issued_at", postgresql_where="issued_at IS NOT NULL"),
    )

    id: Mapped[Id]
    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"), index=True)
    part_code: Mapped[str] = mapped_column(ForeignKey("parts.code"))
    quantity: Mapped[int]
    fen: Mapped[int | None]
    issued_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    shipped_from: Mapped[str] = mapped_column(default="main", server_default="main")
