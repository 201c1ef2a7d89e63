"""Rules of tickets: the one door through which they change, opened by a call or by an agent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone, places, slots
from crm.accounts import repository as accounts
from crm.accounts.schemas import Viewer
from crm.callbacks import service as callbacks
from crm.clocks import service as clocks
from crm.customers import service as customers
from crm.events.service import EventKind, append, begin_writing
from crm.followups import planning
from crm.policy import ticket_states as policy
from crm.tickets import repository
from crm.tickets.errors import AnotherTicket, NoTicket
from crm.tickets.models import URGE, Ticket, TicketSlot, TimelineEntry
from crm.words import SAFETY, TICKET_OUTCOMES, word

IVR = "语音导航"
_WRITTEN = ("agent", "message")  # sources of slots that people wrote


@dataclass(frozen=True, slots=True)
class Heard:
    """One slot as the dialogue, the desk or an agent got it."""

    slot: str
    value: Mapping[str, str]
    status: str
    source: str
    candidates: Sequence[Mapping[str, str]] = ()
    clip: str = ""
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Opening:
    """What a ticket begins with. contact "" = opened by hand. opened_by: the account that opens it by hand."""

    no: str
    kind: str
    priority: str
    contact: str = ""
    matter: int = 0
    outcome: str = ""
    safety: str = ""
    customer: str | None = None
    caller_e164: str = ""
    owner: str | None = None
    opened_by: str | None = None


async def record(
    session: AsyncSession,
    ticket: Ticket,
    now: datetime,
    *,
    kind: str,
    actor: str,
    text: str,
    fields: Sequence[str] = (),
    state: str = "",
) -> None:
    """Add a timeline entry: the only place where a ticket's state, version, time of change and that it was urged are
    written."""
    before = ticket.state
    if state:
        ticket.state = state
        ticket.is_open = state in policy.OPEN
        if before in policy.DONE and state not in (*policy.DONE, "void"):
            ticket.reopened_at = now
    ticket.urged = ticket.urged or kind == URGE
    ticket.version += 1
    ticket.updated_at = max(now, ticket.updated_at)
    await repository.add(
        session,
        TimelineEntry(
            ticket_no=ticket.no,
            version=ticket.version,
            at=now,
            kind=kind,
            actor=actor,
            text=text,
            fields=[*fields, *(["state"] if state else [])],
        ),
    )
    await append(session, EventKind.TICKET, now, ticket=ticket.no, contact=ticket.contact_id or "")
    if state or kind in ("opened", "kind") or "address" in fields:
        await clocks.refresh(session, ticket, await held_slots(session, ticket), now)
    if state:
        await planning.after_state(session, ticket, before, now)


async def held_slots(session: AsyncSession, ticket: Ticket) -> dict[str, TicketSlot]:
    """Return a ticket's slots by name."""
    return {row.slot: row for row in (await repository.slots(session, [ticket.no])).get(ticket.no, [])}


async def open_ticket(
    session: AsyncSession, opening: Opening, heard: Sequence[Heard], now: datetime, actor: str
) -> Ticket:
    """Insert a ticket with its slots and first entry. The caller made sure that number and matter are free."""
    ticket = Ticket(
        no=opening.no,
        contact_id=opening.contact or None,
        matter=opening.matter,
        kind=opening.kind,
        state="new",
        priority=opening.priority,
        outcome=opening.outcome,
        safety=opening.safety,
        customer_id=opening.customer,
        caller_e164=opening.caller_e164,
        owner_id=opening.owner,
        opened_by=opening.opened_by,
        urged=False,
        version=0,
        created_at=now,
        updated_at=now,
    )
    await repository.add(session, ticket)
    for item in heard:
        await set_slot(session, ticket, item, now)
    outcome = word(TICKET_OUTCOMES, opening.outcome)
    text = f"开单：{policy.KINDS[opening.kind]}" + (f"（{outcome}）" if outcome else "")
    await record(session, ticket, now, kind="opened", actor=actor, text=text, state="new")
    return ticket


async def open_or_update(session: AsyncSession, opening: Opening, heard: Sequence[Heard], now: datetime) -> Ticket:
    """Open the matter's ticket, or bring the one it has up to date; raises AnotherTicket for a second number."""
    ticket = await repository.of_matter(session, opening.contact, opening.matter)
    if ticket is None:
        if await repository.get(session, opening.no) is not None:
            raise AnotherTicket("这个工单号已属于别的来电")
        return await open_ticket(session, opening, heard, now, IVR)
    if ticket.no != opening.no:
        raise AnotherTicket("这件事已有另一张工单")
    ticket.outcome = opening.outcome
    ticket.safety = opening.safety or ticket.safety
    outcome = word(TICKET_OUTCOMES, opening.outcome)
    await record(session, ticket, now, kind="outcome", actor=IVR, text=f"语音导航结束：{outcome}")
    await change_kind(session, ticket, opening.kind, now, IVR)
    await raise_priority(session, ticket, opening.priority, now, IVR)
    return ticket


async def heard_slot(session: AsyncSession, ticket: Ticket, heard: Heard, now: datetime) -> None:
    """Take over what the dialogue heard, unless an agent has verified the slot: then it is only noted."""
    label = slots.label(heard.slot)
    shown = slots.text(heard.slot, heard.value)
    stored = await repository.slot(session, ticket.no, heard.slot)
    if stored is not None and stored.status == "verified":
        text = f"来电人又说 {label}：{shown}（已核实的值未改）"
        await record(session, ticket, now, kind="slot", actor=IVR, text=text)
        return
    await set_slot(session, ticket, heard, now)
    await record(session, ticket, now, kind="slot", actor=IVR, text=f"{label}：{shown}", fields=[heard.slot])


