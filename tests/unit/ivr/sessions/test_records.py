"""The journal's pure codec: whatever the crash leaves of the bytes is a prefix of the records, never something else."""

import string
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.contract.dialogue import HungUp, Input, LookedUp, LookupFailed, Resumed, Started, TurnDone
from ivr.contract.envelope import Envelope
from ivr.contract.facts import ContactEnded
from ivr.contract.ids import ContactId
from ivr.sessions.records import InvalidRecord, JournalState, decode_line, decode_lines, encode_line
from ivr.sessions.wire import InvalidMessage, input_from_json, input_to_json, turn_result_from_json
from speech.contract import Cause, Interpretation, Mode, TurnResult, encode
from tests.unit.ivr.sessions.fakes import NOW

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_records = st.lists(st.dictionaries(st.text(string.ascii_lowercase, min_size=1), _json, max_size=4), max_size=6)
_text_map = st.dictionaries(st.text(), st.text(), max_size=3)
_interpretations = st.builds(
    Interpretation,
    text=st.text(),
    status=st.sampled_from(["match", "ambiguous", "no_match"]),
    meaning=st.text(),
    value=_text_map,
    candidates=st.lists(_text_map, max_size=3).map(tuple),
    command=st.text(),
    safety=st.text(),
)
_results = st.builds(
    TurnResult,
    turn_id=st.text(),
    cause=st.sampled_from(Cause),
    mode=st.none() | st.sampled_from(Mode),
    digits=st.text("0123456789*#"),
    interpretation=_interpretations,
    clip=st.text(),
    speech_ms=st.integers(0),
    wait_ms=st.integers(0),
    barged_in=st.booleans(),
    degraded=st.booleans(),
)
_inputs: st.SearchStrategy[Input] = st.one_of(
    st.builds(Started, st.text(), st.text(), st.text(), st.booleans()),
    st.builds(TurnDone, _results),
    st.builds(LookedUp, st.text(), st.dictionaries(st.text(), _json, max_size=3)),
    st.builds(LookupFailed, st.text()),
    st.builds(Resumed, st.booleans()),
    st.just(HungUp()),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(_records, st.data())
def test_any_crash_point_keeps_a_prefix(records: list[dict[str, Any]], data: st.DataObject) -> None:
    whole = b"".join(encode_line(record) for record in records)
    cut = data.draw(st.integers(0, len(whole)))
    read = list(decode_lines(whole[:cut]))
    torn = bool(read) and read[-1] is None
    kept = read[:-1] if torn else read
    assert kept == records[: len(kept)]
    assert torn == (cut > 0 and whole[cut - 1 : cut] != b"\n")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_records.filter(bool), st.data())
def test_a_damaged_byte_costs_only_its_line(records: list[dict[str, Any]], data: st.DataObject) -> None:
    lines = [encode_line(record) for record in records]
    victim = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[victim]) - 2))
    broken = bytearray(lines[victim])
    broken[at] ^= 0x01 if broken[at] != 0x0B else 0x02  # never makes a newline
    read = list(decode_lines(b"".join([*lines[:victim], bytes(broken), *lines[victim + 1 :]])))
    assert read == [*records[:victim], None, *records[victim + 1 :]]


@given(st.binary(max_size=200))
def test_foreign_bytes_are_never_a_record(junk: bytes) -> None:
    assert all(item is None for item in decode_lines(junk))
    assert decode_line(junk) is None


@given(_inputs)
def test_inputs_survive_the_journal(item: Input) -> None:
    record = decode_line(encode_line({"i": 1, "input": input_to_json(item)})[:-1])
    assert record is not None
    assert input_from_json(record["input"]) == item


@given(_json)
def test_foreign_inputs_are_refused(raw: Any) -> None:
    with pytest.raises(InvalidMessage):
        input_from_json(raw)
    with pytest.raises(InvalidMessage):
        input_from_json({"in": raw, "data": raw})
    with pytest.raises(InvalidMessage):
        turn_result_from_json(raw)


@pytest.mark.parametrize(
    "change",
    [
        {"cause": "bored"},
        {"mode": "smell"},
        {"wait_ms": "3"},
        {"barged_in": 1},
        {"foreign": 1},
        {"digits": None},
        {"turn_id": 3},
        {"interpretation": {"candidates": [{}, {}, {}, {}]}},
        {"interpretation": {"value": {"a": 1}}},
        {"noticed": {"danger": 1}},
    ],
)
def test_bad_results_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidMessage):
        turn_result_from_json(encode(TurnResult("t", Cause.SUCCESS)) | change)


# ---- the fold ----


def _fact(index: int, seq: int, contact: str = "c", dialogue: int = 0) -> dict[str, Any]:
    envelope = Envelope("ivr-1", seq, NOW, ContactId(contact), ContactEnded("talked"))
    return {"i": index, "k": "fact", "d": dialogue, "env": envelope.to_json()}


