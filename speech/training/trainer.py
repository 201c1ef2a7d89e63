"""Trains the network with CPU PyTorch on the shards' labels: cross-entropy, spectral masks, averaged weights."""

import math
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from speech.training.features import MELS, SUBSAMPLING, output_frames
from speech.training.generate import read_shard
from speech.training.module import Module, folded, weights
from speech.training.network import Network, Shape
from speech.training.units import PDFS

_IGNORED = -100
_AVERAGE = 0.998
_PEAK_RATE, _WEIGHT_DECAY, _LARGEST_GRADIENT = 3e-3, 1e-3, 5.0
_DEV_EVERY = 100  # one utterance in so many is kept for the dev figure
_WARM_SHARE = 0.1
_LONGEST_STEP_S = 600  # of the slowest process


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and on how much. batch: utterances a step; threads: processes that share each batch; minutes: at most
    so long, the rate then falls by the clock and a run does not repeat; 0: as long as the epochs take.
    """

    shape: Shape
    epochs: float
    batch: int = 40
    threads: int = 2
    seed: int = 1
    minutes: float = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the training is. accuracy: share of dev frames with the right pdf, the right unit; None: not measured."""

    step: int
    steps: int
    loss: float
    seconds: float
    accuracy: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class _Data:
    features: list[NDArray[np.float16]]
    labels: list[NDArray[np.uint8]]


def _load(paths: Sequence[Path]) -> _Data:
    data = _Data([], [])
    for path in paths:
        shard = read_shard(path)
        data.features.extend(np.split(shard.features, np.cumsum(shard.lengths)[:-1]))
        data.labels.extend(np.split(shard.labels, np.cumsum(shard.label_lengths)[:-1]))
    return data


@dataclass(frozen=True, slots=True)
class _Lesson:
    """What every process learns from. use, dev: numbers of utterances to train and to measure on."""

    data: _Data
    use: NDArray[np.int64]
    dev: list[int]
    plan: Plan


def train(paths: Sequence[Path], plan: Plan, report: Callable[[Progress], None]) -> Network:
    """Train on the shards and return the network with averaged weights; report is told every hundred steps.

    Raises TrainingFailed when one of the processes ends early.
    """
    torch.set_num_threads(1)
    torch.manual_seed(plan.seed)
    data = _load(paths)
    dev = list(range(0, len(data.features), _DEV_EVERY))
    use = np.array([number for number in range(len(data.features)) if number % _DEV_EVERY])
    module = Module(plan.shape)
    sample = np.concatenate([data.features[number] for number in use[:2000]]).astype(np.float32)
    module.mean.data = torch.from_numpy(sample.mean(0))
    module.scale.data = torch.from_numpy(1 / sample.std(0))
    _together(module, _Lesson(data, use, dev, plan), report)
    counts = np.bincount(np.concatenate([data.labels[number] for number in use]), minlength=PDFS) + 10.0
    return folded(module, counts / counts.sum())


class TrainingFailed(Exception):
    """A process of the training ended before the others."""


class _Exchange:
    """Gives every process the mean of all processes' gradients. Two buffers in turn: who is a step ahead writes the
    other one, and nobody can be two steps ahead.
    """

    def __init__(self, module: Module, crew: int) -> None:
        size = sum(item.numel() for item in weights(module))
        self._shared = torch.zeros(2, crew, size).share_memory_()
        self._share = torch.zeros(2, dtype=torch.float64).share_memory_()
        self._barrier = multiprocessing.get_context("fork").Barrier(crew)

    def mean(self, module: Module, rank: int, step: int, share: float) -> float:
        """Replace the module's gradients by the mean; returns the first process's share of the training done.

        Raises threading.BrokenBarrierError when a process is gone.
        """
        here = self._shared[step % 2]
        if rank == 0:
            self._share[step % 2] = share
        here[rank] = torch.cat([item.grad.flatten() for item in weights(module)])
        self._barrier.wait(_LONGEST_STEP_S)
        mean, start = here.mean(0), 0
        for item in weights(module):
            item.grad.copy_(mean[start : start + item.numel()].view_as(item))
            start += item.numel()
        return float(self._share[step % 2])

    def leave(self) -> None:
        """Let the others know that this process will not come again."""
        self._barrier.abort()


def _together(module: Module, lesson: _Lesson, report: Callable[[Progress], None]) -> None:
    """Run all steps in `plan.threads` processes, each with its part of every batch; this one is the first of them.

    Processes and not threads: threads meet within every operation, and on a shared machine each waits for the slowest.
    """
    exchange = _Exchange(module, lesson.plan.threads)

    def help_out(rank: int) -> None:
        arrived = False
        try:
            _steps(module, replace(lesson, dev=[]), lambda _progress: None, exchange, rank)
            arrived = True
        finally:
            if not arrived:
                exchange.leave()

    context = multiprocessing.get_context("fork")
    crew = [context.Process(target=help_out, args=(rank,), daemon=True) for rank in range(1, lesson.plan.threads)]
    for process in crew:
        process.start()
    try:
        _steps(module, lesson, report, exchange, 0)
    except threading.BrokenBarrierError as error:
        raise TrainingFailed("a process of the training ended early or stood still") from error
    for process in crew:
        process.join()


