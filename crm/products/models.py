"""Table of products on file."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Product(Base):
    """A machine of a customer with its card (产品跟踪信息卡, 二.四.2). product_class: boiler | other | unknown.

    warranty_card: yes | no | unknown.
    """

    __tablename__ = "products"
    __table_args__ = (Index("uq_products_serial", "serial", unique=True, postgresql_where="serial <> ''"),)

    id: Mapped[Id]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    product_class: Mapped[str] = mapped_column(default="unknown")
    model: Mapped[str] = mapped_column(default="")
    serial: Mapped[str] = mapped_column(default="")
    purchased_on: Mapped[date | None]
    invoice_no: Mapped[str] = mapped_column(default="", server_default="")
    invoice_on: Mapped[date | None]
    warranty_card: Mapped[str] = mapped_column(default="unknown", server_default="unknown")
    sold_by: Mapped[str] = mapped_column(default="", server_default="")
    installer: Mapped[str] = mapped_column(default="", server_default="")
    installed_on: Mapped[date | None]
    commissioned_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="", server_default="")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]

    @property
    def counts_from(self) -> date | None:
        """Return the day the warranty counts from: of the invoice, else of the sale (二.一.(一).4)."""
        return self.invoice_on or self.purchased_on
