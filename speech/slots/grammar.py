"""Builds the phrase list a turn's recognizer expects: sentence-like phrases cut into the model's words.

Single-word grammars give homophone nonsense (no tones in the model), whole phrases do not. Open speech (statements) has
no grammar.
"""

import itertools

from danger.find import spoken_phrases
from speech.contract import Lexicon, SlotKind, SlotSpec
from speech.slots.expected import doubled, expected
from speech.slots.readers import Knowledge
from speech.text import compact

_OPEN = {SlotKind.STATEMENT, SlotKind.DIGITS, SlotKind.NAME, SlotKind.ADDRESS, SlotKind.ROAD}
_LETTERS = "EFAHPLCDBGNU"  # not R: it sounds like 二, and codes of three digits are far more frequent
# What a model without Latin letters as words writes for them; the slots read it as the letter (faultcode).
_SOUNDS = {
    "E": ("易", "依", "伊"), "F": ("艾弗", "爱福", "艾福", "爱夫"), "A": ("诶",), "H": ("爱吃", "艾曲", "爱去"),
    "P": ("屁", "批", "皮"), "L": ("艾路", "爱乐", "爱路"), "C": ("西", "系"), "D": ("地", "弟"), "B": ("必", "比"),
}  # fmt: skip
_DIGIT_WORDS = ("零", "一", "幺", "二", "三", "四", "五", "六", "七", "八", "九")
_CARRIERS = (("显示",), ("故障", "代码"), ("是",), ("故障码",), ("代码", "是"), ("不是",), ("应该是",))
# A letter by a word, as the spelling question has it; any other word is heard openly.
_SPELLED = (
    ("E", "俄罗斯的"), ("F", "佛山的"), ("A", "阿姨的"), ("A", "阿里的"), ("H", "河南的"), ("P", "平安的"),
    ("L", "龙江的"), ("C", "长城的"), ("D", "东莞的"),
)  # fmt: skip
_MAX_WORD = 8
_CODE_PAIRS = 60  # of equal digits, beside some 150 pairs of each digit with any


def build_grammar(slot: SlotSpec, lexicon: Lexicon, vocabulary: frozenset[str], known: Knowledge) -> list[str]:
    """Return the phrases of a turn, words separated by blanks, "[unk]" last; [] for open listening."""
    wanted = slot.correcting or slot.kind
    # What is corrected of an address in few words is its last part; the rest is heard openly.
    likely = SlotKind.ROOM if slot.correcting is SlotKind.ADDRESS else wanted
    values = expected(likely, vocabulary, known.gazetteer)
    if likely in _OPEN or (likely is SlotKind.REGION and not values):
        return []
    plain = [*itertools.chain.from_iterable(lexicon.commands.values())]
    plain += [*spoken_phrases(lexicon), *itertools.chain.from_iterable(slot.phrases.values())]
    if slot.kind is SlotKind.YES_NO or slot.correcting:
        plain += [*lexicon.yes, *lexicon.no]
    words = [cut(compact(phrase), vocabulary) for phrase in plain]
    words += [cut(phrase, vocabulary) for phrase in values]
    if wanted is SlotKind.FAULT_CODE:
        words += code_phrases(vocabulary, tuple(known.catalogue))
    if slot.correcting is SlotKind.FAULT_CODE:
        words += correction_phrases(vocabulary)
    phrases = dict.fromkeys(" ".join(phrase) for phrase in words if phrase)
    return [*phrases, "[unk]"]


def cut(phrase: str, vocabulary: frozenset[str]) -> list[str]:
    """Return `phrase` as the fewest words of the vocabulary; [] when it cannot be cut."""
    if not vocabulary:
        return list(phrase)
    best: list[list[str] | None] = [[]] + [None] * len(phrase)
    for end in range(1, len(phrase) + 1):
        for start in range(max(0, end - _MAX_WORD), end):
            head, word = best[start], phrase[start:end]
            if head is None or word not in vocabulary:
                continue
            current = best[end]
            if current is None or len(head) + 1 < len(current):
                best[end] = [*head, word]
    return best[-1] or []


def letter_words(vocabulary: frozenset[str]) -> dict[str, list[list[str]]]:
    """Return letter -> ways to write it in the vocabulary's words: itself, else what sounds like it; [] for none."""
    if not vocabulary:
        return {letter: [[letter]] for letter in _LETTERS}
    return {
        letter: [[letter]]
        if letter in vocabulary
        else [words for sound in _SOUNDS.get(letter, ()) if (words := cut(sound, vocabulary))]
        for letter in _LETTERS
    }


def code_phrases(vocabulary: frozenset[str], catalogue: tuple[str, ...]) -> list[list[str]]:
    """Return spoken forms of fault codes: every letter with one and two digits, teens, P in the middle, the catalogue.

    The recognizer's language model is a bigram over these, so longer digit strings follow by themselves.
    """
    known = [word for word in _DIGIT_WORDS if not vocabulary or word in vocabulary]
    letters = letter_words(vocabulary)
    bodies: list[tuple[str, ...]] = [(a,) for a in known]
    bodies += list(itertools.product(known, known))
    bodies += [(a, "十", b) for a in known[3:] for b in known[1:] if b != "幺"]
    out = [[*letter, *body] for letter in itertools.chain(*letters.values()) for body in bodies]
    out += [[*carrier, *e, *body] for carrier in _CARRIERS for e in letters["E"] for body in bodies[: len(known)]]
    out += [list(word) for word in doubled(_CODE_PAIRS) if all(digit in known for digit in word)]
    out += [[a, *p, b] for a in known for b in known for p in letters["P"]]
    out += [list(triple) for triple in itertools.product(("幺", "二", "三", "四", "五"), ("零", "幺"), known)]
    out += [spoken for code in catalogue if (spoken := _spoken(code, vocabulary))]
    spelled = [[*carrier, letter] for letter, word in _SPELLED if (carrier := cut(word, vocabulary))]
    out += [[*letter, digit] for letter in spelled for digit in known]
    return [phrase for phrase in out if not vocabulary or all(word in vocabulary for word in phrase)]


def correction_phrases(vocabulary: frozenset[str]) -> list[list[str]]:
    """Return "不是 E 一 是 F 一" for every letter and digit: what may stand before and after the second 是."""
    out = [["不是", letter, digit, "是", letter, digit] for letter in _LETTERS for digit in _DIGIT_WORDS]
    return [phrase for phrase in out if not vocabulary or all(word in vocabulary for word in phrase)]


def _spoken(code: str, vocabulary: frozenset[str]) -> list[str]:
    names = {str(index): word for index, word in enumerate("零一二三四五六七八九")}
    words = [names.get(char, char) for char in code]
    return words if not vocabulary or all(word in vocabulary for word in words) else []
