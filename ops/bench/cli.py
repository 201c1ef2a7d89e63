"""`./hotline bench ...`: the command line of the benchmarks."""

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ops.layout import TREE
from ops.shared import Where, say, settings_of_running

bench_app = typer.Typer(no_args_is_help=True, help="Benchmarks: what is heard right.")
DEFAULT_MODEL = TREE / "speech" / "model"
OWN_WORDS = TREE / "tests" / "unit" / "speech" / "sayings" / "unseen"
DANGER_PHRASES = TREE / "tests" / "unit" / "ivr" / "flows" / "safety" / "phrases.yaml"


class BenchRefused(Exception):
    """A benchmark cannot run; the message says why."""


@bench_app.command()
def speech(
    set_folder: Annotated[Path | None, typer.Option("--set", help="A folder of real clips with their truth.")] = None,
    n: Annotated[int, typer.Option(min=0, help="Utterances per slot and condition.")] = 10,
    dialogues: Annotated[int, typer.Option(min=0, help="Whole dialogues per goal and condition.")] = 10,
    slots: Annotated[str, typer.Option(help="Comma-separated; all when not given.")] = "",
    snrs: Annotated[str, typer.Option(help="Comma-separated: clean, 20, 10, 5.")] = "clean,20,10,5",
    goals: Annotated[
        str, typer.Option(help="Dialogues about: fault_code, address, phone.")
    ] = "fault_code,address,phone",
    dialogue_snrs: Annotated[str, typer.Option(help="Conditions of the dialogues.")] = "20",
    keep: Annotated[
        Path | None, typer.Option(help="Write each dialogue here as it ends; a run that was cut goes on from it.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another test set.")] = 1,
    jobs: Annotated[int, typer.Option(min=1)] = os.cpu_count() or 1,
    model: Annotated[Path, typer.Option(help="An unpacked Vosk model.")] = DEFAULT_MODEL,
    said_from: Annotated[
        Path | None, typer.Option(help="Speak only this model's words: two models are then heard on one set.")
    ] = None,
    through_calls: Annotated[
        bool, typer.Option("--through-calls", help="Measure waits by real calls on the running stack.")
    ] = False,
    turns: Annotated[int, typer.Option(min=1, help="Spoken turns of --through-calls.")] = 100,
    at_once: Annotated[int, typer.Option(min=1, max=20, help="Calls side by side of --through-calls.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure recognition per slot, voice, speed, noise and loss, and whole dialogues with their read-back."""
    from ops.bench import speech as bench
    from ops.bench.hearers import Setup
    from ops.bench.kept import KeptUnusable
    from ops.packs import MERGED_FILE, TREE_FILE, DivisionsMissing, build
    from speech.evaluation.clips import SetUnusable
    from speech.evaluation.sound import SNRS, SoundFailed

    if through_calls:
        _through_calls(turns, at_once, as_json=as_json)
        return
    chosen = tuple(filter(None, slots.split(","))) or bench.SLOTS
    conditions = tuple(filter(None, snrs.split(",")))
    for given, known in ((chosen, bench.SLOTS), (conditions, SNRS)):
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise BenchRefused(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}")
    with tempfile.TemporaryDirectory() as folder:
        setup = Setup(model, Path(folder) / "packs", Path(folder) / "studio", seed, said_from)
        try:
            build(TREE / TREE_FILE, MERGED_FILE, setup.packs)
            if set_folder is not None:
                found = bench.measure_set(setup, set_folder, jobs, say)
            else:
                wanted = bench.Options(
                    n, dialogues, chosen, conditions, tuple(filter(None, goals.split(","))),
                    tuple(filter(None, dialogue_snrs.split(","))), jobs, keep,
                )  # fmt: skip
                found = bench.measure(setup, wanted, say)
        except (DivisionsMissing, SetUnusable, SoundFailed, KeptUnusable) as error:
            raise BenchRefused(str(error)) from error
    print(json.dumps(found, ensure_ascii=False) if as_json else bench.written(found))


def _through_calls(turns: int, at_once: int, *, as_json: bool) -> None:
    from ops import calls
    from ops.bench import through_calls as bench

    layout = Where.layout
    settings = settings_of_running(layout)

    async def run(token: str) -> dict[str, Any]:
        return await bench.measure(layout, settings, token, turns, at_once, say)

    found = calls.with_carrier(layout, settings, run, say)
    print(json.dumps(found, ensure_ascii=False) if as_json else bench.written(found))


@bench_app.command()
def soak(
    minutes: Annotated[float, typer.Option(min=0.5, max=600)] = 120,
    rate: Annotated[float, typer.Option(min=0.05, max=10, help="SIPp's new calls a second.")] = 0.4,
    at_once: Annotated[int, typer.Option(min=1, max=100, help="SIPp's calls up together at most.")] = 12,
    robots: Annotated[int, typer.Option(min=1, max=20, help="Robots' spoken reports side by side.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Load the running stack for hours; exit status 1 unless nothing is lost or doubled and memory is flat."""
    from ops import calls
    from ops.bench import soak as bench
    from ops.volume.command import summary
    from ops.volume.sipp import SippFailed

    layout = Where.layout
    settings = settings_of_running(layout)
    load = bench.Load(minutes, rate, at_once, robots)
    try:
        found = calls.with_carrier(
            layout, settings, lambda token: bench.measure(layout, settings, token, load, say), say
        )
    except SippFailed as error:
        raise BenchRefused(str(error)) from error
    print(json.dumps(found.to_json(), ensure_ascii=False) if as_json else bench.written(found, summary(found.books)))
    raise typer.Exit(0 if found.ok else 1)


@bench_app.command()
def danger(
    phrases: Annotated[Path, typer.Option(help="Table of phrases by class.")] = DANGER_PHRASES,
    n: Annotated[int, typer.Option(min=1, help="Times each phrase is spoken, by another voice each time.")] = 2,
    snrs: Annotated[str, typer.Option(help="Comma-separated: clean, 20, 10, 5.")] = "clean,10",
    seed: Annotated[int, typer.Option(help="Another seed is another test set.")] = 1,
    model: Annotated[Path, typer.Option(help="An unpacked Vosk model.")] = DEFAULT_MODEL,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure how danger words are heard: caught, of the right kind, false alarms."""
    from ops.bench import danger as bench
    from speech.evaluation.sound import SNRS, SoundFailed

    conditions = tuple(filter(None, snrs.split(",")))
    if unknown := sorted(set(conditions) - set(SNRS)):
        raise BenchRefused(f"unknown: {', '.join(unknown)}; there are {', '.join(SNRS)}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            listed = bench.read_phrases(phrases)
            found = bench.measure(listed, model, Path(folder), conditions, n, seed, say)
    except (bench.TableUnusable, SoundFailed) as error:
        raise BenchRefused(str(error)) from error
    print(json.dumps(found, ensure_ascii=False) if as_json else bench.written(found))


@bench_app.command()
def sayings(
    folder: Annotated[Path, typer.Option(help="A folder of QUESTION.tsv: a meaning, a tab, a sentence.")] = OWN_WORDS,
    questions: Annotated[str, typer.Option(help="Comma-separated; all when not given.")] = "",
    snrs: Annotated[str, typer.Option(help="Comma-separated: clean, 20, 10, 5.")] = "clean,10",
    seed: Annotated[int, typer.Option(help="Another seed is another test set.")] = 1,
    model: Annotated[Path, typer.Option(help="An unpacked Vosk model.")] = DEFAULT_MODEL,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure how callers' own words are heard at menus, and commands where a code is asked for."""
    from ivr.flows.load import load_program
    from ops.bench import sayings as bench
    from ops.packs import MERGED_FILE, TREE_FILE, DivisionsMissing, build
    from speech.evaluation.sound import SNRS, SoundFailed
    from speech.packs import load_pack

    conditions = tuple(filter(None, snrs.split(",")))
    if unknown := sorted(set(conditions) - set(SNRS)):
        raise BenchRefused(f"unknown: {', '.join(unknown)}; there are {', '.join(SNRS)}")
    with tempfile.TemporaryDirectory() as work:
        packs = Path(work) / "packs"
        try:
            listed = bench.read_sentences(folder, load_program(), tuple(filter(None, questions.split(","))))
            build(TREE / TREE_FILE, MERGED_FILE, packs)
            found = bench.measure(listed, model, load_pack(packs), Path(work) / "studio", conditions, seed, say)
        except (bench.SentencesUnusable, DivisionsMissing, SoundFailed) as error:
            raise BenchRefused(str(error)) from error
    print(json.dumps(found, ensure_ascii=False) if as_json else bench.written(found))


@bench_app.command()
def recognizer(
    vosk_server: Annotated[Path | None, typer.Option(help="A checkout of vosk-server to compare with.")] = None,
    calls: Annotated[Path | None, typer.Option(help="Recorded robot calls; synthesised ones when not given.")] = None,
    n: Annotated[int, typer.Option(min=1, help="Calls.")] = 20,
    steps: Annotated[
        str, typer.Option(help="Calls at once, comma-separated; none when empty.")
    ] = "10,20,30,40,60,80,100",
    turns: Annotated[int, typer.Option(min=0, help="Turns for the memory figure.")] = 5000,
    seed: Annotated[int, typer.Option(help="Another seed is another set of calls.")] = 1,
    model: Annotated[Path, typer.Option(help="An unpacked Vosk model.")] = DEFAULT_MODEL,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure CPU per second of call, calls at once and memory of the recognizer, beside others on the same audio."""
    from ops.bench import recognizer as bench
    from ops.bench.rivals import RivalMissing
    from ops.bench.robot_calls import CallsUnusable
    from ops.packs import MERGED_FILE, TREE_FILE, DivisionsMissing, build
    from speech.evaluation.sound import SoundFailed

    if not all(step.isdigit() and int(step) for step in filter(None, steps.split(","))):
        raise BenchRefused(f"--steps: numbers of calls are expected, not {steps!r}")
    with tempfile.TemporaryDirectory() as folder:
        packs = Path(folder) / "packs"
        try:
            build(TREE / TREE_FILE, MERGED_FILE, packs)
            setup = bench.make_setup(
                model, packs, Path(folder) / "studio", calls=n, recorded=calls, seed=seed, server=vosk_server
            )
            wanted = [int(step) for step in filter(None, steps.split(","))]
            found = bench.measure(setup, steps=wanted, turns=turns, say=say)
        except (DivisionsMissing, SoundFailed, CallsUnusable, RivalMissing) as error:
            raise BenchRefused(str(error)) from error
    print(json.dumps(found, ensure_ascii=False) if as_json else bench.written(found))


@bench_app.command()
def vad(
    webrtc: Annotated[
        Path | None, typer.Option(help="A folder with webrtcvad (pip install --target), to hear beside ours.")
    ] = None,
    n: Annotated[int, typer.Option(min=1, help="Sentences per condition.")] = 100,
    seed: Annotated[int, typer.Option(help="Another seed is another test set.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure where speech is told to begin and end, and what noise is taken for speech."""
    from ops.bench import voices as bench
    from speech.evaluation.sound import SoundFailed

    with tempfile.TemporaryDirectory() as folder:
        try:
            found = bench.measure(webrtc, Path(folder) / "studio", n, seed, say)
        except (bench.DetectorMissing, SoundFailed) as error:
            raise BenchRefused(str(error)) from error
    print(json.dumps(found, ensure_ascii=False) if as_json else bench.written(found))


@bench_app.command()
def crm(
    tickets: Annotated[int, typer.Option(min=1000)] = 1_000_000,
    customers: Annotated[int, typer.Option(min=100)] = 300_000,
    warm: Annotated[int, typer.Option(min=1, help="Requests of each act.")] = 60,
    cold: Annotated[int, typer.Option(min=0, help="Restarts for each act.")] = 5,
    seed: Annotated[int, typer.Option(help="Another seed is another database.")] = 1,
    folder: Annotated[
        Path | None, typer.Option(help="Keep the database here and use it again; its path must be short.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure lists, searches, pages and moves on a made-up database; exit status 1 when a list is over 100 ms."""
    import asyncio

    from ops.bench import crm as bench
    from ops.bench.crm_data import Size

    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as temporary:
        place = folder or Path(temporary)
        try:
            found = asyncio.run(bench.measure(place, Size(tickets, customers, seed), warm, cold, say))
        except (bench.BenchFailed, TimeoutError) as error:
            raise BenchRefused(str(error)) from error
    print(json.dumps(asdict(found), ensure_ascii=False) if as_json else bench.written(found))
    if slow := bench.slow_lists(found):
        say(f"over {bench.LIST_P95_MS:.0f} ms: {', '.join(slow)}")
        raise typer.Exit(1)
