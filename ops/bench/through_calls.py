"""`./hotline bench speech --through-calls`: how long callers wait, by robot calls over SIP on the running stack.

What a caller waits is measured at the robot: last voiced frame sent to first voiced frame heard. Which timer ended the
turn is in speech's log; what the wait has more than that timer is our own doing.
"""

import asyncio
import itertools
import json
import os
import wave
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from ops.layout import Layout
from ops.robots.report import CallReport
from ops.robots.scenario import Scenario, Voice
from ops.robots.studio import Studio
from ops.robots.voice import noise
from ops.settings import Settings
from speech.evaluation.figures import percentile, table

CALLS_FILE = Path(__file__).parents[1] / "data" / "latency_calls.yaml"
VARIANTS = ("f3", "m3", "f2", "m7", "f4", "m1")
COUGH_S = 0.45
_KEYS_MS, _BARGE_IN_MS, _GREETING_MS, _OWN_MS = 400, 450, 1000, 150
_TIMER_SLACK_MS = 600  # the budgets of the spoken turns are their timer and 0.5 to 0.6 s
_APART_S = 1.7  # no multiple of a sentence's length, so that answers of the same plan do not end together
_NEVER = datetime.min.replace(tzinfo=UTC)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """One wait. what: a row of the table; timer_ms: the endpoint timer within it; limit_ms: its budget at p95.

    speech_ms: what of it passed in the speech process, until it had the answer.
    """

    what: str
    wait_ms: int
    timer_ms: int
    limit_ms: int
    speech_ms: int = 0


async def measure(layout: Layout, settings: Settings, token: str, turns: int, at_once: int, say: Say) -> dict[str, Any]:
    """Call until so many spoken turns are measured; returns the report, JSON-ready. Raises CarrierAway."""
    out = layout.home / "robots"
    plans = read_plans()
    await asyncio.to_thread(write_cough, out / "cough.wav")
    log, begun = layout.part_log("speech"), datetime.now(UTC)
    load = os.getloadavg()[0]
    reports: list[tuple[str, CallReport]] = []
    samples: list[Sample] = []
    numbers = itertools.count()
    async with Studio(settings, token, out=out, say=lambda _line: None) as studio:
        for kind in ("cough", "keys", *("voice",) * turns):
            if kind == "voice" and len(spoken(samples)) >= turns:
                break
            calls = [placed(plans[kind], next(numbers)) for _ in range(at_once)]
            found = await asyncio.gather(
                *(rung(studio, call, out, _APART_S * place) for place, call in enumerate(calls))
            )
            reports += [(kind, report) for report in found]
            samples = collect(reports, turns_done(read_log(log, begun)))
            say(f"{len(reports)} calls, {len(spoken(samples))} spoken turns measured")
    return {**report_of(samples), "load_average": [round(load, 1), round(os.getloadavg()[0], 1)],
            "calls": len(reports), "at_once": at_once,
            "coughs": coughs(reports, turns_done(read_log(log, begun)))}  # fmt: skip


async def rung(studio: Studio, call: Scenario, out: Path, after_s: float) -> CallReport:
    """Let a robot call once its turn has come: callers do not speak in step, so those side by side begin apart."""
    await asyncio.sleep(after_s)
    return await studio.call(call, out)


def read_plans() -> Mapping[str, Mapping[str, Any]]:
    """Return the calls' answers by the kind of call."""
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(CALLS_FILE.read_text("utf-8"))
    return found


def placed(plan: Mapping[str, Any], number: int) -> Scenario:
    """Return a plan as a call from its own number in its own voice."""
    voice = Voice(variant=VARIANTS[number % len(VARIANTS)], speed=150)
    return Scenario.model_validate({"from": f"1390000{number:04d}", "voice": voice.model_dump(), **plan})


def write_cough(path: Path) -> None:
    """Write a short burst of noise: loud enough to stop a prompt, no word in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(noise(COUGH_S, 4000.0))


# ---- what the log says ----


def read_log(path: Path, since: datetime) -> Iterator[Mapping[str, Any]]:
    """Return the log's entries from `since` on, those of files rotated away (path.1, path.2 ...) before the newest.

    A line that is no entry is left out.
    """
    rotated = [file for file in path.parent.glob(f"{path.name}.*") if file.suffix[1:].isdecimal()]
    for file in (*sorted(rotated, key=lambda file: -int(file.suffix[1:])), path):
        yield from (entry for entry in _entries(file) if _at(entry) >= since)


def _entries(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open("rb") as file:
        for line in file:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                yield entry


def _at(entry: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(entry["timestamp"])
    except (KeyError, TypeError, ValueError):
        return _NEVER


def turns_done(entries: Iterable[Mapping[str, Any]]) -> Mapping[tuple[str, str], list[Mapping[str, Any]]]:
    """Return the turns that were answered, by contact and node, in their order."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        if entry.get("event") == "turn_done" and entry.get("slot"):
            found[str(entry.get("contact")), str(entry["slot"])].append(entry)
    return found


