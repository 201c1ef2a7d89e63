"""Every static text that is spoken: from the flows and from the dialplan."""

from collections.abc import Mapping, Sequence
from typing import Any

from ivr.dialplan.prompts import FALLBACK, WAITING
from ivr.flows.load import load_program
from ivr.flows.prompts import static_texts
from speech.contract import hinted


def flow_texts() -> Sequence[Mapping[str, Any]]:
    """Return the flows' static texts as {key, text, rate}; raises FlowError when the flows must not run."""
    return static_texts(load_program())


def fallback_texts() -> Mapping[str, str]:
    """Return what is played by name, key -> text, with pinyin where a character has several readings."""
    return {key: hinted(text) for key, text in {**FALLBACK, **WAITING}.items()}
