"""SQL of dated rules."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.rules.models import RuleSet


async def sets(session: AsyncSession, name: str) -> Sequence[RuleSet]:
    """Return the company's sets of a name, oldest first."""
    return (
        (await session.execute(select(RuleSet).where(RuleSet.name == name).order_by(RuleSet.valid_from)))
        .scalars()
        .all()
    )


async def add(session: AsyncSession, row: RuleSet) -> None:
    """Insert a set."""
    session.add(row)
    await session.flush()
