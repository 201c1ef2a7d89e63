"""`./hotline volume`: SIPp's calls to the running hotline, then the books."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

from ops.layout import Layout
from ops.robots.hotline import HotlineAPI
from ops.settings import Settings
from ops.stack import control, supervisor
from ops.volume import books, sipp

Say = Callable[[str], None]
TO = "4001726011"
SETTLE_S = 90.0
_SAMPLE_EVERY_S = 5.0
_BLOCK = 10_000_000  # numbers 139 0000 0000 and on: nobody's, as nothing leaves this machine


def run(layout: Layout, settings: Settings, *, calls: int, at_once: int, rate: float, say: Say) -> books.Books:
    """Make the calls and balance the books; raises NotUp when SIPp cannot run."""
    token = control.run_ours(layout, ["crm", "token", "--name", "volume"]).strip()
    plan = sipp.Plan(calls, at_once, rate, settings.sip_port, TO, first_number())
    since = datetime.now(UTC).isoformat()
    memory = books.Memory()
    last = -_SAMPLE_EVERY_S
    begun = time.monotonic()

    def tick() -> None:
        nonlocal last
        elapsed = time.monotonic() - begun
        if elapsed - last >= _SAMPLE_EVERY_S:
            last = elapsed
            memory.note(own_memory(layout))
            say(f"{elapsed:4.0f} s of at most {plan.seconds():.0f} s")

    try:
        placed = sipp.run(plan, layout.home / "robots" / "volume", tick)
    except sipp.SippFailed as error:
        raise control.NotUp(str(error)) from error
    say("calls are over; waiting for the last records")
    return asyncio.run(_balance(settings, token, placed, since, memory))


def first_number() -> int:
    """Return the first of a run's callers, another one each time."""
    return 13_900_000_000 + int(time.time()) % _BLOCK


def own_memory(layout: Layout) -> dict[str, float]:
    """Return the parts' own memory in MiB."""
    return {name: books.own_mib(state.pid) for name, state in supervisor.states(layout).items() if state.pid}


async def _balance(
    settings: Settings, token: str, placed: list[sipp.Placed], since: str, memory: books.Memory
) -> books.Books:
    api = HotlineAPI(
        f"http://127.0.0.1:{settings.web_port}", f"http://127.0.0.1:{settings.commands_port}", token,
        settings.internal_token,
    )  # fmt: skip
    try:
        return await books.balance(lambda number: api.outcomes(number, since), placed, memory, SETTLE_S)
    finally:
        await api.close()


def summary(found: books.Books) -> str:
    """Return the books as lines for people."""
    verdict = "every call has one record with one outcome" if found.ok else "THE BOOKS DO NOT BALANCE"
    lines = [
        verdict,
        f"placed {found.placed}, ended by the caller {found.ended_well}, ended otherwise {found.failed}",
        f"without a record {found.missing}, with more than one {found.doubled}, without an outcome {found.open}",
        "outcomes: " + ", ".join(f"{name} {count}" for name, count in sorted(found.outcomes.items())),
        "memory in MiB (began, most, ended):",
    ]
    memory = found.memory
    lines += [
        f"  {part:10} {memory.began.get(part, 0):7.1f} {most:7.1f} {memory.ended.get(part, 0):7.1f}"
        for part, most in sorted(memory.most.items())
    ]
    return "\n".join(lines)
