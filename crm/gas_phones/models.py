"""Table of gas companies' emergency numbers."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base


class GasPhone(Base):
    """The number to ring in a city when gas leaks. adcode: the city's four digits; number: as dialled there, digits.

    source: who said so; checked_on: the day somebody last rang it or looked it up.
    """

    __tablename__ = "gas_phones"

    adcode: Mapped[str] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str]
    source: Mapped[str]
    checked_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
