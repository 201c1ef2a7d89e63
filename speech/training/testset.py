"""Held-out test speech: voices, random variants and speeds that no training utterance has (speech.training.voices).

What a clip is depends on the seed, its slot, its condition and its number alone, so larger sets hold the smaller ones
(in hundreds) and two runs agree bit by bit. `digest` names a set.
"""

import hashlib
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from speech.training import voices
from speech.training.alignment import Misread
from speech.training.channel import Channel, Samples
from speech.training.espeak import MANDARIN, Espeak, Manner
from speech.training.sentences import Talk, cut_phrase
from speech.training.utterance import clean_voice, foreign_text, on_the_phone, random_syllables, speak, speak_text

SLOTS = ("fault_code", "fault_code_said", "yes_no", "menu", "place", "address", "phone", "safety", "other", "unknown")
SNRS = (None, 20, 10, 5)  # dB; None: the line's codec and nothing else
_BEFORE, _AFTER = 0.4, 1.0
_DIGITS = dict(zip("零一二三四五六七八九幺两洞拐勾", "012345678912079", strict=True))
_OTHER_KINDS = ("service", "symptom", "request", "talk", "time", "name", "warranty", "address", "code", "yes_no")
_TRIES = 40
_CHUNK = 100


@dataclass(frozen=True, slots=True)
class Condition:
    """How the line is. snr: dB or None for clean; loss: whether packets are lost."""

    snr: int | None
    loss: bool = False

    @property
    def name(self) -> str:
        """The condition's name in tables, such as "snr10+loss"."""
        return ("clean" if self.snr is None else f"snr{self.snr}") + ("+loss" if self.loss else "")


@dataclass(frozen=True, slots=True)
class Clip:
    """One spoken answer. words: what was said; truth: what a slot should make of it; pcm: s16 mono at 8 kHz."""

    slot: str
    condition: Condition
    words: tuple[str, ...]
    truth: str
    voice: str
    rate: int
    pcm: bytes


class TestSet:
    """Makes held-out clips. menu: meaning -> phrases, for the slot `menu`; yes, no: the answers' words.

    espeak-ng's audio depends on what the library said before, so every hundred clips are made by a fresh process.
    """

    __test__ = False  # no test of pytest's

    def __init__(
        self, talk: Talk, data: Path, menu: Mapping[str, Sequence[str]], yes: Sequence[str], no: Sequence[str]
    ) -> None:
        vocabulary = frozenset(talk.lexicon.words())
        self._recipe = _Recipe(talk, data, _cut(menu, vocabulary, talk), _cut({"yes": yes, "no": no}, vocabulary, talk))

    def clips(
        self, slots: Iterable[str], conditions: Iterable[Condition], count: int, seed: int, jobs: int = 1
    ) -> Iterator[Clip]:
        """Yield `count` clips of each slot in each condition, made by `jobs` processes; raises RecordingFailed."""
        wanted = list(conditions)
        chunks = [
            _Chunk(self._recipe, slot, condition, range(start, min(start + _CHUNK, count)), seed)
            for slot in slots
            for condition in wanted
            for start in range(0, count, _CHUNK)
        ]
        if Espeak.opened:
            raise RecordingFailed("espeak-ng was used in this process before; its state would go into the clips")
        running: deque[_Recording] = deque()
        for chunk in chunks:
            if len(running) == max(jobs, 1):
                yield from running.popleft().clips()
            running.append(_Recording(chunk))
        while running:
            yield from running.popleft().clips()


class RecordingFailed(Exception):
    """A process that makes test clips ended before its time."""


@dataclass(frozen=True, slots=True)
class _Recipe:
    talk: Talk
    data: Path
    menu: list[tuple[str, list[str]]]
    answers: list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class _Chunk:
    recipe: _Recipe
    slot: str
    condition: Condition
    numbers: range
    seed: int


class _Recording:
    """A forked process that makes one chunk."""

    def __init__(self, chunk: _Chunk) -> None:
        context = multiprocessing.get_context("fork")
        self._chunk = chunk
        self._near, far = context.Pipe(duplex=False)
        self._process = context.Process(target=_record_chunk, args=(chunk, far))
        self._process.start()
        far.close()

    def clips(self) -> list[Clip]:
        """Wait for the clips; raises RecordingFailed."""
        try:
            made: list[Clip] = self._near.recv()
        except EOFError:
            self._process.join()
            where = f"{self._chunk.slot} {self._chunk.condition.name}"
            raise RecordingFailed(f"{where}: status {self._process.exitcode}") from None
        self._process.join()
        return made


def _record_chunk(chunk: _Chunk, pipe: "Connection[list[Clip], None]") -> None:
    booth = _Booth(chunk)
    pipe.send([booth.clip(number) for number in chunk.numbers])


