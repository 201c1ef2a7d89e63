"""The warranty of a ticket: its slots and its machine's card become the question that crm.policy.warranty answers."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm.policy.evidence import Filed, Seen, Told, question_of
from crm.policy.warranty import judge
from crm.policy.warranty_terms import Cause, Known, Precision, ProductClass, Question, Verdict
from crm.products import repository as products
from crm.products.models import Product
from crm.rules import service as rules
from crm.tickets.models import Ticket, TicketSlot

ASKED_OF = frozenset({"repair", "unit_return", "part_return", "consult", "complaint"})
CHECK = "warranty_check"  # what an agent or engineer found: card, receipt, serial_matches, cause, invoice_on, …

Values = Mapping[str, str]


async def verdict_of(
    session: AsyncSession,
    ticket: Ticket,
    held: Mapping[str, TicketSlot],
    zone: ZoneInfo,
    check: Values | None = None,
) -> Verdict | None:
    """Return the verdict for the day the ticket was opened, None for kinds it is not asked of.

    check: what somebody is about to write down of papers and machine, in place of what the ticket holds of it.
    """
    if ticket.kind not in ASKED_OF:
        return None
    values: dict[str, Values] = {name: slot.value for name, slot in held.items()}
    values |= {} if check is None else {CHECK: check}
    filed = await _filed(session, ticket, values.get("product", {}).get("product_id", ""))
    return judge(question(values, filed, ticket.created_at, zone), await rules.warranty_rules(session))


def question(values: Mapping[str, Values], filed: Filed, reported_at: datetime, zone: ZoneInfo) -> Question:
    """Return the question; what is not filled in, or makes no sense, is unknown."""
    bought_on, precision = _told(values.get("purchase", {}))
    told = Told(
        product_class=_class(values.get("product", {})),
        bought_on=bought_on,
        precision=precision,
        proof=_known(values.get("invoice", {}).get("value", "")),
    )
    return question_of(reported_at.astimezone(zone).date(), told, filed, _seen(values.get(CHECK, {})))


async def _filed(session: AsyncSession, ticket: Ticket, named: str) -> Filed:
    """Return what the card of the machine that the ticket names holds."""
    card = await products.get(session, named) if named else None
    if card is None:
        return Filed()
    return filed_of(card, await products.repairs_before(session, card.id, ticket.created_at))


def filed_of(card: Product, repairs: int) -> Filed:
    """Return what a card holds that the warranty asks for. repairs: how often the machine was mended before."""
    return Filed(
        product_class=ProductClass(card.product_class),
        invoice_on=card.invoice_on,
        invoice=card.invoice_on is not None or card.invoice_no != "",
        bought_on=card.purchased_on,
        card=Known(card.warranty_card),
        repairs=repairs,
    )


def _seen(check: Values) -> Seen:
    return Seen(
        invoice_on=_day(check.get("invoice_on", "")),
        voucher_on=_day(check.get("voucher_on", "")),
        receipt=_known(check.get("receipt", "")),
        card=_known(check.get("card", "")),
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