def _steps(module: Module, lesson: _Lesson, report: Callable[[Progress], None], exchange: _Exchange, rank: int) -> None:
    """Run all steps with this process's part of every batch; module ends with the averaged weights."""
    plan = lesson.plan
    order, chance = np.random.default_rng(plan.seed), np.random.default_rng([plan.seed, rank])
    total = max(1, round(plan.epochs * (len(lesson.use) // plan.batch)))
    optimizer = torch.optim.AdamW(weights(module), _PEAK_RATE, weight_decay=_WEIGHT_DECAY)
    average = torch.optim.swa_utils.AveragedModel(module, multi_avg_fn=_blend, use_buffers=True)
    begun, losses = time.monotonic(), 0.0
    for step, numbers in enumerate(_batches(lesson, order, total), 1):
        module.train()
        frames, labels = _batch(lesson.data, numbers[rank :: plan.threads], plan.shape)
        loss = functional.cross_entropy(
            module(_masked(frames, chance)).flatten(0, 1), labels.flatten(), ignore_index=_IGNORED
        )
        optimizer.zero_grad()
        loss.backward()
        clock = (time.monotonic() - begun) / (60 * plan.minutes) if plan.minutes else 0.0
        share = exchange.mean(module, rank, step, max(step / total, clock))
        nn.utils.clip_grad_norm_(module.parameters(), _LARGEST_GRADIENT)
        optimizer.param_groups[0]["lr"] = _rate(share)
        optimizer.step()
        average.update_parameters(module)
        losses += loss.item()
        if step % 100 == 0 or share >= 1:
            measuring = lesson.dev and (step % 1000 == 0 or share >= 1)
            measured = _accuracy(average.module, lesson) if measuring else None
            report(Progress(step, total, losses / (step % 100 or 100), time.monotonic() - begun, measured))
            losses = 0.0
        if share >= 1:
            break
    module.load_state_dict(average.module.state_dict())


def _rate(share: float) -> float:
    """Return the learning rate when `share` of the training is done: up to its peak, then down along a cosine."""
    if share < _WARM_SHARE:
        return _PEAK_RATE * (0.04 + 0.96 * share / _WARM_SHARE)
    return _PEAK_RATE * 0.5 * (1 + math.cos(math.pi * min(1.0, (share - _WARM_SHARE) / (1 - _WARM_SHARE))))


def _blend(kept: list[Tensor], new: list[Tensor], count: Tensor) -> None:
    """Move the averaged weights towards the new ones; fast at first, or a short training would keep its beginnings."""
    decay = min(_AVERAGE, (1 + float(count)) / (10 + float(count)))
    torch.optim.swa_utils.get_ema_multi_avg_fn(decay)(kept, new, count)


def _batches(lesson: _Lesson, chance: np.random.Generator, total: int) -> Iterator[NDArray[np.int64]]:
    """Yield batches of utterances of like length, in a new order every epoch."""
    use, size = lesson.use, lesson.plan.batch
    lengths = np.array([len(lesson.data.features[number]) for number in use])
    given = 0
    while True:
        order = use[np.argsort(lengths + chance.uniform(-20, 20, len(use)))]
        starts = np.arange(0, len(order) - size + 1, size)
        for start in chance.permutation(starts):
            yield order[start : start + size]
            given += 1
            if given == total:
                return


def _batch(data: _Data, numbers: Sequence[int] | NDArray[np.int64], shape: Shape) -> tuple[Tensor, Tensor]:
    longest = max(len(data.features[number]) for number in numbers)
    moments = output_frames(longest)
    size = shape.left + SUBSAMPLING * moments + shape.right
    frames = np.empty((len(numbers), size, MELS), np.float32)
    labels = np.full((len(numbers), moments), _IGNORED, np.int64)
    for row, number in enumerate(numbers):
        feature = data.features[number]
        frames[row, : shape.left] = feature[0]
        frames[row, shape.left : shape.left + len(feature)] = feature
        frames[row, shape.left + len(feature) :] = feature[-1]
        labels[row, : len(data.labels[number])] = data.labels[number]
    # the last window ends with the right context of the last moment
    return torch.from_numpy(frames[:, : size - SUBSAMPLING + 1]), torch.from_numpy(labels)


def _masked(frames: Tensor, chance: np.random.Generator) -> Tensor:
    """Return the frames with a band or a moment replaced by the utterance's mean, in part of the batches."""
    if chance.random() < 0.4:
        width = int(chance.integers(1, 6))
        start = int(chance.integers(0, MELS - width))
        frames[:, :, start : start + width] = frames[:, :, start : start + width].mean(1, keepdim=True)
    if chance.random() < 0.3:
        width = int(chance.integers(2, 8))
        start = int(chance.integers(0, frames.shape[1] - width))
        frames[:, start : start + width] = frames.mean(1, keepdim=True)
    return frames


def _accuracy(module: nn.Module, lesson: _Lesson) -> tuple[float, float]:
    dev, plan = lesson.dev, lesson.plan
    module.eval()
    right = right_unit = count = 0
    with torch.no_grad():
        for start in range(0, len(dev), plan.batch):
            frames, labels = _batch(lesson.data, dev[start : start + plan.batch], plan.shape)
            found = module(frames).argmax(2)
            known = labels >= 0
            right += int((found == labels)[known].sum())
            right_unit += int((found // 2 == labels // 2)[known].sum())
            count += int(known.sum())
    return right / count, right_unit / count
