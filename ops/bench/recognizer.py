"""`./hotline bench recognizer`: CPU per second of call and calls at once, beside vosk-server and a bare loop."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.flows.load import load_program
from ops.bench import hearers
from ops.bench.ours import Listener, Observed, ObservedRecognizer, cpu_of, in_real_time, workers_of
from ops.bench.rivals import Utterances, bare_cpu_s, stream, vosk_server
from ops.bench.robot_calls import BYTES_PER_MS, CallAudio, make_calls, read_calls
from speech.contract import Lexicon
from speech.evaluation.cases import Cases, World
from speech.evaluation.figures import percentile, table
from speech.evaluation.sound import Studio, make_voices
from speech.meaning import PackedSlots, SlotsByPack, read_vocabulary
from speech.packs import load_pack
from speech.recognizers.pool import PooledRecognizer
from speech.recognizers.pooled import FINISH_SECONDS
from speech.recognizers.port import RecognizerFailed

STEPS = (10, 20, 30, 40, 60, 80, 100)
LIMIT_S = 0.2  # a turn's text has to be there so soon: the budget of voice-to-prompt leaves no more
STEP_SECONDS = 20.0
MEMORY_EVERY = 500  # turns
WHOLE_UTTERANCE_S = 60.0  # given at once, not in real time
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Setup:
    """What is compared: the calls, the model, the meaning of answers; server: a checkout of vosk-server or None."""

    calls: Sequence[CallAudio]
    model: Path
    slots: SlotsByPack
    lexicon: Lexicon
    server: Path | None
    workers: int = 2


def make_setup(
    model: Path, packs: Path, studio: Path, *, calls: int, recorded: Path | None, seed: int, server: Path | None
) -> Setup:
    """Return what is to be compared. packs: a folder with the division pack; studio: an empty one for voices.

    Raises CallsUnusable or SoundFailed.
    """
    program, vocabulary = load_program(), read_vocabulary(model)
    slots = PackedSlots(packs, vocabulary)
    if recorded is not None:
        audio = read_calls(recorded, calls)
    else:
        make_voices(studio)
        menu = hearers.speakable_menu(program, slots.get(""))
        cases = Cases(World(load_pack(packs), vocabulary, menu, hearers.specs(program)))
        audio = make_calls(calls, cases, Studio(studio), seed)
    return Setup(audio, model, slots.get, program.lexicon, server)


def measure(setup: Setup, *, steps: Sequence[int], turns: int, say: Say) -> dict[str, Any]:
    """Measure everything; returns the figures, JSON-ready. turns: how many for the memory, 0 for none."""
    load = os.getloadavg()[0]
    found = asyncio.run(_efficiency(setup, say))
    found["load_average"] = round(load, 1)
    found["capacity"] = asyncio.run(_capacity(setup, steps, say)) if steps else []
    if turns:
        found["memory"] = asyncio.run(_memory(setup, found.pop("utterances"), turns, say))
    found.pop("utterances", None)
    return found


@asynccontextmanager
async def _pool(setup: Setup, finish_s: float = FINISH_SECONDS) -> AsyncIterator[PooledRecognizer]:
    pool = PooledRecognizer(setup.model, setup.workers, finish_s=finish_s)
    pool.open()
    try:
        await pool.ready()
        yield pool
    finally:
        await pool.close()


# ---- CPU ----


async def _efficiency(setup: Setup, say: Say) -> dict[str, Any]:
    call_s = sum(call.seconds for call in setup.calls)
    say(f"{len(setup.calls)} calls, {call_s:.0f} s, in real time through our recognizer")
    async with _pool(setup) as pool:
        whole_s, seen = await _ours_whole(setup, pool)
    async with _pool(setup, WHOLE_UTTERANCE_S) as pool:
        utterances = seen.utterances
        voiced_s = sum(len(pcm) for _phrases, pcm in utterances) / BYTES_PER_MS / 1000
        say(f"{len(utterances)} utterances, {voiced_s:.0f} s, decoded again without pauses")
        voiced_cpu_s = await _ours_voiced(pool, utterances)
    ours = {"whole": whole_s / call_s, "voiced": voiced_cpu_s / voiced_s}
    whole: Utterances = [((), call.pcm) for call in setup.calls]
    say("the bare loop")
    bare = {
        "whole": await asyncio.to_thread(bare_cpu_s, setup.model, whole, both=False) / call_s,
        "voiced": await asyncio.to_thread(bare_cpu_s, setup.model, utterances, both=True) / voiced_s,
        "voiced_open": await asyncio.to_thread(bare_cpu_s, setup.model, utterances, both=False) / voiced_s,
    }
    server = await _server_cpu(setup, utterances, call_s, voiced_s, say) if setup.server else {}
    return {
        "calls": len(setup.calls), "call_s": round(call_s, 1), "turns": len(utterances),
        "decoded_share": round(voiced_s / call_s, 3), "failed": seen.failed,
        "cpu_per_s": {name: {part: round(value, 5) for part, value in values.items()}
                      for name, values in (("ours", ours), ("bare", bare), ("vosk_server", server)) if values},
        "ratios": ratios(ours, bare, server),
        "utterances": utterances,
    }  # fmt: skip


def ratios(ours: Mapping[str, float], bare: Mapping[str, float], server: Mapping[str, float]) -> dict[str, float]:
    """Return how many times cheaper ours is. voiced_to_bare: both do the same two decodes; _open: bare does one."""
    found = {
        "voiced_to_bare": bare["voiced"] / ours["voiced"],
        "voiced_to_bare_open": bare["voiced_open"] / ours["voiced"],
        "whole_to_bare": bare["whole"] / ours["whole"],
    }
    if server:
        found["whole_to_vosk_server"] = server["whole"] / ours["whole"]
        found["voiced_to_vosk_server"] = server["voiced"] / ours["voiced"]
    return {name: round(value, 3) for name, value in found.items()}


async def _ours_whole(setup: Setup, pool: PooledRecognizer) -> tuple[float, Observed]:
    watched = ObservedRecognizer(pool)
    listeners = [Listener(call, watched, setup.slots, setup.lexicon) for call in setup.calls]
    before = _cpu(pool)
    await in_real_time(listeners, max(call.seconds for call in setup.calls) + 1)
    return _cpu(pool) - before, watched.seen


async def _ours_voiced(pool: PooledRecognizer, utterances: Utterances) -> float:
    before = _cpu(pool)
    for phrases, pcm in utterances:
        await _decode(pool, phrases, pcm)
    return _cpu(pool) - before


async def _decode(pool: PooledRecognizer, phrases: Sequence[str], pcm: bytes) -> None:
    """Decode one utterance, in packets, as fast as it goes."""
    recognition = pool.start(phrases)
    recognition.feed(pcm)
    await recognition.finish()


def _cpu(pool: PooledRecognizer) -> float:
    """Return the CPU seconds of this process and of the workers: both belong to our recognizer."""
    return time.process_time() + sum(map(cpu_of, workers_of(pool, "pid")))


async def _server_cpu(
    setup: Setup, utterances: Utterances, call_s: float, voiced_s: float, say: Say
) -> dict[str, float]:
    assert setup.server is not None  # noqa: S101  the caller has asked
    async with vosk_server(setup.server, setup.model) as (pid, address):
        say("the same calls in real time through vosk-server")
        before = cpu_of(pid)
        async with asyncio.TaskGroup() as tasks:
            for call in setup.calls:
                tasks.create_task(stream(address, call.pcm, [], paced=True))
        whole = (cpu_of(pid) - before) / call_s
        before = cpu_of(pid)
        for _phrases, pcm in utterances:
            await stream(address, pcm, [], paced=False)
        return {"whole": whole, "voiced": (cpu_of(pid) - before) / voiced_s}


# ---- calls at once ----


async def _capacity(setup: Setup, steps: Sequence[int], say: Say) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name, run in (("ours", _ours_step), ("vosk_server", _server_step)):
        if name == "vosk_server" and setup.server is None:
            continue
        for count in steps:
            waits_s, spoilt = await run(setup, count)
            p95 = percentile(waits_s, 0.95)
            kept = bool(waits_s) and p95 <= LIMIT_S and not spoilt
            rows.append({"who": name, "calls": count, "answers": len(waits_s), "p50_ms": _ms(percentile(waits_s, 0.5)),
                         "p95_ms": _ms(p95), "spoilt": spoilt, "kept": kept})  # fmt: skip
            say(f"{name}: {count} calls at once, an answer within {_ms(p95)} ms at p95, {spoilt} spoilt")
            if not kept:
                break
    return rows


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


async def _ours_step(setup: Setup, count: int) -> tuple[list[float], int]:
    async with _pool(setup) as pool:
        watched = ObservedRecognizer(pool)
        listeners = [
            Listener(setup.calls[number % len(setup.calls)], watched, setup.slots, setup.lexicon, number)
            for number in range(count)
        ]
        behind_s = await in_real_time(listeners, STEP_SECONDS)
        # What we are late ourselves the caller waits as well.
        waits_s = [wait + (behind_s if behind_s > LIMIT_S else 0.0) for wait in watched.seen.waits_s]
        return waits_s, watched.seen.failed + watched.seen.degraded


async def _server_step(setup: Setup, count: int) -> tuple[list[float], int]:
    assert setup.server is not None  # noqa: S101  the caller has asked
    waits_s: list[float] = []
    size = int(STEP_SECONDS * 1000) * BYTES_PER_MS
    async with vosk_server(setup.server, setup.model) as (_pid, address), asyncio.TaskGroup() as tasks:
        for number in range(count):
            call = setup.calls[number % len(setup.calls)]
            start = call.questions[number % len(call.questions)].asked_ms * BYTES_PER_MS
            phase_s = number / count * 0.2
            tasks.create_task(stream(address, call.pcm[start : start + size], waits_s, paced=True, phase_s=phase_s))
    return waits_s, 0


# ---- memory ----


async def _memory(setup: Setup, utterances: Utterances, turns: int, say: Say) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    async with _pool(setup, WHOLE_UTTERANCE_S) as pool:
        lanes = asyncio.Queue[int]()
        for number in range(turns):
            lanes.put_nowait(number)
        failed = 0

        async def work() -> None:
            nonlocal failed
            while not lanes.empty():
                number = lanes.get_nowait()
                try:
                    await _decode(pool, *utterances[number % len(utterances)])
                except RecognizerFailed:
                    failed += 1
                if (number + 1) % MEMORY_EVERY == 0:
                    rows.append(memory_row(pool, number + 1))
                    say(f"{number + 1} turns: workers {rows[-1]['rss_mb']} MB")

        await asyncio.gather(*(work() for _ in range(setup.workers)))
        ends = {name: workers_of(pool, name) for name in ("restarts", "recycled")}
        return {"turns": turns, "failed": failed, "rows": rows, **ends}


def memory_row(pool: PooledRecognizer, turns: int) -> dict[str, Any]:
    """Return the workers' memory after so many turns; one that is being replaced has none, and costs no run."""
    return {"turns": turns, "rss_mb": workers_of(pool, "rss_mb")}


