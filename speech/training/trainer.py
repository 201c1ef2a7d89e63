"""Trains the network with CPU PyTorch on the shards' labels: cross-entropy, spectral masks, averaged weights."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from speech.training.features import MELS, SUBSAMPLING, output_frames
from speech.training.generate import read_shard
from speech.training.network import BYPASS, SPLICE, Block, Network, Shape
from speech.training.units import PDFS

_IGNORED = -100
_AVERAGE = 0.998
_PEAK_RATE, _WEIGHT_DECAY, _LARGEST_GRADIENT = 3e-3, 1e-3, 5.0
_DEV_EVERY = 100  # one utterance in so many is kept for the dev figure
_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and on how much. batch: utterances a step; threads: of PyTorch."""

    shape: Shape
    epochs: float
    batch: int = 40
    threads: int = 2
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the training is. accuracy: share of dev frames with the right pdf, the right unit; None: not measured."""

    step: int
    steps: int
    loss: float
    seconds: float
    accuracy: tuple[float, float] | None = None


class _Module(nn.Module):  # type: ignore[misc]  # torch is in the training venv only, so it has no types here
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(MELS), requires_grad=False)
        self.scale = nn.Parameter(torch.ones(MELS), requires_grad=False)
        self.first = nn.Linear((2 * SPLICE + 1) * MELS, shape.width, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm1d(shape.width) for _ in range(1 + shape.ahead + shape.behind))
        # the narrow layer's two moments as one product: outputs for t-1 and t, then shifted and added
        self.narrow = nn.ModuleList(
            nn.Linear(shape.width, 2 * shape.bottleneck, bias=False) for _ in range(shape.ahead + shape.behind)
        )
        self.wide = nn.ModuleList(
            nn.Linear((2 if number < shape.ahead else 1) * shape.bottleneck, shape.width, bias=False)
            for number in range(shape.ahead + shape.behind)
        )
        self.last = nn.Linear(shape.width, PDFS)
        self.shape = shape

    def forward(self, frames: Tensor) -> Tensor:
        """Return (utterances, moments, pdfs) scores of (utterances, padded frames, 40) mel energies."""
        windows = ((frames - self.mean) * self.scale).unfold(1, 2 * SPLICE + 1, SUBSAMPLING)
        now = self._norm(0, self.first(windows.transpose(2, 3).flatten(2)))
        for number, (narrow, wide) in enumerate(zip(self.narrow, self.wide, strict=True)):
            both = narrow(now)
            half = both.shape[2] // 2
            hidden = both[:, :-1, :half] + both[:, 1:, half:]
            ahead = number < self.shape.ahead
            if ahead:
                hidden = torch.cat([hidden[:, :-1], hidden[:, 1:]], 2)
            end = now.shape[1] - 1 if ahead else now.shape[1]
            now = self._norm(number + 1, wide(hidden)) + BYPASS * now[:, 1:end]
        scores: Tensor = self.last(now)
        return scores

    def _norm(self, number: int, values: Tensor) -> Tensor:
        flat = values.reshape(-1, values.shape[2])
        return functional.relu(self.norms[number](flat)).view(values.shape)


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


def train(paths: Sequence[Path], plan: Plan, report: Callable[[Progress], None]) -> Network:
    """Train on the shards and return the network with averaged weights; report is told every hundred steps."""
    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    data = _load(paths)
    dev = list(range(0, len(data.features), _DEV_EVERY))
    use = np.array([number for number in range(len(data.features)) if number % _DEV_EVERY])
    module = _Module(plan.shape)
    sample = np.concatenate([data.features[number] for number in use[:2000]]).astype(np.float32)
    module.mean.data = torch.from_numpy(sample.mean(0))
    module.scale.data = torch.from_numpy(1 / sample.std(0))
    _steps(module, data, use, dev, plan, report)
    counts = np.bincount(np.concatenate([data.labels[number] for number in use]), minlength=PDFS) + 10.0
    return _folded(module, counts / counts.sum())


def _steps(
    module: _Module, data: _Data, use: NDArray[np.int64], dev: list[int], plan: Plan, report: Callable[[Progress], None]
) -> None:
    """Run all steps; module ends with the averaged weights."""
    chance = np.random.default_rng(plan.seed)
    total = max(1, round(plan.epochs * (len(use) // plan.batch)))
    optimizer = torch.optim.AdamW(
        [item for item in module.parameters() if item.requires_grad], _PEAK_RATE, weight_decay=_WEIGHT_DECAY
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _PEAK_RATE, total_steps=total + 1, pct_start=0.1)
    average = torch.optim.swa_utils.AveragedModel(module, multi_avg_fn=_blend, use_buffers=True)
    begun, losses = time.monotonic(), 0.0
    for step, numbers in enumerate(_batches(data, use, plan, chance, total), 1):
        module.train()
        frames, labels = _batch(data, numbers, plan.shape)
        loss = functional.cross_entropy(
            module(_masked(frames, chance)).flatten(0, 1), labels.flatten(), ignore_index=_IGNORED
        )
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(module.parameters(), _LARGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        average.update_parameters(module)
        losses += loss.item()
        if step % 100 == 0 or step == total:
            measured = _accuracy(average.module, data, dev, plan) if step % 1000 == 0 or step == total else None
            report(Progress(step, total, losses / (step % 100 or 100), time.monotonic() - begun, measured))
            losses = 0.0
    module.load_state_dict(average.module.state_dict())


def _blend(kept: list[Tensor], new: list[Tensor], count: Tensor) -> None:
    """Move the averaged weights towards the new ones; fast at first, or a short training would keep its beginnings."""
    decay = min(_AVERAGE, (1 + float(count)) / (10 + float(count)))
    torch.optim.swa_utils.get_ema_multi_avg_fn(decay)(kept, new, count)


def _batches(
    data: _Data, use: NDArray[np.int64], plan: Plan, chance: np.random.Generator, total: int
) -> Iterator[NDArray[np.int64]]:
    """Yield batches of utterances of like length, in a new order every epoch."""
    lengths = np.array([len(data.features[number]) for number in use])
    given = 0
    while True:
        order = use[np.argsort(lengths + chance.uniform(-20, 20, len(use)))]
        starts = np.arange(0, len(order) - plan.batch + 1, plan.batch)
        for start in chance.permutation(starts):
            yield order[start : start + plan.batch]
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


def _accuracy(module: nn.Module, data: _Data, dev: list[int], plan: Plan) -> tuple[float, float]:
    module.eval()
    right = right_unit = count = 0
    with torch.no_grad():
        for start in range(0, len(dev), plan.batch):
            frames, labels = _batch(data, dev[start : start + plan.batch], plan.shape)
            found = module(frames).argmax(2)
            known = labels >= 0
            right += int((found == labels)[known].sum())
            right_unit += int((found // 2 == labels // 2)[known].sum())
            count += int(known.sum())
    return right / count, right_unit / count


def _folded(module: _Module, prior: NDArray[np.float64]) -> Network:
    """Return the network with means, scales and batch norms folded into the affine layers."""
    state = {name: value.detach().double().numpy() for name, value in module.state_dict().items()}

    def norm(number: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        gain = state[f"norms.{number}.weight"] / np.sqrt(state[f"norms.{number}.running_var"] + _EPSILON)
        return gain, state[f"norms.{number}.bias"] - state[f"norms.{number}.running_mean"] * gain

    gain, shift = norm(0)
    spliced = 2 * SPLICE + 1
    first = state["first.weight"] * gain[:, None] * np.tile(state["scale"], spliced)
    blocks = []
    for number in range(len(module.narrow)):
        narrow = state[f"narrow.{number}.weight"]
        half = len(narrow) // 2
        gain_here, shift_here = norm(number + 1)
        wide = state[f"wide.{number}.weight"] * gain_here[:, None]
        joined = np.concatenate([narrow[:half], narrow[half:]], 1)
        blocks.append(Block(_single(joined), _single(wide), _single(shift_here)))
    return Network(
        _single(first), _single(shift - first @ np.tile(state["mean"], spliced)), blocks,
        _single(state["last.weight"]), _single(state["last.bias"]), _single(prior),
    )  # fmt: skip


def _single(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, np.float32)
