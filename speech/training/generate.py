"""Training data: shards of features and labels, each made by a process of its own from the seed and its number alone.

A shard's bytes depend on nothing else, so two runs with one seed agree bit by bit however many processes make them.
espeak-ng dies now and then; the utterance that killed it is left out and the shard is made again.
"""

import ctypes
import hashlib
import multiprocessing
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speech.training import voices
from speech.training.alignment import Misread
from speech.training.channel import STEPS, WARPS, Channel, Samples
from speech.training.espeak import Espeak, Manner
from speech.training.features import labels, log_mel
from speech.training.lexicon import all_syllables
from speech.training.sentences import Talk
from speech.training.utterance import (
    Spoken,
    clean_voice,
    foreign_text,
    on_the_phone,
    random_syllables,
    speak,
    speak_text,
)

SHARD = 400  # utterances
_FOREIGN_SHARE, _SYLLABLES_SHARE = 0.05, 0.12
_LINES = 2  # every utterance goes through so many different lines: synthesis is the dearest part
_BABBLE = 24
_FEWEST_FRAMES = 20
_MOST_CRASHES = 20


class GenerationFailed(Exception):
    """A shard cannot be made."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Log-mel features (all frames, 40), labels, and the lengths of the utterances in both."""

    features: NDArray[np.float16]
    lengths: NDArray[np.int64]
    labels: NDArray[np.uint8]
    label_lengths: NDArray[np.int64]


class Studio:
    """Makes utterances; one a process, as espeak-ng is."""

    def __init__(self, talk: Talk, data: Path) -> None:
        self._talk = talk
        self._espeak = Espeak(data)
        self.others: list[Samples] = []

    def invite(self, chance: np.random.Generator) -> None:
        """Record other voices for babble and echo."""
        while len(self.others) < _BABBLE:
            manner = voices.training_manner(chance)
            if chance.random() < 0.5:
                manner = voices.foreign_manner(chance, voices.STOCK)
            spoken = self._try(manner, chance, foreign=not manner.voice.startswith("cmn"))
            if spoken is not None and len(spoken.samples) > 8000:
                self.others.append(clean_voice(spoken))

    def _try(self, manner: Manner, chance: np.random.Generator, *, foreign: bool) -> Spoken | None:
        try:
            if foreign:
                return speak_text(self._espeak, foreign_text(chance), None, manner, chance)
            words = [word.text for word in self._talk.sample(chance, "audio")]
            return speak(self._espeak, words, self._talk.lexicon, manner, chance)
        except Misread:
            return None

    def utterance(self, chance: np.random.Generator) -> list[tuple[NDArray[np.float16], NDArray[np.uint8]]]:
        """Return features and labels of one utterance through different lines; [] when espeak-ng misread it."""
        drawn = chance.random()
        spoken: Spoken | None
        if drawn < _FOREIGN_SHARE:
            spoken = self._try(voices.foreign_manner(chance, voices.STOCK), chance, foreign=True)
        elif drawn < _FOREIGN_SHARE + _SYLLABLES_SHARE:
            text, expected = random_syllables(chance)
            try:
                spoken = speak_text(self._espeak, text, expected, voices.training_manner(chance), chance)
            except Misread:
                spoken = None
        else:
            spoken = self._try(voices.training_manner(chance), chance, foreign=False)
        if spoken is None:
            return []
        return [pair for _ in range(_LINES) if (pair := self._line(spoken, chance)) is not None]

    def _line(
        self, spoken: Spoken, chance: np.random.Generator
    ) -> tuple[NDArray[np.float16], NDArray[np.uint8]] | None:
        warp = WARPS[int(chance.integers(len(WARPS)))] if chance.random() < 0.5 else STEPS
        audio, segments = on_the_phone(
            spoken, Channel(), self.others, chance, warp=warp,
            before=float(chance.uniform(0.03, 0.4)), after=float(chance.uniform(0.03, 0.45)),
        )  # fmt: skip
        features = log_mel(audio.astype(np.float32))
        if len(features) < _FEWEST_FRAMES:
            return None
        return features.astype(np.float16), labels(segments, len(features))


