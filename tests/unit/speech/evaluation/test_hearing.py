"""An utterance on the virtual clock, with the bundled model."""

from datetime import UTC, datetime

import numpy as np
import pytest

from speech.contract import Cause, SlotKind, SlotSpec, Timeouts
from speech.evaluation.hearing import Hearing
from speech.meaning import read_vocabulary
from speech.recognizers.vosk_worker import Decoder
from speech.slots import Slots
from tests.unit.speech.slots.samples import CODE, CONFIRM, LEXICON, PACK
from tests.unit.speech.voices import MODEL, SILENCE_100_MS, say

NOW = datetime(2026, 7, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def hearing() -> Hearing:
    return Hearing(Decoder(str(MODEL)))


@pytest.fixture(scope="module")
def slots() -> Slots:
    return Slots(PACK, read_vocabulary(MODEL))


def test_a_code_is_heard_and_its_turn_ends_soon(hearing: Hearing, slots: Slots) -> None:
    pcm = SILENCE_100_MS * 6 + say("E 零 三")
    heard = hearing.hear(pcm, CODE, LEXICON, slots, NOW)
    assert (heard.cause, heard.interpretation.value["canonical"]) == (Cause.SUCCESS, "E03")
    assert heard.texts
    assert heard.ended_ms < len(pcm) // 16 + 1000  # complete_ms, not incomplete_ms
    again = hearing.hear(pcm, CODE, LEXICON, slots, NOW)
    assert again.texts == heard.texts


def test_silence_is_no_input_and_open_listening_works(hearing: Hearing, slots: Slots) -> None:
    quiet = SlotSpec("q", SlotKind.YES_NO, timeouts=Timeouts(no_input_ms=500))
    assert hearing.hear(b"", quiet, LEXICON, slots, NOW).cause is Cause.NO_INPUT
    statement = SlotSpec("s", SlotKind.STATEMENT)
    assert hearing.hear(SILENCE_100_MS * 6 + say("我要报修"), statement, LEXICON, slots, NOW).interpretation.value[
        "text"
    ]


def test_a_noise_is_not_understood(hearing: Hearing, slots: Slots) -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 8000).astype("<i2").tobytes()
    heard = hearing.hear(SILENCE_100_MS * 20 + noise, CONFIRM, LEXICON, slots, NOW)
    assert heard.interpretation.meaning == ""
