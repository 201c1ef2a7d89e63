"""One utterance from words to telephone audio with its timed units."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from speech.training.alignment import Expected, Misread, Segment, align, align_noise
from speech.training.channel import STEPS, Channel, Samples, coloring, resample, through_line
from speech.training.espeak import SAMPLE_RATE, Espeak, Manner
from speech.training.lexicon import Lexicon, all_syllables
from speech.training.units import SILENCE, split_syllable
from speech.training.voices import FOREIGN_WORDS

_STYLES, _STYLE_SHARES = ("apart", "joined", "characters"), (0.4, 0.25, 0.35)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Audio as espeak gave it (22 050 Hz) and the timed units in seconds."""

    samples: NDArray[np.int16]
    segments: tuple[Segment, ...]


def render(words: Sequence[str], lexicon: Lexicon, chance: np.random.Generator) -> tuple[str, list[Expected]]:
    """Return the text for espeak-ng in a random spelling style, and the syllables that it should say."""
    style = _STYLES[int(np.searchsorted(np.cumsum(_STYLE_SHARES), chance.random()))]
    pieces: list[str] = []
    expected: list[Expected] = []
    for word in words:
        readings = lexicon.readings[word]
        reading = readings[0] if chance.random() < 0.5 else readings[int(chance.integers(len(readings)))]
        if not reading.pinyin:
            pieces.append(word)
            expected.append(Expected(reading.units, spelled=True))
            continue
        expected += [Expected(split_syllable(syllable)) for syllable in reading.pinyin]
        plain = style == "characters" and reading == readings[0] and not word.isascii()
        pieces.append(word if plain else ("" if style == "joined" else " ").join(reading.pinyin))
    return " ".join(pieces), expected


def speak(
    espeak: Espeak, words: Sequence[str], lexicon: Lexicon, manner: Manner, chance: np.random.Generator
) -> Spoken:
    """Return the words spoken; raises Misread when espeak-ng reads the text otherwise."""
    text, expected = render(words, lexicon, chance)
    return speak_text(espeak, text, expected, manner, chance)


def speak_text(
    espeak: Espeak, text: str, expected: Sequence[Expected] | None, manner: Manner, chance: np.random.Generator
) -> Spoken:
    """Return `text` spoken; expected None: whatever it says is spoken noise."""
    speech = espeak.say(text, manner, int(chance.integers(1 << 31)))
    phonemes = [(sample / SAMPLE_RATE, name) for sample, name in speech.phonemes]
    length = len(speech.samples) / SAMPLE_RATE
    segments = align(phonemes, length, expected) if expected is not None else align_noise(phonemes, length)
    if not segments:
        raise Misread("nothing said")
    return Spoken(speech.samples, tuple(segments))


def random_syllables(chance: np.random.Generator) -> tuple[str, list[Expected]]:
    """Return two to nine random syllables, as text and as what it should sound like."""
    pool = all_syllables()
    drawn = [pool[int(chance.integers(len(pool)))] for _ in range(int(chance.integers(2, 10)))]
    text = " ".join(f"{syllable.replace('v', 'ü')}{chance.integers(1, 5)}" for syllable in drawn)
    return text, [Expected(split_syllable(syllable)) for syllable in drawn]


def foreign_text(chance: np.random.Generator) -> str:
    """Return words of no Chinese vocabulary."""
    return " ".join(str(word) for word in chance.choice(FOREIGN_WORDS, int(chance.integers(2, 9))))


def on_the_phone(
    spoken: Spoken, channel: Channel, voices: list[Samples], chance: np.random.Generator,
    *, warp: int = STEPS, before: float = 0.3, after: float = 0.3,
) -> tuple[NDArray[np.int16], list[Segment]]:  # fmt: skip
    """Return 8 kHz telephone audio with `before` and `after` seconds of line around it, and the units' times in it."""
    response = coloring(chance) if chance.random() < channel.coloring else None
    voice = resample(spoken.samples, warp, response)
    quiet = (np.zeros(round(before * 8000), np.float32), np.zeros(round(after * 8000), np.float32))
    audio = through_line(np.concatenate([quiet[0], voice, quiet[1]]), channel, voices, chance)
    slower = warp / STEPS
    moved = [
        replace(item, begin=item.begin * slower + before, end=item.end * slower + before) for item in spoken.segments
    ]
    all_of_it = [Segment(0, before, SILENCE), *moved, Segment(moved[-1].end, len(audio) / 8000, SILENCE)]
    return audio, _join_pauses(all_of_it)


def _join_pauses(segments: Sequence[Segment]) -> list[Segment]:
    out: list[Segment] = []
    for item in segments:
        if out and out[-1].unit == SILENCE == item.unit:
            out[-1] = replace(out[-1], end=item.end)
        else:
            out.append(item)
    return out


def clean_voice(spoken: Spoken) -> Samples:
    """Return the utterance at 8 kHz without a line, for babble and echo."""
    return resample(spoken.samples)
