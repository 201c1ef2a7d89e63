"""Pure: espeak-ng's phoneme events into timed units, checked against what the words should say."""

from collections.abc import Sequence
from dataclasses import dataclass

from speech.training.units import INITIALS, SILENCE, SPOKEN_NOISE

# espeak-ng mnemonics of each initial; y and w are glides that it often writes into the final
_SAID_AS = {
    "b": "p", "p": "ph", "m": "m", "f": "f", "d": "t", "t": "th", "n": "n", "l": "l", "g": "k", "k": "kh", "h": "X",
    "j": "tS;", "q": "tS;h", "x": "S;", "zh": "ts.", "ch": "ts.h", "sh": "s.", "r": "z.", "z": "ts", "c": "tsh",
    "s": "s", "y": "j ;", "w": "w",
}  # fmt: skip
INITIAL_SOUNDS = {unit: frozenset(sounds.split()) for unit, sounds in _SAID_AS.items()}
_CONSONANTS = frozenset().union(*INITIAL_SOUNDS.values()) | {"N"}
_IN_LETTERS = frozenset(("v", "z", "p", "t", "ts.", "l", "k", "f", "s", "m", "ts.h", "kh", "ph", "th"))
_SHORTEST_PAUSE = 0.02
_GLIDE_SECONDS, _GLIDE_SHARE = 0.045, 0.35
_LONGEST_NOISE = 0.12


class Misread(Exception):
    """espeak-ng said something else than the words should sound like."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A unit from begin to end, in seconds."""

    begin: float
    end: float
    unit: str


@dataclass(frozen=True, slots=True)
class Expected:
    """The units of one syllable, or of a letter said by its name (spelled)."""

    units: tuple[str, ...]
    spelled: bool = False


@dataclass(slots=True)
class _Sound:
    begin: float
    end: float
    name: str


class _Reader:
    """Walks through the sounds, taking them unit by unit."""

    def __init__(self, sounds: list[_Sound]) -> None:
        self._sounds = sounds
        self._at = 0
        self.out: list[Segment] = []

    def pauses(self) -> None:
        while self._at < len(self._sounds) and self._sounds[self._at].name == SILENCE:
            sound = self._sounds[self._at]
            self.out.append(Segment(sound.begin, sound.end, SILENCE))
            self._at += 1

    def unit(self, unit: str, *, spelled: bool) -> None:
        if self._at >= len(self._sounds):
            raise Misread("too short")
        sound = self._sounds[self._at]
        if unit not in INITIALS:
            self._final(unit, sound)
        elif sound.name in INITIAL_SOUNDS[unit] or (spelled and sound.name in _IN_LETTERS):
            self.out.append(Segment(sound.begin, sound.end, unit))
            self._at += 1
        elif unit in {"y", "w"}:  # no sound of its own: the first part of the vowel
            length = min(_GLIDE_SECONDS, (sound.end - sound.begin) * _GLIDE_SHARE)
            self.out.append(Segment(sound.begin, sound.begin + length, unit))
            sound.begin += length
        else:
            raise Misread(f"{unit} said as {sound.name}")

    def _final(self, unit: str, sound: _Sound) -> None:
        begin = sound.begin
        if sound.name in {"w", "j", ";"}:
            self._at += 1
            if self._at >= len(self._sounds):
                raise Misread("ends with a glide")
            sound = self._sounds[self._at]
        if sound.name in _CONSONANTS or sound.name == SILENCE:
            raise Misread(f"{unit} said as {sound.name}")
        self._at += 1
        end = sound.end
        nasal = unit.endswith(("n", "ng")) and self._at < len(self._sounds)
        if nasal and self._sounds[self._at].name in {"n", "N"}:
            end = self._sounds[self._at].end
            self._at += 1
        self.out.append(Segment(begin, end, unit))

    def finish(self) -> None:
        self.pauses()
        if self._at != len(self._sounds):
            raise Misread(f"more than the words: {self._sounds[self._at].name}")


def align(phonemes: Sequence[tuple[float, str]], length: float, expected: Sequence[Expected]) -> list[Segment]:
    """Return the timed units of an utterance. phonemes: (seconds, mnemonic); length: seconds. Raises Misread."""
    reader = _Reader(_sounds(phonemes, length))
    for syllable in expected:
        reader.pauses()
        for unit in syllable.units:
            reader.unit(unit, spelled=syllable.spelled)
    reader.finish()
    return reader.out


def align_noise(phonemes: Sequence[tuple[float, str]], length: float) -> list[Segment]:
    """Return segments of speech that is in no vocabulary: pauses, and spoken noise in pieces of a syllable's length."""
    out: list[Segment] = []
    for sound in _sounds(phonemes, length, strict=False):
        unit = SILENCE if sound.name == SILENCE else SPOKEN_NOISE
        last = out[-1] if out else None
        if last and unit == SPOKEN_NOISE == last.unit and last.end - last.begin < _LONGEST_NOISE:
            out[-1] = Segment(last.begin, sound.end, unit)
        else:
            out.append(Segment(sound.begin, sound.end, unit))
    return out


def _sounds(phonemes: Sequence[tuple[float, str]], length: float, *, strict: bool = True) -> list[_Sound]:
    out: list[_Sound] = []
    for index, (begin, name) in enumerate(phonemes):
        end = phonemes[index + 1][0] if index + 1 < len(phonemes) else length
        if name.startswith("("):
            if strict:
                raise Misread(f"changes to another language {name}")
        elif name.startswith("_"):
            if end - begin >= _SHORTEST_PAUSE:
                out.append(_Sound(begin, end, SILENCE))
            elif out:
                out[-1].end = end
        elif end > begin:
            out.append(_Sound(begin, end, name))
    return out
