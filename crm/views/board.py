"""The board as the supervisor sees it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts import repository as accounts
from crm.accounts.models import Account
from crm.agents import repository as agents
from crm.agents.models import AgentPhone
from crm.board import repository
from crm.board.repository import OpenVisit, QueueFigures
from crm.board.schemas import Alarm, Board, BoardAgent, BoardCall, BoardNode, BoardPops, BoardQueue, BoardRecordings
from crm.callbacks import repository as callbacks
from crm.calls import repository as calls
from crm.clocks.service import SYSTEM
from crm.database import milliseconds
from crm.desk import repository as desk
from crm.live import repository as pops
from crm.phone import masked
from crm.policy.figures import counted_visits, service_level
from crm.tickets import repository as tickets
from crm.tickets.service import IVR
from crm.words import AGENT_STATES, QUEUES, SAFETY, node_title, queue_name, word
from ivr.contract.hours import HumanHours, warning_text
from liveness.marks import marks

POP_DUE = timedelta(seconds=5)
DIALOGUE_AT_MOST = timedelta(hours=2)
ALARM_STANDS = timedelta(hours=24)  # of danger and of cut calls: not to midnight, when few look after many hours
LOSS_STANDS = timedelta(days=3)  # of what cannot be made good: over a weekend, until whoever runs the hotline looks
FILED_WITHIN = timedelta(minutes=15)  # a message's call, also where its facts wait in the journal of a restarted ivr
_NOTHING = QueueFigures(0, 0, 0, 0, 0, 0)
_STATE_ORDER = ("unreachable", "ringing", "talking", "wrapup", "ready", "paused", "offline")


@dataclass(frozen=True, slots=True)
class BoardRules:
    """Parameters of the figures. frozen_marks: see liveness.marks; voicemail_dir: where the dialplan puts messages."""

    zone: ZoneInfo
    in_time_ms: int
    short_ms: int
    hours: HumanHours
    frozen_marks: Path
    voicemail_dir: Path


def day_start(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the beginning of the day that `now` falls in, as the zone counts it."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


async def board(session: AsyncSession, rules: BoardRules, telephony: str, now: datetime) -> Board:
    """Return the whole board."""
    today = day_start(now, rules.zone)
    lasting = await repository.open_visits(session)
    sums = await repository.figures(session, today, in_time_ms=rules.in_time_ms, short_ms=rules.short_ms)
    people = await accounts.with_extension(session)
    phones = {phone.extension: phone for phone in await agents.everyone(session)}
    named = {person.extension: person.name for person in people}
    everyone = [
        _agent(extension, phones.get(extension), next((p for p in people if p.extension == extension), None), lasting)
        for extension in {*named, *phones}
    ]
    missed, p95 = await pops.ledger_figures(session, today, now - POP_DUE)
    expected, present = await repository.recordings(session, today)
    due, voicemails = await callbacks.counts(session, now)
    keys = [*QUEUES, *sorted({item.visit.queue for item in lasting} - QUEUES.keys())]
    return Board(
        as_of=now,
        telephony=telephony,
        queues=[_queue(key, lasting, sums.get(key, _NOTHING), everyone, named) for key in keys],
        agents=sorted(everyone, key=_agent_order),
        ivr=_nodes(await repository.in_dialogue(session, now - DIALOGUE_AT_MOST)),
        pops=BoardPops(missed=missed, p95_ms=p95),
        recordings=BoardRecordings(expected=expected, present=present),
        callbacks_due=due,
        voicemails=voicemails,
        alarms=[
            *_calendar(rules.hours, now),
            *_frozen(rules.frozen_marks, now - ALARM_STANDS),
            *await _unfiled(session, rules.voicemail_dir, now),
            *await _alarms(session, now),
        ],
    )


def _agent(
    extension: str, phone: AgentPhone | None, person: Account | None, lasting: Sequence[OpenVisit]
) -> BoardAgent:
    mine = next((item.visit for item in lasting if extension in (item.visit.agent, item.ringing)), None)
    state = phone.state if phone else "offline"
    signed_in = phone is not None and phone.signed_in_since is not None
    queues = phone.queues if phone and signed_in and phone.queues else person.queues if person else []
    return BoardAgent(
        agent=extension,
        name=person.name if person else "",
        account=person.id if person else "",
        state=state,
        state_name=word(AGENT_STATES, state),
        reason=phone.reason if phone else "",
        since=phone.since if phone else None,
        queues=queues,
        contact=mine.contact_id if mine else "",
        queue=mine.queue if mine else "",
    )


def _agent_order(agent: BoardAgent) -> tuple[int, float, str]:
    place = _STATE_ORDER.index(agent.state) if agent.state in _STATE_ORDER else len(_STATE_ORDER)
    return place, agent.since.timestamp() if agent.since else 0.0, agent.agent


def _queue(
    key: str,
    lasting: Sequence[OpenVisit],
    sums: QueueFigures,
    everyone: Sequence[BoardAgent],
    named: dict[str, str],
) -> BoardQueue:
    here = [item for item in lasting if item.visit.queue == key]
    calls = [_call(item, named) for item in here]
    waiting = [call for call in calls if call.state != "talking"]
    members = [agent.state for agent in everyone if key in agent.queues]
    counts = {
        "answered": sums.answered, "abandoned": sums.abandoned, "short": sums.short, "timeout": sums.timeout,
    }  # fmt: skip
    return BoardQueue(
        queue=key,
        name=queue_name(key),
        waiting=len(waiting),
        longest_since=waiting[0].since if waiting else None,
        ringing=sum(call.state == "ringing" for call in calls),
        talking=sum(call.state == "talking" for call in calls),
        offered=sums.offered,
        answered=sums.answered,
        abandoned=sums.abandoned,
        timeout=sums.timeout,
        service_level=service_level(answered_in_time=sums.answered_in_time, **counts),
        n=counted_visits(**counts),
        agents={state: members.count(state) for state in AGENT_STATES},
        calls=calls,
    )


def _call(item: OpenVisit, named: dict[str, str]) -> BoardCall:
    visit = item.visit
    state = "talking" if visit.outcome == "answered" else "ringing" if item.ringing else "waiting"
    agent = visit.agent or item.ringing
    return BoardCall(
        contact=visit.contact_id,
        number=masked(item.caller_e164),
        since=visit.answered_at or visit.joined_at,
        state=state,
        agent=agent,
        agent_name=named.get(agent, ""),
    )


def _nodes(found: Sequence[tuple[str, str, datetime]]) -> list[BoardNode]:
    by_title: dict[str, list[tuple[str, str, datetime]]] = {}
    for item in found:
        by_title.setdefault(node_title(item[1]), []).append(item)
    return [
        BoardNode(
            node=items[0][1],
            title=title,
            count=len(items),
            longest_since=min(at for _, _, at in items),
            calls=[contact for contact, _, _ in items],
        )
        for title, items in by_title.items()
    ]


def _calendar(hours: HumanHours, now: datetime) -> list[Alarm]:
    """Warn that the days off will not be known any more."""
    ends = hours.warning(now)
    return [] if ends is None else [Alarm(key=f"calendar:{ends.ends_on}", text=warning_text(ends), at=now)]


def _frozen(path: Path, since: datetime) -> list[Alarm]:
    """Tell of each time that the telephone exchange stood still and was started anew."""
    text = "电话交换停住不动，已自动重启；当时的通话都断了，请尽快处理回电"
    return [Alarm(key=f"frozen:{item.at.isoformat()}", text=text, at=milliseconds(item.at))
            for item in marks(path, "pbx") if item.at >= since]  # fmt: skip


async def _unfiled(session: AsyncSession, folder: Path, now: datetime) -> list[Alarm]:
    """Tell of messages whose whole call passed while ivr was away: no call, ticket or call-back was written of them."""
    found = await asyncio.to_thread(_messages, folder, now - LOSS_STANDS, now - FILED_WITHIN)
    known = {contact.id for contact in await calls.contacts_by_id(session, list(found))}
    left = [at for contact, at in found.items() if contact not in known]
    if not left:
        return []
    text = f"语音导航停着时有人留言，没有来电记录：三天内 {len(left)} 条"
    return [Alarm(key="voicemail", text=f"{text}，请管理员在服务器的 voicemail 文件夹里听，马上回电", at=max(left))]


def _messages(folder: Path, since: datetime, until: datetime) -> Mapping[str, datetime]:
    """Return the messages recorded between: contact -> when. A message bears its call's id, with dashes."""
    found = {}
    for path in folder.glob("*.wav"):
        try:
            at = milliseconds(datetime.fromtimestamp(path.stat().st_mtime, UTC))
        except FileNotFoundError:
            continue  # erased meanwhile
        if since <= at <= until:
            found[path.stem.replace("-", "")] = at
    return found


