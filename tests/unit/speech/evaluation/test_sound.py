"""Test audio: the same for a seed, as loud and as noisy as it says."""

from pathlib import Path

import numpy as np
import pytest

from speech.evaluation import sound
from speech.evaluation.sound import LEAD_MS, Line, SoundFailed, Studio, a_law, chance_of, make_voices, through_line

VOICE = 6000 * np.sin(np.arange(8000) * 0.3)


def samples(line: Line, seed: int = 1) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    return np.frombuffer(through_line(VOICE, line, chance_of(seed)).pcm, "<i2")


@pytest.mark.parametrize("snr", ["20", "10", "5"])
def test_noise_is_as_loud_as_it_says(snr: str) -> None:
    for seed in range(8):
        heard = samples(Line(snr), seed).astype(float)
        lead = LEAD_MS * 8
        noise, spoken = np.sqrt(np.mean(heard[:lead] ** 2)), np.sqrt(np.mean(heard[lead : lead + 8000] ** 2))
        voice = np.sqrt(max(spoken**2 - noise**2, 1.0))
        assert 20 * np.log10(voice / noise) == pytest.approx(float(snr), abs=2.5)


def test_a_seed_is_a_clip_and_where_the_voice_ends_is_known() -> None:
    first, again = (through_line(VOICE, Line("10", 0.1), chance_of("a"), "m3") for _ in range(2))
    assert first == again
    assert first.ends_ms == pytest.approx(LEAD_MS + 1000, abs=2)
    assert through_line(VOICE, Line("10"), chance_of("b")).pcm != first.pcm


def test_lost_packets_are_silent() -> None:
    heard = samples(Line("10", 0.3))
    whole = heard[: heard.size // 160 * 160].reshape(-1, 160)
    silent = np.all(np.abs(whole) <= 8, axis=1)
    assert 0.1 < silent.mean() < 0.5
    assert through_line(np.zeros(0), Line(), chance_of(1)).pcm


def test_a_law_is_close() -> None:
    values = np.array([0.0, 100.0, -1000.0, 20000.0, 32767.0])
    assert np.all(np.abs(a_law(values) - values) <= np.maximum(16, np.abs(values) * 0.04))


@pytest.mark.parametrize("kind", ["white", "pink", "hum", "fan"])
def test_noises(kind: str) -> None:
    assert np.std(sound._noise(kind, 8000, np.random.default_rng(1))) > 0


def test_a_voice_of_ours_speaks_with_espeak(tmp_path: Path) -> None:
    make_voices(tmp_path)
    studio = Studio(tmp_path)
    heard = [studio.speak("E 零 三", Line(), chance_of(1), voice) for voice in ("eval03", "m3")]
    assert len(heard[0].pcm) > 16000
    assert heard[0].pcm != heard[1].pcm
    assert studio.speak("E 零 三", Line(), chance_of(1), "eval03").pcm == heard[0].pcm


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SoundFailed, match="espeak-ng"):
        Studio(tmp_path).speak("对", Line(), chance_of(1))
