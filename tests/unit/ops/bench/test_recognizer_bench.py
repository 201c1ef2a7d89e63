"""The recognizer benchmark: its calls, our side on a virtual clock, the rivals, and a whole small run."""

import asyncio
import os
import wave
from pathlib import Path

import numpy as np
import pytest

from ops.bench import recognizer as bench
from ops.bench import rivals
from ops.bench.cli import BenchRefused
from ops.bench.cli import recognizer as command
from ops.bench.ours import Listener, ObservedRecognizer, cpu_of
from ops.bench.robot_calls import PROMPT_MS, QUESTIONS, CallAudio, CallsUnusable, Question, make_calls, read_calls
from speech.evaluation.cases import Cases, World
from speech.evaluation.sound import Studio, make_voices
from speech.meaning import read_vocabulary
from speech.recognizers.pool import PooledRecognizer
from speech.recognizers.scripted import Line, ScriptedRecognizer
from speech.slots import Slots
from tests.unit.speech.slots.samples import LEXICON, MENU, PACK
from tests.unit.speech.voices import MODEL, say

SLOTS = Slots(PACK)
ANSWER = say("我要报修")
# Answers whatever comes, and ends as the published server does; its handler takes the path as that one's.
FAKE_SERVER = """
import asyncio, os, websockets
async def answer(websocket, path):
    while True:
        message = await websocket.recv()
        await websocket.send("{}")
        if message == '{"eof" : 1}':
            break
async def main():
    async with websockets.serve(answer, os.environ["VOSK_SERVER_INTERFACE"], int(os.environ["VOSK_SERVER_PORT"])):
        await asyncio.Future()
asyncio.run(main())
"""


