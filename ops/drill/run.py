"""Runs one drill on a running stack: a robot calls, the fault comes, everything is put back, and it is judged."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from ivr.telephony.errors import AMIError
from ops.drill.faults import DrillRefused, Fault
from ops.drill.target import Target
from ops.drill.verdict import Observed, Verdict, judge
from ops.robots.hearing import heard_ms, longest_silence
from ops.robots.hotline import HotlineAPI
from ops.robots.report import CallReport
from ops.robots.scenario import parse_scenario
from ops.robots.studio import Studio
from ops.stack import control
from ops.stack.supervisor import wait_until

CALLER = "13900000099"
WHOLE_S = 90.0
_KNOWN_S = 25.0  # until ivr has the call
_INTO_PROMPT_S = 1.5
_DELIVERED_S = 45.0
_LOOK_S = 0.1
_ALARM_S = 15.0  # a recording counts as missing 5 s after the call
# what answers a key: within so many ms after it at least so much sound
_ANSWER_FROM_MS, _ANSWER_TO_MS, _ANSWER_MS = 500, 4500, 1000
# The key # asks for the question again: nobody's telephone rings because of a drill.
_HEAD = f"""
from: "{CALLER}"
within: 60
steps:
"""
_CALL = f"""{_HEAD}
  - pause: 17
  - dtmf: "#"
  - pause: 5
  - hangup: true
"""
_CUT_CALL = f"""{_HEAD}
  - expect: hangup
    within: 40
"""
Say = Callable[[str], None]


def run(target: Target, fault: Fault, token: str, say: Say, *, force: bool = False) -> Verdict:
    """Run the drill; everything is put back whatever happens. Raises DrillRefused, NotUp, CarrierAway."""
    refuse_unless_safe(target, force=force)
    seen = Observed()
    with control.carrier(target.layout, target.settings, say):
        try:
            asyncio.run(_call(target, fault, token, seen, say))
        finally:
            fault.heal(target)
            begun = time.monotonic()
            if wait_until(target.whole, WHOLE_S):
                seen.back_s = time.monotonic() - begun
        asyncio.run(_books(target, fault, token, seen))
    return judge(fault, seen)


def refuse_unless_safe(target: Target, *, force: bool) -> None:
    """Raise DrillRefused when the stack is not whole, or when callers are on the line and force is not given."""
    if not target.whole():
        raise DrillRefused("有部件没有就绪,先看 ./hotline status,正常了再演练 / not everything is ready")
    calls = int(target.ivr_status().get("calls", 0))
    if calls and not force:
        raise DrillRefused(f"现在有 {calls} 通电话,演练会影响来电人;确实要做,加 --force / {calls} calls are on")


async def _call(target: Target, fault: Fault, token: str, seen: Observed, say: Say) -> None:
    async with Studio(target.settings, token, out=target.layout.home / "robots", say=say) as studio:
        before = await studio.hotline.newest_contact(CALLER)
        if fault.before:
            await _strike(target, fault, say)
        calling = asyncio.create_task(studio.call(parse_scenario(_CUT_CALL if fault.cut else _CALL, "drill"), Path()))
        try:
            seen.contact = await _in_prompt(studio.hotline, before, calling)
            if not fault.before and seen.contact:
                await _strike(target, fault, say)
                if fault.cut:
                    await asyncio.to_thread(fault.heal, target)
            report = await calling
        except AMIError:  # the robot could not press its key: the call is gone
            seen.answered = True
            return
        finally:
            calling.cancel()
    _note(seen, report)


async def _strike(target: Target, fault: Fault, say: Say) -> None:
    say(f"演练:{fault.title}")
    await asyncio.to_thread(fault.strike, target)


async def _in_prompt(hotline: HotlineAPI, before: str, calling: "asyncio.Task[CallReport]") -> str:
    """Wait until ivr has the robot's call and speaks to it; returns the contact, "" when it never does."""
    deadline = time.monotonic() + _KNOWN_S
    while time.monotonic() < deadline and not calling.done():
        contact = await hotline.newest_contact(CALLER)
        if contact not in ("", before):
            await asyncio.sleep(_INTO_PROMPT_S)
            return contact
        await asyncio.sleep(_LOOK_S)
    return ""


def _note(seen: Observed, report: CallReport) -> None:
    seen.answered, seen.wav = report.answered, report.wav
    if not report.answered:
        return
    seen.kept = report.ended_by == "robot"
    wav = Path(report.wav)
    pressed = next((step.started_ms for step in report.steps if step.action == "dtmf"), None)
    if pressed is not None:
        seen.heard_after = heard_ms(wav, pressed + _ANSWER_FROM_MS, pressed + _ANSWER_TO_MS) >= _ANSWER_MS
    seen.silence_ms, seen.silent_at_ms = longest_silence(wav)


async def _books(target: Target, fault: Fault, token: str, seen: Observed) -> None:
    """Read what crm holds of the call once all is back."""
    web = f"http://127.0.0.1:{target.settings.web_port}"
    commands = f"http://127.0.0.1:{target.settings.commands_port}"
    hotline = HotlineAPI(web, commands, token, target.settings.internal_token)
    try:
        if seen.contact:
            seen.outcome = str((await hotline.settled(seen.contact, _DELIVERED_S)).get("outcome", ""))
        await asyncio.to_thread(wait_until, lambda: not target.ivr_status().get("facts_waiting"), _DELIVERED_S)
        seen.waiting_facts = int(target.ivr_status().get("facts_waiting", 0))
        seen.alarms = await hotline.alarms()
        deadline = time.monotonic() + _ALARM_S
        while fault.record_missing and "recording" not in seen.alarms and time.monotonic() < deadline:
            await asyncio.sleep(1.0)
            seen.alarms = await hotline.alarms()
    except httpx.HTTPError:
        seen.back_s = None  # crm does not answer: not everything is back
    finally:
        await hotline.close()
