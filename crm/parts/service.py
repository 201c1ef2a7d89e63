"""Rules of parts: lines of a request, their quota and price, what counts against the quota."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm.customers import repository as customers
from crm.errors import Conflict
from crm.parts import repository
from crm.parts.errors import NoPart, NotAPartRequest, PartChanged
from crm.parts.models import Part, PartLine, PartPrice
from crm.parts.schemas import PartChange
from crm.policy.quota import QuotaVerdict, Wanted, judge_quota
from crm.rules import service as rules
from crm.tickets.models import Ticket

EDITABLE = frozenset({"new", "in_progress", "waiting_customer"})
_ISSUED = frozenset({"waiting_part", "shipped", "resolved", "closed"})


@dataclass(frozen=True, slots=True)
class Request:
    """A part request with what is known of its lines."""

    lines: Sequence[PartLine]
    parts: Mapping[str, Part]
    prices: Mapping[str, PartPrice]
    verdict: QuotaVerdict

    @property
    def unpriced(self) -> list[str]:
        """Return the names of parts that no price list holds."""
        return [
            self.parts[line.part_code].name
            for line in self.lines
            if line.fen is None and line.part_code not in self.prices
        ]


def year_of(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the beginning of the calendar year that a quota counts in."""
    return datetime(now.astimezone(zone).year, 1, 1, tzinfo=zone)


async def request_of(session: AsyncSession, ticket: Ticket, now: datetime, zone: ZoneInfo) -> Request:
    """Return the lines of a ticket with quota and prices of the day."""
    lines = await repository.lines(session, ticket.no)
    today = now.astimezone(zone).date()
    customer = await customers.get(session, ticket.customer_id) if ticket.customer_id else None
    standing = await repository.partner(session, ticket.customer_id) if ticket.customer_id else None
    since = year_of(now, zone)
    used = await repository.used(session, ticket.customer_id, since=since, but=ticket.no) if ticket.customer_id else {}
    verdict = judge_quota(
        await rules.quota_rules(session),
        day=today,
        customer_kind=customer.kind if customer else "owner",
        environment=standing.environment if standing else "normal",
        units=standing.units_bought if standing else 0,
        wanted=[Wanted(line.part_code, line.quantity, used.get(line.part_code, 0)) for line in lines],
    )
    return Request(
        lines=lines,
        parts=await repository.by_codes(session, {line.part_code for line in lines}),
        prices=await repository.prices_on(session, today),
        verdict=verdict,
    )


async def set_lines(session: AsyncSession, ticket: Ticket, wanted: Mapping[str, int]) -> str:
    """Replace the lines of a request; returns their text for the timeline. Raises NoPart, NotAPartRequest."""
    if ticket.kind != "part_request" or ticket.state not in EDITABLE:
        raise NotAPartRequest("只有还没送审、报价的备件申请可以改备件")
    known = await repository.by_codes(session, wanted.keys())
    for code in wanted:
        if code not in known or not known[code].active:
            raise NoPart(f"备件目录里没有 {code}", fields=[{"field": "lines", "detail": f"没有备件 {code}"}])
    await repository.delete_lines(session, ticket.no)
    for code, quantity in wanted.items():
        await repository.add(session, PartLine(id=uuid4().hex, ticket_no=ticket.no, part_code=code, quantity=quantity))
    return "，".join(f"{known[code].name} ×{quantity}" for code, quantity in wanted.items()) or "（空）"


async def after_move(session: AsyncSession, ticket: Ticket, move: str, now: datetime, zone: ZoneInfo) -> None:
    """Fix prices when a request is quoted; count it against the quota while it is issued."""
    if move == "quote":
        prices = await repository.prices_on(session, now.astimezone(zone).date())
        for line in await repository.lines(session, ticket.no):
            line.fen = prices[line.part_code].fen
    if move in ("issue", "accept", "pay"):
        await repository.mark_issued(session, ticket.no, now if move != "pay" else None)
    elif ticket.state not in _ISSUED:
        await repository.mark_issued(session, ticket.no, None)


async def save_part(session: AsyncSession, code: str, wanted: PartChange, now: datetime) -> Part:
    """Add a part to the catalogue or change it; raises PartChanged."""
    row = await repository.part(session, code) or Part(code=code, example=False, version=0)
    if row.version != wanted.version:
        detail = "刚被别人改过，请看一下新内容再保存" if wanted.version else f"备件目录里已有 {code}"
        raise PartChanged(detail, fields=[] if wanted.version else [{"field": "code", "detail": detail}])
    row.name, row.unit, row.swappable, row.active = wanted.name, wanted.unit, wanted.swappable, wanted.active
    row.version, row.updated_at = wanted.version + 1, now
    await repository.add(session, row)
    return row


async def add_price(
    session: AsyncSession, code: str, *, valid_from: date, fen: int, source: str, actor: str, now: datetime
) -> PartPrice:
    """Add a price from a day on; prices are never changed. Raises NoPart, Conflict."""
    if await repository.part(session, code) is None:
        raise NoPart(f"备件目录里没有 {code}")
    if await repository.price_of_day(session, code, valid_from) is not None:
        detail = "这一天已有价格，请换一个生效日期"
        raise Conflict(detail, fields=[{"field": "valid_from", "detail": detail}])
    row = PartPrice(
        id=uuid4().hex,
        part_code=code,
        valid_from=valid_from,
        fen=fen,
        source=source,
        created_by=actor,
        created_at=now,
    )
    await repository.add(session, row)
    return row
