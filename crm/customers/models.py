"""Tables of customers, their telephone numbers, addresses, notes, and merges of files."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Customer(Base):
    """A person or firm with a file. kind: owner | dealer | contractor | outlet.

    recording_consent, marketing_consent: yes | no | unknown. merged_into: the file that took this one over.
    """

    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_terms", "terms", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("ix_customers_without_terms", "id", postgresql_where="terms IS NULL"),
        Index("ix_customers_created_at_id", "created_at", "id"),
        Index("ix_customers_partners", "created_at", "id", postgresql_where="kind <> 'owner'"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="owner")
    elder: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    organization: Mapped[bool] = mapped_column(default=False, server_default="false")
    recording_consent: Mapped[str] = mapped_column(default="unknown", server_default="unknown")
    marketing_consent: Mapped[str] = mapped_column(default="unknown", server_default="unknown")
    do_not_call: Mapped[bool] = mapped_column(default=False, server_default="false")
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    terms: Mapped[list[str] | None] = mapped_column(ARRAY(Text), deferred=True)  # crm.search writes them


class PhoneNumber(Base):
    """A customer's number in E.164; several customers may share one.

    wrong_at: since when it is known not to be this customer's, who told it is wrong_by; None = it is.
    """

    __tablename__ = "phone_numbers"
    __table_args__ = (UniqueConstraint("customer_id", "e164"),)

    id: Mapped[Id]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    e164: Mapped[str] = mapped_column(index=True)
    extension: Mapped[str] = mapped_column(default="", server_default="")
    main: Mapped[bool] = mapped_column(default=False, server_default="false")
    do_not_call: Mapped[bool] = mapped_column(default=False, server_default="false")
    wrong_at: Mapped[datetime | None]
    wrong_by: Mapped[str] = mapped_column(default="", server_default="")
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
    adcode: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]


class CustomerNote(Base):
    """What somebody wrote about a customer; never changed, only added to."""

    __tablename__ = "customer_notes"

    id: Mapped[Id]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    at: Mapped[datetime]
    author: Mapped[str]
    text: Mapped[str]


class CustomerMerge(Base):
    """One file taken over by another. moved, so that it can be undone: table -> the ids that went over; marked -> the
    kept file's numbers that became 勿呼; fields -> what the kept file took over: field -> [before, after];
    standing -> [before, after] of what it bought as a partner, None for no row."""

    __tablename__ = "customer_merges"

    id: Mapped[Id]
    kept_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    gone_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    moved: Mapped[dict[str, Any]]
    author: Mapped[str]
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
