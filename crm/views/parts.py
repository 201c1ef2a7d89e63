"""Answers about parts: catalogue lines, requests, stock."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from crm.lens import Lens
from crm.parts import repository, service
from crm.parts.models import Part, PartPrice
from crm.parts.schemas import LineForm, RequestForm, SparePartForm
from crm.policy.charge import LABOR
from crm.stock import repository as stock
from crm.stock.models import StockLevel
from crm.stock.schemas import LevelForm, PlaceForm, PriceForm, StockFile, StockMoveForm, StockRow
from crm.stock.service import OLD, places
from crm.tickets.models import Ticket

LATEST = 50  # movements that are shown of a part
MOVES = {
    "in": "入库", "out": "出库", "count": "盘点", "ship": "发货", "use": "上门用掉", "back": "退回", "old": "旧件收回",
}  # fmt: skip


def spare_part(row: Part, price: PartPrice | None) -> SparePartForm:
    """Return a line of the catalogue."""
    return SparePartForm(
        code=row.code,
        name=row.name,
        unit=row.unit,
        swappable=row.swappable,
        example=row.example,
        active=row.active,
        fen=price.fen if price else None,
        price_source=price.source if price else "",
        price_from=price.valid_from if price else None,
        version=row.version,
    )


async def stock_rows(session: AsyncSession, found: Sequence[Part], lens: Lens) -> list[StockRow]:
    """Return lines of the list; the number of statements does not grow with its length."""
    levels = await stock.levels(session, [row.code for row in found])
    prices = await repository.prices_on(session, lens.now.astimezone(lens.zone).date())
    named = await places(session)
    return [_stock_row(row, prices.get(row.code), levels[row.code], named) for row in found]


async def labor(session: AsyncSession, lens: Lens) -> Literal["priced", "unpriced", "missing"]:
    """Tell how the fee for coming and working stands in today's price list (ADR 0041)."""
    if await repository.priced(session, LABOR, lens.now.astimezone(lens.zone).date()):
        return "priced"
    return "unpriced" if await repository.by_codes(session, [LABOR]) else "missing"


async def stock_file(session: AsyncSession, row: Part, lens: Lens) -> StockFile:
    """Return all of one part."""
    levels = (await stock.levels(session, [row.code]))[row.code]
    price = (await repository.prices_on(session, lens.now.astimezone(lens.zone).date())).get(row.code)
    named = await places(session)
    names = {place.id: place.name for place in named}
    held = {level.place: level for level in levels}
    return StockFile(
        part=_stock_row(row, price, levels, named),
        places=[_level(place, held.get(place.id)) for place in named if place.active or place.id in held],
        prices=[
            PriceForm(valid_from=item.valid_from, fen=item.fen, source=item.source, created_by=item.created_by)
            for item in await repository.prices_of(session, row.code)
        ],
        moves=[
            StockMoveForm(
                at=item.at, place_name=names.get(item.place, item.place), kind=item.kind, kind_name=MOVES[item.kind],
                change=item.change, quantity=item.quantity, reason=item.reason, ticket=item.ticket_no,
                actor=item.actor,
            )
            for item in await stock.moves(session, row.code, LATEST)
        ],
    )  # fmt: skip


async def request_form(session: AsyncSession, ticket: Ticket, lens: Lens) -> RequestForm:
    """Return a part request with quota, price and stock of each line."""
    found = await service.request_of(session, ticket, lens.now, lens.zone)
    judged = {line.part: line for line in found.verdict.lines}
    levels = await stock.levels(session, [line.part_code for line in found.lines])
    lines = []
    for line in found.lines:
        price = found.prices.get(line.part_code)
        fen = line.fen if line.fen is not None else price.fen if price else None
        quota = judged.get(line.part_code)
        lines.append(
            LineForm(
                part=line.part_code,
                name=found.parts[line.part_code].name,
                unit=found.parts[line.part_code].unit,
                quantity=line.quantity,
                quota=quota.quota if quota else None,
                used=quota.used if quota else None,
                over=quota.over if quota else 0,
                fen=fen,
                total_fen=None if fen is None else fen * line.quantity,
                in_stock=_good(levels[line.part_code]),
            )
        )
    totals = [line.total_fen for line in lines]
    return RequestForm(
        ticket=ticket.no,
        version=ticket.version,
        editable=ticket.kind == "part_request" and ticket.state in service.EDITABLE,
        within_quota=found.verdict.within,
        reason=found.verdict.reason,
        place=found.verdict.sentence.place,
        sentence=found.verdict.sentence.text,
        total_fen=None if None in totals else sum(total for total in totals if total is not None),
        unpriced=found.unpriced,
        lines=lines,
    )


def _stock_row(
    row: Part, price: PartPrice | None, levels: Sequence[StockLevel], named: Sequence[PlaceForm]
) -> StockRow:
    held = {level.place: level for level in levels}
    return StockRow(
        **dict(spare_part(row, price)),
        total=_good(levels),
        low=any(level.low for level in levels),
        levels=[_level(place, held[place.id]) for place in named if place.id in held],
    )


def _good(levels: Sequence[StockLevel]) -> int:
    """Return how many lie ready to be shipped."""
    return sum(level.quantity for level in levels if level.place != OLD)


def _level(place: PlaceForm, level: StockLevel | None) -> LevelForm:
    if level is None:
        level = StockLevel(quantity=0, reorder_at=0, low=False, version=0, updated_by="")
    return LevelForm(
        place=place.id,
        place_name=place.name,
        quantity=level.quantity,
        reorder_at=level.reorder_at,
        low=level.low,
        version=level.version,
        updated_by=level.updated_by,
        updated_at=level.updated_at,
    )