# ---- samples ----


def collect(
    reports: Sequence[tuple[str, CallReport]], turns: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
) -> list[Sample]:
    """Return every wait of the calls: a robot's answer and the turn that took it belong together by their number."""
    samples = []
    for kind, report in reports:
        if report.greeting_ms is not None:
            samples.append(Sample("answer to greeting", report.greeting_ms, 0, _GREETING_MS))
        asked: dict[str, int] = defaultdict(int)
        for step in report.steps:
            done = turns.get((report.contact, step.node), ())
            number, asked[step.node] = asked[step.node], asked[step.node] + 1
            if kind == "cough" or not step.what or number >= len(done):
                continue
            if step.barge_stop_ms is not None and done[number].get("mode") == "speech":
                samples.append(Sample("barge-in to silence", step.barge_stop_ms, 0, _BARGE_IN_MS))
            if step.response_ms is not None:
                samples += _answer(done[number], step.response_ms)
    return samples


def _answer(done: Mapping[str, Any], wait_ms: int) -> list[Sample]:
    if done.get("cause") not in {"success", "no-match"}:
        return []
    if done.get("mode") == "dtmf":
        return [Sample("last key to answer", wait_ms, 0, _KEYS_MS)]
    timer = int(done.get("endpoint_ms", 0))
    if not timer:
        return []
    what, inside = f"{done.get('kind')}, timer {timer / 1000:.1f} s", int(done.get("response_ms", 0))
    return [Sample(what, wait_ms, timer, timer + _TIMER_SLACK_MS, inside)]


def spoken(samples: Iterable[Sample]) -> list[Sample]:
    """Return the waits of spoken turns."""
    return [item for item in samples if item.timer_ms]


def coughs(
    reports: Iterable[tuple[str, CallReport]], turns: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
) -> dict[str, int]:
    """Return how many coughs there were, how many stopped the prompt, and how many were taken for nothing.

    resumed: the prompt went on, nobody was taken to have answered, and the caller heard it again.
    """
    found = {"coughs": 0, "stopped": 0, "resumed": 0}
    for kind, report in reports:
        step = next((step for step in report.steps if step.node == "main_menu"), None)
        done = turns.get((report.contact, "main_menu"), ())
        if kind != "cough" or step is None or not done:
            continue
        found["coughs"] += 1
        found["stopped"] += step.barge_stop_ms is not None and done[0].get("false_bargeins", 0) >= 1
        found["resumed"] += step.response_ms is not None and not done[0].get("barged_in")
    return found


# ---- the report ----


def report_of(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return p50 and p95 by row, and of what spoken turns take beyond their timer: at the caller's ear, in speech."""
    groups: dict[str, list[Sample]] = defaultdict(list)
    for item in samples:
        groups[item.what].append(item)
    rows = [_row(what, [item.wait_ms for item in items], items[0].limit_ms) for what, items in sorted(groups.items())]
    said = spoken(samples)
    own = [
        _row("beyond the timer, in speech", [item.speech_ms - item.timer_ms for item in said], _OWN_MS),
        _row("beyond the timer, at the caller's ear", [item.wait_ms - item.timer_ms for item in said], _OWN_MS),
    ]
    return {"rows": rows, "own": own}


def _row(what: str, waits_ms: Sequence[int], limit_ms: int) -> dict[str, Any]:
    p50, p95 = round(percentile(waits_ms, 0.5)), round(percentile(waits_ms, 0.95))
    return {"what": what, "n": len(waits_ms), "p50_ms": p50, "p95_ms": p95, "limit_ms": limit_ms,
            "kept": p95 <= limit_ms}  # fmt: skip


def written(found: Mapping[str, Any]) -> str:
    """Return the report as Markdown."""
    cough = found["coughs"]
    return "\n".join([
        f"{found['calls']} calls, {found['at_once']} at once; load average {found['load_average']}", "",
        rows_of(found), "",
        f"{cough['coughs']} coughs: {cough['stopped']} stopped the prompt, {cough['resumed']} were followed by it",
    ])  # fmt: skip


def rows_of(found: Mapping[str, Any]) -> str:
    """Return the table of waits of `report_of`."""
    names = ("what", "n", "p50_ms", "p95_ms", "limit_ms", "kept")
    return table(names, [[row[name] for name in names] for row in (*found["rows"], *found["own"])])
