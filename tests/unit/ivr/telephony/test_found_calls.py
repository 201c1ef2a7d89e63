"""Traces of calls that ended without ivr: what the dialplan writes is read, anything else in queue_log is not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.contract.facts import CallFound, ContactEnded, SafetyRaised, VoicemailRecorded
from ivr.telephony.events import CallStarted, Snapshot
from ivr.telephony.found_calls import parse_trace
from tests.unit.ivr.telephony.recordings_of_ami import NOW, call_facts, kinds, ledger

RECORDING = "0123abcd-0123-4567-89ab-0123456789ab"
CONTACT = RECORDING.replace("-", "")
ENDED = 1_764_288_000


def line(
    stage: str = "voicemail", voicemail: str = "2", danger: str = "", served: str = "", agent: str = "",
    caller: str = "13800138000", queue: str = "repair",
) -> str:  # fmt: skip
    """Return a line as Asterisk writes it."""
    fields = [CONTACT, RECORDING, "hotline-1.1", caller, "4001726011", str(ENDED - 90), stage, queue]
    whole = ":".join([*fields, voicemail, danger, served, agent, "16"])
    return f"{ENDED}|hotline-1.1|hl|NONE|HLCALL|{whole}"


def found(text: str) -> CallFound:
    call = parse_trace(text)
    assert call is not None
    note = ledger().found(call)
    assert (note.contact, note.at) == (CONTACT, datetime.fromtimestamp(ENDED, UTC))
    assert isinstance(note.fact, CallFound)
    return note.fact


def test_a_message_is_told_with_its_caller_its_length_and_where_it_lies() -> None:
    assert found(line()) == CallFound(
        "hotline-1.1", "13800138000", "+8613800138000", "4001726011", RECORDING, "n1", "voicemail",
        f"voicemail/{RECORDING}", danger=False, cause=16, duration_ms=90_000,
    )  # fmt: skip


def test_who_pressed_9_is_in_danger_and_may_not_have_heard_the_notice() -> None:
    fact = found(line("emergency", voicemail="", danger="1", queue="emergency"))
    assert (fact.danger, fact.notice_version, fact.outcome, fact.clip) == (True, "", "abandoned", "")


def test_an_anonymous_caller_is_told_without_a_number() -> None:
    assert (found(line(caller="")).caller_raw, found(line(caller="")).caller_e164) == ("", "")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (line("queue", voicemail="", agent="PJSIP/8001"), "talked"),
        (line("emergency", voicemail="", danger="1", served="1"), "talked"),
        (line("queue", voicemail=""), "abandoned"),
        (line("voicemail", voicemail=""), "abandoned"),
        (line("voicemail", voicemail="1"), "voicemail"),
        (line("ivr", voicemail="", queue=""), "hung_up"),
        (line("callback", voicemail=""), "hung_up"),
        (line("fallback", voicemail="", queue=""), "missed"),
    ],
)
def test_the_outcome_is_the_best_that_happened(text: str, outcome: str) -> None:
    assert found(text).outcome == outcome


def test_a_clock_that_went_back_makes_no_call_of_less_than_nothing() -> None:
    assert found(line().replace(f":{ENDED - 90}:", f":{ENDED + 5}:")).duration_ms == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{ENDED}|hotline-1.1|repair|NONE|ENTERQUEUE||13800138000|1",
        line().replace("|hl|", "|repair|"),
        line().replace(RECORDING, "../../etc/passwd"),
        line(caller="138x"),
        line(stage="a/b"),
        line() + "|more",
        line() + ":more",
        line().replace(str(ENDED), "１７６４２８８０００"),
    ],
)
def test_what_has_not_its_shape_is_no_trace(text: str) -> None:
    assert parse_trace(text) is None


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert parse_trace(text) is None
    parse_trace(f"{ENDED}|u|hl|NONE|HLCALL|{text}")


def test_a_call_that_is_held_ends_with_what_its_trace_tells() -> None:
    book = ledger()
    start = CallStarted(NOW, "hotline-1.1", "hotline-1.1", CONTACT, "13800138000", "4001726011", RECORDING)
    assert not book.holds(CONTACT)
    book.apply(start)
    assert book.holds(CONTACT)
    call = parse_trace(line(danger="1"))
    assert call is not None
    notes = book.apply(call.end)
    notes += book.reconcile(Snapshot(frozenset(), {}, ()), NOW)
    told = call_facts(notes)
    assert SafetyRaised(0, "unknown", "key") in told
    assert VoicemailRecorded(f"voicemail/{RECORDING}") in told
    assert [fact.outcome for fact in told if isinstance(fact, ContactEnded)] == ["voicemail"]
    assert kinds(notes).count("safety_raised") == 1
    assert not book.holds(CONTACT)
