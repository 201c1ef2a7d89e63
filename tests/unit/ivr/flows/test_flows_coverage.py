"""Each key of the dialogue design is spoken by some node and met in a transcript; exceptions are listed."""

import re
from functools import cache
from pathlib import Path

import pytest

from ivr.dialplan.prompts import FALLBACK, WAITING
from ivr.flows.load import read_yaml
from ivr.flows.nodes import Say
from ivr.flows.program import KNOWN_PROMPTS
from ivr.flows.prompts import shown
from tests.unit.ivr.flows.play import program

HERE = Path(__file__).parent
LISTED = read_yaml(HERE / "dialogue_keys.yaml")
KEYS = [key for keys in LISTED["dialogue"].values() for key in keys]
# Choices between two readings: test_flows_commands meets them, the small pack of the transcripts has none.
NOT_IN_REPAIRS = {"adv_reset", "fault_code_pick"}


@cache
def spoken() -> str:
    """Return all transcripts."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((HERE / "transcripts").rglob("*.txt")))


def used_prompts() -> set[str]:
    """Return the keys of prompts that a node, the machine or the self-checks speak."""
    says = {node.prompt or name for name, node in program().nodes.items() if isinstance(node, Say)}
    advice = program().advice
    steps = {key for keys in advice.by_symptom.values() for key in keys} | {*advice.by_words, *advice.reset}
    return says | set(KNOWN_PROMPTS) | steps


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_the_design_is_built(key: str) -> None:
    if key in LISTED["not_built"]:
        assert key not in program().prompts, "it is built: take it off the list"
        return
    if key in LISTED["elsewhere"]:
        named = {"dialplan": FALLBACK, "waiting": WAITING}[LISTED["elsewhere"][key]]
        assert key in {name.partition(".")[0] for name in named}
        return
    asked = key in program().nodes and f"{key}.p" in program().prompts
    said = key in program().prompts and key in used_prompts()
    assert asked or said, f"{key}: no node speaks it"


@pytest.mark.parametrize("key", [key for key in KEYS if key not in (*LISTED["not_built"], *LISTED["elsewhere"])])
def test_a_key_of_the_design_is_heard_in_a_transcript(key: str) -> None:
    if key in NOT_IN_REPAIRS:
        return
    templates = program().prompts.get(f"{key}.p") or program().prompts[key]
    words = [re.split(r"\{\w+\}", shown(template.text)) for template in templates]
    longest = max((part.strip(",。;:") for parts in words for part in parts), key=len)
    assert longest in spoken(), f"{key}: no transcript says {longest!r}"


def test_the_lists_hold_only_keys_of_the_design() -> None:
    assert {*LISTED["not_built"], *LISTED["elsewhere"]} <= set(KEYS)
