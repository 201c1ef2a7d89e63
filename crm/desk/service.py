"""What ivr asks: who calls, and blocks of ticket serials; and the numbers crm takes for its own tickets."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm import slots
from crm.calls import repository as calls
from crm.clocks import service as clocks
from crm.customers import repository as customers
from crm.customers import service as customer_service
from crm.desk import drafts, repository
from crm.desk.models import NumberLease
from crm.errors import Unavailable
from crm.gas_phones import repository as gas_phones
from crm.notices import repository as notices
from crm.notices.models import Notice
from crm.notices.service import heard_at
from crm.policy import repeats
from crm.products import repository as products
from crm.products.models import Product
from crm.tickets import repeated
from crm.tickets import repository as tickets
from crm.words import PRODUCT_CLASSES, word
from ivr.contract.desk import CallerCard, GasPhone, KnownProduct, NumberBlock, PastMatters
from ivr.contract.ids import TicketNumber, ticket_number

BLOCK = 1000
FIRST_SERIAL = 1_000_000  # so that every number has eight digits that say something
LAST_SERIAL = 9_999_999
OWN_NODE = "crm"
_MOST_PAST = 50  # tickets of one caller within thirty days


class NumbersExhausted(Unavailable):
    """All ticket serials are leased."""

    code = "numbers_exhausted"


async def identify(session: AsyncSession, e164: str, now: datetime, surge_waiting: int = 0) -> CallerCard:
    """Tell who calls, and what everybody is told now.

    surge_waiting: so many waiting callers are a surge by themselves, 0 = only a notice is.
    """
    told = await notices.lasting(session, now)
    reply_by = await clocks.complaint_reply_by(session, now)
    gas = [GasPhone(row.city, row.number) for row in await gas_phones.everything(session)]
    return replace(
        await _caller(session, e164, told, now) if e164 else CallerCard(),
        surge=any(item.kind == "surge" for item in told) or await _many_wait(session, surge_waiting),
        complaint_reply_by=reply_by.strftime("%Y-%m-%dT%H:%M") if reply_by else "",
        gas_phones=tuple(gas),
    )


async def _caller(session: AsyncSession, e164: str, told: Sequence[Notice], now: datetime) -> CallerCard:
    """Tell whose number it is. Two customers of one are not guessed between: only what holds for the number is told."""
    customer = await customer_service.only_owner(session, e164)
    customer_id = customer.id if customer else ""
    open_tickets = await tickets.of_caller(session, customer=customer_id, e164=e164, only_open=True, limit=1)
    card = CallerCard(
        past=await _past(session, customer_id, e164, now),
        open_ticket=open_tickets[0].no if open_tickets else "",
        draft=await drafts.of_number(session, e164, now),
    )
    if customer is None:
        return card
    known = (await customers.addresses(session, [customer.id])).get(customer.id, [])
    address = known[0] if known else None
    notice = heard_at(told, address.value) if address else None
    return replace(
        card,
        known=True,
        customer_id=customer.id,
        products=tuple(_known_product(item) for item in await products.of_customer(session, customer.id)),
        address_region=slots.region_text(address.value) if address else "",
        address_road=slots.road_text(address.value) if address else "",
        address_id=address.id if address else "",
        elder=customer.elder,
        notice_area=notice.area if notice else "",
        notice_event=notice.event if notice else "",
    )


async def _many_wait(session: AsyncSession, surge_waiting: int) -> bool:
    return surge_waiting > 0 and await calls.waiting(session) >= surge_waiting


def _known_product(item: Product) -> KnownProduct:
    bought_on = item.counts_from
    return KnownProduct(
        product_id=item.id,
        spoken=word(PRODUCT_CLASSES, item.product_class),
        product_class=item.product_class,
        bought_on=bought_on.isoformat() if bought_on else "",
    )


async def _past(session: AsyncSession, customer: str, e164: str, now: datetime) -> PastMatters:
    found = await tickets.of_caller(session, customer=customer, e164=e164, only_open=False, limit=_MOST_PAST)
    of_late = [item for item in found if repeats.same_matter(item.kind, item.state, item.created_at, now)]
    return PastMatters(
        tickets=tuple(item.no for item in of_late),
        kinds=tuple(sorted({item.kind for item in of_late})),
        machines=tuple(sorted(set((await repeated.machines(session, found, now)).values()))),
    )


async def lease_numbers(session: AsyncSession, node: str, now: datetime) -> NumberBlock:
    """Lease the next block; never the same one twice."""
    await repository.lock_leasing(session)
    lease = await _lease(session, node, now)
    return NumberBlock(first=lease.first, size=lease.size)


async def own_number(session: AsyncSession, now: datetime) -> TicketNumber:
    """Take the next number of crm's own block."""
    await repository.lock_leasing(session)
    lease = await repository.newest_lease(session, OWN_NODE)
    while True:
        if lease is None or lease.used >= lease.size:
            lease = await _lease(session, OWN_NODE, now)
        number = ticket_number(lease.first + lease.used)
        lease.used += 1
        # After a restore an ivr may hold numbers of a block that the database no longer knows: step over them.
        if await tickets.get(session, number) is None:
            return number


async def _lease(session: AsyncSession, node: str, now: datetime) -> NumberLease:
    first = await repository.next_serial(session, FIRST_SERIAL)
    if first + BLOCK - 1 > LAST_SERIAL:
        raise NumbersExhausted("工单号已用完")
    lease = NumberLease(first=first, size=BLOCK, node=node, used=0, leased_at=now)
    await repository.add_lease(session, lease)
    return lease
