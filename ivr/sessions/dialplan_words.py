"""What a session and the dialplan tell each other by the channel's variables (ivr.dialplan.variables)."""

import structlog

from ivr.contract.dialogue import End, HandOver
from ivr.dialplan.variables import HL_BACK, HL_KEY, HL_QUEUE, IVR_NEXT, QUEUE_PRIO, Back, Next
from ivr.telephony.agi import AGISession
from ivr.telephony.errors import AGIError

log = structlog.get_logger(__name__)


async def first_key(agi: AGISession) -> str:
    """Return the key that was pressed while greeting and notice played, "" for none."""
    try:
        key = await agi.get_variable(HL_KEY) or ""
    except AGIError:
        return ""  # a hang-up: the first turn says so
    return key if len(key) == 1 and key in "0123456789*#" else ""


async def came_back(agi: AGISession) -> Back | None:
    """Return why the caller comes back from the queue, None when the call was handed over but never got there."""
    try:
        word = await agi.get_variable(HL_BACK)
    except AGIError:
        return None  # a hang-up: the queue's own end says so
    return Back(word) if word in set(Back) else None


async def leave(agi: AGISession, last: HandOver | End) -> None:
    """Tell the dialplan what comes next; IVR_NEXT last, for it says that ivr was not lost. Raises AGIError."""
    if agi.hung_up:
        return
    if isinstance(last, HandOver):
        if last.queue:
            await agi.set_variable(HL_QUEUE, last.queue)
        await agi.set_variable(QUEUE_PRIO, str(last.priority))
    target = Next(last.target) if isinstance(last, HandOver) else Next.END
    await agi.set_variable(IVR_NEXT, target)
    log.info("session_left", next=target.value)
