"""Dialogues kept as they end: a run that was cut goes on, and nothing of another run is mixed in."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ops.bench.hearers import Dialogue, Setup
from ops.bench.kept import Kept, KeptUnusable
from ops.bench.speech import Options, carry_missing
from speech.evaluation.sound import Line

OPTIONS = Options(dialogues=3, goals=("fault_code", "phone"), dialogue_snrs=("20",))


def setup(folder: Path, seed: int = 1, words: str = "one") -> Setup:
    model = folder / "model"
    (model / "graph").mkdir(parents=True, exist_ok=True)
    (model / "graph" / "words.txt").write_text(words, encoding="utf-8")
    return Setup(model, folder / "packs", folder / "studio", seed)


def ended(goal: str, line: Line, number: int) -> Dialogue:
    heard = (("E 一", "E一"), ("对", "对"))
    return Dialogue(
        goal, line, number, "E1", {"canonical": "E1"}, {"canonical": "E7"}, True, False, False, False, 2, heard
    )  # fmt: skip


def quiet(text: str) -> None:
    del text


def test_a_run_that_was_cut_goes_on(tmp_path: Path) -> None:
    def cut(keys: Sequence[tuple[str, Line, int]]) -> Iterator[Dialogue]:
        for key in keys[:3]:
            yield ended(*key)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_missing(OPTIONS, cut, Kept(tmp_path / "kept", setup(tmp_path)), quiet)
    carried: list[tuple[str, Line, int]] = []

    def rest(keys: Sequence[tuple[str, Line, int]]) -> Iterator[Dialogue]:
        carried.extend(keys)
        return (ended(*key) for key in keys)

    found = carry_missing(OPTIONS, rest, Kept(tmp_path / "kept", setup(tmp_path)), quiet)
    assert [(goal, number) for goal, _line, number in carried] == [("phone", 1), ("fault_code", 2), ("phone", 2)]
    assert found == [ended(goal, Line("20"), number) for number in range(3) for goal in OPTIONS.goals]
    carried.clear()
    assert carry_missing(OPTIONS, rest, Kept(tmp_path / "kept", setup(tmp_path)), quiet) == found
    assert not carried


def test_nothing_is_kept_without_a_file() -> None:
    found = carry_missing(OPTIONS, lambda keys: (ended(*key) for key in keys), None, quiet)
    assert len(found) == 6


def test_another_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    Kept(path, setup(tmp_path)).add(ended("phone", Line("20"), 0))
    for other in (setup(tmp_path, seed=2), setup(tmp_path, words="two")):
        with pytest.raises(KeptUnusable, match="not of this seed and model"):
            Kept(path, other)


@pytest.mark.parametrize("text", ["", "nothing"])
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "kept").write_text(text, encoding="utf-8")
    with pytest.raises(KeptUnusable):
        Kept(tmp_path / "kept", setup(tmp_path))


def test_a_line_cut_in_the_middle_is_named(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    Kept(path, setup(tmp_path)).add(ended("phone", Line("20"), 0))
    path.write_text(path.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    with pytest.raises(KeptUnusable, match="line 2"):
        Kept(path, setup(tmp_path))
