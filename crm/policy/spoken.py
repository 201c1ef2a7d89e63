"""How long a text takes to be spoken, and what a self-check must never ask of a caller; pure."""

import re
from typing import Final

LONGEST_S: Final = 12.0  # design 5: no prompt segment over 12 s
MOST_SEGMENTS: Final = 3
MOST_STEPS: Final = 3  # dialogues, advice: 至多 3 步

# Least squares over the prompts of this house as espeak-ng speaks them (160 words a minute): one character 0.31 s.
_SECONDS_A_CHARACTER: Final = 0.31
_SPOKEN: Final = re.compile(r"[\u3400-\u9fffA-Za-z0-9]")

# dialogues, advice: 绝不让用户拆机壳、动机内阀门和燃气管、拆烟管、量电、反复复位、短接、关掉报警器.
_NEVER: Final = ("拆", "打开机壳", "开盖", "内部阀门", "燃气管", "烟管", "万用表", "量电", "反复复位", "多次复位",
                 "短接", "跳线", "关掉报警器", "关闭报警器", "关报警器")  # fmt: skip
_NOT_TO: Final = re.compile(r"(请勿|不要|不能|别|切勿|严禁|禁止)[^,，。;；]{0,8}$")


def seconds(text: str) -> float:
    """Return about how many seconds the text takes to be spoken, to a tenth (within one second of the real one)."""
    return round(len(_SPOKEN.findall(text)) * _SECONDS_A_CHARACTER + 0.1, 1)


def too_long(text: str) -> bool:
    """Tell whether a caller would interrupt it."""
    return seconds(text) > LONGEST_S


def unsafe_words(step: str) -> list[str]:
    """Return the words of a self-check step that ask an owner for what only an engineer may do; [] = none.

    A step that forbids it ("请别拆机壳") is fine.
    """
    return [word for word in _NEVER for found in re.finditer(word, step) if not _NOT_TO.search(step[: found.start()])]
