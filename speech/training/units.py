"""Pure: the sound units (pinyin initials and toneless finals), phones made of them, and how syllables split.

A unit has two states (pdfs): its first frame and its further frames. Phones are units marked by their place in the
word (begin, inside, end, alone), as Vosk needs them for word times; all phones of a unit share its two pdfs.
"""

import re
from dataclasses import dataclass

INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
FINALS = (
    "a", "ai", "an", "ang", "ao", "e", "ei", "en", "eng", "er", "i", "ia", "ian", "iang", "iao", "ie", "ii", "iii",
    "in", "ing", "iong", "iu", "o", "ong", "ou", "u", "ua", "uai", "uan", "uang", "ui", "un", "uo", "v",
    "van", "ve", "vn",
)  # fmt: skip
SILENCE, SPOKEN_NOISE = "SIL", "SPN"
UNITS = (SILENCE, SPOKEN_NOISE, *sorted((*INITIALS, *FINALS)))
UNIT_NUMBER = {unit: number for number, unit in enumerate(UNITS)}
PDFS = 2 * len(UNITS)

_TONE = re.compile(r"[1-5]$")
_HUMMED = {"ng": "en", "n": "en"}  # 嗯 without a vowel
_SHORT = {"uen": "un", "iou": "iu", "uei": "ui", "ue": "ve"}
_AFTER_Y = {"e": "ie", "an": "ian", "ong": "iong"}


class NotASyllable(ValueError):
    """Text that is no pinyin syllable."""


def split_syllable(syllable: str) -> tuple[str, ...]:
    """Return the units of a pinyin syllable ("zhang4", "lü4", "er2"); tones are ignored. Raises NotASyllable."""
    bare = _TONE.sub("", syllable.lower()).replace("ü", "v").replace("u:", "v")
    bare = _HUMMED.get(bare, bare)
    initial = next((item for item in INITIALS if bare.startswith(item)), "")
    final = bare[len(initial) :]
    if initial in {"j", "q", "x", "y"} and final.startswith("u"):
        final = "v" + final[1:]
    if initial == "y":
        final = _AFTER_Y.get(final, final)
    if final == "i" and initial in {"z", "c", "s"}:
        final = "ii"
    if final == "i" and initial in {"zh", "ch", "sh", "r"}:
        final = "iii"
    if initial in {"n", "l"} and final == "ue":
        final = "ve"
    final = _SHORT.get(final, final)
    if final not in FINALS:
        raise NotASyllable(syllable)
    return (initial, final) if initial else (final,)


@dataclass(frozen=True, slots=True)
class Phone:
    """A unit in its place in a word. place: nonword, begin, internal, end, singleton (Vosk's names)."""

    name: str
    unit: int
    place: str


def _phones() -> tuple[Phone, ...]:
    out = [Phone(SILENCE, 0, "nonword")]
    places = (("B", "begin"), ("I", "internal"), ("E", "end"), ("S", "singleton"))
    for number, unit in enumerate(UNITS[1:], 1):
        out += [Phone(f"{unit}_{mark}", number, place) for mark, place in places]
    return tuple(out)


PHONES = _phones()
PHONE_NUMBER = {phone.name: number for number, phone in enumerate(PHONES, 1)}  # 0 is epsilon


def phones_of(units: tuple[str, ...]) -> tuple[int, ...]:
    """Return the phone numbers of one word said as `units`."""
    if len(units) == 1:
        return (PHONE_NUMBER[f"{units[0]}_S"],)
    inside = [PHONE_NUMBER[f"{unit}_I"] for unit in units[1:-1]]
    return (PHONE_NUMBER[f"{units[0]}_B"], *inside, PHONE_NUMBER[f"{units[-1]}_E"])
