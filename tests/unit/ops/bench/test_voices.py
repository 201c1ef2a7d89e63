"""What the benchmark of voice detectors counts: beginnings, ends, gaps, and noise told as speech."""

from pathlib import Path

import pytest

from ops.bench.voices import DetectorMissing, Figures, detectors, heard, mistaken, row_of, smoothed
from speech.evaluation.sound import LEAD_MS, TAIL_MS

FRAME = bytes(320)
VOICED = b"\x01" * 320


class Marked:
    """A detector of single frames that hears what is marked as voiced."""

    def is_speech(self, buf: bytes, sample_rate: int) -> bool:
        assert sample_rate == 8000
        return buf == VOICED


def audio(*parts: tuple[bytes, int]) -> bytes:
    return b"".join(frame * (ms // 20) for frame, ms in parts)


def sentence(*parts: tuple[bytes, int]) -> tuple[bytes, int]:
    pcm = audio((FRAME, LEAD_MS), *parts, (FRAME, TAIL_MS))
    return pcm, LEAD_MS + sum(ms for _, ms in parts)


def test_beginning_and_end_are_counted_from_the_voice_itself() -> None:
    found = Figures()
    heard(found, smoothed(Marked()), *sentence((VOICED, 1000)))
    assert (found.onsets, found.ends) == ([100.0], [180.0])
    assert (found.missed, found.early, found.torn) == (0, 0, 0)


def test_a_sentence_that_is_not_noticed_is_missed() -> None:
    found = Figures()
    heard(found, smoothed(Marked()), *sentence((VOICED, 80)))
    assert (found.missed, found.onsets) == (1, [])


def test_a_gap_longer_than_the_shortest_timer_tears_a_sentence() -> None:
    found = Figures()
    heard(found, smoothed(Marked()), *sentence((VOICED, 400), (FRAME, 700), (VOICED, 400)))
    heard(found, smoothed(Marked()), *sentence((VOICED, 400), (FRAME, 1000), (VOICED, 400)))
    assert found.torn == 1  # the first is told as silent for 600 ms only


def test_who_is_told_to_speak_before_anybody_does_is_early() -> None:
    found = Figures()
    heard(found, lambda _: True, *sentence((VOICED, 400)))
    assert found.early == 1


def test_noise_that_is_told_as_speech_is_counted_in_seconds() -> None:
    found = Figures()
    mistaken(found, smoothed(Marked()), audio((FRAME, 1000), (VOICED, 700), (FRAME, 500)))
    assert found.noise_s == pytest.approx(0.6 + 0.02 + 0.18)
    assert row_of("ours", "20", found)["noise_as_speech_s_a_minute"] == 0.2


def test_a_folder_without_the_other_detector_is_told(tmp_path: Path) -> None:
    assert list(detectors(None)) == ["ours"]
    with pytest.raises(DetectorMissing, match="no webrtcvad"):
        detectors(tmp_path)
