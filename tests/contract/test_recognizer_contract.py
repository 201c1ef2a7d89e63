"""What every recognizer does: the scripted one and Vosk in its worker processes, on real audio."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from speech.recognizers.pool import PooledRecognizer
from speech.recognizers.port import Recognition, Recognizer, RecognizerFailed
from speech.recognizers.scripted import Line, ScriptedRecognizer
from tests.unit.speech.voices import MODEL, SILENCE_100_MS, say
from tests.unit.speech.waiting import until

SENTENCE = "我要报修"
PHRASES = ["我 要 报修", "报修", "查 进度", "人工", "[unk]"]


@dataclass
class Subject:
    """A recognizer and how to break it while an utterance is at work."""

    recognizer: Recognizer
    lose: Callable[[], None]
    works_again: Callable[[], bool]


def scripted() -> Subject:
    """Choose the script by the test's name, so that both recognizers hear the same audio."""
    speech = Line("我 要 报修")
    name = os.environ["PYTEST_CURRENT_TEST"]
    if "silence" in name:
        lines = [Line("")]
    elif "lost" in name:
        lines = [Line("", after_ms=0, lost=True), speech]
    else:
        lines = [speech, speech]
    return Subject(ScriptedRecognizer(lines), lambda: None, lambda: True)


async def pooled() -> tuple[Subject, PooledRecognizer]:
    # whole clips at once on a busy machine, not a live call
    recognizer = PooledRecognizer(MODEL, workers=1, finish_s=10.0)
    recognizer.open()
    async with asyncio.timeout(120):
        await recognizer.ready()

    def worker() -> Any:
        workers: Any = recognizer.status()["workers"]
        return workers[0]

    def lose() -> None:
        os.kill(worker()["pid"], signal.SIGKILL)

    return Subject(recognizer, lose, lambda: worker()["restarts"] == 1 and worker()["ready"]), recognizer


@pytest.fixture(params=["scripted", "vosk"])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    if request.param == "scripted":
        yield scripted()
        return
    made, recognizer = await pooled()
    yield made
    await recognizer.close()


async def feed(recognition: Recognition, pcm: bytes) -> None:
    """Feed in frames as a line does, letting the loop breathe."""
    for start in range(0, len(pcm), 320):
        recognition.feed(pcm[start : start + 320])
        await asyncio.sleep(0)


@pytest.mark.parametrize("phrases", [PHRASES, []])
async def test_it_hears_what_was_said_with_and_without_a_grammar(subject: Subject, phrases: list[str]) -> None:
    recognition = subject.recognizer.start(phrases)
    await feed(recognition, say(SENTENCE) + SILENCE_100_MS * 3)
    heard = await recognition.finish()
    assert heard.texts[0].replace(" ", "") == SENTENCE
    assert not heard.degraded
    assert not recognition.lost


async def test_to_prepare_changes_nothing_but_the_time(subject: Subject) -> None:
    for phrases in (PHRASES, PHRASES, []):
        subject.recognizer.prepare(phrases)
    assert not subject.recognizer.busy
    recognition = subject.recognizer.start(PHRASES)
    await feed(recognition, say(SENTENCE) + SILENCE_100_MS * 3)
    assert (await recognition.finish()).texts[0].replace(" ", "") == SENTENCE


async def test_partials_come_while_it_is_fed(subject: Subject) -> None:
    recognition = subject.recognizer.start(PHRASES)
    assert recognition.partial() == ()
    await feed(recognition, say(SENTENCE) + SILENCE_100_MS * 6)
    await until(lambda: any("报修" in text for text in recognition.partial()))
    recognition.cancel()


async def test_silence_is_no_hypothesis(subject: Subject) -> None:
    recognition = subject.recognizer.start(PHRASES)
    await feed(recognition, SILENCE_100_MS * 15)
    assert (await recognition.finish()).texts == ()


async def test_after_cancel_nothing_hurts_and_finish_fails(subject: Subject) -> None:
    recognition = subject.recognizer.start(PHRASES)
    recognition.feed(SILENCE_100_MS)
    recognition.cancel()
    recognition.cancel()
    recognition.feed(SILENCE_100_MS)
    with pytest.raises(RecognizerFailed):
        await recognition.finish()


async def test_utterances_do_not_mix(subject: Subject) -> None:
    first, second = subject.recognizer.start(PHRASES), subject.recognizer.start(PHRASES)
    pcm = say(SENTENCE) + SILENCE_100_MS * 3
    for start in range(0, len(pcm), 320):
        first.feed(pcm[start : start + 320])
        second.feed(pcm[start : start + 320])
        await asyncio.sleep(0)
    texts = [(await recognition.finish()).texts[0].replace(" ", "") for recognition in (first, second)]
    assert texts == [SENTENCE, SENTENCE]


async def test_a_lost_one_says_so_and_the_next_utterance_works(subject: Subject) -> None:
    recognition = subject.recognizer.start(PHRASES)
    recognition.feed(SILENCE_100_MS)
    subject.lose()
    await until(lambda: recognition.lost)
    with pytest.raises(RecognizerFailed):
        await recognition.finish()
    await until(subject.works_again)
    again = subject.recognizer.start(PHRASES)
    await feed(again, say(SENTENCE) + SILENCE_100_MS * 3)
    assert (await again.finish()).texts


async def test_status_is_json(subject: Subject) -> None:
    assert json.dumps(dict(subject.recognizer.status()))


async def test_after_close_nothing_can_be_started(subject: Subject) -> None:
    await subject.recognizer.close()
    with pytest.raises(RecognizerFailed):
        subject.recognizer.start(PHRASES)
