"""Pure: what a telephone line does to a voice. Numpy in, numpy out; chance comes as a generator."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 8000
FULL_SCALE = 32767.0
STEPS = 160  # output samples for 441 of espeak-ng
WARPS = (135, 140, 144, 150, 162, 168, 175, 180, 189, 192)  # as many instead: 19 % faster to 17 % slower
Samples = NDArray[np.float32]
Chance = np.random.Generator


@dataclass(frozen=True, slots=True)
class Channel:
    """How rough the line is. coloring: share of utterances with band-pass, tilt, room; snr None: drawn from 2-35 dB.

    noisy: share of utterances with noise; loss: share with lost packets; codec "" draws one.
    """

    coloring: float = 0.6
    noisy: float = 0.85
    snr: float | None = None
    loss: float = 0.06
    clipping: float = 0.1
    echo: float = 0.08
    codec: str = ""


CLEAN = Channel(coloring=0, noisy=0, loss=0, clipping=0, echo=0, codec="mu")


def smooth(count: int) -> int:
    """Return the smallest number >= count without prime factors above 5: lengths that are fast to transform."""
    best = 1 << max(count - 1, 1).bit_length()
    fives = 1
    while fives < best:
        threes = fives
        while threes < best:
            twos = threes << max(0, (-(-count // threes) - 1).bit_length())
            best = min(best, twos)
            threes *= 3
        fives *= 5
    return best


def resample(samples: NDArray[np.int16], warp: int = STEPS, response: NDArray[np.float64] | None = None) -> Samples:
    """Return 22 050 Hz samples at 8 kHz, through the whole spectrum; the end may be padded with silence.

    warp: 160 keeps time and pitch, fewer is faster and higher (WARPS). response: gains on points from 0 to 4 kHz.
    """
    blocks = smooth(-(-len(samples) // 441))
    size, count = 441 * blocks, warp * blocks
    spectrum = np.fft.rfft(samples.astype(np.float32), size)[: count // 2 + 1]
    if response is not None:
        top = size * RATE / 2 / 22050 * (warp / STEPS)  # bins below 4 kHz of the output
        points = np.linspace(0, top, len(response))
        spectrum = spectrum * np.interp(np.arange(len(spectrum)), points, response)
    return np.asarray(np.fft.irfft(spectrum, count)[: -(-len(samples) * warp // 441)] * (count / size), np.float32)


def coloring(chance: Chance) -> NDArray[np.float64]:
    """Return a random line's gains on 257 points from 0 to 4 kHz: band-pass, tilt and a few bumps."""
    hertz = np.linspace(1e-3, RATE / 2, 257)
    order = int(chance.integers(1, 5))
    low, high = chance.uniform(120, 400), chance.uniform(2800, 3900)
    gains = 1 / np.sqrt(1 + (low / hertz) ** (2 * order)) / np.sqrt(1 + (hertz / high) ** (2 * order))
    gains *= (hertz / 1000 + 0.1) ** chance.uniform(-0.5, 0.5)
    for _ in range(int(chance.integers(0, 4))):
        center, width, decibels = chance.uniform(200, 3600), chance.uniform(100, 600), chance.uniform(-8, 8)
        gains *= 10 ** (decibels / 20 * np.exp(-(((hertz - center) / width) ** 2)))
    return np.asarray(gains)


def room(samples: Samples, chance: Chance) -> Samples:
    """Add the echo of a room of 50-400 ms."""
    length = int(chance.uniform(0.05, 0.4) * RATE)
    tail = chance.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length) * chance.uniform(0.03, 0.3)
    tail[0] = 1.0
    size = smooth(len(samples) + length)
    mixed = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(tail.astype(np.float32), size), size)
    return np.asarray(mixed[: len(samples)], np.float32)


def _colored(power: float) -> Callable[[int, Chance], Samples]:
    def make(count: int, chance: Chance) -> Samples:
        size = smooth(count)
        spectrum = np.fft.rfft(chance.standard_normal(size, np.float32))
        gains = np.maximum(np.arange(len(spectrum), dtype=np.float32), 1) ** np.float32(-power)
        return np.asarray(np.fft.irfft(spectrum * gains, size)[:count], np.float32)

    return make


def _hum(count: int, chance: Chance) -> Samples:
    seconds = np.arange(count) / RATE
    base = chance.choice((50.0, 60.0, 100.0, 120.0)) * (1 + 0.002 * chance.standard_normal())
    out = 0.1 * chance.standard_normal(count)
    for harmonic in range(1, 8):
        out += np.sin(2 * np.pi * base * harmonic * seconds + chance.uniform(0, 6)) / harmonic
    return np.asarray(out, np.float32)


def _tones(count: int, chance: Chance) -> Samples:
    out, start = np.zeros(count), 0
    while start < count:
        length = min(int(chance.uniform(0.1, 0.6) * RATE), count - start)
        seconds = np.arange(length) / RATE
        for _ in range(int(chance.integers(1, 4))):
            out[start : start + length] += np.sin(2 * np.pi * chance.uniform(150, 2000) * seconds)
        start += length
    return np.asarray(out, np.float32)


