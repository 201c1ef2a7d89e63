"""Every static text that is spoken: from the flows and from the dialplan."""

from collections.abc import Mapping, Sequence
from typing import Any

from ivr.dialplan.prompts import FALLBACK, WAITING, slowly
from ivr.flows.load import load_program
from ivr.flows.prompts import static_texts
from speech.contract import ELDER_RATE, hinted


def flow_texts() -> Sequence[Mapping[str, Any]]:
    """Return what ivr says, static, as {key, text, rate}; raises FlowError when the flows must not run.

    Beside the flows' texts it is what ivr lays out for who waits in elder mode.
    """
    waiting = [part for key in WAITING for part in slowly(key)]
    slow = [{"key": part.key, "text": part.text, "rate": ELDER_RATE} for part in waiting]
    return [*static_texts(load_program()), *slow]


def fallback_texts() -> Mapping[str, str]:
    """Return what is played by name, key -> text, with pinyin where a character has several readings."""
    return {key: hinted(text) for key, text in {**FALLBACK, **WAITING}.items()}
