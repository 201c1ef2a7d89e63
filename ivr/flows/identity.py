"""Who calls, in their own words: a dealer, a contractor or an outlet ("我是经销商", "网点补货"). Pure."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from ivr.flows.state import Slot

SLOT = "identity"
_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "经销商": ("dealer", "经销商"),
        "代理商": ("dealer", "经销商"),
        "工程商": ("contractor", "工程商"),
        "网点": ("outlet", "维修网点"),
    }
)
_WORD = f"(?:维修)?({'|'.join(_KINDS)})"
# somebody who says it of themselves; 你们网点 is not theirs, and 经销商乱收费 is a complaint about one
_SELF = re.compile(f"(?:我们?|咱们?|俺们?|这里|这边|我们?这[里边])(?:就?是)?(?:一[家个]|你们的?|做)?{_WORD}")
_WANTS = re.compile(f"{_WORD}(?:的)?(?:要|想)?(?:培训|补货|备件|要货)")


def said(text: str) -> dict[str, Slot]:
    """Return the slot of what a caller says to be in `text` (without blanks), empty when nothing is said of it."""
    found = _SELF.search(text) or _WANTS.search(text)
    if found is None:
        return {}
    value, spoken = _KINDS[found.group(1)]
    return {SLOT: Slot({"value": value, "spoken": spoken, "raw": text}, "unverified", "speech")}
