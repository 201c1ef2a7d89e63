"""A blocked event loop must die and be started again: the process ends itself when the loop does not come round."""

import asyncio
import faulthandler

LIMIT_SECONDS = 3.0
REARM_SECONDS = 0.5


async def keep_alive() -> None:
    """Re-arm the dump-and-exit timer from the loop, for ever; disarmed when cancelled."""
    try:
        while True:
            faulthandler.dump_traceback_later(LIMIT_SECONDS, exit=True)
            await asyncio.sleep(REARM_SECONDS)
    finally:
        faulthandler.cancel_dump_traceback_later()
