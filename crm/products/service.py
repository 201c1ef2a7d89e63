"""Rules of the product tracking card (产品跟踪信息卡, 二.四.2)."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from crm.customers import repository as customers
from crm.errors import Invalid
from crm.events.service import EventKind, append, begin_writing
from crm.products import repository
from crm.products.errors import NoProduct, ProductChanged, SerialTaken
from crm.products.models import Product
from crm.products.schemas import CardFields, ProductChange, ProductDraft
from crm.search.touched import touch


async def create(session: AsyncSession, draft: ProductDraft, now: datetime) -> Product:
    """Make a card; raises Invalid for a customer or dates that make no sense, SerialTaken."""
    await begin_writing(session)
    await _check(session, draft, draft.customer, "")
    product = Product(id=uuid4().hex, customer_id=draft.customer, created_at=now)
    _fill(product, draft)
    await repository.add(session, product)
    await append(session, EventKind.CUSTOMER, now, customer=draft.customer)
    return product


async def change(session: AsyncSession, product_id: str, wanted: ProductChange, now: datetime) -> Product:
    """Change a card, also whose machine it is; raises NoProduct, ProductChanged, Invalid, SerialTaken."""
    await begin_writing(session)
    product = await repository.get(session, product_id, lock=True)
    if product is None:
        raise NoProduct("没有这台产品")
    if product.version != wanted.version:
        raise ProductChanged("这张产品卡刚被别人改过，请看一下新内容再保存")
    await _check(session, wanted, wanted.customer, product_id)
    _fill(product, wanted)
    touch(session, customers=[product.customer_id])  # also whose it was
    product.customer_id = wanted.customer
    product.version += 1
    await append(session, EventKind.CUSTOMER, now, customer=product.customer_id)
    return product


def _fill(product: Product, fields: CardFields) -> None:
    for name in CardFields.model_fields:
        setattr(product, name, getattr(fields, name))


async def _check(session: AsyncSession, fields: CardFields, customer: str, own: str) -> None:
    if await customers.get(session, customer) is None:
        raise Invalid("没有这位客户", fields=[{"field": "customer", "detail": "没有这位客户"}])
    sold = fields.purchased_on or fields.invoice_on
    for name, label in (("installed_on", "安装日期"), ("commissioned_on", "调试日期")):
        day = getattr(fields, name)
        if day and sold and day < sold:
            raise Invalid(f"{label}早于购买日期", fields=[{"field": name, "detail": f"{label}早于购买日期"}])
    held = await repository.by_serial(session, fields.serial) if fields.serial else None
    if held is not None and held.id != own:
        raise SerialTaken(
            f"序列号 {fields.serial} 已登记在另一张卡上", fields=[{"field": "serial", "detail": "已登记"}]
        )
