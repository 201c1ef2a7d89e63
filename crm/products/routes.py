"""Product tracking cards: make, read, change."""

from typing import Annotated

from fastapi import APIRouter, Path

from crm.accounts.schemas import SEES_PEOPLE, Role
from crm.accounts.service import require
from crm.products import repository, service
from crm.products.errors import NoProduct
from crm.products.schemas import ProductCard, ProductChange, ProductDraft
from crm.views import products as view
from crm.web.context import LensDep, SessionDep, TransactionalRoute, ViewerDep

router = APIRouter(route_class=TransactionalRoute, tags=["products"])
ProductPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_WRITERS = (Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR)


@router.post("/products", operation_id="createProduct", status_code=201)
async def create(body: ProductDraft, session: SessionDep, lens: LensDep) -> ProductCard:
    """Make a card."""
    require(lens.viewer, *_WRITERS)
    return await view.card(session, await service.create(session, body, lens.now))


@router.get("/products/{product}", operation_id="getProduct")
async def get_card(product: ProductPath, session: SessionDep, viewer: ViewerDep) -> ProductCard:
    """One machine: sale, invoice, card, installer, codes seen, visits, parts fitted."""
    require(viewer, *SEES_PEOPLE)
    found = await repository.get(session, product)
    if found is None:
        raise NoProduct("没有这台产品")
    return await view.card(session, found)


@router.put("/products/{product}", operation_id="changeProduct")
async def change(product: ProductPath, body: ProductChange, session: SessionDep, lens: LensDep) -> ProductCard:
    """Change a card."""
    require(lens.viewer, *_WRITERS)
    return await view.card(session, await service.change(session, product, body, lens.now))
