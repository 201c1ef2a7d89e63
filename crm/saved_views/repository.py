"""SQL of saved views."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.saved_views.models import SavedView


async def of_account(session: AsyncSession, account: str) -> Sequence[SavedView]:
    """Return a person's views, the oldest first."""
    query = select(SavedView).where(SavedView.account_id == account)
    return (await session.execute(query.order_by(SavedView.created_at, SavedView.id))).scalars().all()


async def put(session: AsyncSession, row: SavedView) -> None:
    """Insert or change a view."""
    session.add(row)
    await session.flush()


async def remove(session: AsyncSession, row: SavedView) -> None:
    """Delete a view."""
    await session.delete(row)
    await session.flush()
