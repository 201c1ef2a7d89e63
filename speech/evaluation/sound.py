"""Test audio: espeak-ng voices held out from training, through a telephone line with noise and lost packets.

Everything follows from a case's own random generator: with one espeak-ng and sox a seed is the same set everywhere.
"""

import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speech.synthesizers.pronunciation import spoken_form

RATE = 8000
FRAME = 160
MANDARIN = "cmn-latn-pinyin"
# Voices that speech/training never uses; ten more are made at random from fixed seeds, within the human range.
STOCK_VOICES = ("m3", "m7", "f4", "Andy", "linda")
RANDOM_VOICES = tuple(f"eval{number:02d}" for number in range(10))
VOICES = (*STOCK_VOICES, *RANDOM_VOICES)
SPEEDS = {"slow": (115, 140), "normal": (145, 175), "fast": (180, 210)}  # words a minute
SNRS = ("clean", "20", "10", "5")
LOSSES = (0.0, 0.03)  # share of 20 ms packets that never come
LEAD_MS, TAIL_MS = 700, 400
_NOISES = ("white", "pink", "hum", "fan")
_TIMEOUT_S = 20

Samples = NDArray[np.float64]


class SoundFailed(Exception):
    """espeak-ng or sox is missing or failed; the message says which."""


@dataclass(frozen=True, slots=True)
class Line:
    """One condition. snr: "clean" or decibels; loss: share of packets lost; speed: a key of SPEEDS."""

    snr: str = "clean"
    loss: float = 0.0
    speed: str = "normal"


@dataclass(frozen=True, slots=True)
class Utterance:
    """8 kHz s16le audio with line noise before and behind; the voice ends at ends_ms."""

    pcm: bytes
    ends_ms: int
    voice: str


def chance_of(*parts: object) -> random.Random:
    """Return the random generator of what `parts` name: the same for the same parts."""
    return random.Random(" ".join(map(str, parts)))  # noqa: S311  # test audio, nothing secret


class Studio:
    """Speaks cases. folder: where `make_voices` put espeak-ng's data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def speak(self, text: str, line: Line, chance: random.Random, voice: str = "") -> Utterance:
        """Return `text` (hanzi, letters) as a caller says it over `line`; raises SoundFailed."""
        voice = voice or chance.choice(VOICES)
        low, high = SPEEDS[line.speed]
        manner = ("-s", str(chance.randint(low, high)), "-p", str(chance.randint(25, 75)))
        wav = _run(
            ("espeak-ng", f"--path={self._folder}", "-v", f"{MANDARIN}+{voice}", *manner, "--stdin", "--stdout"),
            spoken_form(text).encode(),
        )
        raw = _run(  # -D: dither is random
            ("sox", "-V1", "-D", "--ignore-length", "-v", "0.6", "-t", "wav", "-",
             "-t", "raw", "-r", str(RATE), "-e", "signed-integer", "-b", "16", "-c", "1", "-"), wav,
        )  # fmt: skip
        return through_line(np.frombuffer(raw, "<i2").astype(np.float64), line, chance, voice)


def through_line(voice: Samples, line: Line, chance: random.Random, name: str = "") -> Utterance:
    """Return a voice at a telephone's level with noise, packet loss and A-law; silence around it gets the noise too."""
    voiced = np.flatnonzero(np.abs(voice) > 200)
    spoken = voice[voiced[0] : voiced[-1] + 1] if voiced.size else voice
    level = 10 ** (chance.uniform(-28, -16) / 20) * 32768
    spoken = spoken * (level / max(_rms(spoken), 1.0))
    lead, tail = LEAD_MS * RATE // 1000, TAIL_MS * RATE // 1000
    whole = np.concatenate([np.zeros(lead), spoken, np.zeros(tail)])
    # Nobody's line is quite silent: "clean" is 45 dB.
    snr = 45.0 if line.snr == "clean" else float(line.snr)
    kind = "white" if line.snr == "clean" else chance.choice(_NOISES)
    noise = _noise(kind, whole.size, np.random.default_rng(chance.getrandbits(32)))
    whole = whole + noise * (level / _rms(noise) * 10 ** (-snr / 20))
    whole = _lose(whole, line.loss, chance)
    pcm = a_law(np.clip(whole, -32768, 32767)).astype("<i2").tobytes()
    return Utterance(pcm, (lead + spoken.size) * 1000 // RATE, name)


def a_law(samples: Samples) -> Samples:
    """Return the samples after G.711 A-law and back."""
    magnitude = np.minimum(np.abs(samples), 32767.0)
    segment = np.where(magnitude < 256, 0, np.floor(np.log2(np.maximum(magnitude, 256) / 256)) + 1)
    step = 2.0 ** np.maximum(4, segment + 3)
    return np.asarray(np.sign(samples) * (np.floor(magnitude / step) * step + step / 2))


def _lose(samples: Samples, share: float, chance: random.Random) -> Samples:
    out = samples.copy()
    for start in range(0, out.size, FRAME):
        if share and chance.random() < share:
            out[start : start + FRAME] = 0
    return out


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2))) if samples.size else 1.0


def _noise(kind: str, count: int, chance: np.random.Generator) -> Samples:
    white = chance.standard_normal(count)
    if kind == "white":
        return white
    if kind == "hum":
        seconds = np.arange(count) / RATE
        tones = sum(np.sin(2 * np.pi * 50 * harmonic * seconds) / harmonic for harmonic in range(1, 12))
        return np.asarray(tones + 0.1 * white)
    spectrum = np.fft.rfft(white)
    power = 0.5 if kind == "pink" else 1.0
    shaped = np.fft.irfft(spectrum / np.maximum(np.arange(spectrum.size), 20.0) ** power, count)
    return np.asarray(shaped)


# ---- voices ----


def make_voices(folder: Path) -> None:
    """Copy espeak-ng's data into `folder` and add the random voices; the installed data is left alone."""
    target = folder / "espeak-ng-data"
    shutil.copytree(_installed_data(), target, ignore=shutil.ignore_patterns("mb"))
    for number, name in enumerate(RANDOM_VOICES):
        (target / "voices" / "!v" / name).write_text(_variant(name, chance_of("voice", number)), "utf-8")


def _variant(name: str, chance: random.Random) -> str:
    """Return a voice variant: length of the vocal tract, pitch, formants, breath, as human beings differ."""
    tract = chance.uniform(0.9, 1.2)
    low = chance.uniform(140, 240) if tract > 1.05 else chance.uniform(75, 135)
    lines = ["language variant", f"name {name}", f"pitch {low:.0f} {low * chance.uniform(1.2, 1.7):.0f}"]
    for formant in range(8):
        place = 100 * tract * chance.gauss(1, 0.04)
        lines.append(f"formant {formant} {place:.0f} {chance.uniform(70, 130):.0f} {chance.uniform(80, 150):.0f}")
    lines.append(f"flutter {chance.randint(0, 5)}")
    lines.append(f"roughness {chance.randint(0, 3)}")
    return "\n".join(lines) + "\n"


def _installed_data() -> Path:
    for folder in [*sorted(Path("/usr/lib").glob("*/espeak-ng-data")), Path("/usr/share/espeak-ng-data")]:
        if (folder / "phontab").exists():
            return folder
    raise SoundFailed("espeak-ng's data is not installed")


def _run(arguments: tuple[str, ...], data: bytes) -> bytes:
    try:
        done = subprocess.run(arguments, input=data, capture_output=True, timeout=_TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise SoundFailed(f"{arguments[0]}: {type(error).__name__}") from error
    return done.stdout
