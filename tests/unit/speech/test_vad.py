"""The voice detector on speech, silence and steady noise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.vad import FRAME_SAMPLES, SILENCE_DB, VAD, VADSettings, Voicing
from tests.unit.speech.voices import say

WORDS = ["对", "是的", "三", "E一", "不是", "F二八"]


def decisions(samples: np.ndarray, *, prompting: bool = False) -> list[Voicing]:
    detector = VAD()
    frames = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].astype("<i2").reshape(-1, FRAME_SAMPLES)
    return [detector.frame(frame.tobytes(), prompting=prompting) for frame in frames]


def spoken(text: str, snr_db: float, lead_s: float = 3.0, tail_s: float = 2.0) -> tuple[np.ndarray, int, int]:
    """Return speech in noise and the samples where the voice begins and ends."""
    voice = np.frombuffer(say(text), "<i2").astype(float)
    loud = np.flatnonzero(np.abs(voice) > 600)
    lead = int(lead_s * 8000)
    clean = np.concatenate([np.zeros(lead), voice, np.zeros(int(tail_s * 8000))])
    noise = np.random.default_rng(3).normal(size=len(clean))
    level = np.sqrt(np.mean(voice**2)) * 10 ** (-snr_db / 20)
    return clean + noise * level, lead + int(loud[0]), lead + int(loud[-1])


@pytest.mark.parametrize("snr_db", [60.0, 20.0, 12.0])
@pytest.mark.parametrize("text", WORDS)
def test_a_word_starts_soon_and_its_end_is_seen(text: str, snr_db: float) -> None:
    samples, begin, end = spoken(text, snr_db)
    speaking = [item.speaking for item in decisions(samples)]
    first = next(i for i, on in enumerate(speaking) if on and i * FRAME_SAMPLES > begin - 800)
    assert (first + 1) * 20 - begin / 8 <= 260
    last = max(i for i, item in enumerate(decisions(samples)) if item.voiced)
    assert abs((last + 1) * 20 - end / 8) <= 120
    assert not speaking[-1]


@pytest.mark.parametrize("level", [300.0, 3000.0])
def test_steady_noise_stops_being_voice_within_a_second(level: float) -> None:
    noise = np.random.default_rng(1).normal(size=8000 * 6) * level
    assert not any(item.voiced for item in decisions(np.clip(noise, -32000, 32000))[50:])


def test_hum_and_silence_are_no_voice() -> None:
    times = np.arange(16000) / 8000
    assert not any(item.voiced for item in decisions(np.sin(2 * np.pi * 50 * times) * 8000))
    assert not any(item.voiced for item in decisions(np.zeros(16000)))


def test_a_prompt_raises_the_gate() -> None:
    quiet_voice = np.concatenate([np.zeros(8000), np.sin(np.arange(8000) * 0.6) * 300])
    assert any(item.voiced for item in decisions(quiet_voice))
    assert not any(item.voiced for item in decisions(quiet_voice, prompting=True))


def test_long_speech_is_held_together() -> None:
    samples, begin, end = spoken("广东省佛山市顺德区容桂街道凤翔路十八号", 20.0)
    voiced = [i * 20 for i, item in enumerate(decisions(samples)) if item.voiced and begin / 8 <= i * 20 <= end / 8]
    assert max(np.diff(voiced)) < 600


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=330), max_size=40))
def test_any_bytes_give_finite_levels(frames: list[bytes]) -> None:
    detector = VAD()
    for frame in frames:
        item = detector.frame(frame)
        assert SILENCE_DB <= item.level_db <= 6.0
        assert 0 <= item.run_ms <= 400


def floor_of(levels: list[float], settings: VADSettings) -> float:
    """Return the floor as its definition says, from all the levels so far."""
    floor, steady, window = SILENCE_DB, settings.steady_ms // 20, settings.floor_window_ms // 20
    if len(levels) >= steady:
        low, middle, high = np.percentile(levels[-steady:], (5, 50, 95))
        floor = float(middle) if high - low < settings.steady_db else floor
    return max(floor, float(np.percentile(levels[-window:], 5))) if len(levels) >= window else floor


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12000), st.integers(1, 60)), min_size=1, max_size=8), st.integers(0, 9))
def test_the_floor_follows_its_definition_frame_by_frame(stretches: list[tuple[int, int]], seed: int) -> None:
    chance, detector, levels = np.random.default_rng(seed), VAD(), list[float]()
    for loud, frames in stretches:
        for _ in range(frames):
            frame = np.clip(chance.normal(0.0, loud, FRAME_SAMPLES), -32768, 32767).astype("<i2").tobytes()
            levels.append(detector.frame(frame).level_db)
            assert detector.floor_db == pytest.approx(floor_of(levels, VADSettings()), abs=1e-9)
