"""Taking a channel out of a media resource that does not answer: AMI Redirect into the resume context."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from ivr.dialplan.variables import RESUME_CONTEXT
from ivr.sessions.calls import RunningCall
from ivr.sessions.ports import PBX, PBXUnavailable

log = structlog.get_logger(__name__)

_AGAIN_S = 1.0


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


async def rescue_stuck(pbx: PBX, call: RunningCall, hung_up: Callable[[], Awaitable[None]]) -> None:
    """Try until Asterisk does it or the caller is gone: without AMI nothing else takes the channel out."""
    while not await rescue(pbx, call):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_AGAIN_S):
                await hung_up()
                return
