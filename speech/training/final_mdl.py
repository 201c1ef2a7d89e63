"""Pure: writes am/final.mdl, Kaldi's binary file of transition model and nnet3 network.

All phones have the chain topology: one emitting state whose first frame and further frames have pdfs of their own.
Transition ids of phone p: 2p - 1 stays, 2p goes on.
"""

import json
import struct
from collections.abc import Sequence

import numpy as np

from speech.recognizers.paths import REPEATS_FILE
from speech.training.features import MELS, SUBSAMPLING
from speech.training.network import BYPASS, SPLICE, Matrix, Network
from speech.training.units import PDFS, PHONES

# 二二 has no closure between its vowels. Of 147 pairs and 147 single ones, by 20 random voices that are neither trained
# on nor tested with, clean, at 20 and at 10 dB: without this 72 pairs were heard as one 二, with it some 10, and 2
# single ones as two. No other digit needs it.
REPEATS = {"二": 1.2}


class BinaryWriter:
    """Kaldi's binary basics: tokens end with a blank, numbers carry their size in bytes."""

    def __init__(self) -> None:
        self.data = bytearray(b"\0B")

    def token(self, *names: str) -> None:
        """Write tokens."""
        for name in names:
            self.data += name.encode() + b" "

    def integer(self, *values: int) -> None:
        """Write int32 values."""
        for value in values:
            self.data += struct.pack("<bi", 4, value)

    def real(self, value: float) -> None:
        """Write a float32."""
        self.data += struct.pack("<bf", 4, value)

    def double(self, value: float) -> None:
        """Write a float64."""
        self.data += struct.pack("<bd", 8, value)

    def integers(self, values: Sequence[int]) -> None:
        """Write a vector of int32."""
        self.data += struct.pack("<bi", 4, len(values)) + np.asarray(values, "<i4").tobytes()

    def vector(self, values: Sequence[float] | Matrix) -> None:
        """Write a vector of float32."""
        self.token("FV")
        self.integer(len(values))
        self.data += np.asarray(values, "<f4").tobytes()

    def matrix(self, values: Matrix) -> None:
        """Write a matrix of float32, row by row."""
        self.token("FM")
        self.integer(*values.shape)
        self.data += np.ascontiguousarray(values, "<f4").tobytes()

    def line(self, text: str) -> None:
        """Write a line of text."""
        self.data += text.encode() + b"\n"


def final_mdl(network: Network) -> bytes:
    """Return the bytes of final.mdl."""
    out = BinaryWriter()
    _transition_model(out)
    components = _Components()
    output = _layers(components, network)
    out.token("<Nnet3>")
    out.line("")
    for line in (
        "input-node name=input dim=40",
        *components.nodes,
        f"output-node name=output input={output} objective=linear",
    ):
        out.line(line)
    out.line("")
    out.token("<NumComponents>")
    out.integer(components.count)
    out.data += components.body.data[2:]
    out.token("</Nnet3>", "<LeftContext>")
    out.integer(network.context[0])
    out.token("<RightContext>")
    out.integer(network.context[1])
    out.token("<Priors>")
    out.vector(network.prior)
    return bytes(out.data)


def _transition_model(out: BinaryWriter) -> None:
    count = len(PHONES)
    out.token("<TransitionModel>", "<Topology>")
    out.integers(range(1, count + 1))
    out.integers([-1, *[0] * count])  # which entry each phone has
    out.integer(-1, 1, 2)  # pdf classes of loops told apart; one entry; two states
    out.integer(0, 1, 2)  # entering has class 0, staying class 1; two transitions
    for state in (0, 1):
        out.integer(state)
        out.real(0.5)
    out.integer(-1, -1, 0)  # the final state emits nothing
    out.token("</Topology>", "<Tuples>")
    out.integer(count)
    for number, phone in enumerate(PHONES, 1):
        out.integer(number, 0, 2 * phone.unit, 2 * phone.unit + 1)
    out.token("</Tuples>", "<LogProbs>")
    out.vector([0.0, *[float(np.log(0.5))] * (2 * count)])
    out.token("</LogProbs>", "</TransitionModel>")


