"""Rules of a customer's file (用户档案): new file, numbers, addresses, notes, merge of duplicates with undo."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone, places, slots
from crm.accounts.schemas import Viewer
from crm.customers import file_repository as files
from crm.customers import repository, wrong_numbers
from crm.customers.errors import CustomerChanged, NoCustomer
from crm.customers.file_schemas import AddressChange, AddressDraft, CustomerDraft, NumberDraft, NumberMarks
from crm.customers.models import Address, Customer, CustomerMerge, CustomerNote, PhoneNumber
from crm.errors import Conflict, Invalid, NotFound
from crm.events.service import EventKind, append, begin_writing
from crm.search.touched import touch

UNDO = timedelta(days=7)  # ux 5.2
_MOST_NUMBERS = 20
_PLAIN = "owner"  # the kind of a file that nobody said anything else of
_NO_NUMBER = "档案里没有这个号码"
_TWICE = "档案里已有这个地址"
_NO_ADDRESS = "档案里没有这个地址，可能刚被别人去掉"


async def create(session: AsyncSession, draft: CustomerDraft, now: datetime) -> Customer:
    """Make a file; raises Invalid naming a number or address that is none."""
    await begin_writing(session)
    customer = Customer(
        id=uuid4().hex, name=draft.name, kind=draft.kind, organization=draft.organization, elder=draft.elder,
        note=draft.note, created_at=now,
    )  # fmt: skip
    await repository.add(session, customer)
    for index, number in enumerate(draft.numbers):
        await _put_number(session, customer, number, now, f"numbers.{index}.number")
    for index, address in enumerate(draft.addresses):
        await _put_address(session, customer, address, now, f"addresses.{index}.value")
    await append(session, EventKind.CUSTOMER, now, customer=customer.id)
    return customer


async def put_number(session: AsyncSession, customer_id: str, draft: NumberDraft, now: datetime) -> Customer:
    """Add a number, or change the one the customer has; a main number is the only one."""
    customer = await locked(session, customer_id)
    await _put_number(session, customer, draft, now, "number")
    return await _changed(session, customer, now)


async def mark_number(
    session: AsyncSession, customer_id: str, number_id: str, marks: NumberMarks, viewer: Viewer, now: datetime
) -> Customer:
    """Set what is told of a number on file: main (then the only one), do-not-call, not the customer's."""
    customer = await locked(session, customer_id)
    held = await files.numbers(session, customer.id)
    row = next((row for row in held if row.id == number_id), None)
    if row is None:
        raise NotFound(_NO_NUMBER)
    if marks.main:
        _none_main(held)
    row.main = row.main if marks.main is None else marks.main
    row.do_not_call = row.do_not_call if marks.do_not_call is None else marks.do_not_call
    if marks.wrong and row.wrong_at is None:
        await wrong_numbers.set_mark(session, row, viewer.name, "坐席核对", now)
    elif marks.wrong is False and row.wrong_at is not None:
        await wrong_numbers.take_away(session, row, viewer.name, now)
    return await _changed(session, customer, now)


async def remove_number(session: AsyncSession, customer_id: str, number_id: str, now: datetime) -> Customer:
    """Take a number off the file."""
    customer = await locked(session, customer_id)
    if not await files.remove(session, PhoneNumber, customer_id, number_id):
        raise NotFound(_NO_NUMBER)
    return await _changed(session, customer, now)


async def put_address(session: AsyncSession, customer_id: str, draft: AddressDraft, now: datetime) -> Customer:
    """Add an address; one of the same text gets the new status and fields."""
    customer = await locked(session, customer_id)
    await _put_address(session, customer, draft, now, "value")
    return await _changed(session, customer, now)


