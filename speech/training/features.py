"""Pure: Kaldi's log-mel energies and MFCC in numpy, and the label of every output frame.

The network is trained on log-mel energies (masks over frequency make sense there). Vosk computes MFCC; the matrix from
one to the other is invertible and is folded into the first layer when the model is written.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from speech.training.alignment import Segment
from speech.training.units import UNIT_NUMBER

SAMPLE_RATE = 8000
MELS = 40
LOW_HZ, HIGH_HZ = 40.0, 3800.0
FRAME, SHIFT, FFT = 200, 80, 256  # 25 ms, 10 ms
SUBSAMPLING = 3  # Vosk counts 0.03 s a decoder frame
_PREEMPHASIS = 0.97
_LIFTER = 22.0
_SMALLEST = float(np.finfo(np.float32).eps)

Floats = NDArray[np.float32]


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(hertz / 700.0))


def _banks() -> Floats:
    low, high = _mel(np.array([LOW_HZ, HIGH_HZ]))
    step = (high - low) / (MELS + 1)
    bins = _mel(np.arange(FFT // 2) * SAMPLE_RATE / FFT)
    left = low + step * np.arange(MELS)[:, None]
    weights = np.minimum((bins - left) / step, (left + 2 * step - bins) / step)
    return np.asarray(np.maximum(weights, 0.0), np.float32)


def _window() -> Floats:
    angle = 2 * np.pi / (FRAME - 1) * np.arange(FRAME)
    return np.asarray((0.5 - 0.5 * np.cos(angle)) ** 0.85, np.float32)


def _cepstra() -> NDArray[np.float64]:
    rows = np.arange(MELS)[:, None]
    matrix = np.sqrt(2.0 / MELS) * np.cos(np.pi / MELS * (np.arange(MELS) + 0.5) * rows)
    matrix[0] = np.sqrt(1.0 / MELS)
    lifter = 1.0 + 0.5 * _LIFTER * np.sin(np.pi * np.arange(MELS) / _LIFTER)
    return np.asarray(matrix * lifter[:, None])


BANKS = _banks()
WINDOW = _window()
MFCC_OF_MEL = _cepstra()  # mfcc = MFCC_OF_MEL @ mel
MEL_OF_MFCC = np.linalg.inv(MFCC_OF_MEL)


def log_mel(samples: NDArray[np.float32]) -> Floats:
    """Return (frames, 40) log-mel energies of 8 kHz samples at int16 scale, as Kaldi computes them without dither."""
    count = 1 + (len(samples) - FRAME) // SHIFT if len(samples) >= FRAME else 0
    if count <= 0:
        return np.zeros((0, MELS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::SHIFT][:count].astype(np.float32)
    frames = frames - frames.mean(axis=1, keepdims=True)
    shifted = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    frames = (frames - _PREEMPHASIS * shifted) * WINDOW
    spectrum = np.fft.rfft(frames, FFT)[:, : FFT // 2]
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    energies: Floats = np.log(np.maximum(power @ BANKS.T, _SMALLEST))
    return energies


def mfcc(samples: NDArray[np.float32]) -> Floats:
    """Return (frames, 40) MFCC as Vosk computes them with the model's mfcc.conf."""
    return np.asarray(log_mel(samples) @ MFCC_OF_MEL.T, np.float32)


def output_frames(frames: int) -> int:
    """Return how many outputs the network gives for `frames` feature frames."""
    return (frames + SUBSAMPLING - 1) // SUBSAMPLING


def labels(segments: Sequence[Segment], frames: int) -> NDArray[np.uint8]:
    """Return the pdf of each output frame: 2 * unit for the first frame of a segment, 2 * unit + 1 for the others.

    segments are contiguous from 0 s on; times beyond the last are its unit.
    """
    centers = np.arange(output_frames(frames)) * (SUBSAMPLING * SHIFT / SAMPLE_RATE) + FRAME / SAMPLE_RATE / 2
    ends = np.array([segment.end for segment in segments])
    index = np.minimum(np.searchsorted(ends, centers, "right"), len(segments) - 1)
    units = np.array([UNIT_NUMBER[segment.unit] for segment in segments])[index]
    first = np.ones(len(index), bool)
    first[1:] = index[1:] != index[:-1]
    return np.asarray(2 * units + np.where(first, 0, 1), np.uint8)