def _open(index: int, contact: str = "c", channel: str = "PJSIP/1") -> dict[str, Any]:
    call = dict.fromkeys(("linkedid", "uniqueid", "caller_e164", "did", "recording"), "") | {"channel": channel}
    return {"i": index, "k": "open", "contact": contact, "at": NOW.isoformat(), "call": call}


def test_reading_twice_changes_nothing() -> None:
    hung_up = input_to_json(HungUp())
    records: list[dict[str, Any]] = [
        _open(1),
        {"i": 2, "k": "input", "contact": "c", "input": hung_up},
        _fact(3, 1, dialogue=1),
        {"i": 4, "k": "block", "first": 10, "size": 3},
        {"i": 5, "k": "number", "serial": 10},
        {"i": 6, "k": "over", "contact": "c"},
        {"i": 7, "k": "command", "id": "a", "deadline": NOW.isoformat()},
    ]
    once, twice = JournalState(), JournalState()
    for record in records:
        once.apply(record)
    for record in [*records[:4], *records]:
        twice.apply(record)
    assert once == twice
    assert once.pool == {10: (11, 13)}
    assert once.contacts[ContactId("c")].dialogue_facts == 1
    assert once.contacts[ContactId("c")].over


def test_the_head_carries_what_older_files_held() -> None:
    state = JournalState()
    later = NOW + timedelta(seconds=30)
    for record in (
        {"i": 1, "k": "block", "first": 10, "size": 3},
        {"i": 2, "k": "number", "serial": 10},
        _fact(3, 1),
        {"i": 4, "k": "ack", "seq": 1},
        {"i": 5, "k": "command", "id": "a", "deadline": later.isoformat()},
    ):
        state.apply(record)
    fresh = JournalState()
    fresh.apply(state.head(NOW))
    assert fresh == state


def test_used_up_blocks_go() -> None:
    state = JournalState()
    state.apply({"i": 1, "k": "block", "first": 10, "size": 1})
    state.apply({"i": 2, "k": "number", "serial": 10})
    assert state.pool == {}


def test_a_second_session_keeps_the_inputs_and_takes_the_new_channel() -> None:
    state = JournalState()
    state.apply(_open(1))
    state.apply({"i": 2, "k": "input", "contact": "c", "input": input_to_json(HungUp())})
    state.apply(_open(3, channel="PJSIP/2"))
    contact = state.contacts[ContactId("c")]
    assert contact.inputs == [HungUp()]
    assert contact.call.channel == "PJSIP/2"
    state.apply({"i": 4, "k": "close", "contact": "c"})
    assert not state.contacts


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"i": 1},
        {"i": "1", "k": "ack", "seq": 1},
        {"i": 1, "k": "ack"},
        {"i": 1, "k": "ack", "seq": True},
        {"i": 1, "k": "ack", "seq": -1},
        {"i": 1, "k": "unheard", "seq": 1},
        {"i": 1, "k": "over", "contact": "nobody"},
        {"i": 1, "k": "input", "contact": "nobody", "input": {"in": "hung_up", "data": {}}},
        {"i": 1, "k": "open", "contact": "c", "at": "yesterday", "call": {}},
        {"i": 1, "k": "open", "contact": "c", "at": NOW.isoformat(), "call": {"foreign": ""}},
        {"i": 1, "k": "fact", "d": 0, "env": {"node": "x"}},
        {"i": 0, "k": "head", "seq": 1, "acked": 0, "pool": [[1, 2]], "commands": {}},
        {"i": 0, "k": "head", "seq": 1, "acked": 1, "pool": [], "commands": {}, "held": [{"node": "x"}]},
        {"i": 1, "k": "refuse", "seq": 1, "reason": "422", "held": [{"node": "x"}]},
        {"i": 1, "k": "renumber", "old": 1, "env": {"node": "x"}},
    ],
)
def test_a_record_that_does_not_fit_changes_nothing(record: dict[str, Any]) -> None:
    state = JournalState()
    with pytest.raises(InvalidRecord):
        state.apply(record)
    assert state == JournalState()


def test_an_old_head_does_not_undo_what_came_after_it() -> None:
    state = JournalState()
    state.apply({"i": 1, "k": "block", "first": 1000, "size": 2})
    old = state.head(NOW)
    state.apply({"i": 2, "k": "number", "serial": 1000})
    state.apply({"i": 3, "k": "number", "serial": 1001})
    state.apply(old)
    assert state.pool == {}


def test_old_commands_are_forgotten() -> None:
    state = JournalState()
    state.apply({"i": 1, "k": "command", "id": "a", "deadline": NOW.isoformat()})
    state.apply({"i": 2, "k": "command", "id": "b", "deadline": (NOW + timedelta(hours=1)).isoformat()})
    assert list(state.commands) == ["b"]
