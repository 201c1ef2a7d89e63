"""Every fixed prompt as it is really synthesized, at both rates: there, short enough, evenly loud, read right."""

import asyncio
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from ops.prompts.check import check
from ops.stack.texts import fallback_texts, flow_texts
from speech.contract import shown
from speech.synthesizers.bulk import Wanted, make_missing
from speech.synthesizers.espeak import VOICE, EspeakSynthesizer
from speech.synthesizers.pronunciation import MISREAD, spoken_form


def wanted() -> list[dict[str, str | float]]:
    return [
        *map(dict, flow_texts()),
        *({"key": key, "text": text, "rate": 1.0} for key, text in fallback_texts().items()),
    ]


@pytest.mark.timeout(600)
async def test_every_prompt_is_fit_to_be_played(tmp_path: Path) -> None:
    texts = wanted()
    prompts = [Wanted(str(row["key"]), str(row["text"]), float(row["rate"])) for row in texts]
    assert await make_missing(prompts, EspeakSynthesizer(tmp_path), tmp_path, lambda _done, _total: None) == []
    count, findings = await asyncio.to_thread(check, tmp_path, texts, ())
    assert count > 300
    assert [(item.key, item.kind, item.text) for item in findings] == []


# ---- readings ----

# What espeak-ng must pronounce: its phonemes without stress and tone marks, and the tone of each syllable as spoken.
# Tones: 55 first, 35 second, 21 or 214 third (35 before another third), 51 fourth, anything for a neutral one.
_TONES = {"1": "55", "2": "35", "3": "(214|21|35)", "4": "51", "5": "\\d+"}


def phonemes(text: str) -> list[str]:
    """Return the syllables of `text` as espeak-ng speaks them, clause marks left out."""
    done = subprocess.run(
        ["espeak-ng", "-v", VOICE, "-q", "-x", "--stdin"], check=True, capture_output=True, input=text.encode()
    )
    return [syllable.replace("'", "").rstrip("|_") for syllable in done.stdout.decode().split()]


def pattern(pinyin: str) -> str:
    """Return what the syllables of `pinyin` sound like, each with its tone."""
    parts = []
    for syllable, spoken in zip(pinyin.split(), phonemes(pinyin), strict=True):
        plain = re.sub(r"\d+", "", spoken)
        reduced = re.escape(plain[0]) + r"\S*" if syllable.endswith("5") else re.escape(plain)
        parts.append(f"{reduced}#{_TONES[syllable[-1]]}")
    return " ".join(parts)


def toned(syllables: list[str]) -> str:
    return " ".join(
        re.sub(r"\d+", "", syllable) + "#" + "".join(re.findall(r"\d+", syllable)) for syllable in syllables
    )


@cache
def clauses() -> tuple[str, ...]:
    """Return every clause that is said, as it stands in the prompts with its pinyin marks; the flows are read once."""
    found = (part for row in wanted() for part in re.split(r"[,。;:?!、]", str(row["text"])))
    return tuple(sorted({part for part in found if part}))


@pytest.mark.parametrize("word", sorted(MISREAD))
def test_words_of_several_readings_are_read_right_wherever_they_stand(word: str) -> None:
    reading = re.compile(pattern(MISREAD[word]))
    places = [clause for clause in clauses() if word in shown(clause)] or [word]
    for clause in places[:6]:
        assert reading.search(toned(phonemes(spoken_form(clause)))), (clause, toned(phonemes(spoken_form(clause))))


@pytest.mark.parametrize("word", ["地址", "重新", "着急", "佛山", "投诉", "修不了"])
def test_the_voice_itself_would_misread_them(word: str) -> None:
    """The table is needed: without it the voice says something else."""
    assert not re.search(pattern(MISREAD[word]), toned(phonemes(word)))
