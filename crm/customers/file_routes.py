"""A customer's file: new, numbers, addresses, notes, duplicates, merge, undo."""

from fastapi import APIRouter

from crm.accounts.schemas import SEES_PEOPLE, Role
from crm.accounts.service import require
from crm.customers import file_repository as files
from crm.customers import file_service as service
from crm.customers import repository
from crm.customers.errors import NoCustomer
from crm.customers.file_schemas import (
    AddressChange,
    AddressDraft,
    CustomerDraft,
    CustomerNoteDraft,
    Duplicates,
    LikeCustomer,
    MergeDraft,
    MergeForm,
    NumberDraft,
    NumberMarks,
)  # fmt: skip
from crm.customers.models import CustomerMerge
from crm.customers.routes import CustomerPath
from crm.customers.schemas import CustomerForm, CustomerNoteForm
from crm.views import customers as view
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["customers"])
_WRITERS = (Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR)


@router.post("/customers", operation_id="createCustomer", status_code=201)
async def create(body: CustomerDraft, session: SessionDep, lens: LensDep) -> CustomerForm:
    """Open a file."""
    require(lens.viewer, *_WRITERS)
    return await view.customer(session, await service.create(session, body, lens.now), lens)


@router.put("/customers/{customer}/numbers", operation_id="putNumber")
async def put_number(customer: CustomerPath, body: NumberDraft, session: SessionDep, lens: LensDep) -> CustomerForm:
    """Add a number, or change extension, main and do-not-call of one that is there."""
    require(lens.viewer, *_WRITERS)
    return await view.customer(session, await service.put_number(session, customer, body, lens.now), lens)


@router.patch("/customers/{customer}/numbers/{number}", operation_id="markNumber")
async def mark_number(
    customer: CustomerPath, number: CustomerPath, body: NumberMarks, session: SessionDep, lens: LensDep
) -> CustomerForm:
    """Make a number on file the main one, or mark it as not to be called or as wrong, or take such a mark off."""
    require(lens.viewer, *_WRITERS)
    marked = await service.mark_number(session, customer, number, body, lens.viewer, lens.now)
    return await view.customer(session, marked, lens)


@router.delete("/customers/{customer}/numbers/{number}", operation_id="removeNumber")
async def remove_number(
    customer: CustomerPath, number: CustomerPath, session: SessionDep, lens: LensDep
) -> CustomerForm:
    """Take a number off the file."""
    require(lens.viewer, *_WRITERS)
    return await view.customer(session, await service.remove_number(session, customer, number, lens.now), lens)


@router.put("/customers/{customer}/addresses", operation_id="putAddress")
async def put_address(customer: CustomerPath, body: AddressDraft, session: SessionDep, lens: LensDep) -> CustomerForm:
    """Add an address, or the new status and fields of one that is there."""
    require(lens.viewer, *_WRITERS)
    return await view.customer(session, await service.put_address(session, customer, body, lens.now), lens)


@router.put("/customers/{customer}/addresses/{address}", operation_id="changeAddress")
async def change_address(
    customer: CustomerPath, address: CustomerPath, body: AddressChange, session: SessionDep, lens: LensDep
) -> CustomerForm:
    """Write an address on file anew."""
    require(lens.viewer, *_WRITERS)
    return await view.customer(session, await service.change_address(session, customer, address, body, lens.now), lens)


@router.delete("/customers/{customer}/addresses/{address}", operation_id="removeAddress")
async def remove_address(
    customer: CustomerPath, address: CustomerPath, session: SessionDep, lens: LensDep
) -> CustomerForm:
    """Take an address off the file; tickets keep the address they were written with."""
    require(lens.viewer, *_WRITERS)
    return await view.customer(session, await service.remove_address(session, customer, address, lens.now), lens)


@router.post("/customers/{customer}/notes", operation_id="addCustomerNote", status_code=201)
async def add_note(
    customer: CustomerPath, body: CustomerNoteDraft, session: SessionDep, lens: LensDep
) -> CustomerNoteForm:
    """Add a note."""
    require(lens.viewer, *_WRITERS)
    note = await service.add_note(session, customer, body.text, lens.viewer, lens.now)
    return CustomerNoteForm(id=note.id, at=note.at, author=note.author, text=note.text)


@router.get("/customers/{customer}/duplicates", operation_id="listDuplicates")
async def duplicates(customer: CustomerPath, session: SessionDep, lens: LensDep) -> Duplicates:
    """Files that share a number or an address with this one, and merges that may still be undone."""
    require(lens.viewer, *SEES_PEOPLE)
    found = await repository.get(session, customer)
    if found is None:
        raise NoCustomer("没有这位客户")
    done = await files.last_merges(session, customer)
    names = await repository.by_ids(session, {item.gone_id for item in done})
    fresh = [item for item in done if lens.now <= item.at + service.UNDO]
    rows = await view.rows(session, await files.duplicates(session, found), lens)
    same = await files.shared(session, customer, [row.id for row in rows])
    return Duplicates(
        candidates=[
            LikeCustomer(**dict(row), same_number=lens.number(same[row.id][0]), same_address=same[row.id][1])
            for row in rows
        ],
        merges=[_merge(item, names[item.gone_id].name) for item in fresh],
    )


@router.post("/customers/{customer}/merges", operation_id="mergeCustomer", status_code=201)
async def merge(customer: CustomerPath, body: MergeDraft, session: SessionDep, lens: LensDep) -> MergeForm:
    """Take another file over into this one."""
    require(lens.viewer, Role.DISPATCHER, Role.SUPERVISOR)
    done = await service.merge(session, customer, body.gone, body.version, lens.viewer, lens.now)
    gone = await repository.get(session, body.gone)
    return _merge(done, gone.name if gone else "")


@router.post("/customer-merges/{merge_id}/undo", operation_id="undoMerge")
async def undo(merge_id: CustomerPath, session: SessionDep, lens: LensDep) -> CustomerForm:
    """Give back what was taken over; the answer is the file that is there again."""
    require(lens.viewer, Role.DISPATCHER, Role.SUPERVISOR)
    return await view.customer(session, await service.undo_merge(session, merge_id, lens.now), lens)


def _merge(done: CustomerMerge, gone_name: str) -> MergeForm:
    return MergeForm(
        id=done.id, kept=done.kept_id, gone=done.gone_id, gone_name=gone_name, by=done.author, at=done.at,
        undo_until=done.at + service.UNDO,
    )  # fmt: skip