async def change_kind(session: AsyncSession, ticket: Ticket, kind: str, now: datetime, actor: str) -> None:
    """Make the ticket one of the heavier kind; the lighter one becomes a note. Nothing happens when it is the same."""
    if kind == ticket.kind:
        return
    heavier = policy.heavier_kind(ticket.kind, kind)
    if heavier == ticket.kind:
        text = f"同一件事里还提到：{policy.KINDS[kind]}"
        await record(session, ticket, now, kind="note", actor=actor, text=text)
        return
    await set_kind(session, ticket, kind, now, actor)


async def set_kind(session: AsyncSession, ticket: Ticket, kind: str, now: datetime, actor: str) -> None:
    """Change the kind; the state stays if the new kind has it."""
    text = f"类型：{policy.KINDS[ticket.kind]} → {policy.KINDS[kind]}"
    ticket.kind = kind
    state = policy.state_after_kind_change(kind, ticket.state)
    moved = "" if state == ticket.state else state
    await record(session, ticket, now, kind="kind", actor=actor, text=text, fields=["kind"], state=moved)


async def raise_priority(session: AsyncSession, ticket: Ticket, priority: str, now: datetime, actor: str) -> None:
    """Raise the priority; it is never lowered here."""
    if policy.higher_priority(ticket.priority, priority) != ticket.priority:
        await set_priority(session, ticket, priority, now, actor)


async def set_priority(session: AsyncSession, ticket: Ticket, priority: str, now: datetime, actor: str) -> None:
    """Set the priority; the contact's call-back becomes as pressing."""
    text = f"紧急度：{policy.PRIORITIES[ticket.priority]} → {policy.PRIORITIES[priority]}"
    ticket.priority = priority
    await record(session, ticket, now, kind="priority", actor=actor, text=text, fields=["priority"])
    if ticket.contact_id:
        await callbacks.press(session, ticket.contact_id, priority, now)


async def raise_safety(session: AsyncSession, ticket: Ticket, safety: str, now: datetime, actor: str = IVR) -> None:
    """Make the ticket an emergency."""
    ticket.safety = safety
    text = f"紧急：{word(SAFETY, safety)}"
    await record(session, ticket, now, kind="safety", actor=actor, text=text, fields=["safety"])
    await raise_priority(session, ticket, "urgent", now, actor)


async def clear_safety(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """The emergency was a false alarm: the ticket is one like others again."""
    if not ticket.safety:
        return
    ticket.safety = ""
    text = "误报：来电人确认没有危险"
    await record(session, ticket, now, kind="safety", actor=IVR, text=text, fields=["safety"])
    if ticket.priority == "urgent":
        await set_priority(session, ticket, "normal", now, IVR)


async def give_to_answering_agent(session: AsyncSession, contact: str, extension: str, now: datetime) -> None:
    """Make the agent who talks with the caller the owner of the contact's tickets that have none."""
    account = await accounts.by_extension(session, extension)
    for ticket in await repository.of_contact(session, contact):
        if account is not None and ticket.owner_id is None:
            ticket.owner_id = account.id
            await record(session, ticket, now, kind="owner", actor=IVR, text=f"承办：{account.name}", fields=["owner"])


async def add_note(session: AsyncSession, no: str, text: str, viewer: Viewer, now: datetime) -> Ticket:
    """Add an agent's note; raises NoTicket."""
    ticket = await locked(session, no)
    await record(session, ticket, now, kind="note", actor=viewer.name, text=text)
    return ticket


async def locked(session: AsyncSession, no: str) -> Ticket:
    """Return the ticket for writing, until the transaction ends; raises NoTicket."""
    await begin_writing(session)
    ticket = await repository.get(session, no, lock=True)
    if ticket is None:
        raise NoTicket("没有这张工单")
    return ticket


async def set_slot(
    session: AsyncSession, ticket: Ticket, heard: Heard, now: datetime, verified_by: str = ""
) -> TicketSlot:
    """Write a slot; an address gets its division if somebody wrote it, and is learnt for the customer's file."""
    recognized = heard.slot == "address" and heard.source in _WRITTEN
    if recognized:
        value, candidates = await places.recognize(session, heard.value)
        heard = replace(heard, value=value, candidates=candidates)
    if heard.slot == "contact" and heard.source in _WRITTEN:
        number, extension = phone.split(heard.value.get("number", ""))
        beside = {"extension": extension} if extension else {}
        heard = replace(heard, value={**heard.value, "number": number, **beside})
    stored = await repository.slot(session, ticket.no, heard.slot)
    if stored is None:
        stored = TicketSlot(ticket_no=ticket.no, slot=heard.slot, clip="", candidates=[])
    stored.value, stored.status, stored.source = dict(heard.value), heard.status, heard.source
    stored.attempts, stored.updated_at = heard.attempts, now
    stored.candidates = [dict(item) for item in heard.candidates] or ([] if recognized else stored.candidates)
    stored.clip = heard.clip or stored.clip
    stored.verified_by, stored.verified_at = verified_by, now if verified_by else None
    await repository.add(session, stored)
    if heard.slot == "address" and ticket.customer_id:
        await customers.learn_address(session, ticket.customer_id, heard.value, heard.status, now)
    return stored
