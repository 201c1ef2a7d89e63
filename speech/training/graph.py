"""Makes the graph folder of a Vosk model with OpenFst's programs: HCLr.fst, Gr.fst and the tables that belong to them.

All files of a graph come from one run: words.txt holds the labels as OpenFst renumbered them for look-ahead.
"""

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speech.training.decoding_graph import (
    UNKNOWN,
    disambiguation_id,
    lexicon_fst,
    phones_txt,
    transition_text,
    word_boundary_int,
    words_txt,
)
from speech.training.language_model import LanguageModel
from speech.training.places import LEVELS, Gazetteer
from speech.training.rules import Word
from speech.training.sentences import Talk

PLUGINS = ("/usr/lib/x86_64-linux-gnu/fst/22", "/usr/lib/aarch64-linux-gnu/fst/22")  # Debian keeps them off the path
_UNKNOWN_SHARE = 0.02  # of sentences hold something that is no word
_CHAIN_SHARE = {2: 0.55, 3: 0.55, 4: 0.5}  # of what follows a city, county or town is a place in it


class GraphFailed(Exception):
    """An OpenFst program failed or is missing; the message says which."""


@dataclass(frozen=True, slots=True)
class GraphPlan:
    """filler_price: extra cost of each phone of [unk], more lets less through; sentences: sampled for counts."""

    filler_price: float = 3.0
    sentences: int = 120_000
    seed: int = 5


def build_graph(folder: Path, talk: Talk, places: Gazetteer, plan: GraphPlan) -> int:
    """Write folder/graph; returns how many words it knows. Raises GraphFailed."""
    target = folder / "graph"
    (target / "phones").mkdir(parents=True, exist_ok=True)
    words = talk.lexicon.words()
    labels = {word: number for number, word in enumerate([*words, UNKNOWN], 1)}
    fst = lexicon_fst(labels, {word: talk.lexicon.pronunciations(word) for word in words}, plan.filler_price)
    text = target / "hcl.txt"
    text.write_text("\n".join(transition_text(fst)) + "\n", "utf-8")
    relabel = target / "relabel"
    _pipe(
        [["fstcompile", str(text)], ["fstarcsort", "--sort_type=olabel"],
         ["fstconvert", "--fst_type=olabel_lookahead", f"--save_relabel_opairs={relabel}"]], target / "HCLr.fst",
    )  # fmt: skip
    renumbered = dict(_pairs(relabel.read_text()))
    labels = {word: renumbered.get(label, label) for word, label in labels.items()}
    grammar = target / "g.txt"
    grammar.write_text("\n".join(_grammar(labels, talk, places, plan)) + "\n", "utf-8")
    _pipe(
        [["fstcompile", str(grammar)], ["fstconnect"], ["fstarcsort", "--sort_type=ilabel"],
         ["fstconvert", "--fst_type=const"]], target / "Gr.fst",
    )  # fmt: skip
    (target / "words.txt").write_text(words_txt(labels), "utf-8")
    (target / "phones.txt").write_text(phones_txt(), "utf-8")
    (target / "phones" / "word_boundary.int").write_text(word_boundary_int(), "utf-8")
    marks = "".join(f"{disambiguation_id(mark)}\n" for mark in range(fst.marks))
    (target / "disambig_tid.int").write_text(marks, "utf-8")
    for path in (text, relabel, grammar):
        path.unlink()
    return len(words)


def _pairs(text: str) -> Iterable[tuple[int, int]]:
    for line in text.splitlines():
        old, new = line.split()
        yield int(old), int(new)


def _grammar(labels: Mapping[str, int], talk: Talk, places: Gazetteer, plan: GraphPlan) -> list[str]:
    model = LanguageModel({**talk.classes(), **_place_classes(places)})
    chance = np.random.default_rng(plan.seed)
    for _ in range(plan.sentences):
        sentence = talk.sample(chance, "model")
        if chance.random() < _UNKNOWN_SHARE:
            sentence.insert(int(chance.integers(len(sentence) + 1)), Word(UNKNOWN))
        model.learn(sentence)
    lines = list(model.text(labels, _chains(places)))
    # fstcompile takes the first line's state as the start
    lines.sort(key=lambda line: not line.startswith("0 "))
    return lines


def _place_classes(places: Gazetteer) -> dict[str, list[str]]:
    classes: dict[str, list[str]] = {level: [] for level in LEVELS if level}
    for place in places.by_code.values():
        classes[LEVELS[place.level]] += place.forms
    return classes


def _chains(places: Gazetteer) -> list[tuple[str, Sequence[str], float]]:
    chains: dict[str, tuple[list[str], int]] = {}
    for place in places.by_code.values():
        followers = [form for child in place.children for form in child.forms]
        if place.level in _CHAIN_SHARE and followers:
            for form in place.forms:
                known, level = chains.setdefault(form, ([], place.level))
                known += followers
                chains[form] = (known, min(level, place.level))
    return [(word, list(dict.fromkeys(names)), _CHAIN_SHARE[level]) for word, (names, level) in chains.items()]


def _pipe(commands: Sequence[Sequence[str]], target: Path) -> None:
    """Run programs one behind the other into `target`."""
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join([*PLUGINS, os.environ.get("LD_LIBRARY_PATH", "")])}
    data = b""
    for command in commands:
        try:
            done = subprocess.run(command, input=data, capture_output=True, env=environment, check=False, timeout=600)
        except OSError as error:
            raise GraphFailed(
                f"{command[0]} does not run: install the Debian packages libfst-tools and libfst22-plugins-base"
            ) from error
        if done.returncode != 0:
            raise GraphFailed(f"{command[0]}: {done.stderr.decode(errors='replace').strip()[:300]}")
        data = done.stdout
    target.write_bytes(data)
