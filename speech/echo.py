"""Pure: is what was heard only our own prompt coming back? (dialogues.zh.md, commands)

A prompt holds words such as 漏气 or 我要报修. What comes back within 0.6 s of them, in the same words and at a low
level, was not said by the caller. Keys always count.
"""

import re

import numpy as np

from speech.contract import Lexicon
from speech.slots.phrases import syllables
from speech.text import compact, strip_fillers

MARGIN_MS = 600
# Prompts are 20 dB below full scale; an echo comes back at least 12 dB weaker, a caller's voice hardly ever does
# (设定,可改).
ECHO_DB = -32.0
_FRAME_SAMPLES = 160
_LOUD_SHARE = 90  # percentile of the frames' levels that stands for the voice
_HINT = re.compile(r"\[\[[^\]]*\]\]")


def level_db(pcm: bytes) -> float:
    """Return how loud the loud part of s16le audio is, dBFS; -120 for none."""
    usable = len(pcm) // 2 // _FRAME_SAMPLES * _FRAME_SAMPLES
    if not usable:
        return -120.0
    samples = np.frombuffer(pcm[: usable * 2], "<i2").astype(np.float64).reshape(-1, _FRAME_SAMPLES) / 32768.0
    levels = 10 * np.log10(np.mean(samples**2, axis=1) + 1e-12)
    return float(np.percentile(levels, _LOUD_SHARE))


def is_echo(texts: tuple[str, ...], said: str, pcm: bytes, lexicon: Lexicon) -> bool:
    """Tell whether every hypothesis repeats what the prompt said around that time, at an echo's level.

    said: the prompt's words of that time ("" when nothing was played: then it is never an echo); pcm: what was heard.
    """
    ours = syllables(compact(_HINT.sub("", said)))
    if not ours or level_db(pcm) > ECHO_DB:
        return False
    return all(_within(syllables(strip_fillers(compact(text), lexicon.fillers)), ours) for text in texts)


def _within(heard: tuple[str, ...], ours: tuple[str, ...]) -> bool:
    size = len(heard)
    return any(ours[start : start + size] == heard for start in range(len(ours) - size + 1))
