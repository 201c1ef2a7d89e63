"""`./hotline call FILE`: one robot call to a running hotline, and what is told of it."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeVar

from ops.layout import Layout
from ops.robots.report import CallReport, StepReport
from ops.robots.scenario import Scenario, ScenarioInvalid, load_scenario
from ops.robots.studio import CarrierAway, Studio
from ops.settings import Settings
from ops.stack import control

Say = Callable[[str], None]
_Found = TypeVar("_Found")


def make(layout: Layout, settings: Settings, file: Path, say: Say) -> CallReport:
    """Make the call; the carrier runs for it and is stopped again unless it ran before.

    Raises NotUp (also for a scenario that cannot be read or a carrier that is away) or SupervisorDown.
    """
    try:
        scenario = load_scenario(file)
    except OSError as error:
        raise control.NotUp(f"cannot read {file}: {error.strerror}") from error
    except ScenarioInvalid as error:
        raise control.NotUp(str(error)) from error
    folder = file.absolute().parent
    return with_carrier(layout, settings, lambda token: _call(layout, settings, scenario, folder, token, say), say)


def with_carrier(
    layout: Layout, settings: Settings, work: Callable[[str], Coroutine[None, None, _Found]], say: Say
) -> _Found:
    """Return what `work`, given an API token, comes to while the carrier runs; raises NotUp or SupervisorDown."""
    token = control.run_ours(layout, ["crm", "token", "--name", "robots"]).strip()
    with control.carrier(layout, settings, say):
        try:
            return asyncio.run(work(token))
        except CarrierAway as error:
            raise control.NotUp(str(error)) from error


async def _call(
    layout: Layout, settings: Settings, scenario: Scenario, folder: Path, token: str, say: Say
) -> CallReport:
    async with Studio(settings, token, out=layout.home / "robots", say=say) as studio:
        return await studio.call(scenario, folder)


def summary(report: CallReport) -> str:
    """Return the report as lines for people."""
    head = "all steps came to their end" if report.ok else f"FAILED: {report.why}"
    lines = [f"{report.from_} -> {report.to}: {head}", *(_step(step) for step in report.steps)]
    lines.append(f"longest silence {report.longest_silence_ms / 1000:.1f} s, call {report.duration_ms / 1000:.1f} s")
    lines += [f"ticket {ticket.get('no', '?')}" for ticket in report.tickets]
    return "\n".join([*lines, f"audio {report.wav}"])


def _step(step: StepReport) -> str:
    times = [f"response {step.response_ms} ms"] if step.response_ms is not None else []
    times += [f"prompt stopped after {step.barge_stop_ms} ms"] if step.barge_stop_ms is not None else []
    mark = "✓" if step.ok else "✗"
    words = [mark, f"{step.started_ms / 1000:6.1f} s", step.action, step.node, step.what, *times, step.why]
    return "  ".join(word for word in words if word)
