"""Fault codes as callers read them from the display: "E一", "F二十八", "五P一", "幺零八", "佛山的F二八".

A code is a pattern, not a closed list: a letter with one to three letters or digits, three digits, or P between digits
(voice-speech 2.5, 5.1). Digits are kept as printed, leading zeros included. A first syllable yi is E or 1; both
readings are tried and the catalogue decides, else the caller is asked.
"""

import itertools
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pypinyin import Style, lazy_pinyin

from speech.slots.code_parts import CODE, changed
from speech.slots.numerals import DIGIT_SOUNDS, DIGITS, cardinal

_D = "零〇洞一幺么二两三四五六七拐八九勾"
_LETTERS = string.ascii_uppercase
_SEPARATORS = "杠点横减"
_CARRIER_WORDS = {
    "俄": "E", "佛": "F", "阿": "A", "河": "H", "平": "P", "龙": "L", "长": "C", "东": "D",
}  # fmt: skip
_LETTER_SYLLABLES = {
    ("ai", "fu"): "F", ("ai", "lu"): "L", ("ai", "le"): "L", ("ai", "chi"): "H", ("ai", "qu"): "H",
    ("yi",): "E", ("ei",): "A", ("xi",): "C", ("si",): "C", ("pi",): "P", ("di",): "D", ("bi",): "B",
}  # fmt: skip
_SPELLED = re.compile(r"([\u4e00-\u9fff]{1,4})的([A-Z]|[\u4e00-\u9fff])")
_CARRIERS = re.compile(
    "故障代码|故障码|故障|代码|现在|屏幕上?|机器上?|壁挂炉|热水器|上面|上头|显示的?|出现了?|报警|报了?|一直|一个|那个|这个|就是|应该是"
    "|闪的?|写着?的?|三个数|是|的|说|了|吗|呃|嗯|啊|哦|吧?好像|来着"
)
# Words between the signs of one code: "E然后零三", "大写的E,数字一", "字母E后面一个五".
_JOINTS = re.compile(
    f"(?:大写的?|英文的?|字母)+(?=[A-Z{''.join(_CARRIER_WORDS)}])"
    f"|(?<=[A-Z])(?:字母?)?(?:然后|接着|后面|后头|再|还有|加|跟|带)?(?:一个|个|是|数字)?(?=[{_D}P])"
    f"|(?<=[{_D}])(?:然后|接着|后面|后头|再|还有|加|跟|带)?一个(?=[{_D}])"
)
# What a recognizer without tones takes for another word next to a code: 是 before it for 十 (nobody says 十 before a
# letter, before two or three single digits or a digit and P), 幺 behind a letter's last consonant (F, H) for 叫 or 了,
# 七 behind a sign for H or 区 (no code has an H there; A and N may be 呃 and 嗯 before one), 嗯 for N. In this order:
# the 十 of 十H is a 是, that of 九十H is none.
_MISHEARD = (
    (re.compile(f"(?<![A-Z{_D}十百])十(?=[A-Z]|[{_D}]P|[{_D}]{{2,3}}(?![{_D}十百度几]))"), "是"),
    (re.compile(f"(?<=[FH])(?:叫(?=[{_D}]|$)|了(?=[{_D}]))"), "幺"),
    (re.compile(f"(?<=[B-MO-Z{_D}十])(?:H(?=[{_D}]|$)|区(?=[{_D}]|$))|(?<=[{_D}十])H"), "七"),
    (re.compile(f"(?<![A-Z{_D}十])N(?=[A-Z]|[{_D}]P[{_D}])"), "嗯"),
)
_NO_CODE = re.compile(f"[A-Z{_D}]几|[{_D}十]度")  # a sign that the caller does not know; the water's temperature
_ORDINAL = re.compile("第[一二两三四五六七八九十1-9](?:个|种|项|条|样)")  # a choice of several, not D and a digit
_MAX_READINGS = 64
# Signs that may be a whole code, with what sounds like one more behind them ("E一吧", "E零三就", "五P一亮"). Behind a
# letter that is itself a homophone one digit may be the half of two (艾弗二吧).
_SIGNS = f"A-Z{_D}十百0-9"
_WHOLE = re.compile(
    f"(?:[A-Z][{_SEPARATORS}]?[{_SIGNS}]+|[^{_SIGNS}]{{1,2}}[{_SIGNS}]{{2,}}|[{_SIGNS}]{{3,}})(?=[^{_SIGNS}{_SEPARATORS}])"
)
_NEXT_CODE = re.compile(f"(?<=[{_D}十0-9])(?=[A-OQ-Z][{_D}十0-9])")  # a letter behind a digit; P may stand between two
# A bare number of two digits, said as a count: most likely the water's temperature (dialogues, fault_code).
_TEMPERATURE = re.compile("(?:就|写|个|才|只有|有)*[二三四五六七八九]?十[一二三四五六七八九]?(?:度|几)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the words. guesses counts symbols taken from a homophone, fewer is better."""

    code: str
    guesses: int


def read_codes(text: str, catalogue: Mapping[str, str]) -> list[str]:
    """Return candidate codes of compact `text`, best first, at most three.

    catalogue maps canonical codes to ids (may be empty). A code that stands in the catalogue beats one that does not.
    """
    if _NO_CODE.search(text):
        return []
    readings = sorted(
        _readings(_JOINTS.sub("", _spelled(_ORDINAL.sub(" ", text))), catalogue),
        key=lambda item: (item.code not in catalogue, item.guesses),
    )
    known = [item for item in readings if item.code in catalogue]
    if known:
        readings = known + [item for item in readings if _is_another(item, known)]
    best: dict[str, int] = {}
    for item in readings:
        best.setdefault(item.code, item.guesses)
    if best and min(best.values()) == 0:
        best = {code: guesses for code, guesses in best.items() if guesses == 0 or code in catalogue}
    return list(best)[:3]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said at the question for a code. codes: at most three; meaning: "", "temperature" or "letter"."""

    codes: tuple[str, ...] = ()
    meaning: str = ""
    letter: str = ""


def read_code(new: str, text: str, catalogue: Mapping[str, str], current: Mapping[str, str]) -> Heard:
    """Read compact `new` (`text` behind its correction mark); current: a code read back, or a letter said before."""
    canonical, letter = current.get("canonical", ""), current.get("letter", "")
    if canonical and (new_code := changed(text, canonical)):
        return Heard((new_code,))
    codes = read_codes(letter + new if letter and not _has_letter(new) else new, catalogue)
    if codes:
        return Heard(tuple(codes))
    bare = _CARRIERS.sub("", new)
    if _TEMPERATURE.fullmatch(bare):
        return Heard((), "temperature")
    alone = _CARRIERS.sub("", _spelled(new))
    return Heard((), "letter", alone) if len(alone) == 1 and alone.isascii() and alone.isalpha() else Heard()


def _has_letter(text: str) -> bool:
    return any(char.isascii() and char.isalpha() for char in _spelled(text))


def may_extend(code: str, catalogue: Mapping[str, str]) -> bool:
    """Tell whether a longer code may still be on its way (E0 against E03)."""
    if code in catalogue:
        return any(other != code and other.startswith(code) for other in catalogue)
    return len(code) < 3


def _spelled(text: str) -> str:
    for heard, said in _MISHEARD:
        text = heard.sub(said, text)

    def letter(match: re.Match[str]) -> str:
        word, said = match.groups()
        if said.isascii():
            return said
        return _CARRIER_WORDS[said] if said in _CARRIER_WORDS and said in word else match.group(0)

    return _SPELLED.sub(letter, text)


def _is_another(item: Reading, known: Sequence[Reading]) -> bool:
    """Tell whether a letter with digits was said beside the codes of the catalogue, and is no beginning of one."""
    plain = item.guesses == 0 and item.code[0] in _LETTERS
    return plain and not any(other.code.startswith(item.code) for other in known)


def _readings(text: str, catalogue: Mapping[str, str]) -> list[Reading]:
    found: list[Reading] = []
    bare = _CARRIERS.sub(" ", text)
    for stretch, (run, begun_anew) in ((whole, left) for whole in _runs(bare) for left in _begun_anew(whole)):
        # homophones are trusted only when next to nothing else was said
        alone = len(bare.replace(" ", "")) - len(stretch) <= 1
        for part in [run] if begun_anew else _NEXT_CODE.split(run):
            found += [item for item in _of_run(part, begun_anew, catalogue) if alone or not item.guesses]
    return found


def _of_run(run: str, begun_anew: int, catalogue: Mapping[str, str]) -> list[Reading]:
    """Read a run; a homophone behind what is a whole code makes it no longer, but to one that the catalogue has.

    A letter and 零 are seldom whole.
    """
    whole = _WHOLE.match(run)
    shorter = _as_code(whole.group(), begun_anew) if whole else []
    longer = _as_code(run, begun_anew)
    listed = [item for item in longer if item.code in catalogue]
    known = any(item.code in catalogue for item in shorter)
    if not shorter or (shorter[0].code[1:] == "0" and (listed or not known)):
        return longer
    return shorter if known else shorter + listed


def _as_code(run: str, begun_anew: int) -> list[Reading]:
    options = [symbols for symbols in _symbols(run) if symbols]
    found = []
    for choice in itertools.islice(itertools.product(*options), _MAX_READINGS):
        code = "".join(symbol for symbol, _guess in choice)
        if CODE.fullmatch(code):
            found.append(Reading(code, begun_anew + sum(guess for _symbol, guess in choice)))
    return found


def _begun_anew(run: str) -> list[tuple[str, int]]:
    """Return a stretch, and what is left of it when its speaker began anew ("E, E零, 三", "E零, E零三"), with guesses.

    In a code a letter before a digit stands once; three digits may well be the code itself (幺幺二).
    """
    left = run
    while again := next((at for at in range(1, len(left) - 1) if left[at:].startswith(left[:at])), 0):
        left = left[again:]
    if left == run or (run[0] not in _LETTERS and len(run) <= 3):
        return [(run, 0)]
    return [(left, 0), (run, 1)] if run[0] in _LETTERS else [(run, 0), (left, 1)]


def _runs(text: str) -> list[str]:
    """Return the maximal stretches that could be a code, longest first."""
    kept = [char if _could_be(char) else " " for char in text]
    return sorted("".join(kept).split(), key=len, reverse=True)


def _could_be(char: str) -> bool:
    return (
        (char.isascii() and char.isalnum()) or char in DIGITS or char in "十百" or char in _SEPARATORS or _sounds(char)
    )


def _sounds(char: str) -> bool:
    syllable = _syllable(char)
    return syllable in DIGIT_SOUNDS or any(syllable in syllables for syllables in _LETTER_SYLLABLES)


def _syllable(char: str) -> str:
    return str(lazy_pinyin(char, style=Style.NORMAL)[0])


def _symbols(run: str) -> list[list[tuple[str, int]]]:
    """Return, position by position, the symbols a run may stand for, each with its guess count."""
    out: list[list[tuple[str, int]]] = []
    index = 0
    while index < len(run):
        numeral = re.match(r"[一二三四五六七八九]?十[一二三四五六七八九]?", run[index:])
        if numeral:
            out.append([(str(cardinal(numeral.group(0))), 0)])
            index += numeral.end()
            continue
        taken, options = _one_symbol(run, index, first=not out)
        out.append(options)
        index += taken
    return out


def _one_symbol(run: str, index: int, *, first: bool) -> tuple[int, list[tuple[str, int]]]:
    char = run[index]
    if char == "R" and first and len(run) == 3:  # 二六零: codes of three digits are far more frequent than R60
        return 1, [("2", 0)]
    if char.isascii() and char.isalnum():
        return 1, [(char, 0)]
    pair = (_syllable(char), _syllable(run[index + 1])) if index + 1 < len(run) else ("", "")
    if first and pair in _LETTER_SYLLABLES:
        return 2, [(_LETTER_SYLLABLES[pair], 1)]
    options = [(DIGITS[char], 0)] if char in DIGITS else []
    syllable = _syllable(char)
    letter = "" if char == "四" else _LETTER_SYLLABLES.get((syllable,))  # C is 西; 思 or 斯 may be one, 四 is a digit
    if letter and (first or letter == "P"):
        # a digit word that sounds like a letter (一 = E) is a guess either way; other homophones are only the letter
        options = [(symbol, 1) for symbol, _guess in options] + [(letter, 1)]
    elif not options and syllable in DIGIT_SOUNDS:
        options = [(DIGIT_SOUNDS[syllable], 1)]
    return 1, options
