"""Wire forms of clocks."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from crm.clocks.models import ClockPause, TicketClock
from crm.clocks.service import is_at_risk, is_late
from crm.policy.clock_rules import SCOPES
from crm.policy.clocks import ClockState
from crm.wire import Change, Shape, Text, Time, example, sane_time
from crm.words import word

STATE_NAMES = {
    "running": "计时中",
    "at_risk": "将超时",
    "paused": "暂停计时",
    "met": "按时完成",
    "met_late": "超时完成",
    "breached": "已超时",
    "cancelled": "不再适用",
}


class ClockForm(Shape):
    """A promise of the ticket. left_ms: until due (below zero: since), what was left for a paused one, else null."""

    key: str
    label: str
    state: str
    state_name: str
    scope: str
    scope_name: str
    started_at: Time
    due_at: Time
    at_risk_at: Time
    left_ms: int | None
    met_at: Time | None
    pause_reason: str
    pause_reason_name: str
    paused_until: Time | None
    place: str
    sentence: str


class PauseForm(Shape):
    """A pause of a clock."""

    key: str
    from_at: Time
    to_at: Time | None
    reason: str
    reason_name: str
    note: str
    paused_by: str
    resumed_by: str


class ClocksForm(Shape):
    """All clocks of a ticket with their pauses, and the reasons a clock may be paused for."""

    clocks: list[ClockForm]
    pauses: list[PauseForm]
    reasons: dict[str, str]


class DueClock(Shape):
    """A clock in the list of all tickets."""

    ticket: str
    key: str
    label: str
    due_at: Time
    late: bool


class PauseDraft(Change):
    """Why a clock stands; until null = till somebody resumes it."""

    model_config = example(reason="customer_wish", note="后天才在家", until="2026-11-24T04:00:00Z")

    reason: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    note: Text = Field(default="", max_length=500)
    until: Annotated[AwareDatetime, AfterValidator(sane_time)] | None = None


def clock_form(row: TicketClock, now: datetime, reasons: dict[str, str]) -> ClockForm:
    """Return a clock's wire form as it stands at `now`, told by the tick or not."""
    state = "at_risk" if is_at_risk(row, now) else "breached" if is_late(row, now) else row.state
    left = None
    if row.state == ClockState.PAUSED:
        left = row.left_s * 1000
    elif row.state in (ClockState.RUNNING, ClockState.BREACHED):
        left = round((row.due_at - now).total_seconds() * 1000)
    return ClockForm(
        key=row.key,
        label=row.label,
        state=state,
        state_name=STATE_NAMES[state],
        scope=row.scope,
        scope_name=word(SCOPES, row.scope),
        started_at=row.started_at,
        due_at=row.due_at,
        at_risk_at=row.at_risk_at,
        left_ms=left,
        met_at=row.met_at,
        pause_reason=row.pause_reason,
        pause_reason_name=reasons.get(row.pause_reason, row.pause_reason),
        paused_until=row.paused_until,
        place=row.place,
        sentence=row.sentence,
    )


def pause_form(row: ClockPause, reasons: dict[str, str]) -> PauseForm:
    """Return a pause's wire form."""
    return PauseForm(
        key=row.key,
        from_at=row.from_at,
        to_at=row.to_at,
        reason=row.reason,
        reason_name=reasons.get(row.reason, row.reason),
        note=row.note,
        paused_by=row.paused_by,
        resumed_by=row.resumed_by,
    )
