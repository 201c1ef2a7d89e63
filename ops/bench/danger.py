"""How well danger is heard: every phrase of a table spoken by test voices over a telephone line, in the menu's turn."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from danger.find import CHECK, KINDS
from ivr.flows.load import load_program
from speech.contract import SlotKind, SlotSpec
from speech.evaluation.cases import NOW
from speech.evaluation.figures import table, wilson
from speech.evaluation.hearing import Hearing
from speech.evaluation.sound import VOICES, Line, Studio, chance_of, make_voices
from speech.meaning import read_vocabulary
from speech.recognizers.vosk_worker import Decoder
from speech.slots import Slots

Say = Callable[[str], None]
NONE = "none"


class TableUnusable(Exception):
    """The table of phrases cannot be read; the message names the file."""


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
    lines, missed = [], []
    for snr in snrs:
        heard: list[tuple[str, str]] = []
        for kind, listed in phrases.items():
            for number in range(n * len(listed)):
                said = listed[number % len(listed)]
                chance = chance_of(seed, snr, kind, number)
                voice = VOICES[(number // len(listed) + number) % len(VOICES)]
                spoken = mouth.speak(said, Line(snr), chance, voice)
                found = hearing.hear(spoken.pcm, menu, program.lexicon, slots, NOW).interpretation
                got = found.safety or NONE
                heard.append((kind, got))
                if got != kind:
                    missed.append({"snr": snr, "said": said, "class": kind, "got": got, "heard": found.text})
            say(f"{snr}: {kind} heard")
        lines.append(summed(snr, heard))
    return {"seed": seed, "n": n, "lines": lines, "missed": missed}


def summed(snr: str, heard: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the shares of one line from (class, heard as). caught: a named danger led to help or to the question."""
    named = [(kind, got) for kind, got in heard if kind in KINDS]
    doubtful = [got for kind, got in heard if kind == CHECK]
    harmless = [got for kind, got in heard if kind == NONE]
    return {
        "snr": snr,
        "named": len(named),
        "caught": _share(sum(got != NONE for _kind, got in named), len(named)),
        "right_kind": _share(sum(got == kind for kind, got in named), len(named)),
        "kinds": {one: _share(sum(pair == (one, one) for pair in named), sum(kind == one for kind, _got in named))
                  for one in KINDS},
        "doubtful": len(doubtful),
        "doubtful_caught": _share(sum(got != NONE for got in doubtful), len(doubtful)),
        "harmless": len(harmless),
        "false_alarms": _share(sum(got in KINDS for got in harmless), len(harmless)),
        "false_questions": _share(sum(got == CHECK for got in harmless), len(harmless)),
    }  # fmt: skip


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
