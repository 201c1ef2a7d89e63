"""Brings a stack up, part by part as each gets ready, and takes it down."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from ivr.flows.program import FlowError
from ops import packs
from ops.asterisk.tree import TreeError, ensure_tree
from ops.layout import Layout, make_folders
from ops.settings import Settings
from ops.stack import postgres, processes, prompts, supervisor, texts
from ops.stack.parts import CARRIER, CRM, POSTGRES, Part, program, wanted
from ops.stack.ports import taken
from ops.stack.probes import Answer
from ops.stack.redis import RedisMissing

Say = Callable[[str], None]
CANNOT_PREPARE = (
    postgres.PostgresMissing, RedisMissing, OSError, ValueError, RuntimeError, subprocess.SubprocessError,
)  # fmt: skip


class NotUp(Exception):
    """The stack cannot be brought up; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A part that did not get ready in time, with the last lines of its log."""

    part: Part
    detail: str
    log_lines: tuple[str, ...]


def bring_up(layout: Layout, settings: Settings, say: Say, only: Sequence[str] = ()) -> list[Failure]:
    """Start what does not run and wait for each part; returns those that are not ready.

    only: names of the parts to start, () for all. Raises NotUp when it cannot even be tried.
    """
    make_folders(layout)
    parts = wanted(layout, settings, only)
    known = list(parts)
    if not only:
        fetch_asterisk(layout, say)
        _make_packs(layout, say)
        known.append(CARRIER)
    _start_supervisor(layout, settings, known, say)
    with ThreadPoolExecutor(1) as pool:
        made = None if only else pool.submit(_make_prompts, layout, say)
        failures = _start_parts(layout, settings, parts, say)
        if made is not None:
            made.result()
    return failures


def start_carrier(layout: Layout, settings: Settings, say: Say) -> Failure | None:
    """Start the carrier of a stack that is up (demo and tests) and wait for it; returns why it is not ready."""
    supervisor.start_part(layout, CARRIER.name)
    return _await(layout, settings, CARRIER, time.monotonic(), say)


@contextmanager
def carrier(layout: Layout, settings: Settings, say: Say) -> Iterator[None]:
    """Have the carrier run for a while; it is stopped again unless it ran before. Raises NotUp, SupervisorDown."""
    before = supervisor.states(layout).get(CARRIER.name)
    failure = start_carrier(layout, settings, say)
    try:
        if failure is not None:
            raise NotUp(f"{CARRIER.name} is not ready: {failure.detail}")
        yield
    finally:
        if before is None or before.state != "RUNNING":
            with suppress(supervisor.SupervisorDown):  # taken down meanwhile
                supervisor.stop_part(layout, CARRIER.name)


def take_down(layout: Layout, say: Say) -> bool:
    """Stop everything of this home; tells whether there was anything."""
    pid = processes.supervisor_pid(layout)
    if pid is not None:
        say("stopping the parts")
        try:
            supervisor.call(layout, "shutdown")
        except supervisor.SupervisorDown:
            processes.end([pid], 40)
        if not supervisor.wait_until(lambda: not processes.running(pid), 60):
            processes.end([pid], 10)
    rest = processes.leftovers(layout)
    if rest:
        say(f"ending {len(rest)} processes that were left")
        processes.end(rest, 10)
    layout.supervisor_socket.unlink(missing_ok=True)
    return pid is not None or bool(rest)


def last_lines(layout: Layout, part: str, count: int = 12) -> tuple[str, ...]:
    """Return the last lines of a part's log, () when there is none."""
    path = layout.part_log(part)
    if not path.exists():
        return ()
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 16384))
        text = file.read().decode(errors="replace")
    return tuple(text.splitlines()[-count:])


def fetch_asterisk(layout: Layout, say: Say) -> None:
    """Fetch the Asterisk tree unless it is there; raises NotUp."""
    try:
        ensure_tree(layout, say)
    except (TreeError, OSError) as error:
        raise NotUp(f"Asterisk: {error}") from error


def _make_packs(layout: Layout, say: Say) -> None:
    try:
        packs.ensure(layout, say)
    except (packs.DivisionsMissing, OSError) as error:
        raise NotUp(str(error)) from error


