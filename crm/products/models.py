"""Table of products on file."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Product(Base):
    """A machine of a customer. product_class: boiler | other | unknown."""

    __tablename__ = "products"
    __table_args__ = (Index("uq_products_serial", "serial", unique=True, postgresql_where="serial <> ''"),)

    id: Mapped[Id]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    product_class: Mapped[str] = mapped_column(default="unknown")
    model: Mapped[str] = mapped_column(default="")
    serial: Mapped[str] = mapped_column(default="")
    purchased_on: Mapped[date | None]
    created_at: Mapped[datetime]
