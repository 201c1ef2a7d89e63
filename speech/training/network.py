"""Pure: the network as numpy arrays, which any trainer fills and the writer of final.mdl reads.

A factored TDNN over log-mel frames: a first affine layer over nine frames at every third frame; then blocks of a
narrow linear layer over two moments and an affine layer over two (or one) moments with ReLU, added to 0.66 of the
block's input; then an affine layer to the pdfs. Batch norm is folded into the affine layers before it comes here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from speech.training.features import MEL_OF_MFCC, MELS, SUBSAMPLING
from speech.training.units import PDFS

BYPASS = 0.66
SPLICE = 4  # frames to each side of the first layer
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes. ahead, behind: how many blocks look to both sides, and how many only back (they cost no delay)."""

    width: int = 320
    bottleneck: int = 80
    ahead: int = 5
    behind: int = 2

    @property
    def left(self) -> int:
        """Frames of context before the one that is judged."""
        return SPLICE + SUBSAMPLING * (self.ahead + self.behind)

    @property
    def right(self) -> int:
        """Frames of context after it."""
        return SPLICE + SUBSAMPLING * self.ahead


@dataclass(frozen=True, slots=True)
class Block:
    """narrow: (bottleneck, 2 width) over moments t-1 and t; wide: (width, 2 or 1 bottleneck) over t (and t+1)."""

    narrow: Matrix
    wide: Matrix
    bias: Matrix

    @property
    def looks_ahead(self) -> bool:
        """Whether the second layer sees the next moment."""
        return bool(self.wide.shape[1] == 2 * self.narrow.shape[0])


@dataclass(frozen=True, slots=True)
class Network:
    """A trained network. first: (width, 9 * 40) over mel frames; last: (pdfs, width); prior: share of each pdf."""

    first: Matrix
    first_bias: Matrix
    blocks: Sequence[Block]
    last: Matrix
    last_bias: Matrix
    prior: Matrix = field(default_factory=lambda: np.full(PDFS, 1 / PDFS, np.float32))

    @property
    def parameters(self) -> int:
        """How many numbers the network has."""
        inside = sum(block.narrow.size + block.wide.size + block.bias.size for block in self.blocks)
        return self.first.size + self.first_bias.size + inside + self.last.size + self.last_bias.size

    @property
    def context(self) -> tuple[int, int]:
        """Frames of context before and after."""
        shape = Shape(
            ahead=sum(block.looks_ahead for block in self.blocks),
            behind=sum(not block.looks_ahead for block in self.blocks),
        )
        return shape.left, shape.right

    def first_on_mfcc(self) -> Matrix:
        """Return the first layer's matrix for Vosk's MFCC instead of mel energies."""
        spliced = self.first.reshape(len(self.first), -1, MELS).astype(np.float64)
        return np.asarray((spliced @ MEL_OF_MFCC).reshape(len(self.first), -1), np.float32)

    def hidden(self, mel: Matrix) -> Matrix:
        """Return (moments, width): what the last layer sees of (frames, 40) mel energies."""
        left, right = self.context
        moments = -(-len(mel) // SUBSAMPLING)
        after = right + SUBSAMPLING * moments - len(mel)
        padded = np.pad(mel, ((left, after), (0, 0)), mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * SPLICE + 1, MELS))[::SUBSAMPLING, 0]
        now = np.maximum(windows.reshape(len(windows), -1) @ self.first.T + self.first_bias, 0)
        for block in self.blocks:
            hidden = np.concatenate([now[:-1], now[1:]], 1) @ block.narrow.T
            end = len(now) - 1 if block.looks_ahead else len(now)
            if block.looks_ahead:
                hidden = np.concatenate([hidden[:-1], hidden[1:]], 1)
            now = np.maximum(hidden @ block.wide.T + block.bias, 0) + BYPASS * now[1:end]
        return np.asarray(now[:moments], np.float32)

    def posteriors(self, mel: Matrix) -> Matrix:
        """Return (moments, pdfs) log posteriors of (frames, 40) mel energies, as Vosk would compute them."""
        scores = self.hidden(mel) @ self.last.T + self.last_bias
        scores = scores - scores.max(axis=1, keepdims=True)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), np.float32)
