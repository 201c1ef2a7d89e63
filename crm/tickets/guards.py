"""Conditions of moves that no single slot tells: quota, price list, the right to it, courses, the first ticket."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm.followups.repository import open_by_ticket
from crm.parts import service as parts
from crm.policy.processes import Move
from crm.policy.training import check_topics
from crm.policy.warranty_terms import RIGHTS, Reason, Standing, Verdict
from crm.slots import text
from crm.stock import shipping
from crm.stock.service import MAIN
from crm.tickets import repository
from crm.tickets.models import Ticket, TicketSlot
from crm.tickets.warranty import verdict_of

_RIGHT_OF = {"refund": "refund", "exchange": "exchange", "swap": "free_repair"}


@dataclass(frozen=True, slots=True)
class Case:
    """What a guard looks at."""

    session: AsyncSession
    ticket: Ticket
    held: Mapping[str, TicketSlot]
    now: datetime
    zone: ZoneInfo
    ship_from: str = MAIN

    def shown(self, slot: str) -> str:
        """Return a slot as people read it, "" when there is none."""
        row = self.held.get(slot)
        return text(slot, row.value) if row else ""

    def value(self, slot: str, key: str = "value") -> str:
        """Return a field of a slot, "" when there is none."""
        row = self.held.get(slot)
        return row.value.get(key, "") if row else ""


def missing(move: Move, held: Mapping[str, TicketSlot]) -> list[str]:
    """Return the slots a move still needs."""
    return [name for name in move.needs if name not in held or not text(name, held[name].value)]


async def blocked(move: Move, case: Case) -> str:
    """Return why the move is not possible now, "" when it is. A planned follow-up is told by its own page."""
    if case.ticket.kind == "follow_up" and move.move != "void" and await open_by_ticket(case.session, case.ticket.no):
        return "请在「回访」页登记结果"
    return await _GUARDS[move.guard](case) if move.guard else ""


async def _within_quota(case: Case) -> str:
    request = await parts.request_of(case.session, case.ticket, case.now, case.zone)
    return "" if request.verdict.within else request.verdict.reason


async def _has_lines(case: Case) -> str:
    request = await parts.request_of(case.session, case.ticket, case.now, case.zone)
    return "" if request.lines else "还没有填备件"


async def _has_prices(case: Case) -> str:
    request = await parts.request_of(case.session, case.ticket, case.now, case.zone)
    if not request.lines:
        return "还没有填备件"
    return f"价目表里没有：{request.unpriced[0]}" if request.unpriced else ""


async def _in_stock(case: Case) -> str:
    """What lies there by the books is shipped; more only with a word why, for the books may be behind."""
    return (
        ""
        if case.value("stock_reason")
        else await shipping.shortage(case.session, case.ticket, case.shown("part"), case.ship_from)
    )


async def _swappable(case: Case) -> str:
    return await _warranty_right(case) or await _in_stock(case)


async def _warranty_right(case: Case) -> str:
    """A refund, exchange or swap needs its right; a repair may always be done, for a fee if need be."""
    right = _RIGHT_OF.get(case.value("wanted"))
    if right is None or case.value("approval"):  # an exception with its reason is the supervisor's to make
        return ""
    verdict = await verdict_of(case.session, case.ticket, case.held, case.zone)
    if verdict is None or verdict.standing(right) is not Standing.NO:
        return ""
    why = _barring(verdict)
    until = next((item.until for item in verdict.rights if item.right == right), None)
    past = f"{RIGHTS[right]}到 {until} 为止" if until else why.text
    return f"三包不支持{RIGHTS[right]}：{past}（{why.place}）。要破例请填审批意见"


async def _free_or_paid(case: Case) -> str:
    """What the factory mended goes back free within the term; beyond it the fee was paid (四.一.6)."""
    if case.value("payment"):
        return ""
    verdict = await verdict_of(case.session, case.ticket, case.held, case.zone)
    if verdict is None or verdict.standing("free_repair") is not Standing.NO:
        return ""
    why = _barring(verdict)
    return f"不是免费维修：{why.text}（{why.place}）。请先报价，付款（或写明免收）后再寄回"


def _barring(verdict: Verdict) -> Reason:
    return next((item for item in verdict.reasons if item.code in _BARS), verdict.reasons[0])


_BARS = frozenset({"no_proof", "mismatch", "misuse", "man_made", "force_majeure", "over"})


async def _wants_exchange(case: Case) -> str:
    return "" if case.value("wanted") in ("exchange", "swap") else "客户要求不是换货"


async def _wants_refund(case: Case) -> str:
    return "" if case.value("wanted") == "refund" else "客户要求不是退货"


async def _training_topics(case: Case) -> str:
    chosen = [item for item in case.value("training", "topics").split(",") if item]
    return check_topics(case.value("training", "audience"), chosen)


async def _reopens_original(case: Case) -> str:
    number = case.value("original")
    return "" if await repository.get(case.session, number) is not None else "没有这张原工单"


_GUARDS: Mapping[str, Callable[[Case], Awaitable[str]]] = {
    "within_quota": _within_quota,
    "has_lines": _has_lines,
    "in_stock": _in_stock,
    "swappable": _swappable,
    "has_prices": _has_prices,
    "warranty_right": _warranty_right,
    "free_or_paid": _free_or_paid,
    "wants_exchange": _wants_exchange,
    "wants_refund": _wants_refund,
    "training_topics": _training_topics,
    "reopens_original": _reopens_original,
}
GUARDS = frozenset(_GUARDS)
