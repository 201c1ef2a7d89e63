"""Rules of stock: in, out, counted anew, shipped, always with a reason; the mark below which a part is low."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.audit.service import note
from crm.outlets import repository as outlets
from crm.parts import repository as parts
from crm.parts.errors import NoPart
from crm.stock import repository
from crm.stock.errors import NoPlace, NotEnough, StockChanged
from crm.stock.models import StockLevel, StockMove
from crm.stock.schemas import MarkChange, NewMove, PlaceForm

MAIN = "main"
OLD = "old"  # broken parts that came back: repaired they are booked into another place; nothing is shipped from here
_SIGN = {"in": 1, "out": -1}
_MOST = 1_000_000


async def places(session: AsyncSession) -> list[PlaceForm]:
    """Return where parts may lie: the main warehouse, the outlets, what came back broken (never active)."""
    found = [PlaceForm(id=row.id, name=row.name, active=row.active) for row in await outlets.everything(session)]
    return [PlaceForm(id=MAIN, name="总仓", active=True), *found, PlaceForm(id=OLD, name="旧件库", active=False)]


async def move(session: AsyncSession, code: str, wanted: NewMove, viewer: Viewer, now: datetime) -> StockLevel:
    """Book a movement; raises NoPart, NoPlace, StockChanged, NotEnough."""
    level = await _locked(session, code, wanted.place, wanted.version, now)
    sign = _SIGN.get(wanted.kind)
    after = wanted.quantity if sign is None else level.quantity + sign * wanted.quantity
    short = sign == -1 and after < 0
    if short or after > _MOST:
        detail = f"库存只有 {level.quantity} 件，不够出 {wanted.quantity} 件" if short else f"最多 {_MOST} 件"
        raise NotEnough(detail, fields=[{"field": "quantity", "detail": detail}])
    await book(session, level, wanted.kind, after - level.quantity, wanted.reason, viewer, now)
    return level


async def book(
    session: AsyncSession, level: StockLevel, kind: str, change: int, reason: str, viewer: Viewer, now: datetime, *,
    ticket: str = "",
) -> None:  # fmt: skip
    """Change a level that is locked, and write the movement down, in the audit log too."""
    level.quantity += change
    await _write(session, level, viewer, now)
    booked = StockMove(
        id=uuid4().hex, part_code=level.part_code, place=level.place, kind=kind, change=change,
        quantity=level.quantity, reason=reason, ticket_no=ticket, actor=viewer.name, at=now,
    )  # fmt: skip
    await repository.add(session, booked)
    detail = f"{await _name(session, level.place)} {change:+d} → {level.quantity}"
    await note(session, viewer, "stock_moved", "part", level.part_code, now, detail=detail, reason=reason)


async def mark(
    session: AsyncSession, code: str, place: str, wanted: MarkChange, viewer: Viewer, now: datetime
) -> StockLevel:
    """Set from how many pieces on a part is low; raises NoPart, NoPlace, StockChanged."""
    level = await _locked(session, code, place, wanted.version, now)
    level.reorder_at = wanted.reorder_at
    await _write(session, level, viewer, now)
    detail = f"{await _name(session, place)} ≤ {wanted.reorder_at}"
    await note(session, viewer, "stock_marked", "part", code, now, detail=detail)
    return level


async def _name(session: AsyncSession, place: str) -> str:
    """Return what people call a place; one that is gone keeps its id."""
    return next((item.name for item in await places(session) if item.id == place), place)


async def _locked(session: AsyncSession, code: str, place: str, version: int, now: datetime) -> StockLevel:
    """Return the level as it stands and as it was read by the viewer."""
    found = await level_of(session, code, place, now)
    if all(item.id != place for item in await places(session)):
        raise NoPlace("没有这个仓库或网点", fields=[{"field": "place", "detail": "没有这个仓库或网点"}])
    if found.version != version:
        who = f"刚被 {found.updated_by} 改过，现有 {found.quantity} 件" if found.version else "还没有入过库"
        raise StockChanged(f"库存{who}，请看一下再保存")
    return found


async def level_of(session: AsyncSession, code: str, place: str, now: datetime) -> StockLevel:
    """Return the level as it stands, new if there is none; the part's row is the lock, for a level may not be there.

    Raises NoPart.
    """
    if await parts.part(session, code) is None:
        raise NoPart(f"备件目录里没有 {code}")
    found = await repository.level(session, code, place)
    return found or StockLevel(part_code=code, place=place, quantity=0, reorder_at=0, version=0, updated_at=now)


async def _write(session: AsyncSession, level: StockLevel, viewer: Viewer, now: datetime) -> None:
    level.version += 1
    level.updated_by, level.updated_at = viewer.name, now
    await repository.add(session, level)
