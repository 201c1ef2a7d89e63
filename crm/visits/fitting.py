"""Parts that a visit used leave the stock they were taken from, and lie there again if its result is revoked.

What is fitted is fitted: when the books hold too few, the level goes below nothing and the timeline says what to count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.engineers import repository as engineers
from crm.errors import Invalid
from crm.parts import repository as parts
from crm.parts.models import Part, PartPrice
from crm.policy.charge import LABOR
from crm.stock import repository as stock
from crm.stock.schemas import PlaceForm
from crm.stock.service import MAIN, OLD, book, level_of, places
from crm.tickets import service as tickets
from crm.tickets.models import Ticket
from crm.visits.models import EngineerVisit


@dataclass(frozen=True, slots=True)
class Offer:
    """A part of the catalogue as the engineer chooses it: text ends with its code; held: pieces at the place asked."""

    text: str
    fen: int | None
    held: int


def code_of(name: str) -> str:
    """Return what may be a part's code: the last word of what was chosen or typed."""
    return (name.split() or [""])[-1]


async def usual_place(session: AsyncSession, visit: EngineerVisit) -> str:
    """Return where the engineer's parts come from unless he says otherwise: his outlet while there is one, else the
    main warehouse."""
    engineer = await engineers.get(session, visit.engineer_id)
    own = engineer.outlet_id if engineer else None
    return next((place.id for place in await sources(session) if place.id == own), MAIN)


async def sources(session: AsyncSession) -> list[PlaceForm]:
    """Return the places that parts can be taken from."""
    return [place for place in await places(session) if place.active]


async def offers(session: AsyncSession, place: str, now: datetime) -> list[Offer]:
    """Return the parts of the catalogue with today's price and what lies at this place."""
    rows = [row for row in await parts.listed(session) if row.active and row.code != LABOR]
    prices: Mapping[str, PartPrice] = await parts.prices_on(session, now.date())
    levels = await stock.levels(session, [row.code for row in rows])
    return [
        Offer(
            text=_text(row),
            fen=prices[row.code].fen if row.code in prices else None,
            held=sum(level.quantity for level in levels[row.code] if level.place == place),
        )
        for row in rows
    ]


async def take(
    session: AsyncSession, visit: EngineerVisit, ticket: Ticket, place: str, viewer: Viewer, now: datetime
) -> None:
    """Book out what the visit used of the catalogue; other words stay words. Raises Invalid for no such place."""
    known = await parts.by_codes(session, [code_of(part["name"]) for part in visit.parts])
    if not known:
        return
    source = next((item for item in await sources(session) if item.id == place), None)
    if source is None:
        raise Invalid("没有这个仓库或网点", fields=[{"field": "parts_from", "detail": "没有这个仓库或网点"}])
    booked, short, kept = [], [], []
    for part in visit.parts:
        row = known.get(code_of(part["name"]))
        if row is None:
            kept.append(part)
            continue
        used = int(part["quantity"])
        level = await level_of(session, row.code, source.id, now)
        if level.quantity < used:
            short.append(f"{row.name} 账上只有 {max(level.quantity, 0)} 件，用了 {used} 件")
        await book(session, level, "use", -used, f"工单 {ticket.no} 上门用掉", viewer, now, ticket=ticket.no)
        booked.append(f"{row.code} ×{used}（余 {level.quantity}）")
        kept.append({**part, "code": row.code, "place": source.id})
    visit.parts = kept
    text = f"出{source.name}：{'，'.join(booked)}" + (f"。{'；'.join(short)}，请盘点" if short else "")
    await tickets.record(session, ticket, now, kind="parts", actor=viewer.name, text=text, fields=["parts"])


async def give_back(session: AsyncSession, visit: EngineerVisit, ticket: Ticket, viewer: Viewer, now: datetime) -> None:
    """Book in again what the visit took; its list is empty then, the timeline keeps what it was."""
    names = {place.id: place.name for place in await places(session)}
    booked = []
    for part in _taken(visit.parts):
        level = await level_of(session, part["code"], part["place"], now)
        why = f"工单 {ticket.no} 上门结果撤销"
        await book(session, level, "back", int(part["quantity"]), why, viewer, now, ticket=ticket.no)
        booked.append(f"{part['code']} ×{part['quantity']} 入{names.get(part['place'], part['place'])}")
    visit.parts = []
    if booked:
        text = f"配件退回：{'，'.join(booked)}"
        await tickets.record(session, ticket, now, kind="parts", actor=viewer.name, text=text, fields=["parts"])


def _taken(used: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    return [part for part in used if part.get("code") and part.get("place") not in (None, OLD)]


def _text(part: Part) -> str:
    return f"{part.name} {part.code}"