async def _alarms(session: AsyncSession, now: datetime) -> list[Alarm]:
    alarms = [
        Alarm(key=f"fact:{fact.node}:{fact.seq}", text=f"有一条话务记录没有入账：{fact.kind}", at=fact.received_at)
        for fact in await desk.rejected_since(session, now - LOSS_STANDS)
    ]
    for contact, at, over in await repository.emergencies(session, now - ALARM_STANDS):
        text = "紧急来电没有接通，请马上按「回拨」里写的处理" if over else "紧急来电正在进行"
        alarms.append(Alarm(key=f"emergency:{contact}", text=text, at=at))
    for no, safety, at in await tickets.unserved_dangers(session, now):
        text = f"留言说有危险（{word(SAFETY, safety)}），还没有人接手，请马上打电话：工单 {no[:4]} {no[4:]}"
        alarms.append(Alarm(key=f"emergency:{no}", text=text, at=at))
    for no, at in await tickets.untouched_complaints(session):
        text = f"紧急投诉（多为疑似冒充）还没有人接手，请马上处理，并告诉派单员：工单 {no[:4]} {no[4:]}"
        alarms.append(Alarm(key=f"complaint:{no}", text=text, at=at))
    for no, count, at in await tickets.urged_often(session, (IVR, SYSTEM)):
        text = f"客户第 {count} 次催单，请过问：工单 {no[:4]} {no[4:]}"
        alarms.append(Alarm(key=f"urged:{no}:{count}", text=text, at=at))
    missing, gap_at = await repository.gaps(session, now - LOSS_STANDS)
    if gap_at is not None:
        alarms.append(Alarm(key="recording", text=f"有录音缺失：三天内 {missing} 个", at=gap_at))
    return alarms
