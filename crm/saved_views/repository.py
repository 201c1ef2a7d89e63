"""SQL of saved views."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.saved_views.models import SavedView


async def seen_by(session: AsyncSession, account: str, roles: Collection[str]) -> Sequence[SavedView]:
    """Return a person's own views and those that are shared with the roles, each group the oldest first."""
    own = (SavedView.account_id == account) & (SavedView.role == "")
    query = select(SavedView).where(or_(own, SavedView.role.in_(list(roles))))
    order = (SavedView.role, SavedView.created_at, SavedView.id)
    return (await session.execute(query.order_by(*order))).scalars().all()


async def put(session: AsyncSession, row: SavedView) -> None:
    """Insert or change a view."""
    session.add(row)
    await session.flush()


async def remove(session: AsyncSession, row: SavedView) -> None:
    """Delete a view."""
    await session.delete(row)
    await session.flush()
