"""The recording machine on a virtual clock, and hostile requests."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.contract import Cause, Lexicon, Mode, RecordSpec, Segment, SlotKind, SlotSpec, Turn, encode
from speech.record_machine import RecordMachine
from speech.requests import End, Open, Perform, Ping, Pong, Record, RequestInvalid, Status, parse_request
from speech.turn_events import Digit, Finish, Frame, Gone, Order, PromptEnded, Tick

SPEC = RecordSpec("r", (), "c/r", max_ms=5000, final_silence_ms=1000)
VOICE = Frame(voiced=True, speaking=True, run_ms=300)
QUIET = Frame(voiced=False, speaking=False, run_ms=0)


def recording() -> RecordMachine:
    machine = RecordMachine(SPEC, 0)
    assert machine.step(PromptEnded(), 100) == [Order.START_RECOGNITION]
    return machine


def speak(machine: RecordMachine, start: int, ms: int) -> int:
    for now in range(start, start + ms, 20):
        machine.step(VOICE, now)
    return start + ms


def test_silence_behind_speech_ends_it() -> None:
    machine = recording()
    end = speak(machine, 120, 600)
    assert machine.step(QUIET, end + 900) == []
    assert machine.step(Tick(), end + 1000) == [Finish(Cause.SUCCESS, Mode.SPEECH)]
    assert machine.step(Tick(), end + 2000) == []


def test_silence_alone_is_no_input() -> None:
    assert recording().step(QUIET, 1100) == [Finish(Cause.NO_INPUT)]


def test_the_limit_cuts() -> None:
    machine = recording()
    speak(machine, 100, 4980)
    assert machine.step(VOICE, 5100) == [Finish(Cause.SUCCESS, Mode.SPEECH)]


@pytest.mark.parametrize(
    ("key", "said", "finish"),
    [
        ("#", 600, Finish(Cause.SUCCESS, Mode.SPEECH)),
        ("#", 0, Finish(Cause.NO_INPUT, Mode.DTMF, "#")),
        ("0", 0, Finish(Cause.SUCCESS, Mode.DTMF, "0")),
        ("9", 600, Finish(Cause.SUCCESS, Mode.DTMF, "9")),
        ("5", 600, None),
    ],
)
def test_keys(key: str, said: int, finish: Finish | None) -> None:
    machine = recording()
    end = speak(machine, 100, said)
    machine.step(Digit(key), end)
    assert machine.finished == finish


def test_before_the_beep_only_the_hash_counts_and_a_hang_up_always_ends() -> None:
    machine = RecordMachine(SPEC, 0)
    assert machine.step(Digit("5"), 10) == []
    assert machine.step(Digit("#"), 20) == [Order.DROP_PROMPT]
    assert machine.step(VOICE, 9000) == []
    assert machine.step(Gone(), 9020) == [Finish(Cause.HUNG_UP)]
    assert not machine.said_something


# ---- requests ----


def test_contract_values_survive_the_wire() -> None:
    lexicon = Lexicon(commands={"agent": ("人工",)}, yes=("对",))
    turn = Turn("t", (Segment("a", "好", ("b",)),), slot=SlotSpec("m", SlotKind.MENU, {"x": ("y",)}), rate=0.85)
    spec = RecordSpec("r", (), "c/r")
    name = "40325ec2-5efd-4bd3-805f-53576e581d13"
    opened = parse_request(
        json.dumps({"op": "open", "dialogue": name, "contact": "c", "lexicon": encode(lexicon)}).encode()
    )
    assert isinstance(opened, Open)
    assert (str(opened.dialogue), opened.contact, opened.lexicon) == (name, "c", lexicon)
    assert parse_request(json.dumps({"op": "turn", "turn": encode(turn)}).encode()) == Perform(turn)
    assert parse_request(json.dumps({"op": "record", "spec": encode(spec)}).encode()) == Record(spec)


@pytest.mark.parametrize(
    ("data", "turn_id"),
    [
        ({"op": "turn", "turn": {"turn_id": "t1"}}, "t1"),
        ({"op": "turn", "turn": {"turn_id": 5}}, ""),
        ({"op": "turn", "turn": [1]}, ""),
        ({"op": "record", "spec": {"turn_id": "r1", "segments": [], "clip": 7}}, "r1"),
        ({"op": "open", "dialogue": "nope", "contact": "c"}, ""),
        ({"op": "open", "dialogue": 5, "contact": "c"}, ""),
        ({"op": "sing"}, ""),
    ],
)
def test_bad_requests_name_their_turn(data: object, turn_id: str) -> None:
    with pytest.raises(RequestInvalid) as caught:
        parse_request(json.dumps(data).encode())
    assert caught.value.turn_id == turn_id


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_garbage_is_a_request_error_and_nothing_else(raw: bytes) -> None:
    try:
        request = parse_request(raw)
    except RequestInvalid:
        return
    assert isinstance(request, Status | Ping | Pong | End)  # hypothesis does find these


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.sampled_from(["open", "turn", "record"]), JSONS)
def test_any_json_body_is_a_request_error(name: str, body: object) -> None:
    raw = json.dumps({"op": name, "turn": body, "spec": body, "dialogue": body, "lexicon": body}).encode()
    with pytest.raises(RequestInvalid):
        parse_request(raw)


@pytest.mark.parametrize("key", ["0", "9", "*"])
def test_a_command_key_in_the_prompt_ends_it_at_once(key: str) -> None:
    machine = RecordMachine(SPEC, 0)
    assert machine.step(Digit(key), 10) == [Order.DROP_PROMPT, Finish(Cause.SUCCESS, Mode.DTMF, key)]
