"""Wire forms of call-backs."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from pydantic import Field

from crm import phone
from crm.callbacks.models import CallbackAsked, CallbackTask
from crm.callbacks.service import AGAIN_AFTER, for_supervisor, is_wished
from crm.wire import Change, Line, Shape, Text, Time, example
from crm.words import CALLBACK_REASONS, word


class CallbackAskedForm(Shape):
    """A call that asked to be rung back; ticket "" when it has none."""

    contact: str
    ticket: str
    at: Time


class CallbackForm(Shape):
    """One task; its number is shown in full because it must be dialled. taken_by: the 工号 of who rings till then.

    asked: the calls that one call-back serves, the first first; none for a danger that was written.
    recall: how somebody in danger may be rung: mobile (from due_at on, first asked whether they are outside; by the
    hotline while in_turn) | landline (not at all: from due_at on the duty phones are told of it) | "" no danger, or no
    number.
    in_turn: the hotline itself calls when it is their turn; after: not before this local time; attempts: calls so far.
    again_min: in how many minutes it is due again when nobody answers.
    for_supervisor: only a supervisor may take it.
    do_not_call: the number or its customer is marked 勿呼: confirm (rung with a reason only) | wished (the caller asked
    for this call, or is in danger) | wrong (the number is not the customer's: with a reason only) | "" not marked.
    """

    id: str
    contact: str
    ticket: str
    number: str
    e164: str
    reason: str
    reason_name: str
    priority: str
    recall: str
    note: str
    created_at: Time
    due_at: Time
    taken_by: str
    taken_name: str
    taken_until: Time | None
    done_at: Time | None
    done_by: str
    result: str
    in_turn: bool
    after: str
    attempts: int
    asked: list[CallbackAskedForm]
    again_min: int
    do_not_call: str
    for_supervisor: bool


def _recall(task: CallbackTask) -> str:
    if not task.danger or not task.e164:
        return ""
    return "mobile" if phone.is_mobile(task.e164) else "landline"


class CallbackTake(Change):
    """Why a number marked 勿呼 is rung although its caller did not ask for it; "" for any other."""

    model_config = example(reason="客户刚在公众号留言,请我们打电话")
    reason: Line | Literal[""] = Field(default="", max_length=200)


class CallbackDone(Change):
    """How a call-back went."""

    model_config = example(result="reached", note="已约好明天上午上门")
    result: Literal["reached", "no_answer", "wrong_number", "not_needed"]
    note: Text = Field(default="", max_length=2000)


def callback_form(
    task: CallbackTask, asked: Sequence[CallbackAsked], *, do_not_call: bool, wrong: bool, extension: str
) -> CallbackForm:
    """Return a task's wire form; its first reason is the one that made it. do_not_call: its number is marked 勿呼.

    wrong: its number is marked as not its customer's. extension: to be asked for once it, dialled alone, has answered.
    """
    return CallbackForm(
        id=task.id,
        contact=task.contact,
        ticket=task.ticket_no,
        number=phone.with_extension(phone.grouped(task.e164), extension),
        e164=task.e164,
        reason=task.reasons[0],
        reason_name="、".join(word(CALLBACK_REASONS, reason) for reason in task.reasons),
        priority=task.priority,
        recall=_recall(task),
        note=task.note,
        created_at=task.created_at,
        due_at=task.due_at,
        taken_by=task.taken_by,
        taken_name=task.taken_name,
        taken_until=task.taken_until,
        done_at=task.done_at,
        done_by=task.done_by,
        result=task.result,
        in_turn=task.queue != "",
        after=task.after,
        attempts=task.attempts,
        asked=[CallbackAskedForm(contact=row.contact_id, ticket=row.ticket_no, at=row.at) for row in asked],
        again_min=AGAIN_AFTER[task.priority] // timedelta(minutes=1),
        do_not_call=_marked(task, do_not_call=do_not_call, wrong=wrong),
        for_supervisor=for_supervisor(task),
    )


def _marked(task: CallbackTask, *, do_not_call: bool, wrong: bool) -> str:
    if wrong and not task.danger:
        return "wrong"
    return "" if not do_not_call else "wished" if is_wished(task) else "confirm"
