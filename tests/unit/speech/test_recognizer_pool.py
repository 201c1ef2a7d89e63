"""The worker pool's bad days: hang, unknown words, no model; and its wire."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from speech.recognizers import pool as module
from speech.recognizers import worker as worker_module
from speech.recognizers.pool import PooledRecognizer
from speech.recognizers.port import RecognizerFailed, rank
from speech.recognizers.wire import Kind, Message, Unpacker, WireBroken, encode_message
from speech.recognizers.worker import HANG_SECONDS, LATE_SECONDS, Worker
from tests.unit.speech.voices import MODEL, SILENCE_100_MS, say
from tests.unit.speech.waiting import until


@pytest.fixture
async def recognizer() -> AsyncIterator[PooledRecognizer]:
    made = PooledRecognizer(MODEL, workers=2)
    made.open()
    async with asyncio.timeout(120):
        await made.ready()
    yield made
    await made.close()


def workers(recognizer: PooledRecognizer) -> list[dict[str, Any]]:
    found: Any = recognizer.status()["workers"]
    return list(found)


async def test_utterances_are_spread_and_a_hung_worker_costs_only_its_own(
    recognizer: PooledRecognizer,
) -> None:
    recognizer._finish_s = 1.8  # within HANG_SECONDS; the machine may be busy
    first, second = recognizer.start([]), recognizer.start([])
    assert [worker["utterances"] for worker in workers(recognizer)] == [1, 1]
    os.kill(workers(recognizer)[0]["pid"], signal.SIGSTOP)
    pcm = say("我要报修") + SILENCE_100_MS * 3
    first.feed(pcm)
    second.feed(pcm)
    with pytest.raises(RecognizerFailed, match="in time"):
        await first.finish()
    assert (await second.finish()).texts
    await until(lambda: workers(recognizer)[0]["failure"] == "hung")
    await until(lambda: all(worker["ready"] for worker in workers(recognizer)))
    assert [worker["restarts"] for worker in workers(recognizer)] == [1, 0]


@pytest.mark.parametrize(
    ("said", "end"),
    [("合水镇 黄花新村 二栋", "新村二栋"), ("新江镇 大桥街 三号", "桥街三号"), ("横陂镇 东园新村 三栋", "新村三栋")],
)
async def test_a_name_that_can_be_cut_in_two_ways_is_heard_once_and_whole(
    recognizer: PooledRecognizer, said: str, end: str
) -> None:
    recognizer._finish_s = 10.0  # a whole clip at once on a busy machine, not a live call
    listening = recognizer.start([])
    listening.feed(SILENCE_100_MS + say(said) + SILENCE_100_MS * 5)
    heard = (await listening.finish()).texts[0].replace(" ", "")
    assert len(heard) == len(said.replace(" ", ""))
    assert heard.startswith(said.split()[0])
    assert heard.endswith(end)


async def test_a_worker_that_freezes_with_nothing_to_do_is_replaced_too(recognizer: PooledRecognizer) -> None:
    before = [worker["pid"] for worker in workers(recognizer)]
    os.kill(before[0], signal.SIGSTOP)
    await until(lambda: workers(recognizer)[0]["failure"] == "hung")
    assert recognizer.start([])  # the other one takes what comes meanwhile
    assert [worker["utterances"] for worker in workers(recognizer)] == [0, 1]
    await until(lambda: all(worker["ready"] for worker in workers(recognizer)))
    assert workers(recognizer)[0]["pid"] != before[0]
    assert workers(recognizer)[1]["pid"] == before[1]


async def test_a_worker_that_is_behind_is_not_taken_for_a_hung_one() -> None:
    worker = Worker(0, MODEL)
    now = asyncio.get_running_loop().time()
    worker._unanswered.extend([now - 60, now - 59])
    worker._answered_at = now - 0.5
    assert worker.late(LATE_SECONDS)
    assert not worker.hung()
    worker._answered_at = now - HANG_SECONDS - 0.1
    assert worker.hung()


async def test_a_worker_that_stops_late_still_gives_the_last_partial(recognizer: PooledRecognizer) -> None:
    recognition = recognizer.start([])
    recognition.feed(say("我要报修") + SILENCE_100_MS * 6)
    await until(lambda: "报修" in "".join(recognition.partial()))
    os.kill(workers(recognizer)[0]["pid"], signal.SIGSTOP)
    heard = await recognition.finish()
    assert heard.degraded
    assert "报修" in heard.texts[0]


async def test_unknown_grammar_words_are_dropped_with_one_log_line(
    recognizer: PooledRecognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    recognizer._finish_s = 10.0
    monkeypatch.setattr(worker_module, "HANG_SECONDS", 10.0)
    with capture_logs() as logs:
        recognition = recognizer.start(["我 要 龘报修", "我 要 报修", "龘龘"])
        recognition.feed(say("我要报修") + SILENCE_100_MS * 3)
        heard = await recognition.finish()
    assert heard.texts[0] == "我 要 报修"
    assert [(entry["event"], entry["words"]) for entry in logs] == [("grammar_words_unknown", ["龘报修", "龘龘"])]


async def test_more_than_a_worker_can_hold_costs_that_utterance_and_no_other() -> None:
    made = PooledRecognizer(MODEL, workers=1, finish_s=10.0, max_waiting=30)
    made.open()
    async with asyncio.timeout(120):
        await made.ready()
    try:
        flood = made.start([])
        flood.feed(SILENCE_100_MS * 31)
        assert flood.lost
        with pytest.raises(RecognizerFailed, match="full"):
            made.start([])
        flood.feed(SILENCE_100_MS)  # changes nothing any more
        with pytest.raises(RecognizerFailed):
            await flood.finish()
        assert workers(made)[0]["waiting"] <= 31  # a ping may be among them
        await until(lambda: workers(made)[0]["waiting"] == 0)
        after = made.start([])
        after.feed(say("我要报修") + SILENCE_100_MS * 3)
        assert (await after.finish()).texts
        assert workers(made)[0]["restarts"] == 0
    finally:
        await made.close()


async def test_a_full_worker_gets_nothing_while_another_has_room(recognizer: PooledRecognizer) -> None:
    recognizer._workers[0].max_waiting = 0
    assert [recognizer.start([])._worker for _ in range(3)] == [recognizer._workers[1]] * 3


async def test_it_is_busy_while_every_worker_is_late(
    recognizer: PooledRecognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "HANG_SECONDS", 60.0)
    monkeypatch.setattr(worker_module, "OVERLOAD_SECONDS", 0.5)
    await until(lambda: not recognizer.busy)  # a busy machine may have made it late already
    first, second = (worker["pid"] for worker in workers(recognizer))
    os.kill(first, signal.SIGSTOP)
    recognizer.start([]).feed(SILENCE_100_MS)
    recognizer.start([]).feed(SILENCE_100_MS)
    await until(lambda: recognizer._workers[0].late(LATE_SECONDS))
    await until(lambda: not recognizer._workers[1].overloaded)
    assert not recognizer.busy  # the other one keeps up
    os.kill(second, signal.SIGSTOP)
    await until(lambda: recognizer.busy)
    for pid in (first, second):
        os.kill(pid, signal.SIGCONT)
    await until(lambda: not recognizer.busy)
    assert [worker["restarts"] for worker in workers(recognizer)] == [0, 0]


async def test_workers_that_grew_are_replaced_one_after_the_other_and_nobody_loses_a_word(
    recognizer: PooledRecognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    recognizer._finish_s = 10.0
    before = [worker["pid"] for worker in workers(recognizer)]
    at_work = recognizer.start([])  # in the first worker
    monkeypatch.setattr(worker_module, "MAX_GROWTH_MB", -1000.0)
    least = [2]

    def replaced(number: int) -> bool:
        least.append(sum(worker["ready"] for worker in workers(recognizer)))
        return bool(workers(recognizer)[number]["recycled"])

    # The first one retires, but waits for its utterance; until it is back the second one stays.
    await until(lambda: recognizer._workers[0].retiring)
    assert recognizer.start([])._worker is recognizer._workers[1]
    at_work.feed(say("我要报修") + SILENCE_100_MS * 3)
    assert (await at_work.finish()).texts
    await until(lambda: replaced(0))
    await until(lambda: workers(recognizer)[0]["pid"] != before[0] and workers(recognizer)[0]["ready"])
    monkeypatch.setattr(worker_module, "MAX_GROWTH_MB", 1e9)
    assert min(least) >= 1
    assert [worker["restarts"] for worker in workers(recognizer)] == [0, 0]
    assert workers(recognizer)[1]["pid"] == before[1]


async def test_what_is_expected_is_told_to_every_worker_once(recognizer: PooledRecognizer) -> None:
    recognizer.prepare(["我 要 报修"])
    recognizer.prepare(["我 要 报修"])
    recognizer.prepare([])
    assert [worker.grammars for worker in recognizer._workers] == [{1}, {1}]


async def test_a_missing_model_is_a_clear_failure_not_a_crash(tmp_path: Path) -> None:
    made = PooledRecognizer(tmp_path / "nothing", workers=1)
    with capture_logs() as logs:
        made.open()
        await until(lambda: any(entry["event"] == "decoder_cannot_start" for entry in logs))
        with pytest.raises(RecognizerFailed, match="no worker"):
            made.start([])
        await made.close()


def test_grammars_are_numbered_once_and_forgotten_when_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_GRAMMARS", 2)
    made = PooledRecognizer(MODEL, workers=1)
    numbers = [made._grammar_number((name,)) for name in ("a", "b", "a", "c", "b")]
    assert numbers == [1, 2, 1, 3, 4]


@pytest.mark.parametrize(
    ("grammar", "free", "texts"),
    [
        ("E 一", "E 一", ("E 一",)),
        ("E 一", "易 一", ("E 一", "易 一")),
        ("[unk]", "你好", ("你好",)),
        ("[unk] 是的", "不 是的", ("[unk] 是的", "不 是的")),
        ("[unk] [unk]", "", ()),
    ],
)
def test_the_grammar_comes_first_unless_it_heard_nothing_it_knows(
    grammar: str, free: str, texts: tuple[str, ...]
) -> None:
    assert rank(grammar, free) == texts


@settings(deadline=None)
@given(
    st.lists(st.builds(Message, st.sampled_from(Kind), st.integers(0, 2**32 - 1), st.binary(max_size=50)), max_size=8),
    st.integers(1, 40),
)
def test_the_wire_survives_any_split(messages: list[Message], size: int) -> None:
    stream = b"".join(map(encode_message, messages))
    unpacker = Unpacker()
    found = [item for start in range(0, len(stream), size) for item in unpacker.feed(stream[start : start + size])]
    assert found == messages


@pytest.mark.parametrize("raw", [b"\0\0\0\0?\0\0\0\0", b"\xff\0\0\0A\0\0\0\0"])
def test_a_broken_wire_is_an_error(raw: bytes) -> None:
    with pytest.raises(WireBroken):
        Unpacker().feed(raw)
