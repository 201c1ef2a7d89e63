"""Handing out and erasing a person's data: rows in one transaction, then files, then the list that outlives a restore.

The re-erase list is a file of JSON lines in the state folder, one erasure a line, ids only. After an older backup was
restored, `python -m crm re-erase` (and every start of crm) erases anew what the database no longer knows it erased.
"""

import asyncio
import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.audio import Audio
from crm.audit.service import note
from crm.calls.models import HeardSlot
from crm.clocks.models import ClockPause
from crm.corrections import repository as corrections
from crm.corrections import writing
from crm.corrections.models import Correction
from crm.customers import repository as customers
from crm.customers.errors import NoCustomer
from crm.customers.models import Address, Customer, CustomerNote
from crm.errors import Conflict
from crm.events.service import EventKind, append, begin_writing
from crm.followups import repository as followups
from crm.followups.models import FollowUpAttempt
from crm.parts.models import PartLine
from crm.privacy import quotes, repository
from crm.privacy.models import Erasure
from crm.products.models import Product
from crm.search.touched import touch
from crm.settings import Settings
from crm.tickets.models import TicketSlot
from crm.visits.models import EngineerVisit, VisitPhoto
from crm.visits.photos import path
from recordings.naming import InvalidName, clip_file

log = structlog.get_logger(__name__)

SYSTEM = "系统"


class CallLasts(Conflict):
    """The person is on the line: what is still being said cannot be erased yet."""

    code = "call_lasts"


async def export(session: AsyncSession, customer_id: str) -> dict[str, Any]:
    """Return everything that is kept of a person as JSON; recordings and clips by name. Raises NoCustomer."""
    customer = await customers.get(session, customer_id)
    if customer is None:
        raise NoCustomer("没有这位客户")
    numbers, contacts, tickets = await _belongings(session, customer_id)
    ids, nos = [item.id for item in contacts], [item.no for item in tickets]
    files = [customer_id, *await repository.merged(session, customer_id)]
    visits = await repository.rows(session, EngineerVisit, EngineerVisit.ticket_no, nos)
    shown = [item.id for item in visits]
    asked = await followups.of_originals(session, nos)
    tried = [item.id for item in asked]
    every = {
        "customer": [customer],
        "merged_files": await repository.rows(session, Customer, Customer.id, files[1:]),
        "addresses": await repository.rows(session, Address, Address.customer_id, files),
        "notes": await repository.rows(session, CustomerNote, CustomerNote.customer_id, files),
        "products": await repository.rows(session, Product, Product.customer_id, files),
        "calls": contacts,
        "turns": await repository.turns(session, ids),
        "heard": await repository.rows(session, HeardSlot, HeardSlot.contact_id, ids),
        "tickets": tickets,
        "slots": await repository.rows(session, TicketSlot, TicketSlot.ticket_no, nos),
        "corrections": await repository.rows(session, Correction, Correction.ticket_no, nos),
        "timeline": await repository.timeline(session, nos),
        "callbacks": await repository.callbacks(session, ids, nos),
        "visits": visits,
        "photos": await repository.rows(session, VisitPhoto, VisitPhoto.visit_id, shown),
        "code_checks": await repository.code_checks(session, numbers, shown),
        "part_requests": await repository.rows(session, PartLine, PartLine.ticket_no, nos),
        "follow_ups": asked,
        "follow_up_attempts": await repository.rows(session, FollowUpAttempt, FollowUpAttempt.follow_up_id, tried),
        "pauses": await repository.rows(session, ClockPause, ClockPause.ticket_no, nos),
    }
    found: dict[str, Any] = {name: [repository.as_dict(row) for row in rows] for name, rows in every.items()}
    found |= {"phones": sorted(numbers), "recordings": await repository.recordings(session, ids)}
    return dict(json.loads(json.dumps(found, ensure_ascii=False, default=str)))


async def erase(session: AsyncSession, customer_id: str, *, viewer: Viewer, reason: str, now: datetime) -> Erasure:
    """Erase a person from every table; the counts of calls, visits and tickets stay. Raises NoCustomer, CallLasts."""
    await begin_writing(session)
    customer = await customers.get(session, customer_id, lock=True)
    if customer is None:
        raise NoCustomer("没有这位客户")
    row = await _erase_rows(session, customer, uuid4().hex, by=viewer.name, reason=reason, now=now)
    await note(session, viewer, "person_erased", "customer", customer_id, now, reason=reason)
    return row


