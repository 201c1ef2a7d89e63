"""Table of agents' phones as the telephone system tells of them."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from crm.database import Base


class AgentPhone(Base):
    """One extension's state. changed_at is the time of the fact, so that a late fact never overwrites a newer one."""

    __tablename__ = "agent_phones"

    extension: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="offline")
    reason: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime | None]
    signed_in_since: Mapped[datetime | None]
    queues: Mapped[list[str]] = mapped_column(default=list)
