"""Facts on the wire: what was written is read back, everything else is refused by name."""

import json
from datetime import UTC, datetime
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.contract.envelope import Envelope, InvalidFact, parse_envelope
from ivr.contract.facts import FACTS, Fact
from ivr.contract.ids import ContactId

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "node": "ivr-1", "seq": 1, "at": AT.isoformat(), "contact": "c1", "kind": "node_entered",
    "data": {"flow": "repair", "node": "fault_code"},
}  # fmt: skip
SLOT = {"matter": 1, "slot": "fault_code", "value": {"code": "E1"}, "status": "voice_confirmed", "source": "speech"}


TEXTS = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3)
VALUES: dict[type, st.SearchStrategy[Any]] = {str: st.text(max_size=8), int: st.integers(), bool: st.booleans()}


def build(kind: str) -> st.SearchStrategy[Fact]:
    """A fact of this kind with any values of the declared types; candidates are three at most."""
    drawn = {name: VALUES.get(declared, TEXTS) for name, declared in get_type_hints(FACTS[kind]).items()}
    drawn.pop("KIND")
    if "candidates" in drawn:
        drawn["candidates"] = st.lists(TEXTS, max_size=3).map(tuple)
    return st.builds(FACTS[kind], **drawn)


@given(st.sampled_from(sorted(FACTS)).flatmap(build), st.integers(1, 2**31))
def test_what_was_written_is_read_back(fact: Fact, seq: int) -> None:
    envelope = Envelope("ivr-1", seq, AT, ContactId("c1"), fact)
    assert parse_envelope(json.loads(json.dumps(envelope.to_json()))) == envelope


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at": "yesterday"}, "ValueError"),
        ({"at": "2026-11-22T08:00:00"}, "zone"),
        ({"seq": 0}, "positive"),
        ({"seq": True}, "positive"),
        ({"seq": "1"}, "positive"),
        ({"node": 1}, "strings"),
        ({"contact": None}, "strings"),
        ({"kind": ["x"]}, "strings"),
        ({"kind": "no_such"}, "unknown kind"),
        ({"data": []}, "no data"),
        ({"data": {"flow": "repair", "node": "a", "more": "b"}}, "unknown field"),
        ({"data": {"flow": "repair"}}, "missing field"),
        ({"data": {"flow": "repair", "node": 5}}, "node_entered.node: expected str"),
        ({"kind": "slot_filled", "data": {**SLOT, "matter": "1"}}, "slot_filled.matter: expected int"),
        (
            {"kind": "slot_filled", "data": {**SLOT, "value": {"code": 1}}},
            "slot_filled.value: expected an object of strings",
        ),
        ({"kind": "slot_filled", "data": {**SLOT, "candidates": [{}] * 4}}, "at most 3"),
        ({"kind": "slot_filled", "data": {**SLOT, "candidates": ["E1"]}}, "expected an object of strings"),
    ],
)
def test_anything_else_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    parse_envelope(GOOD)
    with pytest.raises(InvalidFact, match=said):
        parse_envelope({**GOOD, **change})


def test_missing_part_of_the_envelope() -> None:
    with pytest.raises(InvalidFact, match="KeyError"):
        parse_envelope({name: value for name, value in GOOD.items() if name != "seq"})