async def _erase_rows(
    session: AsyncSession, customer: Customer, erasure: str, *, by: str, reason: str, now: datetime
) -> Erasure:
    numbers, contacts, tickets = await _belongings(session, customer.id)
    if any(item.ended_at is None and not item.stub for item in contacts):
        raise CallLasts("这位客户正在通话，请等通话结束再删除")
    ids, nos = [item.id for item in contacts], [item.no for item in tickets]
    row = Erasure(
        id=erasure,
        customer_id=customer.id,
        at=now,
        by=by,
        reason=reason,
        contacts=ids,
        recordings=await repository.recordings(session, ids),
        photos=[],
    )
    await repository.add(session, row)
    await _empty_quotes(session, customer.id, numbers, ids, nos, now)  # while it is known who that is
    customer.name, customer.note, customer.elder = "", "", False
    customer.version += 1
    await repository.empty_customer(session, customer.id)
    await repository.empty_contacts(session, ids)
    await repository.empty_callbacks(session, ids, nos)
    await repository.empty_tickets(session, nos)
    await corrections.forget(session, ids, nos)
    touch(session, tickets=nos, customers=[customer.id, *await repository.merged(session, customer.id)])
    photos = await repository.empty_visits(session, nos, numbers)
    row.photos = [str(path(Path(), photo)) for photo in photos]
    await repository.forget_answers(session)
    await append(session, EventKind.CUSTOMER, now, customer=customer.id)
    return row


async def _empty_quotes(
    session: AsyncSession, customer: str, numbers: list[str], contacts: list[str], tickets: list[str], now: datetime
) -> None:
    """Empty what others wrote about the person: reasons, searches, and lines of imports that wait."""
    files = [customer, *await repository.merged(session, customer)]
    names = [item.name for item in await repository.rows(session, Customer, Customer.id, files)]
    words = quotes.words_of(names, numbers)
    tasks = [item.id for item in await repository.callbacks(session, contacts, tickets)]
    about = {"customer": files, "ticket": tickets, "contact": contacts, "call": contacts, "callback": tasks}
    reasons = await quotes.empty_stock(session, words, tickets)
    await quotes.empty_log(session, words, [(kind, item) for kind in about for item in about[kind]], reasons)
    await quotes.drop_views(session, words)
    others = await repository.numbers_of_others(session, customer, numbers)
    await quotes.drop_lines(session, set(numbers) - others, now)


async def _belongings(session: AsyncSession, customer: str) -> tuple[list[str], Any, Any]:
    numbers = (await customers.numbers(session, [customer])).get(customer, [])
    shared = await repository.numbers_of_others(session, customer, numbers)
    contacts = await repository.contacts_of(session, customer, [item for item in numbers if item not in shared])
    tickets = await repository.tickets_of(session, customer, [item.id for item in contacts])
    return numbers, contacts, tickets


async def remove_files(session: AsyncSession, now: datetime, audio: Audio, settings: Settings) -> int:
    """Delete what lies on disk of committed erasures and write them into the re-erase list; returns how many."""
    waiting = await repository.with_files(session, 20)
    for row in waiting:
        await asyncio.to_thread(_remove, row, audio, settings)
        row.files_gone_at = now
    if waiting:
        await writing.write(session, audio, keep=settings.keep_corrections)
    return len(waiting)


def _remove(row: Erasure, audio: Audio, settings: Settings) -> None:
    for contact in row.contacts:
        try:
            folder = clip_file(audio.clips_dir, contact, "x").parent
        except InvalidName:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        for file in settings.voicemail_dir.glob(f"*{contact}*"):
            file.unlink(missing_ok=True)
    for recording in row.recordings:
        files = audio.files(recording)
        for file in (files.rx, files.tx, files.mix, files.stereo) if files else ():
            file.unlink(missing_ok=True)
    for photo in row.photos:
        (settings.photos_dir / photo).unlink(missing_ok=True)
    line = {"id": row.id, "customer": row.customer_id, "at": row.at.isoformat(), "by": row.by, "reason": row.reason}
    with settings.erasures_file.open("a", encoding="utf-8") as ledger:
        ledger.write(json.dumps(line, ensure_ascii=False) + "\n")


async def erase_again(session: AsyncSession, lines: list[Mapping[str, Any]], now: datetime) -> int:
    """Erase persons of the list whom the database knows again, as after a restore; returns how many."""
    held = await repository.known(session, [str(line["id"]) for line in lines])
    missing = {str(line["id"]): line for line in lines if line["id"] not in held}
    done = 0
    for erasure, line in missing.items():
        await begin_writing(session)
        customer = await customers.get(session, str(line["customer"]), lock=True)
        if customer is not None:
            await _erase_rows(session, customer, erasure, by=SYSTEM, reason=str(line["reason"]), now=now)
            done += 1
    if done:
        log.warning("erased_again", persons=done)
    return done


def read_list(ledger: Path) -> list[Mapping[str, Any]]:
    """Return the lines of the re-erase list, nothing when there is none; a torn last line is left out."""
    if not ledger.exists():
        return []
    found: list[Mapping[str, Any]] = []
    for text in ledger.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict) and {"id", "customer", "reason"} <= set(line):
            found.append(line)
    return found
