"""How well callers' own words are heard: sentences of a folder spoken by test voices, each at its own question."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from danger.find import CHECK
from ivr.flows.asking import slot_spec
from ivr.flows.load import load_program
from ivr.flows.program import Program
from ivr.flows.state import Place, State
from speech.contract import Interpretation, SlotSpec
from speech.evaluation.cases import NOW
from speech.evaluation.figures import table, wilson
from speech.evaluation.hearing import Hearing
from speech.evaluation.sound import SPEEDS, VOICES, Line, Studio, chance_of, make_voices
from speech.meaning import read_vocabulary
from speech.packs import Pack
from speech.recognizers.vosk_worker import Decoder
from speech.sayings.book import COMMANDS
from speech.sayings.likeness import NONE
from speech.slots import Slots

Say = Callable[[str], None]
AT_A_COMMAND = "fault_code"  # the question at which commands are said
# what answers the same: the articles of both say it
AS_GOOD = {
    "period": {"start", "warranty"}, "week": {"half_month"}, "fee": {"price", "impostor"}, "visit_time": {"eta"},
    "parts": {"price"}, "visit": {"forbidden", "no_badge"}, "suggestion": {"praise"},
}  # fmt: skip
_SHOWN = 12


class SentencesUnusable(Exception):
    """The folder holds no sentences, or some of a question that there is not; the message says which."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. question: the file it stands in; meaning: what it must be understood as."""

    question: str
    meaning: str
    said: str


def read_sentences(folder: Path, program: Program, only: Sequence[str] = ()) -> list[Sentence]:
    """Return the sentences of QUESTION.tsv (a meaning, a tab, a sentence), of all when `only` is empty.

    Raises SentencesUnusable.
    """
    paths = sorted(folder.glob("*.tsv"))
    if not paths or (missing := set(only) - {path.stem for path in paths}):
        raise SentencesUnusable(f"no {', '.join(sorted(missing)) if paths else '*'}.tsv in {folder}")
    paths = [path for path in paths if not only or path.stem in only]
    if unknown := [path.name for path in paths if path.stem not in {COMMANDS, *program.nodes}]:
        raise SentencesUnusable(f"no question of the flows: {', '.join(unknown)}")
    return [sentence for path in paths for sentence in _lines(path)]


def _lines(path: Path) -> Iterator[Sentence]:
    try:
        for line in path.read_text("utf-8").splitlines():
            meaning, _, said = line.partition("\t")
            yield Sentence(path.stem, meaning, said)
    except (OSError, ValueError) as error:
        raise SentencesUnusable(f"cannot read {path}: {error}") from error


def verdict(sentence: Sentence, found: Interpretation) -> str:
    """Return "right", "again", "danger" or "another"; what means nothing is right when it is asked again.

    The one question whether there is danger is asking again.
    """
    if found.safety:
        return "again" if found.safety == CHECK else "danger"
    got = found.meaning or found.command or NONE
    if got in {sentence.meaning, *AS_GOOD.get(sentence.meaning, ())}:
        return "right"
    return "again" if got == NONE else "another"


def measure(
    sentences: Sequence[Sentence], model: Path, pack: Pack, studio: Path, snrs: Sequence[str], seed: int, say: Say
) -> dict[str, Any]:
    """Speak and hear every sentence on each line, and read it; returns the figures, JSON-ready. Raises SoundFailed."""
    make_voices(studio)
    ear = _Ear(load_program(), model, pack, studio, seed)
    cells: dict[tuple[str, str], Counter[str]] = {}
    missed = []
    for snr in snrs:
        for number, sentence in enumerate(sentences):
            cell = cells.setdefault((sentence.question, snr), Counter())
            found, got = ear.hear(sentence, number, snr)
            cell[got] += 1
            cell["by_text"] += ear.reads(sentence)
            if got != "right":
                missed.append({"snr": snr, "said": sentence.said, "verdict": got, "heard": found.text})
        say(f"{snr}: {len(sentences)} sentences heard")
    rows = [_row(question, snr, cell) for (question, snr), cell in sorted(cells.items())]
    return {"set": ear.digest(), "seed": seed, "cells": rows, "missed": missed}


class _Ear:
    def __init__(self, program: Program, model: Path, pack: Pack, studio: Path, seed: int) -> None:
        self._program, self._seed = program, seed
        self._slots = Slots(pack, read_vocabulary(model))
        self._hearing, self._mouth = Hearing(Decoder(str(model))), Studio(studio)
        self._audio = hashlib.sha256()

    def hear(self, sentence: Sentence, number: int, snr: str) -> tuple[Interpretation, str]:
        line = Line(snr, speed=tuple(SPEEDS)[number % len(SPEEDS)])
        chance = chance_of(self._seed, snr, sentence.question, number)
        spoken = self._mouth.speak(sentence.said, line, chance, VOICES[number % len(VOICES)])
        self._audio.update(spoken.pcm)
        spec = self._spec(sentence)
        found = self._hearing.hear(spoken.pcm, spec, self._program.lexicon, self._slots, NOW).interpretation
        return found, verdict(sentence, found)

    def reads(self, sentence: Sentence) -> bool:
        """Tell whether it is understood by text."""
        found = self._slots.interpret(self._spec(sentence), self._program.lexicon, (sentence.said,), NOW)
        return verdict(sentence, found) == "right"

    def digest(self) -> str:
        return self._audio.hexdigest()[:16]

    def _spec(self, sentence: Sentence) -> SlotSpec:
        question = AT_A_COMMAND if sentence.question == COMMANDS else sentence.question
        return slot_spec(self._program, State(place=Place(question, ())))


def _row(question: str, snr: str, cell: Mapping[str, int]) -> dict[str, Any]:
    counts = {name: cell[name] for name in ("right", "again", "another", "danger")}
    total = sum(counts.values())
    low, high = wilson(counts["right"], total)
    return {
        "question": question, "snr": snr, "n": total, **counts, "share": round(counts["right"] / total, 4),
        "low": round(low, 4), "high": round(high, 4), "by_text": cell["by_text"],
    }  # fmt: skip


def written(found: Mapping[str, Any]) -> str:
    """Return the figures as a Markdown table, and some of what was missed."""
    names = ("question", "snr", "n", "right", "again", "another", "danger", "share", "low", "high", "by_text")
    lines = [f"test set {found['set']}", "", table(names, ([row[name] for name in names] for row in found["cells"]))]
    lines += ["", *(f"{item['said']} → {item['heard']} ({item['verdict']})" for item in found["missed"][:_SHOWN])]
    return "\n".join(lines)
