"""AMI messages to typed events: what a real Asterisk sends, and what must not be half-used."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony.events import (
    AgentCalled,
    AgentCompleted,
    AgentRingNoAnswer,
    CallEnded,
    CallerJoinedQueue,
    CallStarted,
    ContactStatus,
    DialAnswered,
    DutyPhoneTook,
    InvalidEvent,
    MemberStateChanged,
    MusicChanged,
)
from ivr.telephony.translate import _READERS, snapshot, translate
from tests.unit.ivr.telephony.recordings_of_ami import NOW, raw_events, snapshot_rows, typed


def test_recorded_call() -> None:
    events = typed("talk-agent-hangs-up")
    started = events[0]
    assert isinstance(started, CallStarted)
    assert started.at == datetime.fromtimestamp(float(raw_events("talk-agent-hangs-up")[1]["Timestamp"]), UTC)
    assert started.recording.replace("-", "") == started.contact
    assert (started.caller, started.did) == ("13800000000", "4001726011")
    called = next(event for event in events if isinstance(event, AgentCalled))
    assert (called.agent, called.queue, called.linkedid) == ("8001", "repair", started.linkedid)
    done = next(event for event in events if isinstance(event, AgentCompleted))
    assert (done.by, done.agent_uniqueid) == ("agent", called.agent_uniqueid)
    ended = next(event for event in events if isinstance(event, CallEnded))
    assert (ended.stage, ended.queue, ended.voicemail, ended.cause) == ("queue", "repair", False, 16)


def test_ring_time_is_in_milliseconds() -> None:
    rings = [event.ring_ms for event in typed("ring-no-answer-abandon") if isinstance(event, AgentRingNoAnswer)]
    assert rings == [4000]


def test_members_and_registrations() -> None:
    events = [*typed("login"), *typed("unregister")]
    members = [event for event in events if isinstance(event, MemberStateChanged)]
    assert [(item.member, item.paused, item.reason) for item in members] == [
        (True, False, ""), (True, True, "rest"), (True, False, ""), (True, False, ""), (False, False, ""),
    ]  # fmt: skip
    assert [event.reachable for event in events if isinstance(event, ContactStatus)][-1] is False


def test_a_duty_phone_that_took_a_round_is_told_with_its_number() -> None:
    raw = {"Event": "UserEvent", "UserEvent": "HLDutyTaken", "Timestamp": f"{NOW.timestamp()}"}
    second = NOW.replace(microsecond=0)
    told = f"{'f' * 32}:13900000002:{second.timestamp():.0f}"
    assert translate({**raw, "Taken": told}, NOW) == DutyPhoneTook(second, "f" * 32, "13900000002")
    assert translate({**raw, "Taken": "${HL_TAKEN}"}, NOW) == InvalidEvent("UserEvent", "Taken")


@pytest.mark.parametrize(("name", "playing"), [("MusicOnHoldStart", True), ("MusicOnHoldStop", False)])
def test_music_tells_who_hears_it_and_whether_it_plays(name: str, playing: bool) -> None:
    event = translate(
        {"Event": name, "Timestamp": f"{NOW.timestamp()}", "Uniqueid": "1769850000.7", "Class": "wait"}, NOW
    )
    assert event == MusicChanged(NOW, "1769850000.7", playing)


def test_snapshot_of_a_waiting_caller() -> None:
    channels, queues = snapshot_rows("waiting")
    held, invalid = snapshot(channels, queues, NOW)
    assert invalid == ()
    assert len(held.waiting) == 1
    assert {uniqueid for _, uniqueid in held.waiting} < held.channels
    assert [(member.agent, member.queue, member.paused) for member in held.members] == [("8001", "repair", False)]
    _, invalid = snapshot([{"Event": "CoreShowChannel"}], [{"Event": "QueueEntry", "Queue": "a b"}], NOW)
    assert invalid == (InvalidEvent("CoreShowChannel", "Uniqueid"), InvalidEvent("QueueEntry", "Queue"))


def test_rows_of_a_snapshot_that_nobody_needs_are_passed_over() -> None:
    held, invalid = snapshot(
        [{"Event": "CoreShowChannelsComplete"}], [{"Event": "QueueParams", "Queue": "repair"}], NOW
    )
    assert invalid == ()
    assert not held.channels
    assert not held.waiting
    assert not held.members


JOIN = next(raw for raw in raw_events("talk-agent-hangs-up") if raw["Event"] == "QueueCallerJoin")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"Linkedid": ""}, "Linkedid"),
        ({"Uniqueid": "x y"}, "Uniqueid"),
        ({"Uniqueid": "a\nb"}, "Uniqueid"),
        ({"Queue": "../x"}, "Queue"),
        ({"Position": "-1"}, "Position"),
        ({"Position": "1" * 30}, "Position"),
    ],
)
def test_malformed_is_invalid_and_names_only_the_field(change: dict[str, str], field: str) -> None:
    assert translate({**JOIN, **change}, NOW) == InvalidEvent("QueueCallerJoin", field)


def test_missing_field_and_foreign_interface() -> None:
    assert translate({key: value for key, value in JOIN.items() if key != "Queue"}, NOW) == InvalidEvent(
        "QueueCallerJoin", "Queue"
    )
    called = next(raw for raw in raw_events("talk-agent-hangs-up") if raw["Event"] == "AgentCalled")
    assert translate({**called, "Interface": "DAHDI/1"}, NOW) == InvalidEvent("AgentCalled", "Interface")
    local = translate({**called, "Interface": "Local/8001@agents/n"}, NOW)
    assert isinstance(local, AgentCalled)
    assert local.agent == "8001"


@pytest.mark.parametrize("change", [{"DialStatus": "BUSY"}, {"Uniqueid": ""}])
def test_dial_that_ended_otherwise_is_told_by_other_events(change: dict[str, str]) -> None:
    ended = {
        "Event": "DialEnd",
        "Uniqueid": "h-1.1",
        "Linkedid": "h-1.1",
        "DestUniqueid": "h-1.2",
        "DialStatus": "ANSWER",
    }
    assert isinstance(translate(ended, NOW), DialAnswered)
    assert translate({**ended, **change}, NOW) is None


@pytest.mark.parametrize("stamp", ["", "x", "nan", "inf", "1e300", "0", "-5"])
def test_time_stamp_that_cannot_be_true_is_replaced(stamp: str) -> None:
    event = translate({**JOIN, "Timestamp": stamp}, NOW)
    assert isinstance(event, CallerJoinedQueue)
    assert event.at == NOW


def test_events_nobody_needs() -> None:
    assert translate({"Event": "VarSet"}, NOW) is None
    assert translate({}, NOW) is None
    assert translate({"Event": "UserEvent", "UserEvent": "Other"}, NOW) is None


@given(st.sampled_from(sorted(_READERS)), st.dictionaries(st.sampled_from(sorted(JOIN)), st.text(max_size=20)))
def test_hostile_fields_never_raise(name: str, fields: dict[str, str]) -> None:
    translate({**JOIN, "UserEvent": "HLEnded", "Contact": "c", **fields, "Event": name}, NOW)


def test_every_recorded_event_is_understood() -> None:
    seen = Counter(
        type(event).__name__
        for name in ("talk-caller-hangs-up", "ring-no-answer-abandon", "queue-timeout-voicemail", "snapshots")
        for event in typed(name)
    )
    assert seen["CallStarted"] == seen["CallEnded"] == seen["CallerJoinedQueue"] == seen["CallerLeftQueue"] == 4
    assert seen["CallerAbandoned"] == seen["AgentConnected"] == seen["AgentCompleted"] == 2
