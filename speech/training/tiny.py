"""Trains a small network with numpy alone: fixed random layers, and a last layer by softmax regression.

It hears a few words of one voice, which is enough to prove every step and file of a build where PyTorch is not.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speech.training.features import MELS
from speech.training.generate import read_shard
from speech.training.network import SPLICE, Block, Matrix, Network, Shape
from speech.training.units import PDFS

SHAPE = Shape(width=320, bottleneck=96, ahead=3, behind=0)
_STEPS, _FRAMES, _RATE = 900, 512, 3e-3
_FIRST_DECAY, _SECOND_DECAY = 0.9, 0.999


def train(paths: Sequence[Path], seed: int, shape: Shape = SHAPE, steps: int = _STEPS) -> Network:
    """Return a network for the shards' labels; the same shards and seed give the same network."""
    chance = np.random.default_rng(seed)
    features: list[Matrix] = []
    labels: list[NDArray[np.uint8]] = []
    for path in paths:
        shard = read_shard(path)
        features += np.split(shard.features.astype(np.float32), np.cumsum(shard.lengths)[:-1])
        labels += np.split(shard.labels, np.cumsum(shard.label_lengths)[:-1])
    network = _random(shape, np.concatenate(features), chance)
    hidden = np.concatenate([network.hidden(feature) for feature in features])
    target = np.concatenate(labels)
    last, bias = _regression(hidden, target, steps, chance)
    counts = np.bincount(target, minlength=PDFS) + 10.0
    prior = np.asarray(counts / counts.sum(), np.float32)
    return Network(network.first, network.first_bias, network.blocks, last, bias, prior)


def _random(shape: Shape, frames: Matrix, chance: np.random.Generator) -> Network:
    spliced = (2 * SPLICE + 1) * MELS
    scale = np.tile(1 / frames.std(0), 2 * SPLICE + 1)
    first = chance.standard_normal((shape.width, spliced)) * scale / np.sqrt(spliced) * 2
    bias = -first @ np.tile(frames.mean(0), 2 * SPLICE + 1)
    blocks = []
    for number in range(shape.ahead + shape.behind):
        inputs = 2 * shape.width
        narrow = chance.standard_normal((shape.bottleneck, inputs)) / np.sqrt(inputs)
        sides = 2 if number < shape.ahead else 1
        wide = chance.standard_normal((shape.width, sides * shape.bottleneck)) * 2 / np.sqrt(sides * shape.bottleneck)
        blocks.append(Block(_single(narrow), _single(wide), np.zeros(shape.width, np.float32)))
    zeros = np.zeros((PDFS, shape.width), np.float32)
    return Network(_single(first), _single(bias), blocks, zeros, np.zeros(PDFS, np.float32))


def _regression(
    hidden: Matrix, target: NDArray[np.uint8], steps: int, chance: np.random.Generator
) -> tuple[Matrix, Matrix]:
    """Return matrix and bias of a softmax regression by Adam, on inputs brought to one scale."""
    mean, scale = hidden.mean(0), 1 / (hidden.std(0) + 1e-3)
    weights = np.zeros((hidden.shape[1] + 1, PDFS), np.float32)
    moment, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        rows = chance.integers(0, len(hidden), min(_FRAMES, len(hidden)))
        inputs = np.pad((hidden[rows] - mean) * scale, ((0, 0), (0, 1)), constant_values=1.0).astype(np.float32)
        scores = inputs @ weights
        shares = np.exp(scores - scores.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        shares[np.arange(len(rows)), target[rows]] -= 1
        gradient = inputs.T @ shares / len(rows)
        moment = _FIRST_DECAY * moment + (1 - _FIRST_DECAY) * gradient
        square = _SECOND_DECAY * square + (1 - _SECOND_DECAY) * gradient**2
        rate = _RATE * min(1.0, 2 * (1 - step / steps))
        weights -= (
            rate * (moment / (1 - _FIRST_DECAY**step)) / (np.sqrt(square / (1 - _SECOND_DECAY**step)) + 1e-8)
        ).astype(np.float32)
    last = weights[:-1].T * scale
    return _single(last), _single(weights[-1] - last @ mean)


def _single(values: NDArray[np.floating]) -> Matrix:
    return np.ascontiguousarray(values, np.float32)
