"""Taking a channel out of a media resource that does not answer: AMI Redirect into the resume context."""

import structlog

from ivr.dialplan.variables import RESUME_CONTEXT
from ivr.sessions.calls import RunningCall
from ivr.sessions.ports import PBX, PBXUnavailable

log = structlog.get_logger(__name__)


async def rescue(pbx: PBX, call: RunningCall) -> bool:
    """Redirect a call's channel; the session's end that follows is then no hang-up. False when Asterisk did not."""
    call.moved = True
    try:
        await pbx.redirect(call.channel, RESUME_CONTEXT)
    except PBXUnavailable as error:
        call.moved = False
        log.error("rescue_failed", contact=call.contact, reason=str(error))
        return False
    log.warning("call_rescued", contact=call.contact)
    return True
