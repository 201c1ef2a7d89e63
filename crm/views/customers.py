"""Customers as the pages see them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from crm import slots
from crm.calls import repository as calls
from crm.customers import file_repository as files
from crm.customers import repository
from crm.customers.models import Address, Customer, PhoneNumber
from crm.customers.schemas import AddressForm, CustomerForm, CustomerNoteForm, CustomerRow, Phone, person
from crm.lens import Lens
from crm.live import repository as pops
from crm.tickets import repository as tickets
from crm.views import calls as call_views
from crm.views import tickets as ticket_views
from crm.views.machines import machines

LATEST = 10


async def rows(session: AsyncSession, found: Sequence[Customer], lens: Lens) -> list[CustomerRow]:
    """Return lines of a list; the number of statements does not grow with its length."""
    ids = [customer.id for customer in found]
    numbers = await repository.numbers(session, ids)
    addresses = await repository.addresses(session, ids)
    open_counts = await tickets.open_counts(session, ids)
    return [
        CustomerRow(
            **dict(person(customer)),
            number=lens.number(numbers.get(customer.id, [""])[0]),
            address=addresses[customer.id][0].text if customer.id in addresses else "",
            tickets_open=open_counts.get(customer.id, 0),
        )
        for customer in found
    ]


async def customer(session: AsyncSession, found: Customer, lens: Lens) -> CustomerForm:
    """Return the whole file; numbers in full during the agent's own live call or with an own open ticket."""
    numbers = await files.numbers(session, found.id)
    addresses = (await repository.addresses(session, [found.id])).get(found.id, [])
    contacts = await calls.of_caller(session, customer=found.id, e164="", limit=LATEST)
    theirs = await tickets.of_caller(session, customer=found.id, e164="", only_open=False, limit=LATEST)
    own = await pops.is_live_with(
        session, lens.viewer.extension, customer_contacts=[contact.id for contact in contacts]
    ) or (bool(lens.viewer.id) and await tickets.owns_open_of(session, lens.viewer.id, found.id))
    return CustomerForm(
        **dict(person(found)),
        note=found.note,
        version=found.version,
        created_at=found.created_at,
        organization=found.organization,
        recording_consent=found.recording_consent,
        marketing_consent=found.marketing_consent,
        do_not_call=found.do_not_call,
        merged_into=found.merged_into or "",
        phones=[_phone(row, lens, own=own) for row in numbers],
        notes=[
            CustomerNoteForm(id=note.id, at=note.at, author=note.author, text=note.text)
            for note in await files.notes(session, found.id)
        ],
        addresses=[_address(item) for item in addresses],
        products=await machines(session, found.id, lens),
        tickets=await ticket_views.rows(session, theirs, lens),
        calls=await call_views.rows(session, contacts, lens),
    )


def _phone(row: PhoneNumber, lens: Lens, *, own: bool) -> Phone:
    number = lens.number(row.e164, own=own)
    return Phone(
        id=row.id, number=number, extension=row.extension, main=row.main, do_not_call=row.do_not_call,
        wrong_at=row.wrong_at, wrong_by=row.wrong_by,
    )  # fmt: skip


def _address(row: Address) -> AddressForm:
    hint = slots.lacking_division(row.value)
    return AddressForm(id=row.id, text=row.text, status=row.status, adcode=row.adcode, value=row.value, hint=hint)
