"""Training data: the same seed gives the same bytes, and a library that dies costs one utterance."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest

from speech.training import generate
from speech.training.features import MELS, output_frames
from speech.training.generate import GenerationFailed, Studio, digest, read_shard
from speech.training.units import PDFS
from tests.unit.speech.training.small import small_talk


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "SHARD", 2)
    monkeypatch.setattr(generate, "_BABBLE", 1)


def _make(folder: Path, seed: int, jobs: int) -> list[Path]:
    told: list[tuple[int, int]] = []
    folder.mkdir()
    paths = generate.generate(small_talk(), folder, seed, 3, jobs, lambda made, of: told.append((made, of)))
    assert told == [(1, 2), (2, 2)]
    return paths


def test_one_seed_gives_the_same_bytes_whatever_the_number_of_processes(tmp_path: Path) -> None:
    one = _make(tmp_path / "a", 11, 1)
    assert digest(one) == digest(_make(tmp_path / "b", 11, 2))
    assert digest(one) != digest(_make(tmp_path / "c", 12, 2))
    shard = read_shard(one[0])
    assert shard.features.shape == (shard.lengths.sum(), MELS)
    assert list(shard.label_lengths) == [output_frames(int(length)) for length in shard.lengths]
    assert shard.labels.max() < PDFS
    assert np.isfinite(shard.features.astype(np.float32)).all()


def test_shards_that_are_there_are_kept(tmp_path: Path) -> None:
    paths = _make(tmp_path / "a", 11, 2)
    before = digest(paths)
    stamp = paths[0].stat().st_mtime_ns
    paths[1].unlink()
    told: list[int] = []
    generate.generate(small_talk(), tmp_path / "a", 11, 3, 1, lambda made, _of: told.append(made))
    assert told == [2]
    assert paths[0].stat().st_mtime_ns == stamp
    assert digest(paths) == before


def test_an_utterance_that_kills_the_library_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Studio.utterance
    killer = np.random.default_rng([11, 0, 1]).random()

    def dies(self: Studio, chance: np.random.Generator) -> object:
        state = chance.bit_generator.state
        if chance.random() == killer:
            os.kill(os.getpid(), signal.SIGKILL)
        chance.bit_generator.state = state
        return whole(self, chance)

    monkeypatch.setattr(Studio, "utterance", dies)
    monkeypatch.setattr(generate, "_LINES", 1)
    paths = _make(tmp_path / "a", 11, 1)
    assert len(read_shard(paths[0]).lengths) <= 1


def test_a_shard_that_fails_otherwise_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_self: Studio, _chance: np.random.Generator) -> object:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(Studio, "utterance", fails)
    with pytest.raises(GenerationFailed, match="shard 0 ended with status 1"):
        _make(tmp_path / "a", 11, 1)