def call_of(*, prompt_ms: int = 1000, times: int = 2) -> CallAudio:
    """Return a call in which the same is asked and answered several times."""
    questions, pcm = [], b""
    for _ in range(times):
        questions.append(Question(MENU, len(pcm) // 16, prompt_ms))
        pcm += bytes(prompt_ms * 16) + bytes(4800) + ANSWER + bytes(2500 * 16)
        pcm = pcm[: len(pcm) // 320 * 320]
    return CallAudio(pcm, tuple(questions))


def recording(path: Path, left: bytes, channels: int = 2) -> None:
    samples = np.frombuffer(left, "<i2")
    both = np.stack([samples, np.zeros_like(samples)], axis=1) if channels == 2 else samples
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(both.astype("<i2").tobytes())


def fake_checkout(folder: Path, script: str) -> Path:
    (folder / "websocket").mkdir(parents=True)
    (folder / rivals.SERVER_SCRIPT).write_text(script)
    return folder


# ---- calls ----


def test_calls_are_made_as_robots_speak_and_the_same_for_a_seed(tmp_path: Path) -> None:
    make_voices(tmp_path)
    cases = Cases(World(PACK, read_vocabulary(MODEL), {"repair": ("我要报修",)}))
    first, second = make_calls(2, cases, Studio(tmp_path), 1)
    assert make_calls(1, cases, Studio(tmp_path), 1)[0] == first
    assert first.pcm != second.pcm
    asked = [question.asked_ms for question in first.questions]
    assert asked == sorted(set(asked))
    assert len(asked) == len(QUESTIONS)
    assert all(PROMPT_MS[0] <= question.prompt_ms < PROMPT_MS[1] for question in first.questions)
    assert len(first.pcm) % 320 == 0
    assert first.seconds * 1000 > asked[-1] + first.questions[-1].prompt_ms
    samples = np.frombuffer(first.pcm, "<i2")
    waiting = samples[: first.questions[0].prompt_ms * 8]
    assert np.abs(waiting).max() < 200 < np.abs(samples).max()  # nobody speaks into a prompt


def test_recorded_calls_are_the_left_tracks(tmp_path: Path) -> None:
    recording(tmp_path / "a.wav", ANSWER)
    recording(tmp_path / "mono.wav", ANSWER, channels=1)
    recording(tmp_path / "nobody.wav", bytes(len(ANSWER)))
    first, second, third = read_calls(tmp_path, 3)
    assert first.pcm == ANSWER[: len(ANSWER) // 320 * 320]
    assert first == second == third
    (tmp_path / "b.wav").write_bytes(b"RIFF")
    with pytest.raises(CallsUnusable, match=r"b\.wav"):
        read_calls(tmp_path, 1)
    with pytest.raises(CallsUnusable, match="no stereo recordings"):
        read_calls(tmp_path / "none", 1)


# ---- our side ----


async def hear(listener: Listener) -> None:
    async with asyncio.TaskGroup() as tasks:
        while not listener.over:
            listener.take(tasks)
            await asyncio.sleep(0.001)
        listener.close()


async def test_a_call_is_heard_turn_by_turn_and_only_its_voice_is_decoded() -> None:
    watched = ObservedRecognizer(ScriptedRecognizer([Line("我 要 报修"), Line("我 要 报修")]))
    call = call_of()
    listener = Listener(call, watched, lambda _version: SLOTS, LEXICON)
    await hear(listener)
    assert listener.turns == 2
    assert watched.seen.failed == watched.seen.degraded == 0
    assert len(watched.seen.waits_s) == 2
    voiced = sum(len(pcm) for _phrases, pcm in watched.seen.utterances)
    assert 2 * len(ANSWER) * 0.6 < voiced < len(call.pcm) * 0.6
    assert {phrases for phrases, _pcm in watched.seen.utterances} == {tuple(SLOTS.grammar(MENU, LEXICON))}


async def test_a_call_may_begin_at_a_later_question_and_a_recognizer_may_fail() -> None:
    watched = ObservedRecognizer(ScriptedRecognizer([]))
    listener = Listener(call_of(), watched, lambda _version: SLOTS, LEXICON, first=3)
    await hear(listener)
    assert listener.turns == 1
    assert watched.seen.failed >= 1
    assert not watched.seen.waits_s


def test_a_process_has_its_cpu_and_one_that_is_gone_has_none() -> None:
    assert cpu_of(os.getpid()) > 0
    with pytest.raises(OSError, match="No such file"):
        cpu_of(2**22 + 1)


async def test_a_worker_that_is_gone_costs_its_figure_and_not_the_run() -> None:
    pool = PooledRecognizer(MODEL, 1)
    pool.open()
    try:
        await pool.ready()
        (there,) = bench.memory_row(pool, 500)["rss_mb"]
        assert there > 10
    finally:
        await pool.close()
    assert bench.memory_row(pool, 1000) == {"turns": 1000, "rss_mb": [0]}


# ---- rivals ----


async def test_the_published_servers_interface_is_served_and_measured(tmp_path: Path) -> None:
    waits_s: list[float] = []
    async with rivals.vosk_server(fake_checkout(tmp_path, FAKE_SERVER), MODEL) as (pid, address):
        begun = asyncio.get_running_loop().time()
        await rivals.stream(address, bytes(3200 * 5), waits_s, paced=True)
        assert asyncio.get_running_loop().time() - begun >= 0.9  # five packets of 0.2 s, in real time
        assert cpu_of(pid) > 0
        await rivals.stream(address, bytes(3200), waits_s, paced=False)
    assert len(waits_s) == 6
    with pytest.raises(OSError, match="No such file"):
        cpu_of(pid)


async def test_a_checkout_without_a_server_or_with_a_broken_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(rivals.RivalMissing, match="asr_server"):
        async with rivals.vosk_server(tmp_path, MODEL):
            raise AssertionError("there is none")
    with pytest.raises(rivals.RivalMissing, match="ended with 3"):
        async with rivals.vosk_server(fake_checkout(tmp_path, "raise SystemExit(3)"), MODEL):
            raise AssertionError("it does not run")


# ---- the whole ----


def test_a_whole_run_on_small_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "STEP_SECONDS", 4.0)
    monkeypatch.setattr(bench, "MEMORY_EVERY", 2)
    monkeypatch.setattr(bench, "LIMIT_S", 30.0)  # the machine may be busy
    server = fake_checkout(tmp_path, FAKE_SERVER)
    slots = Slots(PACK, read_vocabulary(MODEL))
    setup = bench.Setup([call_of()], MODEL, lambda _version: slots, LEXICON, server, workers=1)
    said: list[str] = []
    found = bench.measure(setup, steps=[1], turns=4, say=said.append)
    assert found["turns"] == 2
    assert 0.1 < found["decoded_share"] < 0.7
    assert set(found["cpu_per_s"]) == {"ours", "bare", "vosk_server"}
    ours = found["cpu_per_s"]["ours"]  # the fake server does nothing that a clock of 10 ms would see
    assert min(*ours.values(), *found["cpu_per_s"]["bare"].values()) > 0
    assert [(row["who"], row["calls"]) for row in found["capacity"]] == [("ours", 1), ("vosk_server", 1)]
    assert found["capacity"][0]["answers"] >= 1
    assert [row["turns"] for row in found["memory"]["rows"]] == [2, 4]
    assert found["memory"]["failed"] == 0
    assert found["memory"]["recycled"] == [0]
    text = bench.written(found)
    for name in ("whole_to_vosk_server", "voiced_to_bare", "worker 1 MB", "load average"):
        assert name in text
    assert any("vosk-server" in line for line in said)


def test_ratios_tell_how_many_times_cheaper_ours_is() -> None:
    ours, bare = {"whole": 0.01, "voiced": 0.02}, {"whole": 0.012, "voiced": 0.019, "voiced_open": 0.01}
    assert bench.ratios(ours, bare, {}) == {"voiced_to_bare": 0.95, "voiced_to_bare_open": 0.5, "whole_to_bare": 1.2}
    with_server = bench.ratios(ours, bare, {"whole": 0.022, "voiced": 0.022})
    assert with_server["whole_to_vosk_server"] == 2.2


async def test_a_step_that_is_not_kept_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    async def step(_setup: bench.Setup, count: int) -> tuple[list[float], int]:
        return [0.1 * count], 0

    monkeypatch.setattr(bench, "_ours_step", step)
    setup = bench.Setup([], MODEL, lambda _version: SLOTS, LEXICON, None)
    rows = await bench._capacity(setup, (1, 2, 3, 4), lambda _line: None)
    assert [(row["calls"], row["kept"]) for row in rows] == [(1, True), (2, True), (3, False)]


def test_calls_at_once_are_numbers() -> None:
    for wrong in ("a", "10,-1", "0"):
        with pytest.raises(BenchRefused, match="numbers of calls"):
            command(steps=wrong)
