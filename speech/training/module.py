"""The network as CPU PyTorch trains it: layers with batch norms, and how they are folded into the affine ones."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from speech.training.features import MELS, SUBSAMPLING
from speech.training.network import BYPASS, SPLICE, Block, Network, Shape
from speech.training.units import PDFS

_EPSILON = 1e-5


class Module(nn.Module):  # type: ignore[misc]  # torch is in the training venv only, so it has no types here
    """The layers that are trained; `folded` makes them the network that is used."""

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


def weights(module: Module) -> list[Tensor]:
    """Return what is learnt."""
    return [item for item in module.parameters() if item.requires_grad]


def folded(module: Module, prior: NDArray[np.float64]) -> Network:
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
