"""`./hotline bench vad`: where speech begins and ends, and what noise is taken for speech, beside WebRTC's detector."""

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from speech.evaluation.cases import GAS, NO, YES
from speech.evaluation.figures import percentile, table
from speech.evaluation.sound import LEAD_MS, SNRS, SPEEDS, TAIL_MS, Line, Studio, chance_of, make_voices, through_line
from speech.vad import FRAME_MS, VAD, VADSettings

_FRAME_BYTES = 320
_NOISE_S, _SILENCE_S = 30, 2
_NOISES_EACH = 8
_KNOWN = 4  # leads of noise before the sentence's own
_DIGITS = "零幺二三四五六七八九"
Say = Callable[[str], None]
Detector = Callable[[bytes], bool]  # takes 20 ms, tells whether somebody is speaking


class DetectorMissing(Exception):
    """The other detector is not in the folder named; the message says so."""


class _Frames(Protocol):
    def is_speech(self, buf: bytes, sample_rate: int) -> bool: ...


@dataclass(slots=True)
class Figures:
    """What a detector made of one condition; milliseconds. early: speech told before anybody spoke."""

    onsets: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    missed: int = 0
    early: int = 0
    torn: int = 0  # silent within the sentence for longer than the shortest timer of a turn
    noise_s: float = 0.0  # told as speech, of all noise
    frames: int = 0
    seconds: float = 0.0


def detectors(webrtc: Path | None) -> Mapping[str, Callable[[], Detector]]:
    """Return makers of detectors by name; raises DetectorMissing."""
    found: dict[str, Callable[[], Detector]] = {"ours": _ours}
    if webrtc is not None:
        sys.path.insert(0, str(webrtc))
        try:
            import webrtcvad  # type: ignore[import-not-found, import-untyped, unused-ignore]  # the folder's
        except ImportError as error:
            raise DetectorMissing(f"no webrtcvad in {webrtc}: pip install --target it there") from error
        finally:
            sys.path.pop(0)
        for mode in range(4):
            found[f"WebRTC, mode {mode}"] = lambda mode=mode: smoothed(webrtcvad.Vad(mode))  # type: ignore[misc]
    return found


def _ours() -> Detector:
    vad = VAD()
    return lambda pcm: vad.frame(pcm).speaking


def smoothed(frames: _Frames, settings: VADSettings | None = None) -> Detector:
    """Return the detector of single frames with our rule of what begins and ends speech, so that both keep one."""
    rule = settings or VADSettings()
    window: list[bool] = []
    state = {"speaking": False, "quiet": 0}

    def speaking(pcm: bytes) -> bool:
        voiced = frames.is_speech(pcm, 8000)
        window.append(voiced)
        del window[: -rule.window_ms // FRAME_MS]
        state["quiet"] = 0 if voiced else state["quiet"] + FRAME_MS
        begun = voiced and sum(window) * FRAME_MS >= rule.start_ms
        state["speaking"] = state["quiet"] < rule.stop_ms if state["speaking"] else begun
        return bool(state["speaking"])

    return speaking


def measure(webrtc: Path | None, studio: Path, n: int, seed: int, say: Say) -> dict[str, Any]:
    """Let every detector hear the same audio; returns its figures by detector and condition, JSON-ready."""
    makers = detectors(webrtc)
    make_voices(studio)
    speaker = Studio(studio)
    rows: dict[tuple[str, str], Figures] = {(name, snr): Figures() for name in makers for snr in SNRS}
    speeds = tuple(SPEEDS)
    for snr in SNRS:
        for number in range(n):
            chance = chance_of(seed, "vad", snr, number)
            said = _sentence(chance)
            utterance = speaker.speak(said, Line(snr, speed=speeds[number % len(speeds)]), chance)
            for name, make in makers.items():
                heard(rows[name, snr], make(), utterance.pcm, utterance.ends_ms)
        for number in range(_NOISES_EACH):
            silent = through_line(np.zeros(_NOISE_S * 8000), Line(snr), chance_of(seed, "noise", snr, number))
            pcm = bytes(_SILENCE_S * 16000) + silent.pcm  # it begins at once, as a fan does
            for name, make in makers.items():
                mistaken(rows[name, snr], make(), pcm)
        say(f"{snr}: {n} sentences, {_NOISES_EACH} noises")
    return {"rows": [row_of(name, snr, found) for (name, snr), found in rows.items()]}


def _sentence(chance: Any) -> str:
    return str(chance.choice((
        chance.choice((*YES, *NO)), chance.choice(GAS), "".join(chance.choice(_DIGITS) for _ in range(11)),
        f"故障代码E{chance.choice(_DIGITS)}{chance.choice(_DIGITS)}",
    )))  # fmt: skip


def heard(found: Figures, detector: Detector, pcm: bytes, ends_ms: int) -> None:
    """Add what a detector makes of a sentence that begins after LEAD_MS and ends at `ends_ms`."""
    lead, tail = pcm[: LEAD_MS * 16], pcm[-TAIL_MS * 16 :]
    known = list(_told(found, detector, lead * _KNOWN))  # the line has been open for a while
    told = list(_told(found, detector, pcm + tail))
    found.early += any((*known[-(LEAD_MS // FRAME_MS) :], *told[: LEAD_MS // FRAME_MS]))
    within = told[LEAD_MS // FRAME_MS : ends_ms // FRAME_MS]
    if True not in within:
        found.missed += 1
        return
    first = within.index(True)
    found.onsets.append((first + 1) * FRAME_MS)
    found.torn += _longest_gap(within[first:]) * FRAME_MS > 600
    behind = told[ends_ms // FRAME_MS :]
    found.ends.append((behind.index(False) if False in behind else len(behind)) * FRAME_MS)


def mistaken(found: Figures, detector: Detector, pcm: bytes) -> None:
    """Add what a detector takes for speech where nobody speaks."""
    found.noise_s += sum(_told(found, detector, pcm)) * FRAME_MS / 1000


def _told(found: Figures, detector: Detector, pcm: bytes) -> Iterable[bool]:
    whole = len(pcm) - len(pcm) % _FRAME_BYTES
    begun = time.process_time()
    told = [detector(pcm[at : at + _FRAME_BYTES]) for at in range(0, whole, _FRAME_BYTES)]
    found.seconds += time.process_time() - begun
    found.frames += len(told)
    return told


def _longest_gap(told: Sequence[bool]) -> int:
    longest = run = 0
    for speaking in told:
        run = 0 if speaking else run + 1
        longest = max(longest, run)
    return longest


def row_of(name: str, snr: str, found: Figures) -> dict[str, Any]:
    """Return one line of the report."""
    return {
        "detector": name, "snr": snr, "n": len(found.onsets) + found.missed, "missed": found.missed,
        "early": found.early, "torn": found.torn,
        "onset_p50_ms": round(percentile(found.onsets, 0.5)), "onset_p95_ms": round(percentile(found.onsets, 0.95)),
        "end_p50_ms": round(percentile(found.ends, 0.5)), "end_p95_ms": round(percentile(found.ends, 0.95)),
        "noise_as_speech_s_a_minute": round(found.noise_s / (_NOISES_EACH * _NOISE_S / 60), 1),
        "us_a_frame": round(found.seconds / found.frames * 1e6) if found.frames else 0,
    }  # fmt: skip


def written(report: Mapping[str, Any]) -> str:
    """Return the report as a Markdown table."""
    rows = report["rows"]
    return table(list(rows[0]), (list(row.values()) for row in rows))
