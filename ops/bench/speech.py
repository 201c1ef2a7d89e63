"""`./hotline bench speech`: what is heard right, by slot and condition, and in whole dialogues."""

import hashlib
import itertools
import multiprocessing
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ops.bench import hearers
from ops.bench.hearers import Answer, Dialogue, Setup, Task
from ops.bench.kept import Kept
from speech.evaluation.clips import read_set
from speech.evaluation.figures import Cell, table, wilson
from speech.evaluation.sound import SNRS, SPEEDS, Line, make_voices

SLOTS = (
    "fault_code", "code_spelled", "yes_no", "menu", "region", "address", "phone", "visit_time", "purchase_date", "gas",
    "outside",
)  # fmt: skip
LOSS = 0.03  # the condition with lost packets, at 20 dB
MOST_CONFUSED = 12
Say = Callable[[str], None]
Carry = Callable[[Sequence[tuple[str, Line, int]]], Iterable[Dialogue]]
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure. n: utterances per slot and condition; dialogues: per goal, at each SNR of dialogue_snrs."""

    n: int = 10
    dialogues: int = 10
    slots: tuple[str, ...] = SLOTS
    snrs: tuple[str, ...] = SNRS
    goals: tuple[str, ...] = ("fault_code", "address", "phone")
    dialogue_snrs: tuple[str, ...] = ("20",)
    jobs: int = 2
    kept: Path | None = None  # where every dialogue is written as it ends, and read by the next run


def measure(setup: Setup, options: Options, say: Say) -> dict[str, Any]:
    """Hear everything the options ask for and return the report, JSON-ready; raises KeptUnusable."""
    kept = Kept(options.kept, setup) if options.kept else None
    make_voices(setup.studio)
    with _workers(setup, options.jobs) as pool:
        tasks = list(_tasks(options))
        answers = list(_watched(pool.map(hearers.hear_case, tasks, chunksize=4), len(tasks), "utterances", say))
        dialogues = carry_missing(options, lambda keys: pool.map(hearers.talk, *_columns(keys)), kept, say)
    return report(answers, dialogues)


def carry_missing(options: Options, carry: Carry, kept: Kept | None, say: Say) -> list[Dialogue]:
    """Carry the dialogues of the options that are not kept yet and return all of them.

    A number of every goal and line comes before the next number: a run that is cut has some of each.
    """
    wanted = [
        (goal, Line(snr), number)
        for number, goal, snr in itertools.product(range(options.dialogues), options.goals, options.dialogue_snrs)
    ]
    found = {(item.goal, item.line, item.number): item for item in (kept.dialogues if kept else ())}
    missing = [key for key in wanted if key not in found]
    for item in _watched(carry(missing), len(missing), "dialogues", say):
        found[item.goal, item.line, item.number] = item
        if kept:
            kept.add(item)
    return [found[key] for key in wanted]


def measure_set(setup: Setup, folder: Path, jobs: int, say: Say) -> dict[str, Any]:
    """Hear the clips of a folder and return the report; raises SetUnusable."""
    clips = list(read_set(folder))
    cells: dict[str, Cell] = defaultdict(Cell)
    with _workers(setup, jobs) as pool:
        heard = pool.map(hearers.hear_clip, itertools.repeat(folder), clips, chunksize=4)
        for clip, right, found in _watched(heard, len(clips), "clips", say):
            said = " ".join(clip.truth.values())
            cells[clip.kind].add(right=right, said=said, got=hearers.understood(found.interpretation), latency_ms=None)
    digest = hashlib.sha256()
    for clip in clips:
        digest.update((folder / clip.clip).read_bytes())
    return {"set": digest.hexdigest()[:16], "cells": [{"slot": slot, **cell.row()} for slot, cell in cells.items()]}


@contextmanager
def _workers(setup: Setup, jobs: int) -> Iterator[ProcessPoolExecutor]:
    # Spawned: a decoder's native threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=hearers.start, initargs=(setup,)) as pool:
        yield pool


def _tasks(options: Options) -> Iterator[Task]:
    speeds = tuple(SPEEDS)
    lines = [(snr, 0.0) for snr in options.snrs] + ([("20", LOSS)] if "20" in options.snrs else [])
    for slot, (snr, loss), number in itertools.product(options.slots, lines, range(options.n)):
        yield Task(slot, Line(snr, loss, speeds[number % len(speeds)]), number)


def _columns(rows: Sequence[tuple[str, Line, int]]) -> tuple[list[str], list[Line], list[int]]:
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def _watched(results: Iterable[_Result], total: int, what: str, say: Say) -> Iterator[_Result]:
    step = max(1, total // 10)
    for number, result in enumerate(results, 1):
        if number % step == 0 or number == total:
            say(f"{number} of {total} {what}")
        yield result


# ---- the report ----


def report(answers: Sequence[Answer], dialogues: Sequence[Dialogue]) -> dict[str, Any]:
    """Return the figures: by slot and condition, by voice and by speed, of dialogues, false alarms, confusions."""
    cells: dict[tuple[str, str, float], Cell] = defaultdict(Cell)
    voices: dict[str, Cell] = defaultdict(Cell)
    speeds: dict[str, Cell] = defaultdict(Cell)
    for item in answers:
        line = item.task.line
        for cell in (cells[item.task.slot, line.snr, line.loss], voices[item.voice], speeds[line.speed]):
            cell.add(right=item.right, alike=item.alike, said=item.said, got=item.got, latency_ms=item.latency_ms)
    others = [item for item in answers if item.task.slot != "gas"]
    digest = hashlib.sha256("".join(item.audio for item in answers).encode()).hexdigest()
    return {
        "set": digest[:16],
        "cells": [
            {"slot": slot, "snr": snr, "loss": loss, **cell.row()} for (slot, snr, loss), cell in sorted(cells.items())
        ],
        "voices": [{"voice": voice, **cell.row()} for voice, cell in sorted(voices.items())],
        "speeds": [{"speed": speed, **cell.row()} for speed, cell in sorted(speeds.items())],
        "dialogues": _dialogue_rows(dialogues),
        "false_alarms": {"n": len(others), "count": sum(bool(item.safety) for item in others)},
        "confusions": _confusions(cells),
    }


def _dialogue_rows(dialogues: Sequence[Dialogue]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[Dialogue]] = defaultdict(list)
    for item in dialogues:
        groups[item.goal, item.line.snr].append(item)
    rows = []
    for (goal, snr), items in sorted(groups.items()):
        total, spoken = len(items), [item for item in items if item.right and not item.keys]
        rows.append(
            {
                "goal": goal,
                "snr": snr,
                "n": total,
                "first_try": sum(item.first_right for item in items),
                "right_by_speech": sum(item.tries <= 3 for item in spoken),
                "right": sum(item.right for item in items),
                "wrong_accepted": sum(item.wrong for item in items),
                "wrong_high": round(wilson(sum(item.wrong for item in items), total)[1], 4),
                "asked_again": sum(item.tries > 1 for item in items),
                "keys_needed": sum(item.keys for item in items),
                "for_a_person": sum(not (item.right or item.wrong) for item in items),
                "wrong": [
                    {"meant": item.meant, "confirmed": item.confirmed, "heard": item.heard}
                    for item in items
                    if item.wrong
                ],
            }
        )
    return rows


def _confusions(cells: Mapping[tuple[str, str, float], Cell]) -> dict[str, list[list[Any]]]:
    by_slot: dict[str, Cell] = defaultdict(Cell)
    for (slot, _snr, _loss), cell in cells.items():
        by_slot[slot].confusions.update(cell.confusions)
    return {
        slot: [[said, got, count] for (said, got), count in cell.confusions.most_common(MOST_CONFUSED)]
        for slot, cell in by_slot.items()
    }


def written(report: Mapping[str, Any]) -> str:
    """Return the report as Markdown tables."""
    parts = [f"test set {report['set']}", ""]
    names = ("n", "right", "low", "high", "same_sound", "other_value", "no_match", "latency_p50_ms", "latency_p95_ms")
    if report["cells"]:
        keys = [name for name in ("slot", "snr", "loss") if name in report["cells"][0]]
        parts.append(table([*keys, *names], ([row[name] for name in (*keys, *names)] for row in report["cells"])))
    for group, key in (("voices", "voice"), ("speeds", "speed")):
        if report.get(group):
            parts += [
                "",
                table([key, *names[:4]], ([row[name] for name in (key, *names[:4])] for row in report[group])),
            ]
    if report.get("dialogues"):
        columns = [name for name in report["dialogues"][0] if name != "wrong"]
        parts += ["", table(columns, ([row[name] for name in columns] for row in report["dialogues"]))]
    if "false_alarms" in report:
        alarms = report["false_alarms"]
        parts += ["", f"false alarms of danger: {alarms['count']} of {alarms['n']} other utterances"]
    for slot, rows in sorted(report.get("confusions", {}).items()):
        if rows:
            shown = ", ".join(f"{said} → {got or 'no match'} ({count})" for said, got, count in rows)
            parts += ["", f"{slot}, most often wrong: {shown}"]
    return "\n".join(parts)
