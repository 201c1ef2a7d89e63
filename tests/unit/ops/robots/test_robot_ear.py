"""Ears and tones: prompts begin and end, silence is measured, the agent's sign is told from speech."""

import numpy as np
import pytest

from ops.robots.ear import Ear, is_marker, is_voiced, marker
from ops.robots.tones import tones
from ops.robots.voice import add_noise, noise

_TONE = (8000 * np.sin(2 * np.pi * 300 * np.arange(160) / 8000)).astype("<i2").tobytes()
_QUIET = bytes(320)


def feed(ear: Ear, pcm: bytes, start: int, end: int) -> None:
    for at in range(start, end, 20):
        ear.hear(pcm, at)


def test_a_prompt_ends_after_its_pause_not_within() -> None:
    ear = Ear()
    feed(ear, _TONE, 0, 1000)
    feed(ear, _QUIET, 1000, 1400)
    within = (ear.in_prompt, ear.prompts_ended)
    feed(ear, _TONE, 1400, 2000)
    feed(ear, _QUIET, 2000, 2800)
    assert within == (True, 0)
    assert (ear.in_prompt, ear.prompts_ended, ear.prompt_start) == (False, 1, 0)


def test_silence_counts_only_when_neither_side_makes_sound() -> None:
    ear = Ear()
    feed(ear, _TONE, 0, 1000)
    feed(ear, _QUIET, 1000, 3000)
    ear.said(3000)
    feed(ear, _QUIET, 3020, 5000)
    assert ear.longest_silence_ms == pytest.approx(2020, abs=40)


def test_first_voice_after_a_moment() -> None:
    ear = Ear()
    feed(ear, _TONE, 0, 500)
    assert ear.first_voice_after(600) is None
    feed(ear, _QUIET, 500, 1500)
    feed(ear, _TONE, 1500, 1600)
    assert ear.first_voice_after(600) == 1500


def test_how_long_sound_went_on_after_barge_in() -> None:
    ear = Ear()
    feed(ear, _TONE, 0, 1300)
    feed(ear, _QUIET, 1300, 2000)
    assert ear.silent_since(1000) == 280
    assert ear.silent_since(1900) is None


def test_the_agents_sign_is_no_voice_and_no_key() -> None:
    sign = marker()
    assert all(is_marker(sign[at : at + 320]) for at in range(0, 3200, 320))
    for other in (_TONE, tones("5")[2000:2320], noise(0.02, 5000), _QUIET, b"\0\0"):
        assert not is_marker(other)
    ear = Ear()
    feed(ear, sign[:320], 0, 100)
    assert ear.agent_greeted


def test_tones_are_keys_only() -> None:
    assert len(tones("12")) == 2 * 8000 * (120 * 2 + 120 * 3) // 1000
    with pytest.raises(ValueError, match="substring"):
        tones("x")


def test_noise_has_the_wanted_ratio() -> None:
    clean = np.frombuffer(_TONE * 50, dtype="<i2").astype(float)
    dirty = np.frombuffer(add_noise(_TONE * 50, 10.0), dtype="<i2").astype(float)
    ratio = 10 * np.log10(np.mean(clean**2) / np.mean((dirty - clean) ** 2))
    assert ratio == pytest.approx(10.0, abs=0.7)
    assert is_voiced(noise(0.02))
    assert not is_voiced(b"")
