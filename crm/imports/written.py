"""SQL of what imports wrote: noted when it is written, read again when an import is taken back."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm.calls.models import Contact
from crm.customers.models import Address, Customer, CustomerMerge, CustomerNote, PhoneNumber
from crm.followups.models import FollowUp
from crm.imports.models import ImportChange, ImportRun
from crm.parts.models import Partner
from crm.products.models import Product
from crm.tickets.models import Ticket, TicketSlot
from crm.visits.models import EngineerVisit

_UNDOING = (ImportRun.undo_at.is_not(None), ImportRun.undo_ended_at.is_(None))


async def noted(session: AsyncSession, changes: Sequence[ImportChange]) -> None:
    """Keep what an import wrote."""
    session.add_all(changes)
    await session.flush()


async def follow(session: AsyncSession, customer_id: str, before: int, after: int, run_id: str = "") -> None:
    """Let the note of a new file that was left at one version count as left at another: nobody changed it since.

    run_id: only the note of this import.
    """
    new = [ImportChange.customer_id == customer_id, ImportChange.what == "customer", ImportChange.version == before]
    mine = [*new, ImportChange.run_id == run_id] if run_id else new
    await session.execute(update(ImportChange).where(*mine).values(version=after))


async def run_locked(session: AsyncSession, run_id: str) -> ImportRun | None:
    """Return an import, nobody else's until the transaction ends."""
    return await session.get(ImportRun, run_id, with_for_update=True)


async def any_undoing(session: AsyncSession) -> bool:
    """Tell whether an import is being taken back."""
    return (await session.execute(select(ImportRun.id).where(*_UNDOING).limit(1))).first() is not None


async def oldest_undoing(session: AsyncSession) -> ImportRun | None:
    """Return the import that is taken back now, locked."""
    query = select(ImportRun).where(*_UNDOING).order_by(ImportRun.undo_at, ImportRun.id).limit(1).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def next_changes(session: AsyncSession, run_id: str, most: int) -> Sequence[ImportChange]:
    """Return the next changes to be taken back in the order of the file."""
    query = select(ImportChange).where(ImportChange.run_id == run_id, ImportChange.outcome == "")
    return (await session.execute(query.order_by(ImportChange.line, ImportChange.id).limit(most))).scalars().all()


async def kept(session: AsyncSession, run_id: str, most: int) -> Sequence[ImportChange]:
    """Return the changes that stayed, wholly or in part, in the order of the file."""
    query = select(ImportChange).where(ImportChange.run_id == run_id, ImportChange.outcome.in_(("stayed", "partly")))
    return (await session.execute(query.order_by(ImportChange.line, ImportChange.id).limit(most))).scalars().all()


async def of_files(session: AsyncSession, run_id: str, customers: Collection[str]) -> Sequence[ImportChange]:
    """Return what an import wrote into these files."""
    query = select(ImportChange).where(ImportChange.run_id == run_id, ImportChange.customer_id.in_(customers))
    return (await session.execute(query)).scalars().all()


async def files(session: AsyncSession, ids: Collection[str]) -> Mapping[str, Customer]:
    """Return the files that are there, locked, by id."""
    query = select(Customer).where(Customer.id.in_(ids)).order_by(Customer.id).with_for_update()
    return {row.id: row for row in (await session.execute(query)).scalars()}


async def cards(session: AsyncSession, ids: Collection[str]) -> Mapping[str, Product]:
    """Return the cards that are there, locked, by id."""
    query = select(Product).where(Product.id.in_(ids)).order_by(Product.id).with_for_update()
    return {row.id: row for row in (await session.execute(query)).scalars()}


async def numbers(session: AsyncSession, customers: Collection[str]) -> Sequence[PhoneNumber]:
    """Return the numbers of these files."""
    return (await session.execute(select(PhoneNumber).where(PhoneNumber.customer_id.in_(customers)))).scalars().all()


async def addresses(session: AsyncSession, customers: Collection[str]) -> Sequence[Address]:
    """Return the addresses of these files."""
    return (await session.execute(select(Address).where(Address.customer_id.in_(customers)))).scalars().all()


async def built_upon(session: AsyncSession, customers: Collection[str]) -> Mapping[str, str]:
    """Return why files cannot go: what hangs on them, the first that is found; an undo's own notes are nothing."""
    by_people = CustomerNote.id.not_in(select(ImportChange.id).where(ImportChange.customer_id.in_(customers)))
    reasons = (
        ("已和别的档案合并过", select(CustomerMerge.kept_id).where(CustomerMerge.kept_id.in_(customers))),
        ("已和别的档案合并过", select(CustomerMerge.gone_id).where(CustomerMerge.gone_id.in_(customers))),
        ("已有工单", select(Ticket.customer_id).where(Ticket.customer_id.in_(customers))),
        ("已有通话", select(Contact.customer_id).where(Contact.customer_id.in_(customers))),
        ("名下有产品", select(Product.customer_id).where(Product.customer_id.in_(customers))),
        ("已有备注", select(CustomerNote.customer_id).where(CustomerNote.customer_id.in_(customers), by_people)),
        ("已登记购机数", select(Partner.customer_id).where(Partner.customer_id.in_(customers))),
    )
    found: dict[str, str] = {}
    for reason, query in reasons:
        for customer in (await session.execute(query.distinct())).scalars():
            found.setdefault(str(customer), reason)
    return found


async def rung(session: AsyncSession, numbers_of: Collection[str], run: ImportRun) -> set[str]:
    """Return which of these E.164 numbers called since the import was handed in."""
    query = select(Contact.caller_e164).where(Contact.caller_e164.in_(numbers_of), Contact.started_at >= run.at)
    return set((await session.execute(query.distinct())).scalars()) if numbers_of else set()


async def machines_in_use(session: AsyncSession, products: Mapping[str, str]) -> set[str]:
    """Return which of these products (id -> customer) tickets, visits or follow-ups are about."""
    named = TicketSlot.value["product_id"].astext
    owned = Ticket.customer_id.in_(set(products.values()))
    told = (
        select(named)
        .join(Ticket, Ticket.no == TicketSlot.ticket_no)
        .where(owned, TicketSlot.slot == "product", named.in_(products))
    )
    visits = select(EngineerVisit.product_id).where(EngineerVisit.product_id.in_(products))
    asked = select(FollowUp.product_id).where(FollowUp.product_id.in_(products))
    every = union(told, visits, asked)
    return {str(row[0]) for row in await session.execute(every)} if products else set()


async def remove_parts(session: AsyncSession, model: type[PhoneNumber | Address], ids: Collection[str]) -> None:
    """Delete numbers or addresses."""
    await session.execute(delete(model).where(model.id.in_(ids)))


async def remove_files(session: AsyncSession, ids: Collection[str]) -> None:
    """Delete files with their numbers and addresses and the notes that undoing left."""
    for owned in (PhoneNumber, Address, CustomerNote):
        await session.execute(delete(owned).where(owned.customer_id.in_(ids)))
    await session.execute(delete(Customer).where(Customer.id.in_(ids)))


async def remove_cards(session: AsyncSession, ids: Collection[str]) -> None:
    """Delete cards."""
    await session.execute(delete(Product).where(Product.id.in_(ids)))
