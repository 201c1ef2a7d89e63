"""How well danger is heard: every phrase of a table spoken by test voices over a telephone line, in the menu's turn."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ivr.flows.load import load_program
from speech.contract import SlotKind, SlotSpec
from speech.evaluation.cases import NOW
from speech.evaluation.figures import table, wilson
from speech.evaluation.hearing import Hearing
from speech.evaluation.sound import VOICES, Line, Studio, chance_of, make_voices
from speech.meaning import read_vocabulary
from speech.recognizers.vosk_worker import Decoder
from speech.slots import Slots
from speech.slots.safety import CHECK, KINDS

Say = Callable[[str], None]
NONE = "none"


class TableUnusable(Exception):
    """The table of phrases cannot be read; the message names the file."""


@dataclass(slots=True)
class _Row:
    """What became of the phrases of one class on one line: how often each class was heard."""

    heard: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.heard.total()


def read_phrases(path: Path) -> Mapping[str, Sequence[str]]:
    """Return class -> phrases of a table (gas, co, fire, electric, check, none); raises TableUnusable."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise TableUnusable(f"cannot read {path}: {error}") from error
    if not isinstance(raw, dict) or not raw.keys() <= {*KINDS, CHECK, NONE}:
        raise TableUnusable(f"{path}: expected lists of phrases under {', '.join((*KINDS, CHECK, NONE))}")
    return {str(kind): [str(phrase) for phrase in phrases] for kind, phrases in raw.items()}


def measure(
    phrases: Mapping[str, Sequence[str]], model: Path, studio: Path, snrs: Sequence[str], n: int, seed: int, say: Say
) -> dict[str, Any]:
    """Speak and hear every phrase n times on each line; returns the figures, JSON-ready. Raises SoundFailed."""
    make_voices(studio)
    program = load_program()
    slots = Slots(vocabulary=read_vocabulary(model))
    menu = SlotSpec("main_menu", SlotKind.MENU, dict(program.question("main_menu").hear))
    hearing, mouth = Hearing(Decoder(str(model))), Studio(studio)
    rows: dict[tuple[str, str], _Row] = {}
    missed: list[dict[str, str]] = []
    for snr in snrs:
        for kind, listed in phrases.items():
            row = rows[snr, kind] = _Row()
            for number in range(n * len(listed)):
                said = listed[number % len(listed)]
                chance = chance_of(seed, snr, kind, number)
                spoken = mouth.speak(said, Line(snr), chance, VOICES[(number // len(listed) + number) % len(VOICES)])
                heard = hearing.hear(spoken.pcm, menu, program.lexicon, slots, NOW).interpretation
                got = heard.safety or NONE
                row.heard[got] += 1
                if got != kind:
                    missed.append({"snr": snr, "said": said, "class": kind, "got": got, "heard": heard.text})
            say(f"{snr}: {kind} {row.total} heard")
    return {"seed": seed, "n": n, "lines": [_figures(snr, rows) for snr in snrs], "missed": missed}


def _figures(snr: str, rows: Mapping[tuple[str, str], _Row]) -> dict[str, Any]:
    """Return the shares of one line. caught: a named danger led to instructions or to the one question."""
    named = [(kind, rows[snr, kind]) for kind in KINDS if (snr, kind) in rows]
    total = sum(row.total for _kind, row in named)
    right = sum(row.heard[kind] for kind, row in named)
    caught = sum(row.total - row.heard[NONE] for _kind, row in named)
    doubt, plain = rows.get((snr, CHECK), _Row()), rows.get((snr, NONE), _Row())
    return {
        "snr": snr,
        "named": total,
        "caught": _share(caught, total),
        "right_kind": _share(right, total),
        "kinds": {kind: _share(row.heard[kind], row.total) for kind, row in named},
        "doubtful": doubt.total,
        "doubtful_caught": _share(doubt.total - doubt.heard[NONE], doubt.total),
        "harmless": plain.total,
        "false_alarms": _share(sum(plain.heard[kind] for kind in KINDS), plain.total),
        "false_questions": _share(plain.heard[CHECK], plain.total),
    }


def _share(part: int, total: int) -> dict[str, float]:
    low, high = wilson(part, total)
    return {"share": round(part / total, 4) if total else 0.0, "low": round(low, 4), "high": round(high, 4)}


def written(found: Mapping[str, Any]) -> str:
    """Return the figures as a Markdown table, and what was missed most."""

    def percent(share: Mapping[str, float]) -> str:
        return f"{share['share']:.1%} ({share['low']:.0%}–{share['high']:.0%})"

    header = (
        "line",
        "named dangers",
        "caught",
        "right kind",
        "doubtful asked about",
        "false alarms",
        "false questions",
    )
    lines = [
        (line["snr"], line["named"], percent(line["caught"]), percent(line["right_kind"]),
         percent(line["doubtful_caught"]), percent(line["false_alarms"]), percent(line["false_questions"]))
        for line in found["lines"]
    ]  # fmt: skip
    worst = Counter(item["said"] for item in found["missed"] if item["class"] in KINDS and item["got"] == NONE)
    return "\n".join(
        [table(header, lines), "", "missed: " + ", ".join(f"{said} {n}" for said, n in worst.most_common(12))]
    )
