"""Runs SIPp as the telephone company: one process a profile, bounded in calls and time, against loopback only."""

import csv
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.volume.profiles import PROFILES, Profile, audio, scenario, shares

_GRACE_S = 60  # after the last call should have ended
Tick = Callable[[], None]


class SippFailed(Exception):
    """SIPp is not there, or ended without making its calls."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done. at_once: calls up at the same time, all profiles together; rate: new calls a second.

    lasts_s: after these no new call is placed, and only those that were are told of; None: all are placed.
    """

    calls: int
    at_once: int
    rate: float
    sip_port: int
    to: str
    first_number: int
    profiles: tuple[Profile, ...] = PROFILES
    lasts_s: float | None = None

    def seconds(self) -> float:
        """Return a bound for the whole run: every call the longest of its profile, `at_once` side by side."""
        longest = max(profile.stays[1] for profile in self.profiles)
        return max(self.calls / self.rate, self.calls / self.at_once * longest) + longest + _GRACE_S


@dataclass(frozen=True, slots=True)
class Placed:
    """What one SIPp process says of its calls. numbers: of those it placed."""

    profile: str
    numbers: tuple[str, ...]
    ended_well: int
    failed: int


def run(plan: Plan, folder: Path, tick: Tick) -> list[Placed]:
    """Make the calls; `tick` is called every second while they go on. Raises SippFailed."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = {name: count for name, count in shares(plan.calls, plan.profiles).items() if count}
    number, running = plan.first_number, []
    for index, profile in enumerate(profile for profile in plan.profiles if profile.name in counts):
        count = counts[profile.name]
        numbers = tuple(str(number + offset) for offset in range(count))
        number += count
        running.append((profile, numbers, _start(plan, profile, numbers, folder / str(index), index)))
    try:
        _wait([process for _, _, process in running], plan, tick)
    finally:
        for _, _, process in running:
            if process.poll() is None:
                process.kill()
                process.wait()
    bounded = plan.lasts_s is not None
    return [
        _placed(profile, numbers, folder / str(index), bounded) for index, (profile, numbers, _) in enumerate(running)
    ]


def _start(plan: Plan, profile: Profile, numbers: Sequence[str], stem: Path, index: int) -> "subprocess.Popen[bytes]":
    sound, xml, callers = (stem.with_suffix(end) for end in (".al", ".xml", ".csv"))
    sound.write_bytes(audio(profile))
    xml.write_text(scenario(profile, str(sound)), encoding="utf-8")
    callers.write_text("SEQUENTIAL\n" + "".join(f"{number};\n" for number in numbers), encoding="ascii")
    share = len(numbers) / plan.calls
    argv = [
        "sipp", f"127.0.0.1:{plan.sip_port}", "-sf", str(xml), "-inf", str(callers), "-s", plan.to,
        "-i", "127.0.0.1", "-mi", "127.0.0.1", "-mp", str(20000 + 4000 * index), "-m", str(len(numbers)),
        "-l", str(max(1, round(plan.at_once * share))), "-rp", "100000",
        "-r", str(max(1, round(plan.rate * share * 100))),
        "-timeout", f"{plan.seconds():.0f}", "-nostdin", "-trace_stat", "-stf", str(stem.with_suffix(".stat")),
        "-trace_err", "-error_file", str(stem.with_suffix(".err")), "-fd", "5",
    ]  # fmt: skip
    try:
        return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise SippFailed("sipp is not installed: Debian's package sip-tester") from error


def _wait(processes: Sequence["subprocess.Popen[bytes]"], plan: Plan, tick: Tick) -> None:
    begun = time.monotonic()
    last_call_at = begun + plan.lasts_s if plan.lasts_s is not None else None
    while time.monotonic() - begun < plan.seconds() + _GRACE_S:
        tick()
        if last_call_at is not None and time.monotonic() >= last_call_at:
            last_call_at = None
            for process in processes:
                process.send_signal(signal.SIGUSR1)  # no new call; it ends when the last one has
        for process in processes:
            if process.poll() is None:
                try:
                    process.wait(1 / len(processes))
                except subprocess.TimeoutExpired:
                    continue
        if all(process.poll() is not None for process in processes):
            return


def _placed(profile: Profile, numbers: tuple[str, ...], stem: Path, bounded: bool) -> Placed:
    try:
        with stem.with_suffix(".stat").open(encoding="utf-8", errors="replace") as file:
            last = list(csv.DictReader(file, delimiter=";"))[-1]
        placed = numbers[: int(last["TotalCallCreated"])] if bounded else numbers  # the file is read from its beginning
        return Placed(profile.name, placed, int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"]))
    except (OSError, IndexError, KeyError, ValueError) as error:
        said = stem.with_suffix(".err").read_text(errors="replace")[-300:] if stem.with_suffix(".err").exists() else ""
        raise SippFailed(f"SIPp left no figures for '{profile.name}' {said}") from error
