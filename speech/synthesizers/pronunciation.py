"""Pure: prompt text into what espeak-ng's `cmn-latn-pinyin` reads right."""

import re
import unicodedata
from pathlib import Path

import yaml

PLACES_FILE = Path(__file__).parent / "data" / "places.yaml"
# Words this voice misreads in hanzi (dialogues, how_to_read; measured); hints in the text come before them.
_WORDS = {
    "重听": "chong2 ting1",
    "重说": "chong2 shuo1",
    "重新": "chong2 xin1",
    "重来": "chong2 lai2",
    "重复": "chong2 fu4",
    "调试": "tiao2 shi4",
    "着火": "zhao2 huo3",
    "还有": "hai2 you3",
    "为您": "wei4 nin2",
    "长按": "chang2 an4",
    "修好了": "xiu1 hao3 le5",
    "核对": "he2 dui4",
    "嗯": "en1",
    "地址": "di4 zhi3",
    "地方": "di4 fang5",
    "着急": "zhao2 ji2",
    "投诉": "tou2 su4",
    "服务": "fu2 wu4",
    "要求": "yao1 qiu2",
    "响应": "xiang3 ying4",
    "答应": "da1 ying5",
    "空闲": "kong4 xian2",
    "恶心": "e3 xin5",
    "修不了": "xiu1 bu4 liao3",
    "不对": "bu2 dui4",
    "不是": "bu2 shi4",
    "不到": "bu2 dao4",
    "一个": "yi2 ge4",
    "一下": "yi2 xia4",
    "一遍": "yi2 bian4",
    "一般": "yi4 ban1",
    "一点": "yi4 dian3",
}
MISREAD: dict[str, str] = {**yaml.safe_load(PLACES_FILE.read_text("utf-8")), **_WORDS}
_HINT = re.compile(r"\[\[([a-zü:1-5 ]+)\]\]", re.IGNORECASE)
_MISREAD = re.compile("|".join(sorted(MISREAD, key=len, reverse=True)))
_LATIN = re.compile(r"[A-Z0-9]+")
_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_FORBIDDEN = re.compile(r"[\[\]<>{}|\\]")


def spoken_form(text: str) -> str:
    """Return `text` with hints as tone-numbered pinyin, misread words replaced, codes spelled; "" for nothing to say.

    A hint [[chong2]] stands in the place of the character it reads.
    """
    folded = unicodedata.normalize("NFKC", text)
    out = []
    position = 0
    for hint in _HINT.finditer(folded):
        out.append(_plain(folded[position : hint.start()]))
        out.append(f" {hint.group(1).lower().strip()} ")
        position = hint.end()
    out.append(_plain(folded[position:]))
    spoken = re.sub(r"\s+", " ", "".join(out)).strip()
    return spoken if any(char.isalnum() for char in spoken) else ""


def _plain(text: str) -> str:
    visible = "".join(char if char.isprintable() else " " for char in _FORBIDDEN.sub(" ", text))
    # Codes first: the pinyin put in by the next line must not be spelled.
    spelled = _LATIN.sub(lambda found: _spell(found.group()), visible.upper())
    return _MISREAD.sub(lambda found: f" {MISREAD[found.group()]} ", spelled)


def _spell(run: str) -> str:
    return " " + " ".join(_DIGITS.get(char, char) for char in run) + " "
