"""Stock: list, one part's file, movements, marks."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.paging import Cursor, SliceSize, decode_key, encode_key
from crm.parts import repository as parts
from crm.parts.errors import PartNotThere
from crm.stock import repository, service
from crm.stock.schemas import MarkChange, NewMove, Place, StockFile, StockSlice
from crm.views import parts as view
from crm.web.context import LensDep, SessionDep, TransactionalRoute
from crm.wire import Search

router = APIRouter(route_class=TransactionalRoute, tags=["parts"])
CodePath = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
_KEEPERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN)


@router.get("/stock", operation_id="listStock")
async def list_stock(
    session: SessionDep,
    lens: LensDep,
    q: Search = "",
    low: Annotated[bool, Query(description="Only parts that are low somewhere.")] = False,
    active: Annotated[bool, Query(description="Only parts that can be ordered.")] = False,
    cursor: Cursor = "",
    size: SliceSize = 50,
) -> StockSlice:
    """Parts by code with price and stock; every word of q is found in code or name."""
    require(lens.viewer, *Role)
    after = decode_key(cursor) if cursor else ""
    found = await repository.parts(session, q, low=low, active=active, after=after, limit=size + 1)
    kept = found[:size]
    return StockSlice(
        items=await view.stock_rows(session, kept, lens),
        next=encode_key(kept[-1].code) if len(found) > size else "",
        low_parts=await repository.low_count(session),
        labor=await view.labor(session, lens),
    )


@router.get("/stock/{code}", operation_id="getStock")
async def get_stock(code: CodePath, session: SessionDep, lens: LensDep) -> StockFile:
    """One part: what lies in each place, its prices, its newest movements."""
    require(lens.viewer, *Role)
    return await _file(session, code, lens)


@router.post("/stock/{code}/moves", operation_id="moveStock", status_code=201)
async def move_stock(code: CodePath, body: NewMove, session: SessionDep, lens: LensDep) -> StockFile:
    """Book a part in or out, or the number that was counted; a change by somebody else meanwhile is a 409."""
    require(lens.viewer, *_KEEPERS)
    await service.move(session, code, body, lens.viewer, lens.now)
    return await _file(session, code, lens)


@router.put("/stock/{code}/{place}", operation_id="markStock")
async def mark_stock(
    code: CodePath, place: Annotated[Place, Path()], body: MarkChange, session: SessionDep, lens: LensDep
) -> StockFile:
    """Set from how many pieces on the part is low in this place."""
    require(lens.viewer, *_KEEPERS)
    await service.mark(session, code, place, body, lens.viewer, lens.now)
    return await _file(session, code, lens)


async def _file(session: SessionDep, code: str, lens: LensDep) -> StockFile:
    row = (await parts.by_codes(session, [code])).get(code)
    if row is None:
        raise PartNotThere(f"备件目录里没有 {code}")
    return await view.stock_file(session, row, lens)
