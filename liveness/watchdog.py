"""A process whose loop is blocked or which is stopped must die, so that it is started again."""

import asyncio
import faulthandler

import structlog

from liveness.guard import Guard

log = structlog.get_logger(__name__)

_BEATS = 8  # within the time after which a loop counts as blocked


async def keep_alive(blocked_s: float, frozen_s: float) -> None:
    """Re-arm both timers from the loop, for ever; run it as a task, disarmed when cancelled.

    A loop that does not come round for `blocked_s` ends the process with a traceback (faulthandler). A process that
    is stopped (SIGSTOP) for `frozen_s` is killed by its guard; keep that the longer one, for the traceback's sake.
    """
    with Guard(frozen_s) as guard:
        guarded = True
        try:
            while True:
                faulthandler.dump_traceback_later(blocked_s, exit=True)
                if guarded and not guard.beat():
                    guarded = False
                    log.error("guard_lost")
                await asyncio.sleep(blocked_s / _BEATS)
        finally:
            faulthandler.cancel_dump_traceback_later()
