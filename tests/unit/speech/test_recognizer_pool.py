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
from speech.recognizers.pool import PooledRecognizer
from speech.recognizers.port import RecognizerFailed, rank
from speech.recognizers.wire import Kind, Message, Unpacker, WireBroken, encode_message
from tests.unit.speech.voices import MODEL, SILENCE_100_MS, say
from tests.unit.speech.waiting import until


@pytest.fixture
async def recognizer() -> AsyncIterator[PooledRecognizer]:
    made = PooledRecognizer(MODEL, workers=2)
    made.open()
    async with asyncio.timeout(30):
        await made.ready()
    yield made
    await made.close()


def workers(recognizer: PooledRecognizer) -> list[dict[str, Any]]:
    found: Any = recognizer.status()["workers"]
    return list(found)


async def test_utterances_are_spread_and_a_hung_worker_costs_only_its_own(
    recognizer: PooledRecognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FINISH_SECONDS", 1.8)  # within HANG_SECONDS; the machine may be busy
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
    await until(lambda: all(worker["ready"] for worker in workers(recognizer)), 20)
    assert [worker["restarts"] for worker in workers(recognizer)] == [1, 0]


async def test_a_worker_that_freezes_with_nothing_to_do_is_replaced_too(recognizer: PooledRecognizer) -> None:
    before = [worker["pid"] for worker in workers(recognizer)]
    os.kill(before[0], signal.SIGSTOP)
    await until(lambda: workers(recognizer)[0]["failure"] == "hung")
    assert recognizer.start([])  # the other one takes what comes meanwhile
    assert [worker["utterances"] for worker in workers(recognizer)] == [0, 1]
    await until(lambda: all(worker["ready"] for worker in workers(recognizer)), 20)
    assert workers(recognizer)[0]["pid"] != before[0]
    assert workers(recognizer)[1]["pid"] == before[1]


async def test_a_worker_that_is_behind_is_not_taken_for_a_hung_one() -> None:
    worker = module._Worker(0, MODEL)
    now = asyncio.get_running_loop().time()
    worker._unanswered = [now - 60, now - 59]
    worker._answered_at = now - 0.5
    assert worker.late(module.LATE_SECONDS)
    assert not worker.hung()
    worker._answered_at = now - module.HANG_SECONDS - 0.1
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
    monkeypatch.setattr(module, "FINISH_SECONDS", 10.0)
    monkeypatch.setattr(module, "HANG_SECONDS", 10.0)
    with capture_logs() as logs:
        recognition = recognizer.start(["我 要 龘报修", "我 要 报修", "龘龘"])
        recognition.feed(say("我要报修") + SILENCE_100_MS * 3)
        heard = await recognition.finish()
    assert heard.texts[0] == "我 要 报修"
    assert [(entry["event"], entry["words"]) for entry in logs] == [("grammar_words_unknown", ["龘报修", "龘龘"])]


async def test_a_missing_model_is_a_clear_failure_not_a_crash(tmp_path: Path) -> None:
    made = PooledRecognizer(tmp_path / "nothing", workers=1)
    with capture_logs() as logs:
        made.open()
        await until(lambda: any(entry["event"] == "decoder_cannot_start" for entry in logs), 20)
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