def _start_supervisor(layout: Layout, settings: Settings, known: Sequence[Part], say: Say) -> None:
    running = supervisor.alive(layout)
    if not running and (processes.supervisor_pid(layout) is not None or processes.leftovers(layout)):
        say("ending what an earlier start left")
        take_down(layout, say)
    if not running:
        busy = taken(settings)
        if busy:
            ports = ", ".join(f"{port} ({name})" for name, port in busy)
            raise NotUp(f"ports are taken by somebody else: {ports}; end that, or give another --port-base")
    try:
        with ThreadPoolExecutor(len(known)) as pool:
            programs = list(pool.map(lambda part: program(part.name, layout, settings), known))
    except CANNOT_PREPARE as error:
        raise NotUp(f"{type(error).__name__}: {getattr(error, 'stderr', None) or error}") from error
    layout.supervisor_conf.write_text(supervisor.render(layout, programs), encoding="utf-8")
    try:
        if running:
            supervisor.take_over_changes(layout)
        else:
            supervisor.start(layout, demo=settings.demo)
    except supervisor.SupervisorDown as error:
        raise NotUp(str(error)) from error


def _start_parts(layout: Layout, settings: Settings, parts: Sequence[Part], say: Say) -> list[Failure]:
    """Start all at once, but what needs the database after that; wait for each in a thread of its own."""
    begun = time.monotonic()
    for part in parts:
        if not part.needs_database:
            supervisor.start_part(layout, part.name)
    with ThreadPoolExecutor(len(parts)) as pool:

        def await_ready(part: Part) -> Future[Failure | None]:
            return pool.submit(_await, layout, settings, part, begun, say)

        waiting = {part.name: await_ready(part) for part in parts if not part.needs_database}
        store = waiting.get(POSTGRES.name)
        if store is None or store.result() is None:
            _prepare_database(layout, parts, begun, say)
        for part in parts:
            if part.needs_database:
                supervisor.start_part(layout, part.name)
                waiting[part.name] = await_ready(part)
        return [failure for failure in (future.result() for future in waiting.values()) if failure is not None]


def _await(layout: Layout, settings: Settings, part: Part, begun: float, say: Say) -> Failure | None:
    answer = Answer(False, "not asked")

    def ready() -> bool:
        nonlocal answer
        answer = part.probe(layout, settings)
        return answer.ready

    came = supervisor.wait_until(ready, part.ready_s)
    while not came and answer.coming:  # a recovery lasts as long as it has to; whoever does not want that stops `up`
        say(f"{part.name}: {answer.detail}; waiting on, {time.monotonic() - begun:.0f} s so far")
        came = supervisor.wait_until(ready, part.ready_s)
    say(f"{part.name}: {'ready' if came else 'NOT ready'} after {time.monotonic() - begun:.1f} s")
    return None if came else Failure(part, answer.detail, last_lines(layout, part.name))


def _prepare_database(layout: Layout, parts: Sequence[Part], begun: float, say: Say) -> None:
    if POSTGRES in parts:
        postgres.ensure_database(layout)
    if CRM in parts:
        run_ours(layout, ["crm", "migrate"])
        say(f"database at its newest version after {time.monotonic() - begun:.1f} s")


def _make_prompts(layout: Layout, say: Say) -> None:
    try:
        prompts.ensure(layout, texts.flow_texts(), texts.fallback_texts(), say)
    except (FlowError, prompts.PromptsFailed) as error:
        raise NotUp(str(error)) from error


def run_ours(
    layout: Layout, arguments: Sequence[str], seconds: float = 300, extra: Mapping[str, str] | None = None
) -> str:
    """Run `python -m arguments...` with the parts' environment and return its stdout; raises NotUp."""
    command = [sys.executable, "-P", "-m", *arguments]
    env = {**supervisor.environment(layout, os.environ), **(extra or {})}
    done = subprocess.run(command, check=False, env=env, capture_output=True, text=True, timeout=seconds)
    if done.returncode != 0:
        raise NotUp(f"{' '.join(arguments[:2])} failed: {(done.stderr or done.stdout).strip()[-800:]}")
    return done.stdout
