"""The card as the agent sees it: everything about one ringing, talking or just finished call."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.accounts import repository as accounts
from crm.calls import repository as calls
from crm.calls.models import Contact, HeardSlot, Visit
from crm.calls.schemas import PathStep
from crm.customers import repository as customers
from crm.customers.schemas import person
from crm.lens import Lens
from crm.live.models import Pop
from crm.live.schemas import Caller, Card, Emergency, HistoryRow, Over, Tag
from crm.policy import ticket_states as policy
from crm.slot_rows import SlotForm, slot_rows
from crm.tickets import repeated
from crm.tickets import repository as tickets
from crm.tickets.models import Ticket
from crm.views import calls as call_views
from crm.views import tickets as ticket_views
from crm.words import CONTACT_OUTCOMES, LANGUAGES, SAFETY, queue_name, word

_LIVE = frozenset({"ringing", "talking"})
_RECENT = timedelta(days=30)
_DAY = timedelta(hours=24)
_MOST_TAGS, _MOST_OPEN, _MOST_HISTORY = 3, 5, 5
_SPOKEN = "按听到的词判断；会粤语的，请用粤语问好"
# slot, its field and value -> the mark an agent must see before the first word (dialogues, callers and visit_code)
_SAID_TAGS = (
    ("mood", "value", "angry", Tag(key="angry", text="情绪激动", detail="已致歉一次，请直接听客户说")),
    ("category", "tag", "impostor", Tag(key="impostor", text="疑似冒充", detail="来电人核对上门人员，没有核对上")),
)
_NEED_LOOK = frozenset({"unverified", "missing", "unheard"})


async def card(session: AsyncSession, pop: Pop, lens: Lens) -> Card:
    """Return the whole card of a pop, through the eyes of the agent it belongs to."""
    contact = await calls.existing_contact(session, pop.contact_id)
    visit = await calls.existing_visit(session, pop.visit_id)
    heard = await calls.heard_slots(session, contact.id)
    own = await tickets.of_contact(session, contact.id)
    draft = await ticket_views.ticket(session, own[-1], lens) if own else None
    turns = await calls.turns(session, contact.id)
    end = call_views.path_end(contact, min(lens.now, visit.joined_at))
    path = call_views.path_steps(await calls.path(session, contact.id), turns, end)
    others = await _others_of_caller(session, contact)
    rows = draft.slots if draft else await _heard_rows(session, contact, heard, lens)
    rows = _with_unheard(rows, call_views.unheard_clips(turns, [row.slot for row in rows]), lens)
    ledger_entry = await calls.recording(session, contact.recording) if contact.recording else None
    open_ones = [ticket for ticket in others if ticket.state in policy.OPEN][:_MOST_OPEN]
    return Card(
        pop=pop.id,
        kind=pop.kind,
        contact=contact.id,
        linkedid=contact.linkedids[-1] if contact.linkedids else "",
        visit=visit.id,
        agent=pop.agent,
        queue=visit.queue,
        queue_name=queue_name(visit.queue),
        state=pop.state,
        state_since=pop.state_since,
        gone=pop.closed,
        over=await _over(session, pop, visit, contact),
        waited_ms=_ms(visit.joined_at, pop.rang_at),
        joined_at=visit.joined_at,
        rang_at=pop.rang_at,
        answered_at=pop.answered_at,
        ended_at=pop.ended_at,
        talk_ms=visit.talk_ms if visit.agent == pop.agent else None,
        emergency=_emergency(contact, lens),
        tags=await _tags(session, contact, rows, others),
        caller=await _caller(session, contact, heard, lens, own=pop.state in _LIVE),
        path=path,
        path_ms=sum(step.stay_ms for step in path),
        path_note=_path_note(contact, path),
        slots=rows,
        open_tickets=await ticket_views.rows(session, open_ones, lens),
        default_ticket=_default_ticket(open_ones, own, pop.rang_at),
        history=await _history(session, contact, others),
        draft=draft,
        recording=call_views.recording_form(contact, ledger_entry, lens),
        say_next=_say_next(pop, rows, lens),
        ledger=call_views.ledger_form(pop),
    )


async def _others_of_caller(session: AsyncSession, contact: Contact) -> list[Ticket]:
    found = await tickets.of_caller(
        session, customer=contact.customer_id or "", e164=contact.caller_e164, only_open=False, limit=20
    )
    return [ticket for ticket in found if ticket.contact_id != contact.id]


async def _heard_rows(
    session: AsyncSession, contact: Contact, heard: Sequence[HeardSlot], lens: Lens
) -> list[SlotForm]:
    matters = await calls.matters(session, contact.id)
    last = matters[-1].matter if matters else 0
    return slot_rows([row for row in heard if row.matter == last], matters[-1].kind if matters else "", lens.audio)


def _with_unheard(rows: Sequence[SlotForm], clips: dict[str, str], lens: Lens) -> list[SlotForm]:
    return [
        row.model_copy(
            update={
                "status": "unheard",
                "evidence": "未听清，有原声",
                "clip": lens.audio.clip_url(clips[row.slot]),
                "clip_ms": lens.audio.clip_ms(clips[row.slot]),
            }
        )
        if row.status == "missing" and row.slot in clips
        else row
        for row in rows
    ]


async def _over(session: AsyncSession, pop: Pop, visit: Visit, contact: Contact) -> Over | None:
    if pop.state in _LIVE:
        return None
    if pop.state == "ended":
        cut = visit.ended_at is None
        text = "电话中断" if cut else "通话已结束"
        return Over(reason="cut" if cut else "talk_ended", by=visit.ended_by, text=text)
    if visit.outcome == "answered" and visit.agent != pop.agent:
        name = (await accounts.names_by_extension(session, [visit.agent])).get(visit.agent, visit.agent)
        return Over(reason="answered_elsewhere", by=name, text=f"{name} 已接听")
    if visit.outcome == "abandoned" or contact.outcome in ("abandoned", "hung_up"):
        waited = visit.wait_ms if visit.wait_ms is not None else _ms(visit.joined_at, pop.ended_at or pop.rang_at)
        text = f"来电人已挂断（等了 {waited // 1000} 秒），已生成回拨任务"
        return Over(reason="caller_hung_up", by="", text=text)
    if contact.ended_at is not None and pop.over_reason != "no_answer":
        return Over(reason="cut", by="", text="电话中断")
    return Over(reason="no_answer", by="", text="未接，来电已转给下一位")


def _emergency(contact: Contact, lens: Lens) -> Emergency | None:
    if not contact.safety:
        return None
    by_key = contact.safety_words == "key"
    return Emergency(
        safety=contact.safety,
        safety_name=word(SAFETY, contact.safety),
        words="按了 9 键" if by_key else contact.safety_words,
        clip=lens.audio.clip_url(contact.safety_clip),
        at=contact.safety_at or contact.started_at,
    )


async def _tags(
    session: AsyncSession, contact: Contact, rows: Sequence[SlotForm], others: Sequence[Ticket]
) -> list[Tag]:
    """Return the marks, worst first; what the caller speaks is always among them, at the end."""
    tags = [tag for slot, name, value, tag in _SAID_TAGS if any(_says(row, slot, name, value) for row in rows)]
    if contact.called_back_at is not None:
        tags.append(Tag(key="callback", text="按次序回电", detail="客户留了位置，由系统打出"))
    tags += await _repeat_repair(session, contact, rows, others)
    recent = await calls.of_caller(
        session,
        customer=contact.customer_id or "",
        e164=contact.caller_e164,
        since=contact.started_at - _DAY,
    )
    count = sum(item.started_at <= contact.started_at for item in recent)
    if count > 1:
        tags.append(Tag(key="repeat_24h", text=f"24 小时内第 {count} 次来电", detail=""))
    customer = await customers.get(session, contact.customer_id) if contact.customer_id else None
    vulnerable = any(row.slot == "vulnerable" and row.value.get("value") == "yes" for row in rows)
    if vulnerable or (customer is not None and customer.elder):
        tags.append(Tag(key="elder", text="家有老人" if customer and customer.elder else "家有老幼病人", detail=""))
    if contact.silent:
        tags.append(Tag(key="silent", text="静默", detail="来电人没有出声，也没有按键；听不到就请说稍后回电"))
    spoken = [Tag(key=contact.lang, text=word(LANGUAGES, contact.lang), detail=_SPOKEN)] if contact.lang else []
    return [*tags[: _MOST_TAGS - len(spoken)], *spoken]


def _says(row: SlotForm, slot: str, name: str, value: str) -> bool:
    return row.slot == slot and row.value.get(name) == value


async def _repeat_repair(
    session: AsyncSession, contact: Contact, rows: Sequence[SlotForm], others: Sequence[Ticket]
) -> list[Tag]:
    """Return the mark of a machine, or of a code, that was reported within thirty days before."""
    machine = next((row.value.get("product_id", "") for row in rows if row.slot == "product"), "")
    known = await repeated.machines(session, others, contact.started_at) if machine else {}
    before = next((no for no, of in known.items() if of == machine), "")
    if before:
        return [Tag(key="repeat_repair", text="重复维修", detail=f"30 天内同一台机器报过修，工单 {before}")]
    same_code = await _same_code_before(session, contact, rows, others)
    return [Tag(key="repeat_repair", text="30 天内同码返修", detail=f"工单 {same_code}")] if same_code else []


async def _same_code_before(
    session: AsyncSession, contact: Contact, rows: Sequence[SlotForm], others: Sequence[Ticket]
) -> str:
    code = next((row.value.get("canonical", "") for row in rows if row.slot == "fault_code"), "")
    recent = [ticket.no for ticket in others if ticket.created_at >= contact.started_at - _RECENT]
    if not code or not recent:
        return ""
    held = await tickets.slots(session, recent)
    return next(
        (
            no
            for no in recent
            for slot in held.get(no, [])
            if slot.slot == "fault_code" and slot.value.get("canonical") == code
        ),
        "",
    )


async def _caller(
    session: AsyncSession, contact: Contact, heard: Sequence[HeardSlot], lens: Lens, *, own: bool
) -> Caller:
    known = await customers.by_number(session, contact.caller_e164)
    customer = await customers.get(session, contact.customer_id) if contact.customer_id else None
    said = next(
        (row.value.get("number", "") for row in heard if row.slot == "contact" and row.source != "caller_id"), ""
    )
    spoken = phone.to_e164(said) if said else ""
    return Caller(
        number=lens.number(contact.caller_e164, own=own),
        e164=contact.caller_e164 if own else "",
        anonymous=not contact.caller_e164,
        spoken_number=lens.number(spoken, own=own) if spoken and spoken != contact.caller_e164 else "",
        area=phone.area(contact.caller_e164),
        customer=person(customer) if customer else None,
        candidates=[person(item) for item in known] if customer is None and len(known) > 1 else [],
    )


def _path_note(contact: Contact, path: Sequence[PathStep]) -> str:
    if path:
        return ""
    return "未经过语音导航" if contact.stub else "语音服务中断，未采集"


def _default_ticket(open_ones: Sequence[Ticket], own: Sequence[Ticket], at: datetime) -> str:
    touched = [ticket for ticket in open_ones if ticket.updated_at >= at - _RECENT]
    return touched[0].no if touched else own[-1].no if own else ""


async def _history(session: AsyncSession, contact: Contact, others: Sequence[Ticket]) -> list[HistoryRow]:
    before = await calls.of_caller(
        session, customer=contact.customer_id or "", e164=contact.caller_e164, limit=_MOST_HISTORY + 1
    )
    rows = [
        HistoryRow(kind="call", id=item.id, at=item.started_at, text=f"来电 {word(CONTACT_OUTCOMES, item.outcome)}")
        for item in before
        if item.id != contact.id
    ]
    rows += [
        HistoryRow(
            kind="ticket",
            id=ticket.no,
            at=ticket.created_at,
            text=f"{policy.KINDS[ticket.kind]} {policy.STATES[ticket.state]}",
        )
        for ticket in others
    ]
    return sorted(rows, key=lambda row: (row.at, row.id), reverse=True)[:_MOST_HISTORY]


def _say_next(pop: Pop, rows: Sequence[SlotForm], lens: Lens) -> str:
    if pop.state == "ringing":
        return f"您好，汉普顿售后服务，工号 {lens.viewer.number} 为您服务。" if lens.viewer.number else ""
    if pop.state != "talking":
        return ""
    doubtful = next((row for row in rows if row.status in _NEED_LOOK), None)
    if doubtful is None:
        return ""
    return f"请核对{doubtful.label}：{doubtful.text}" if doubtful.text else f"请问{doubtful.label}"


def _ms(start: datetime, end: datetime) -> int:
    return max(0, round((end - start).total_seconds() * 1000))
