"""The product tracking card as the pages see it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.customers import repository as customers
from crm.followups import repository as followups
from crm.followups.models import FollowUp
from crm.policy.follow_up import OUTCOMES
from crm.policy.repeats import SAME_MACHINE
from crm.policy.visit_rules import RESULTS
from crm.products import repository
from crm.products.models import Product
from crm.products.schemas import CardFollowUp, CardVisit, CodeSeen, FittedPart, ProductCard
from crm.views.followups import survey
from crm.visits import repository as visits
from crm.visits.models import EngineerVisit
from crm.words import PRODUCT_CLASSES, word


async def card(session: AsyncSession, found: Product) -> ProductCard:
    """Return the whole card."""
    owner = await customers.get(session, found.customer_id)
    been = await visits.of_product(session, found.id)
    heard = [(code, at, ticket) for ticket, at, code in await repository.codes_of(session, found.id)]
    heard += [(v.code_found, v.arrived_at or v.starts_at, v.ticket_no) for v in been if v.code_found]
    return ProductCard(
        id=found.id, customer=found.customer_id, customer_name=owner.name if owner else "",
        product_class=found.product_class, product_class_name=word(PRODUCT_CLASSES, found.product_class),
        model=found.model, serial=found.serial, purchased_on=found.purchased_on, invoice_no=found.invoice_no,
        invoice_on=found.invoice_on, counts_from=found.counts_from,
        warranty_card=found.warranty_card, sold_by=found.sold_by, installer=found.installer,
        installed_on=found.installed_on, commissioned_on=found.commissioned_on, note=found.note,
        codes=codes_seen(heard), visits=[_visit(item) for item in been],
        parts=[
            FittedPart(name=part["name"], quantity=int(part["quantity"]), at=v.finished_at or v.starts_at, visit=v.id)
            for v in been for part in v.parts
        ],
        follow_ups=[_asked(item) for item in await followups.of_product(session, found.id)],
        version=found.version,
    )  # fmt: skip


def codes_seen(heard: Sequence[tuple[str, datetime, str]]) -> list[CodeSeen]:
    """Return codes with their day and ticket, newest first; `again` when the same one came within 30 days before."""
    ordered = sorted(heard, key=lambda item: item[1])
    seen: list[CodeSeen] = []
    for code, at, ticket in ordered:
        before = [item for item in seen if item.code == code and item.ticket != ticket and at - item.at <= SAME_MACHINE]
        seen.append(CodeSeen(code=code, at=at, ticket=ticket, again=bool(before)))
    return list(reversed(seen))


def _visit(found: EngineerVisit) -> CardVisit:
    return CardVisit(
        visit=found.id, ticket=found.ticket_no, at=found.arrived_at or found.starts_at, state=found.state,
        result_name=word(RESULTS, found.result), fee=found.fee,
    )  # fmt: skip


def _asked(found: FollowUp) -> CardFollowUp:
    told = survey(found)
    return CardFollowUp(
        ticket=found.original_no, at=found.done_at or found.due_at, outcome=found.outcome,
        text=told.text if told else OUTCOMES[found.outcome], remark=found.remark,
    )  # fmt: skip
