"""What the moves of a part request do to the stock: shipped parts leave the main warehouse, what comes back lies there
again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.parts import repository as parts
from crm.parts.models import PartLine
from crm.stock import repository
from crm.stock.errors import NotEnough
from crm.stock.service import MAIN, book, level_of

SHIP = "ship"
_BACK = {"returned": "退回", "void": "作废"}  # moves of what is shipped by which it lies in the warehouse again


async def shortage(session: AsyncSession, ticket: str) -> str:
    """Return what the main warehouse has too few of for this request, "" when there is enough."""
    lines = await parts.lines(session, ticket)
    levels = await repository.levels(session, [line.part_code for line in lines])
    held = {code: next((row.quantity for row in rows if row.place == MAIN), 0) for code, rows in levels.items()}
    return await _lacking(session, lines, held)


async def after_move(
    session: AsyncSession, ticket: str, move: str, viewer: Viewer, now: datetime, *, reason: str = ""
) -> str:
    """Book what a move does to the stock; returns it in words for the timeline, "" for nothing.

    reason: why more is shipped than lies there by the books; without one that raises NotEnough. A parcel that was lost
    or received stays out.
    """
    lines = await parts.lines(session, ticket)
    if move == SHIP:
        return await _ship(session, ticket, lines, viewer, now, reason)
    out = [line for line in lines if line.shipped_at is not None]
    booked = []
    for line in out:
        line.shipped_at = None
        if move in _BACK:
            why = f"工单 {ticket} {_BACK[move]}"
            booked.append(await _booked(session, line, "back", line.quantity, why, ticket, viewer, now))
    return f"入总仓：{'，'.join(booked)}" if booked else ""


async def _ship(
    session: AsyncSession, ticket: str, lines: Sequence[PartLine], viewer: Viewer, now: datetime, reason: str
) -> str:
    held = {line.part_code: (await level_of(session, line.part_code, MAIN, now)).quantity for line in lines}
    lacking = await _lacking(session, lines, held)
    if lacking and not reason:
        raise NotEnough(lacking)
    booked = []
    for line in lines:
        short = held[line.part_code] < line.quantity
        why = f"工单 {ticket} 发货" + (f"，账上不够：{reason}" if short else "")
        booked.append(await _booked(session, line, SHIP, -line.quantity, why, ticket, viewer, now))
        line.shipped_at = now
    return f"出总仓：{'，'.join(booked)}" if booked else ""


async def _booked(
    session: AsyncSession, line: PartLine, kind: str, change: int, why: str, ticket: str, viewer: Viewer, now: datetime
) -> str:
    level = await level_of(session, line.part_code, MAIN, now)
    await book(session, level, kind, change, why, viewer, now, ticket=ticket)
    return f"{line.part_code} ×{line.quantity}（余 {level.quantity}）"


async def _lacking(session: AsyncSession, lines: Sequence[PartLine], held: dict[str, int]) -> str:
    short = [line for line in lines if held.get(line.part_code, 0) < line.quantity]
    if not short:
        return ""
    names = await parts.by_codes(session, [line.part_code for line in short])
    what = "，".join(
        f"{names[line.part_code].name} 只有 {held.get(line.part_code, 0)} 件，要发 {line.quantity} 件" for line in short
    )
    return f"总仓账上不够：{what}。实物已在手上请填库存说明，否则先入库"
