"""The warranty of a ticket: its slots become the question that crm.policy.warranty answers."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm.policy.warranty import Cause, Known, Precision, ProductClass, Question, Verdict, judge
from crm.rules import service as rules
from crm.tickets.models import Ticket, TicketSlot

ASKED_OF = frozenset({"repair", "unit_return", "part_return", "consult", "complaint"})
_CHECK = "warranty_check"  # what an agent or engineer found: card, receipt, serial_matches, cause, invoice_on, …

Values = Mapping[str, str]


async def verdict_of(
    session: AsyncSession, ticket: Ticket, held: Mapping[str, TicketSlot], zone: ZoneInfo
) -> Verdict | None:
    """Return the verdict for the day the ticket was opened, None for kinds it is not asked of."""
    if ticket.kind not in ASKED_OF:
        return None
    values = {name: slot.value for name, slot in held.items()}
    return judge(question_of(values, ticket.created_at, zone), await rules.warranty_rules(session))


def question_of(values: Mapping[str, Values], reported_at: datetime, zone: ZoneInfo) -> Question:
    """Return the question; what is not filled in, or makes no sense, is unknown."""
    check = values.get(_CHECK, {})
    purchase = values.get("purchase", {})
    told_on, precision = _told(purchase)
    proof = _known(values.get("invoice", {}).get("value", ""))
    return Question(
        product_class=_class(values.get("product", {})),
        day=reported_at.astimezone(zone).date(),
        invoice_on=_day(check.get("invoice_on", "")),
        voucher_on=_day(check.get("voucher_on", "")),
        told_on=told_on,
        precision=precision,
        card=_known(check.get("card", "no" if proof is Known.NO else "")),
        receipt=_known(check["receipt"]) if check.get("receipt") else proof,
        serial_matches=_known(check.get("serial_matches", "")),
        cause=Cause(check["cause"]) if check.get("cause") in set(Cause) else Cause.UNKNOWN,
        repairs=int(check["repairs"]) if check.get("repairs", "").isdecimal() and len(check["repairs"]) < 4 else 0,
    )


def _told(purchase: Values) -> tuple[date | None, Precision]:
    text = purchase.get("date", "")
    month = len(text) == len("2026-03")
    told = _day(f"{text}-01" if month else text)
    given = purchase.get("precision", "")
    if told is None:
        return None, Precision.UNKNOWN
    return told, Precision.MONTH if month else Precision(given) if given in set(Precision) else Precision.DAY


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1980 <= day.year <= 2100 else None


def _known(text: str) -> Known:
    return Known(text) if text in set(Known) else Known.UNKNOWN


def _class(product: Values) -> ProductClass:
    text = product.get("product_class") or product.get("value", "")
    return ProductClass(text) if text in set(ProductClass) else ProductClass.UNKNOWN