class _Components:
    """Components and the lines that wire them, in order."""

    def __init__(self) -> None:
        self.nodes: list[str] = []
        self.body = BinaryWriter()
        self.count = 0

    def _add(self, name: str, source: str) -> str:
        self.nodes.append(f"component-node name={name} component={name} input={source}")
        self.body.token("<ComponentName>", name)
        self.count += 1
        return name

    def affine(self, name: str, source: str, matrix: Matrix, bias: Matrix) -> str:
        added = self._add(name, source)
        self.body.token("<FixedAffineComponent>", "<LinearParams>")
        self.body.matrix(matrix)
        self.body.token("<BiasParams>")
        self.body.vector(bias)
        self.body.token("</FixedAffineComponent>")
        return added

    def nonlinear(self, name: str, kind: str, source: str, size: int) -> str:
        added = self._add(name, source)
        self.body.token(f"<{kind}>", "<Dim>")
        self.body.integer(size)
        for statistics in ("<ValueAvg>", "<DerivAvg>"):
            self.body.token(statistics)
            self.body.vector([])
        self.body.token("<Count>")
        self.body.double(0.0)
        self.body.token(f"</{kind}>")
        return added

    def total(self, name: str, source: str, size: int) -> str:
        added = self._add(name, source)
        self.body.token("<NoOpComponent>", "<Dim>")
        self.body.integer(size)
        self.body.token("<BackpropScale>")
        self.body.real(1.0)
        self.body.token("</NoOpComponent>")
        return added


def _append(source: str, offsets: Sequence[int]) -> str:
    pieces = [source if offset == 0 else f"Offset({source}, {offset})" for offset in offsets]
    return f"Append({', '.join(pieces)})"


def _layers(components: _Components, network: Network) -> str:
    """Add all layers; returns the name of the output."""
    width = len(network.first)
    spliced = _append("input", range(-SPLICE, SPLICE + 1))
    components.affine("first.affine", spliced, network.first_on_mfcc(), network.first_bias)
    now = components.nonlinear("first.relu", "RectifiedLinearComponent", "first.affine", width)
    for number, block in enumerate(network.blocks, 1):
        name = f"block{number}"
        zeros = np.zeros(len(block.narrow), np.float32)
        narrow = components.affine(f"{name}.narrow", _append(now, (-SUBSAMPLING, 0)), block.narrow, zeros)
        offsets = (0, SUBSAMPLING) if block.looks_ahead else (0,)
        source = _append(narrow, offsets) if block.looks_ahead else narrow
        components.affine(f"{name}.wide", source, block.wide, block.bias)
        relu = components.nonlinear(f"{name}.relu", "RectifiedLinearComponent", f"{name}.wide", width)
        now = components.total(f"{name}.sum", f"Sum({relu}, Scale({BYPASS}, {now}))", width)
    scores = components.affine("output.affine", now, network.last, network.last_bias)
    return components.nonlinear("output.log-softmax", "LogSoftmaxComponent", scores, PDFS)


def conf_files(acoustic_scale: float) -> dict[str, str]:
    """Return the model's conf files by name.

    phone-determinize=false: with a filler of free phones the other way runs out of memory within an utterance.
    """
    mfcc = (
        f"--sample-frequency=8000\n--use-energy=false\n--num-mel-bins={MELS}\n--num-ceps={MELS}\n"
        "--low-freq=40\n--high-freq=-200\n--dither=0\n"
    )
    model = (
        "--min-active=50\n--max-active=3000\n--beam=17.0\n--lattice-beam=4.0\n--phone-determinize=false\n"
        f"--acoustic-scale={acoustic_scale}\n--frame-subsampling-factor={SUBSAMPLING}\n--frames-per-chunk=21\n"
        "--endpoint.silence-phones=1\n--endpoint.rule2.min-trailing-silence=0.5\n"
        "--endpoint.rule3.min-trailing-silence=0.75\n--endpoint.rule4.min-trailing-silence=1.0\n"
    )
    repeats = json.dumps(REPEATS, ensure_ascii=False) + "\n"
    return {"conf/mfcc.conf": mfcc, "conf/model.conf": model, REPEATS_FILE: repeats}
