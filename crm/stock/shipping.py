"""What moves of tickets do to the stock: parts leave the place they are shipped from, what comes back lies there again,
and the old part of an exchange lies apart, where nothing is shipped from."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.parts import repository as parts
from crm.parts.models import PartLine
from crm.stock import repository
from crm.stock.errors import NoPlace, NotEnough
from crm.stock.schemas import PlaceForm, SourceForm
from crm.stock.service import OLD, book, level_of, places
from crm.tickets.models import Ticket

KINDS = frozenset({"part_request", "part_return"})
_SHIPS = frozenset({("part_request", "ship"), ("part_return", "swap"), ("part_return", "exchange")})
_OLD_IN = frozenset({("part_return", "receive_old"), ("part_return", "exchange")})
# moves of a shipped request by which it lies where it left from again; the new part of an exchange is at the customer's
_BACK = {("part_request", "returned"): "退回", ("part_request", "void"): "作废"}
_HOW = "实物已在手上请填库存说明"


def ships(kind: str, move: str) -> bool:
    """Tell whether parts leave the stock by this move."""
    return (kind, move) in _SHIPS


async def sources(session: AsyncSession, ticket: Ticket, part: str) -> list[SourceForm]:
    """Return where the ticket's parcel can leave from, and what each place has too few of."""
    lines = await _parcel(session, ticket, part)
    return [
        SourceForm(place=place.id, place_name=place.name, lacks=await _shortage(session, ticket, lines, place, part))
        for place in await places(session)
        if place.active
    ]


async def shortage(session: AsyncSession, ticket: Ticket, part: str, place: str) -> str:
    """Return what this place has too few of for the ticket's parcel, "" when there is enough; raises NoPlace.

    part: what a return says is exchanged; its last word is the code in the catalogue.
    """
    source = await _source(session, place)
    return await _shortage(session, ticket, await _parcel(session, ticket, part), source, part)


async def after_move(
    session: AsyncSession, ticket: Ticket, move: str, viewer: Viewer, now: datetime, *, part: str, place: str,
    reason: str,
) -> str:  # fmt: skip
    """Book what a move does to the stock; returns it in words for the timeline, "" for nothing.

    reason: why more is shipped than lies there by the books; without one that raises NotEnough. A parcel that was lost
    or received stays out.
    """
    parcel = await _parcel(session, ticket, part)
    booked = []
    if ships(ticket.kind, move):
        for line in parcel:
            await parts.part(session, line.part_code)  # locked: nobody books it out meanwhile
        source = await _source(session, place)
        lacking = await _shortage(session, ticket, parcel, source, part)
        if lacking and not reason:
            raise NotEnough(lacking)
        booked.append(await _ship(session, parcel, source, viewer, now, reason if lacking else ""))
        if not parcel:
            booked.append(f"目录里没有「{part}」，没有动库存：{reason}")
    else:
        booked.append(await _back(session, ticket, move, viewer, now))
    if (ticket.kind, move) in _OLD_IN:
        booked.append(await _old_in(session, parcel, viewer, now))
    return "；".join(filter(None, booked))


async def _parcel(session: AsyncSession, ticket: Ticket, part: str) -> Sequence[PartLine]:
    """Return the lines of a request; of a return the one part, none when the catalogue has no such code."""
    lines = await parts.lines(session, ticket.no)
    if ticket.kind != "part_return":
        return lines
    code = (part.split() or [""])[-1]
    if code not in await parts.by_codes(session, [code]):
        return []
    fresh = PartLine(id=uuid4().hex, ticket_no=ticket.no, part_code=code, quantity=1)
    return [next((line for line in lines if line.part_code == code), fresh)]


async def _source(session: AsyncSession, place: str) -> PlaceForm:
    found = next((item for item in await places(session) if item.id == place and item.active), None)
    if found is None:
        detail = "没有这个仓库或网点，不能从那里发货"
        raise NoPlace(detail, fields=[{"field": "ship_from", "detail": detail}])
    return found


async def _ship(
    session: AsyncSession, parcel: Sequence[PartLine], source: PlaceForm, viewer: Viewer, now: datetime, reason: str
) -> str:
    """Take the parcel out; reason: why although it is too much by the books."""
    booked = []
    for line in parcel:
        held = await level_of(session, line.part_code, source.id, now)
        why = f"工单 {line.ticket_no} 发货"
        why += f"，账上不够：{reason}" if held.quantity < line.quantity else ""
        line.shipped_at, line.shipped_from = now, source.id
        await parts.add(session, line)
        booked.append(await _booked(session, line, (source.id, "ship"), -line.quantity, why, viewer, now))
    return f"出{source.name}：{'，'.join(booked)}" if booked else ""


async def _back(session: AsyncSession, ticket: Ticket, move: str, viewer: Viewer, now: datetime) -> str:
    """The parcel is no longer on its way: it lies where it left from again, or stays out."""
    how = _BACK.get((ticket.kind, move), "")
    booked: dict[str, list[str]] = {}
    out = []
    for line in await parts.lines(session, ticket.no):
        if line.shipped_at is not None:
            line.shipped_at = None
            out.append(f"{line.part_code} ×{line.quantity}")
            if how:
                why, where = f"工单 {ticket.no} {how}", (line.shipped_from, "back")
                said = await _booked(session, line, where, line.quantity, why, viewer, now)
                booked.setdefault(line.shipped_from, []).append(said)
    if out and move == "void" and not how:
        return f"新件已寄给客户，没有入库：{'，'.join(out)}。收回实物后请在「备件」里入库"
    names = await _names(session)
    return "；".join(f"入{names.get(place, place)}：{'，'.join(said)}" for place, said in booked.items())


async def _old_in(session: AsyncSession, parcel: Sequence[PartLine], viewer: Viewer, now: datetime) -> str:
    """The old part is here: it lies with the old ones until it is repaired or thrown away."""
    booked = [
        await _booked(session, line, (OLD, "old"), line.quantity, f"工单 {line.ticket_no} 旧件收回", viewer, now)
        for line in parcel
    ]
    return f"入{(await _names(session))[OLD]}：{'，'.join(booked)}" if booked else ""


async def _booked(
    session: AsyncSession, line: PartLine, where: tuple[str, str], change: int, why: str, viewer: Viewer, now: datetime
) -> str:
    """Book a line; where: the place and the kind of the movement."""
    level = await level_of(session, line.part_code, where[0], now)
    await book(session, level, where[1], change, why, viewer, now, ticket=line.ticket_no)
    return f"{line.part_code} ×{line.quantity}（余 {level.quantity}）"


async def _shortage(
    session: AsyncSession, ticket: Ticket, parcel: Sequence[PartLine], source: PlaceForm, part: str
) -> str:
    if ticket.kind == "part_return" and not parcel:
        return f"配件「{part}」不在备件目录里：请从目录里选，{_HOW}"
    levels = await repository.levels(session, [line.part_code for line in parcel])
    held = {code: sum(row.quantity for row in rows if row.place == source.id) for code, rows in levels.items()}
    short = [line for line in parcel if held[line.part_code] < line.quantity]
    if not short:
        return ""
    names = await parts.by_codes(session, [line.part_code for line in short])
    what = "，".join(
        f"{names[line.part_code].name} 只有 {held[line.part_code]} 件，要发 {line.quantity} 件" for line in short
    )
    return f"{source.name}账上不够：{what}。{_HOW}，否则先入库"


async def _names(session: AsyncSession) -> Mapping[str, str]:
    return {place.id: place.name for place in await places(session)}
