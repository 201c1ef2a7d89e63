"""Every static text that is spoken: from the flows and from the dialplan."""

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any


def flow_texts() -> Sequence[Mapping[str, Any]]:
    """Return the flows' static texts as {key, text, rate}."""
    if importlib.util.find_spec("ivr.flows.cli") is None:
        return []
    module = importlib.import_module("ivr.flows.prompts")
    texts: Sequence[Mapping[str, Any]] = module.static_texts()
    return texts


def fallback_texts() -> Mapping[str, str]:
    """Return the dialplan's own announcements, key -> text."""
    if importlib.util.find_spec("ivr.dialplan.prompts") is None:
        return {}
    texts: Mapping[str, str] = importlib.import_module("ivr.dialplan.prompts").FALLBACK
    return texts