async def change_address(
    session: AsyncSession, customer_id: str, address_id: str, draft: AddressChange, now: datetime
) -> Customer:
    """Write an address on file anew; raises CustomerChanged when the file is not the version that was read."""
    customer = await locked(session, customer_id)
    if customer.version != draft.version:
        raise CustomerChanged("这份档案刚被别人改过，请看一下新内容再保存")
    row = await files.address(session, customer.id, address_id)
    if row is None:
        raise NotFound(_NO_ADDRESS)
    text = _checked(draft, "value")
    same = await files.address_of_text(session, customer.id, text)
    if same is not None and same.id != row.id:
        raise Invalid(_TWICE, fields=[{"field": "value.road", "detail": _TWICE}])
    await _write(session, row, draft, text)
    return await _changed(session, customer, now)


async def remove_address(session: AsyncSession, customer_id: str, address_id: str, now: datetime) -> Customer:
    """Take an address off the file: it is no longer offered to callers; tickets keep their own."""
    customer = await locked(session, customer_id)
    if not await files.remove(session, Address, customer_id, address_id):
        raise NotFound(_NO_ADDRESS)
    return await _changed(session, customer, now)


async def add_note(session: AsyncSession, customer_id: str, text: str, viewer: Viewer, now: datetime) -> CustomerNote:
    """Add a note."""
    customer = await locked(session, customer_id)
    note = CustomerNote(id=uuid4().hex, customer_id=customer.id, at=now, author=viewer.name, text=text)
    await files.add(session, note)
    await append(session, EventKind.CUSTOMER, now, customer=customer.id)
    return note


async def merge(
    session: AsyncSession, kept_id: str, gone_id: str, version: int, viewer: Viewer, now: datetime
) -> CustomerMerge:
    """Take a file over into another: numbers, addresses, notes, machines, tickets, calls and what it bought as a
    partner go; it can be undone."""
    first, second = sorted((kept_id, gone_id))  # one order of locking for two people who merge crosswise
    if first == second:
        raise Invalid("不能和自己合并", fields=[{"field": "gone", "detail": "不能和自己合并"}])
    found = {each: await locked(session, each) for each in (first, second)}
    kept, gone = found[kept_id], found[gone_id]
    if kept.version != version:
        raise CustomerChanged("这份档案刚被别人改过，请看一下新内容再合并")
    marked = await files.mark_like(session, gone.id, kept.id)
    moved: dict[str, Any] = await files.hand_over(session, gone.id, kept.id)
    moved |= {"marked": marked, "fields": _take_over(kept, gone)}
    moved["standing"] = await files.join_standing(session, gone.id, kept.id, viewer.name, now)
    touch(session, tickets=moved["tickets"])
    gone.merged_into = kept.id
    gone.version += 1
    done = CustomerMerge(id=uuid4().hex, kept_id=kept.id, gone_id=gone.id, moved=moved, author=viewer.name, at=now)
    await files.add(session, done)
    await _changed(session, kept, now)
    await append(session, EventKind.CUSTOMER, now, customer=gone.id)
    return done


def _take_over(kept: Customer, gone: Customer) -> dict[str, list[str | bool]]:
    """Give a file what it lacks of another; a no is never lost. Returns the fields that changed: [before, after]."""
    wanted: dict[str, str | bool] = {
        "name": kept.name or gone.name,
        "note": kept.note or gone.note,
        "kind": gone.kind if kept.kind == _PLAIN else kept.kind,
        "organization": kept.organization or gone.organization,
        "elder": kept.elder or gone.elder,
        "do_not_call": kept.do_not_call or gone.do_not_call,
        "recording_consent": _no_first(kept.recording_consent, gone.recording_consent),
        "marketing_consent": _no_first(kept.marketing_consent, gone.marketing_consent),
    }
    changed = {field: [getattr(kept, field), value] for field, value in wanted.items()}
    for field, value in wanted.items():
        setattr(kept, field, value)
    return {field: pair for field, pair in changed.items() if pair[0] != pair[1]}


def _no_first(own: str, other: str) -> str:
    return "no" if other == "no" else own


