"""Table of dated rules; rows are added, never changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from crm.database import Base, Id


class RuleSet(Base):
    """The rules of one name from a day on. It stands beside the default sets and replaces one of the same day."""

    __tablename__ = "rule_sets"
    __table_args__ = (UniqueConstraint("name", "valid_from"),)

    id: Mapped[Id]
    name: Mapped[str]
    valid_from: Mapped[date]
    body: Mapped[dict[str, Any]]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
