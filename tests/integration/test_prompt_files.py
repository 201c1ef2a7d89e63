"""Every fixed prompt as it is really synthesized: there, not too long, as loud as the others."""

import wave
from pathlib import Path

import numpy as np
import pytest

from ops.stack.texts import fallback_texts, flow_texts
from speech.contract import prompt_file
from speech.synthesizers.bulk import Wanted, make_missing
from speech.synthesizers.espeak import EspeakSynthesizer

_LONGEST_S = 12.0  # design 5: no prompt segment over 12 s
_LOUDNESS_DB = (-20.0, 2.0)


def wanted() -> list[Wanted]:
    flows = [Wanted(str(row["key"]), str(row["text"]), 1.0) for row in flow_texts() if row["rate"] == 1.0]
    return flows + [Wanted(key, text) for key, text in fallback_texts().items()]


@pytest.mark.timeout(300)
async def test_every_prompt_is_short_enough_and_evenly_loud(tmp_path: Path) -> None:
    prompts = wanted()
    assert await make_missing(prompts, EspeakSynthesizer(tmp_path), tmp_path, lambda _done, _total: None) == []
    too_long, uneven = [], []
    for prompt in prompts:
        with wave.open(str(prompt_file(tmp_path, prompt.text, 1.0))) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64)
        seconds = samples.size / 8000
        if seconds > _LONGEST_S:
            too_long.append((prompt.key, round(seconds, 1)))
        voiced = samples[np.abs(samples) > 300]
        level = 20 * np.log10(np.sqrt(np.mean(voiced * voiced)) / 32768) if voiced.size else -99.0
        if seconds > 1.0 and abs(level - _LOUDNESS_DB[0]) > 2 * _LOUDNESS_DB[1]:
            uneven.append((prompt.key, round(float(level), 1)))
    assert too_long == []
    assert uneven == []
