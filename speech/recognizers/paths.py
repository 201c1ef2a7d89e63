"""Pure: which of Vosk's alternatives is taken, and what a model says of signs that it hears once when said twice."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

REPEATS_FILE = "conf/repeats.json"
_COUNTED = {"十", "百", "千", "栋", "座", "幢", "单"}
SEVERAL = 5  # alternatives that are looked at when the model has repeats


class RepeatsInvalid(ValueError):
    """The file of repeats is none; the message says what is wrong with it."""


def read_repeats(model: Path) -> dict[str, float]:
    """Return sign -> what the log-likelihood of its repetition lacks with this model, {} without such a file.

    Equal syllables that no closure parts (二二) run into each other: the network hears where the second begins, but not
    loudly enough. How much it lacks was measured on voices of their own. Raises RepeatsInvalid.
    """
    try:
        found = json.loads((model / REPEATS_FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise RepeatsInvalid(f"{REPEATS_FILE}: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(value, int | float) for value in found.values()):
        raise RepeatsInvalid(f"{REPEATS_FILE}: is no mapping of signs to numbers")
    return {str(sign): float(value) for sign, value in found.items()}


def likeliest(raw: str, repeats: Mapping[str, float]) -> str:
    """Return the words of the likeliest path of a result of Vosk with alternatives, "" when nothing was heard."""
    alternatives: list[dict[str, Any]] = json.loads(raw).get("alternatives") or []
    paths = [(float(item.get("confidence", 0.0)), str(item.get("text", "")).split()) for item in alternatives]
    if not paths:
        return ""
    return " ".join(max(paths, key=lambda path: path[0] + _owed(path[1], repeats))[1])


def _owed(words: list[str], repeats: Mapping[str, float]) -> float:
    text = "".join(words)  # a word of a grammar may hold two digits
    # a digit before 十 is one of a count, and no other digit stands before that; buildings and units (单元) are counted
    return sum(
        repeats.get(first, 0.0)
        for first, second, third in zip(text, text[1:], f"{text[2:]} ", strict=False)
        if first == second and third not in _COUNTED
    )
