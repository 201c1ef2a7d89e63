"""Who speaks: stock variants of espeak-ng, random variants of human range, and those held out from training."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import yaml

from speech.training.espeak import MANDARIN, Manner, installed_data

_DATA = yaml.safe_load((Path(__file__).parent / "data" / "voices.yaml").read_text("utf-8"))
STOCK = tuple(_DATA["stock"].split())
HELD_OUT_STOCK = tuple(_DATA["held_out"].split())
RANDOM = tuple(f"train{number:03d}" for number in range(_DATA["random"]))
HELD_OUT_RANDOM = tuple(f"held{number:03d}" for number in range(_DATA["held_out_random"]))
HELD_OUT_RATES = tuple(_DATA["held_out_rates"])
FOREIGN = tuple(_DATA["foreign"].split())
FOREIGN_WORDS = tuple(_DATA["foreign_words"].split())
_LANGUAGES = ("cmn", "en", "fr", "de", "es", "yue", "vi", "ja", "ko")
_TABLES = ("phondata", "phondata-manifest", "phonindex", "phontab", "intonations")
_TONE_BANDS = (200, 800, 1800, 3000)


def make_data(folder: Path) -> Path:
    """Make `folder`/espeak-ng-data: the installed data with few languages and our random variants; returns `folder`.

    The library takes 350 voices at most, so languages that nobody speaks here are left out.
    """
    source, target = installed_data(), folder / "espeak-ng-data"
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    for name in (*_TABLES, *(f"{language}_dict" for language in _LANGUAGES)):
        if (source / name).exists():
            shutil.copyfile(source / name, target / name)
    shutil.copytree(source / "voices" / "!v", target / "voices" / "!v")
    for path in sorted((source / "lang").rglob("*")):
        if path.is_file() and path.name.split("-")[0] in _LANGUAGES:
            place = target / "lang" / path.relative_to(source / "lang")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    for name in (*RANDOM, *HELD_OUT_RANDOM):
        (target / "voices" / "!v" / name).write_text(variant_text(name), "utf-8")
    return folder


def variant_text(name: str) -> str:
    """Return the variant file of a random voice; the name alone decides what it is."""
    chance = np.random.default_rng([int.from_bytes(name.encode(), "little")])
    tract = chance.uniform(0.86, 1.26)  # length of the vocal tract, as a factor of the formants
    female = tract > 1.04
    low = chance.uniform(130, 260) if female else chance.uniform(65, 145)
    lines = [
        "language variant", f"name {name}", f"gender {'female' if female else 'male'}",
        f"pitch {low:.0f} {low * chance.uniform(1.15, 1.8):.0f}",
    ]  # fmt: skip
    for formant in range(9):
        place = 100 * tract * chance.normal(1, 0.05 if formant < 4 else 0.08)
        lines.append(f"formant {formant} {place:.0f} {chance.uniform(60, 140):.0f} {chance.uniform(70, 170):.0f}")
    optional: tuple[tuple[float, Callable[[], str]], ...] = (
        (0.5, lambda: f"roughness {chance.integers(0, 5)}"),
        (0.5, lambda: f"flutter {chance.integers(0, 7)}"),
        (0.5, lambda: f"voicing {chance.integers(70, 151)}"),
        (0.6, lambda: f"consonants {chance.integers(60, 141)} {chance.integers(60, 141)}"),
        (0.25, lambda: "breath " + " ".join(str(item) for item in chance.integers(0, 5, 8))),
        (0.2, lambda: f"echo {chance.integers(60, 181)} {chance.integers(5, 26)}"),
        (0.4, lambda: "tone " + " ".join(f"{band} {chance.integers(60, 256)}" for band in _TONE_BANDS)),
        (0.15, lambda: f"klatt {chance.integers(1, 4)}"),
    )
    lines += [line() for share, line in optional if chance.random() < share]
    return "\n".join(lines) + "\n"


def training_manner(chance: np.random.Generator) -> Manner:
    """Return a voice, speed and pitch for one training utterance; never a held-out voice or speed."""
    drawn = chance.random()
    variant = ""
    if drawn >= 0.06:
        pool = RANDOM if drawn < 0.66 else STOCK
        variant = "+" + pool[int(chance.integers(len(pool)))]
    rate = _training_rate(chance)
    return Manner(
        MANDARIN + variant, rate, int(chance.integers(10, 91)), int(chance.integers(10, 91)),
        int(chance.choice((0, 0, 0, 0, 0, 1, 3))),
    )  # fmt: skip


def _training_rate(chance: np.random.Generator) -> int:
    while True:
        rate = int(np.clip(chance.normal(165, 38), 85, 290))
        if all(abs(rate - held) >= 2 for held in HELD_OUT_RATES):
            return rate


def held_out_manner(chance: np.random.Generator, number: int) -> Manner:
    """Return the voice of test utterance `number` (the held-out voices in turn) with a held-out speed."""
    pool = (*HELD_OUT_STOCK, *HELD_OUT_RANDOM)
    rate = HELD_OUT_RATES[int(chance.integers(len(HELD_OUT_RATES)))]
    voice = f"{MANDARIN}+{pool[number % len(pool)]}"
    return Manner(voice, rate, int(chance.integers(25, 76)), int(chance.integers(25, 76)))


def foreign_manner(chance: np.random.Generator, variants: tuple[str, ...]) -> Manner:
    """Return a speaker of another language, who says what no vocabulary holds."""
    language = FOREIGN[int(chance.integers(len(FOREIGN)))]
    variant = variants[int(chance.integers(len(variants)))]
    return Manner(f"{language}+{variant}", int(chance.integers(110, 240)), int(chance.integers(15, 86)), 50)
