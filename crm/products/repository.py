"""SQL of products."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.products.models import Product


async def of_customer(session: AsyncSession, customer_id: str) -> Sequence[Product]:
    """Return the customer's products, newest first."""
    query = select(Product).where(Product.customer_id == customer_id).order_by(Product.created_at.desc(), Product.id)
    return (await session.execute(query)).scalars().all()


async def by_serial(session: AsyncSession, serial: str) -> Product | None:
    """Return the product with this serial."""
    return (await session.execute(select(Product).where(Product.serial == serial))).scalar_one_or_none()


async def get(session: AsyncSession, product: str, *, lock: bool = False) -> Product | None:
    """Return one product."""
    return await session.get(Product, product, with_for_update=lock)


async def add(session: AsyncSession, product: Product) -> None:
    """Insert a product."""
    session.add(product)
    await session.flush()