async def undo_merge(session: AsyncSession, merge_id: str, now: datetime) -> Customer:
    """Give back what was taken over; raises NotFound, Conflict when it is undone already, too long ago, or when the
    kept file was itself taken over since: what is to be given back is no longer there."""
    await begin_writing(session)
    done = await files.merge(session, merge_id)
    if done is None:
        raise NotFound("没有这次合并")
    if done.undone_at is not None or now > done.at + UNDO:
        raise Conflict("这次合并已撤销，或已过 7 天不能撤销")
    gone = await repository.get(session, done.gone_id, lock=True)
    kept = await repository.get(session, done.kept_id, lock=True)
    if gone is None or kept is None:
        raise NotFound("没有这份档案")
    if kept.merged_into is not None:
        raise Conflict("合并后的档案后来又并入了另一份，请先撤销后一次合并，再撤销这一次")
    await files.hand_back(session, done.moved, kept.id, gone.id)
    await files.unmark(session, done.moved.get("marked", ()), kept.id)
    await files.part_standing(session, kept.id, done.moved.get("standing"), now)
    for field, (before, after) in done.moved.get("fields", {}).items():
        if getattr(kept, field) == after:  # else somebody wrote it anew since
            setattr(kept, field, before)
    touch(session, tickets=done.moved.get("tickets", ()))
    gone.merged_into, done.undone_at = None, now
    gone.version += 1
    await _changed(session, kept, now)
    await append(session, EventKind.CUSTOMER, now, customer=gone.id)
    return gone


async def locked(session: AsyncSession, customer_id: str) -> Customer:
    """Return a file to be changed; raises NoCustomer for none or one that was taken over."""
    await begin_writing(session)
    customer = await repository.get(session, customer_id, lock=True)
    if customer is None or customer.merged_into is not None:
        raise NoCustomer("没有这位客户，或档案已并入另一份")
    return customer


async def _put_number(session: AsyncSession, customer: Customer, draft: NumberDraft, now: datetime, field: str) -> None:
    e164 = phone.to_e164(draft.number)
    if not e164:
        why = phone.why_not(draft.number)
        raise Invalid(f"{why}：{draft.number}", fields=[{"field": field, "detail": why}])
    held = await files.numbers(session, customer.id)
    if draft.main:
        _none_main(held)
    row_of = next((row for row in held if row.e164 == e164), None)
    if row_of is None:
        if len(held) >= _MOST_NUMBERS:
            raise Conflict(f"一份档案最多 {_MOST_NUMBERS} 个号码")
        row_of = PhoneNumber(id=uuid4().hex, customer_id=customer.id, e164=e164, created_at=now)
    row_of.extension = draft.extension or phone.split(draft.number)[1]
    row_of.main, row_of.do_not_call = draft.main, draft.do_not_call
    await files.add(session, row_of)


def _none_main(held: Iterable[PhoneNumber]) -> None:
    for row in held:
        row.main = False


async def _put_address(
    session: AsyncSession, customer: Customer, draft: AddressDraft, now: datetime, field: str
) -> None:
    text = _checked(draft, field)
    row = await files.address_of_text(session, customer.id, text)
    if row is None:
        row = Address(id=uuid4().hex, customer_id=customer.id, created_at=now)
    await _write(session, row, draft, text)
    await files.add(session, row)


def _checked(draft: AddressDraft, field: str) -> str:
    """Return the address in one line; raises Invalid at the field that is wrong."""
    text, adcode = slots.address_text(draft.value), draft.value.get("adcode", "")
    if not text or not slots.region_text(draft.value):
        raise Invalid("地址要有城区", fields=[{"field": field, "detail": "地址要有城区"}])
    if adcode and not (adcode.isascii() and adcode.isdigit() and len(adcode) in (6, 9, 12)):
        raise Invalid("区划代码不对", fields=[{"field": f"{field}.adcode", "detail": "区划代码不对"}])
    return text


async def _write(session: AsyncSession, row: Address, draft: AddressDraft, text: str) -> None:
    value, _ = await places.recognize(session, draft.value)
    row.text, row.value, row.status, row.adcode = text, value, draft.status, value.get("adcode", "")


async def _changed(session: AsyncSession, customer: Customer, now: datetime) -> Customer:
    customer.version += 1
    await append(session, EventKind.CUSTOMER, now, customer=customer.id)
    return customer