def make_shard(
    studio: Studio, seed: int, number: int, count: int, done: Callable[[int], None], skip: set[int]
) -> Shard:
    """Make shard `number` with `count` utterances. done is told the utterance that comes next; skip: those left out."""
    studio.invite(np.random.default_rng([seed, number]))
    features, lines = [], []
    for index in range(count):
        done(index)
        if index in skip:
            continue
        for feature, line in studio.utterance(np.random.default_rng([seed, number, index])):
            features.append(feature)
            lines.append(line)
    return Shard(
        np.concatenate(features), np.array([len(item) for item in features]), np.concatenate(lines),
        np.array([len(item) for item in lines]),
    )  # fmt: skip


def write_shard(path: Path, shard: Shard) -> None:
    """Write a shard; the same content gives the same bytes."""
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w") as archive:
        for name in ("features", "lengths", "labels", "label_lengths"):
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, getattr(shard, name), allow_pickle=False)
    part.replace(path)


def read_shard(path: Path) -> Shard:
    """Read a shard."""
    with np.load(path) as stored:
        return Shard(stored["features"], stored["lengths"], stored["labels"], stored["label_lengths"])


@dataclass(slots=True)
class _Work:
    """One shard under way. at: the utterance that the child is making, in shared memory."""

    number: int
    count: int
    path: Path
    skip: set[int]
    at: "ctypes.c_int"
    process: BaseProcess | None = None


class _Crew:
    """Child processes that make shards, a few at a time; forked, so that vocabulary is built once."""

    def __init__(self, talk: Talk, data: Path, seed: int) -> None:
        self._talk, self._data, self._seed = talk, data, seed
        self._context = multiprocessing.get_context("fork")
        all_syllables()  # once, before the children are forked

    def start(self, work: _Work) -> _Work:
        work.process = self._context.Process(target=self._run, args=(work,))
        work.process.start()
        return work

    def _run(self, work: _Work) -> None:
        def tell(index: int) -> None:
            work.at.value = index

        shard = make_shard(Studio(self._talk, self._data), self._seed, work.number, work.count, tell, work.skip)
        write_shard(work.path, shard)

    def ended(self, work: _Work) -> bool:
        """Tell whether the shard is made; starts it again without the utterance that killed espeak-ng."""
        process = work.process
        assert process is not None  # noqa: S101 - set by start
        process.join()
        if process.exitcode == 0:
            return True
        if process.exitcode is None or process.exitcode > 0 or len(work.skip) >= _MOST_CRASHES:
            raise GenerationFailed(f"shard {work.number} ended with status {process.exitcode}")
        work.skip.add(work.at.value)
        self.start(work)
        return False


def generate(
    talk: Talk, folder: Path, seed: int, utterances: int, jobs: int, progress: Callable[[int, int], None]
) -> list[Path]:
    """Make the shards of `utterances` in `folder` with `jobs` processes and return their paths in order.

    Shards that are there already are kept: the folder belongs to one seed and one state of the code. progress is told
    how many of how many are there. Raises GenerationFailed.
    """
    crew = _Crew(talk, voices.make_data(folder / "espeak"), seed)
    sizes = [min(SHARD, utterances - start) for start in range(0, utterances, SHARD)]
    paths = [folder / f"shard{number:05d}.npz" for number in range(len(sizes))]
    waiting = [
        _Work(number, size, path, set(), multiprocessing.RawValue(ctypes.c_int, 0))
        for number, (size, path) in enumerate(zip(sizes, paths, strict=True))
        if not path.exists()
    ]
    waiting.reverse()
    running: dict[int, _Work] = {}
    made = len(paths) - len(waiting)
    while waiting or running:
        while waiting and len(running) < jobs:
            work = crew.start(waiting.pop())
            running[work.number] = work
        ready = wait([work.process.sentinel for work in running.values() if work.process is not None])
        for work in [item for item in running.values() if item.process and item.process.sentinel in ready]:
            if crew.ended(work):
                del running[work.number]
                made += 1
                progress(made, len(paths))
    return paths


def digest(paths: Iterable[Path]) -> str:
    """Return the SHA-256 of the shards' bytes, in order."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()
