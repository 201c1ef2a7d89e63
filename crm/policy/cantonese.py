"""Tells from the words that were recognised whether a caller speaks Cantonese; pure.

Only words that Mandarin does not write count, simplified or traditional, and one alone is no proof: a recogniser may
write anything once. What a Mandarin recogniser makes of spoken Cantonese is not guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

YUE = "yue"
_NEEDED = 2  # different words of one call

# Each is one word however it is written. Left out on purpose is what Mandarin says too or a filler makes (唔 + 好 is
# 「嗯,好」 without its comma), and what stands in names of places (冲, 涌, 圳).
_WORDS: Mapping[str, str] = {
    "唔该": "唔[该該]",
    "唔系": "唔系(?!统)|唔係",
    "唔识": "唔[识識]",
    "唔知": "唔知(?!道)",
    "唔使": "唔使(?!用)",
    "冇": "冇",
    "嘅": "嘅",
    "喺": "喺",
    "咗": "咗",
    "我哋": "我哋",
    "你哋": "你哋",
    "佢": "佢哋?",
    "嗰": "嗰[个個边邊阵陣时時度啲]?",
    "啲": "啲",
    "嚟": "嚟",
    "乜": "乜嘢|乜野|做乜|乜事",
    "嘢": "嘢",
    "点解": "(?<![一二两三四五六七八九十几多早晚有快半整])点解(?![决释除散开冻])|點解(?![決釋除散開凍])",
    "咁": "咁",
    "啱": "啱",
    "睇": "睇",
    "揾": "[揾搵]",
    "攞": "攞",
    "瞓": "瞓",
    "畀": "畀|俾[我你佢]",
    "屋企": "屋企(?![业業])",
    "几时嚟": "[几幾][时時]嚟",
    "㗎": "㗎",
    "噉": "噉",
    "系咪": "[系係]咪(?!咕)",
}
_FOUND = re.compile("|".join(f"(?P<w{place}>{shape})" for place, shape in enumerate(_WORDS.values())))
_NAMES = tuple(_WORDS)
# 系唔系, 得唔得: questions that only Cantonese asks so; 好唔好 may be 「好,嗯,好」
_QUESTION = re.compile(r"([系係得识識知使该該])唔\1|可唔可以")
_BLANKS = re.compile(r"\s+")


def is_cantonese(texts: Iterable[str]) -> bool:
    """Tell whether what one caller said, turn by turn, is Cantonese: two different words, or one of its questions."""
    words: set[str] = set()
    for text in texts:
        said = _BLANKS.sub("", unicodedata.normalize("NFKC", text))
        if _QUESTION.search(said):
            return True
        words |= {_NAMES[int(found.lastgroup[1:])] for found in _FOUND.finditer(said) if found.lastgroup}
    return len(words) >= _NEEDED


def may_be_cantonese(text: str) -> bool:
    """Tell whether a text holds any of its words; what was said before is then worth a look."""
    said = _BLANKS.sub("", unicodedata.normalize("NFKC", text))
    return bool(_QUESTION.search(said) or _FOUND.search(said))
