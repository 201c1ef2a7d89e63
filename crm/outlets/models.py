"""Table of service outlets."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base, Id


class Outlet(Base):
    """A service outlet. areas: what it serves, each {adcode, name, city}; city "yes" = 市区 of the 8 hours."""

    __tablename__ = "outlets"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    adcode: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    areas: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)
    example: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