def _fan(count: int, chance: Chance) -> Samples:
    size = smooth(count)
    spectrum = np.fft.rfft(chance.standard_normal(size, np.float32))
    place = np.linspace(0, 1, len(spectrum))
    low, high = chance.uniform(0.02, 0.2), chance.uniform(0.3, 0.9)
    gains = 1 / np.sqrt(1 + (low / np.maximum(place, 1e-4)) ** 4) / np.sqrt(1 + (place / high) ** 4)
    return np.asarray(np.fft.irfft(spectrum * gains, size)[:count], np.float32)


def _clicks(count: int, chance: Chance) -> Samples:
    out = 0.02 * chance.standard_normal(count)
    for place in chance.integers(0, count, max(1, int(count / RATE * chance.uniform(1, 8)))):
        length = min(int(chance.integers(20, 200)), count - int(place))
        out[place : place + length] += chance.standard_normal(length) * np.exp(-np.arange(length) / 30)
    return np.asarray(out, np.float32)


NOISES: dict[str, Callable[[int, Chance], Samples]] = {
    "white": _colored(0), "pink": _colored(0.5), "brown": _colored(1), "hum": _hum, "tones": _tones, "fan": _fan,
    "clicks": _clicks,
}  # fmt: skip
_NOISE_SHARES = {"white": 15, "pink": 20, "brown": 10, "hum": 10, "tones": 5, "fan": 14, "clicks": 4, "babble": 22}


def babble(count: int, voices: list[Samples], chance: Chance) -> Samples:
    """Mix one to five other voices, from random places of theirs."""
    out = np.zeros(count, np.float32)
    for _ in range(int(chance.integers(1, 6))):
        voice = voices[int(chance.integers(len(voices)))]
        start = int(chance.integers(len(voice)))
        out += np.resize(np.roll(voice, -start), count) * np.float32(chance.uniform(0.3, 1))
    return out


def _level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2) + 1e-9))


def add_noise(speech: Samples, channel: Channel, voices: list[Samples], chance: Chance) -> Samples:
    """Add one sort of noise at the channel's SNR, measured over the spoken utterance; voices: others, for babble."""
    names = list(_NOISE_SHARES)
    shares = np.cumsum(list(_NOISE_SHARES.values()), dtype=float)
    name = names[int(np.searchsorted(shares / shares[-1], chance.random(), side="right"))]
    snr = chance.uniform(2, 35) if channel.snr is None else channel.snr
    if name == "babble" and voices:
        noise = babble(len(speech), voices, chance)
        snr = max(snr, 6.0) if channel.snr is None else snr  # louder others are no noise but callers
    else:
        noise = NOISES[name if name in NOISES else "pink"](len(speech), chance)
    noise = noise - noise.mean()
    return np.asarray(speech + noise * (_level(speech) / _level(noise) * 10 ** (-snr / 20)), np.float32)


def mu_law(samples: Samples) -> Samples:
    """Return the samples after G.711 mu-law and back."""
    magnitude = np.minimum(np.abs(samples), 32635) + 132
    step = 2.0 ** (np.clip(np.floor(np.log2(magnitude / 132.0)), 0, 7) + 3)
    return np.asarray(np.sign(samples) * (np.floor(magnitude / step) * step + step / 2 - 132), np.float32)


def a_law(samples: Samples) -> Samples:
    """Return the samples after G.711 A-law and back."""
    magnitude = np.minimum(np.abs(samples), FULL_SCALE)
    segment = np.where(magnitude < 256, 0, np.floor(np.log2(np.maximum(magnitude, 256) / 256)) + 1)
    step = 2.0 ** np.maximum(4, segment + 3)
    return np.asarray(np.sign(samples) * (np.floor(magnitude / step) * step + step / 2), np.float32)


def through_line(speech: Samples, channel: Channel, voices: list[Samples], chance: Chance) -> NDArray[np.int16]:
    """Return s16 samples after room, level, noise, echo of the prompt, loss, clipping and codec."""
    out = room(speech, chance) if chance.random() < 0.5 * channel.coloring else speech
    out = out * np.float32(10 ** (chance.uniform(-36, -12) / 20) * FULL_SCALE / _level(out))
    if chance.random() < channel.noisy:
        out = add_noise(out, channel, voices, chance)
    if voices and chance.random() < channel.echo:
        prompt = voices[int(chance.integers(len(voices)))][: int(len(out) * chance.uniform(0.2, 0.6))]
        length = min(len(prompt), len(out))
        out = out.copy()
        out[:length] += prompt[:length] * np.float32(
            _level(out) / _level(prompt) * 10 ** (-chance.uniform(15, 32) / 20)
        )
    if chance.random() < channel.loss:
        out = lose_packets(out, chance, int(chance.integers(1, 4)))
    if chance.random() < channel.clipping:
        ceiling = np.float32(np.max(np.abs(out)) * chance.uniform(0.2, 0.7))
        out = np.clip(out, -ceiling, ceiling)
    codec = channel.codec or str(chance.choice(("mu", "a", "none"), p=(0.4, 0.4, 0.2)))
    out = mu_law(out) if codec == "mu" else a_law(out) if codec == "a" else out
    return np.asarray(np.clip(np.round(out), -32768, 32767), np.int16)


def lose_packets(samples: Samples, chance: Chance, packets: int) -> Samples:
    """Return the samples with `packets` stretches of 20-40 ms gone silent."""
    out = samples.copy()
    for _ in range(packets):
        start = int(chance.integers(0, max(1, len(out) - 160)))
        out[start : start + int(chance.choice((160, 160, 320)))] = 0
    return out
