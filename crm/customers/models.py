"""Tables of customers, their telephone numbers and addresses."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Customer(Base):
    """A person or firm with a file. kind: owner | dealer | contractor | outlet."""

    __tablename__ = "customers"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="owner")
    elder: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class PhoneNumber(Base):
    """A customer's number in E.164; several customers may share one."""

    __tablename__ = "phone_numbers"
    __table_args__ = (UniqueConstraint("customer_id", "e164"),)

    id: Mapped[Id]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    e164: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]


class Address(Base):
    """A customer's address: the slot's fields as JSON and their text; the text is unique for one customer."""

    __tablename__ = "addresses"
    __table_args__ = (UniqueConstraint("customer_id", "text"),)

    id: Mapped[Id]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    value: Mapped[dict[str, str]]
    text: Mapped[str]
    status: Mapped[str]
    created_at: Mapped[datetime]