class _Booth:
    """Records the clips of one chunk in this process."""

    def __init__(self, chunk: _Chunk) -> None:
        self._chunk = chunk
        self._talk = chunk.recipe.talk
        self._espeak = Espeak(chunk.recipe.data)
        chance = np.random.default_rng([chunk.seed, 0])
        foreign = (
            speak_text(
                self._espeak, foreign_text(chance), None, voices.foreign_manner(chance, voices.HELD_OUT_STOCK), chance
            )
            for _ in range(16)
        )
        self._others: list[Samples] = [clean_voice(spoken) for spoken in foreign]

    def clip(self, number: int) -> Clip:
        """Return clip `number` of the chunk's slot and condition."""
        slot, condition = self._chunk.slot, self._chunk.condition
        key = [self._chunk.seed, 1 + SLOTS.index(slot), 1 + (condition.snr or 0), int(condition.loss), number]
        chance = np.random.default_rng(key)
        manner = voices.held_out_manner(chance, number)
        for _ in range(_TRIES):
            words, truth = self._text(slot, chance)
            try:
                pcm = self._record(words, condition, manner, chance)
            except Misread:
                continue  # espeak-ng reads these characters otherwise: another sentence of the same slot
            return Clip(
                slot, condition, tuple(words), truth, manner.voice.removeprefix(MANDARIN + "+"), manner.rate, pcm
            )
        raise ValueError(f"espeak-ng misreads everything of {slot}")

    def _record(self, words: Sequence[str], condition: Condition, manner: Manner, chance: np.random.Generator) -> bytes:
        if words:
            spoken = speak(self._espeak, words, self._talk.lexicon, manner, chance)
        elif chance.random() < 0.5:
            variants = voices.HELD_OUT_STOCK
            spoken = speak_text(
                self._espeak, foreign_text(chance), None, voices.foreign_manner(chance, variants), chance
            )
        else:
            text, expected = random_syllables(chance)
            spoken = speak_text(self._espeak, text, expected, manner, chance)
        noisy = condition.snr is not None
        channel = Channel(
            coloring=0.5 if noisy else 0, noisy=float(noisy), snr=condition.snr, loss=float(condition.loss), clipping=0,
            echo=0, codec="mu",
        )  # fmt: skip
        audio, _segments = on_the_phone(spoken, channel, self._others, chance, before=_BEFORE, after=_AFTER)
        return audio.astype("<i2").tobytes()

    def _text(self, slot: str, chance: np.random.Generator) -> tuple[list[str], str]:
        match slot:
            case "fault_code" | "fault_code_said":
                return self._code(said=slot == "fault_code_said", chance=chance)
            case "yes_no":
                return _drawn(self._chunk.recipe.answers, chance)
            case "menu":
                return _drawn(self._chunk.recipe.menu, chance)
            case "unknown":
                return [], ""
            case _:
                kinds = {"place": "place_chain", "other": _OTHER_KINDS[int(chance.integers(len(_OTHER_KINDS)))]}
                words = self._sentence(kinds.get(slot, slot), chance)
                return words, "".join(words)

    def _code(self, *, said: bool, chance: np.random.Generator) -> tuple[list[str], str]:
        value = self._sentence("code_value", chance)
        carrier = self._sentence("code_carrier", chance) if said else []
        return [*carrier, *value], printed_code(value)

    def _sentence(self, rule: str, chance: np.random.Generator) -> list[str]:
        return [word.text for word in self._talk.sample_kind(chance, rule)]


def _cut(meanings: Mapping[str, Sequence[str]], vocabulary: frozenset[str], talk: Talk) -> list[tuple[str, list[str]]]:
    cut = [(meaning, cut_phrase(phrase, vocabulary)) for meaning, phrases in meanings.items() for phrase in phrases]
    return [(meaning, words) for meaning, words in cut if words and all(word in talk.lexicon for word in words)]


def _drawn(pool: Sequence[tuple[str, list[str]]], chance: np.random.Generator) -> tuple[list[str], str]:
    meaning, words = pool[int(chance.integers(len(pool)))]
    return words, meaning


def printed_code(words: Sequence[str]) -> str:
    """Return a spoken fault code as the display shows it: 佛山 的 F 二 十 八 -> F28, E 零 三 -> E03."""
    out = ""
    for word in words[words.index("的") + 1 :] if "的" in words else words:
        if word == "十":
            # a tens word adds its zero only when no digit follows: 十 -> 10, 二十 -> 20, 二十八 -> 28, 十八 -> 18
            out += "1" if not out or not out[-1].isdecimal() else ""
            pending = True
        elif word in _DIGITS or (len(word) == 1 and word.isascii()):
            out += _DIGITS.get(word, word)
            pending = False
        else:
            continue  # 杠, 点, 横, 字母
    return out + ("0" if words and words[-1] == "十" and pending else "")


def digest(clips: Iterable[Clip]) -> str:
    """Return the SHA-256 over the clips' truths and audio."""
    total = hashlib.sha256()
    for clip in clips:
        total.update(f"{clip.slot} {clip.condition.name} {clip.truth}\n".encode())
        total.update(clip.pcm)
    return total.hexdigest()