# ---- the report ----


def written(found: Mapping[str, Any]) -> str:
    """Return the figures as Markdown."""
    head = (
        f"{found['calls']} calls of {found['call_s'] / found['calls']:.0f} s, {found['turns']} turns, "
        f"{found['decoded_share']:.0%} of the call's time decoded, the rest silence or prompts; "
        f"load average before: {found['load_average']}"
    )
    cpu = [
        (who, values.get("whole", ""), values.get("voiced", ""), values.get("voiced_open", ""))
        for who, values in found["cpu_per_s"].items()
    ]
    parts = [head, "", table(("CPU s per s", "whole calls", "voiced part", "voiced, one open decode"), cpu), ""]
    parts.append(", ".join(f"{name} {value:.2f}" for name, value in found["ratios"].items()))
    if found["capacity"]:
        names = ("who", "calls", "answers", "p50_ms", "p95_ms", "spoilt", "kept")
        parts += ["", table(names, ([row[name] for name in names] for row in found["capacity"]))]
    if memory := found.get("memory"):
        rows = [(row["turns"], *row["rss_mb"]) for row in memory["rows"]]
        workers = [f"worker {number + 1} MB" for number in range(len(memory["restarts"]))]
        ends = f"restarts {memory['restarts']}, recycled {memory['recycled']}, failed {memory['failed']}"
        parts += ["", table(("turns", *workers), rows), "", ends]
    return "\n".join(parts)
