"""Real calls with no Python of the hotline behind the dialplan: nobody meets silence or a dead end."""

import threading
import time
import wave
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ivr.sessions.found_calls import FoundCalls
from ivr.telephony.found_calls import FoundCall
from tests.integration.asterisk.line import Samples, find, longest_silence, tone
from tests.integration.asterisk.pair import Pair


def test_both_start_without_a_word_of_complaint(pair: Pair) -> None:
    for name in ("pbx", "carrier"):
        assert [line for line in complaints(pair, name) if "[C-" not in line] == []


def test_caller_without_ivr_hears_safety_waits_and_leaves_a_message(pair: Pair) -> None:
    line = pair.ring("4001726011")
    contact = pair.pbx.event("HLContact", Caller="13800138000")
    assert contact["Did"] == "4001726011"
    assert contact["Contact"] == contact["Recording"].replace("-", "")
    assert contact["Linkedid"].startswith("hotline-")
    places = [line.until_hears(pair.prompts[key], 20) for key in ("opening_greeting", "opening_notice", "fb_hello")]
    places.append(line.until_hears(pair.prompts["fb_safety"], 20))
    joined = pair.pbx.event("QueueCallerJoin", Uniqueid=contact["Uniqueid"])
    assert joined["Queue"] == "repair"
    places.append(line.until_hears(pair.prompts["fb_voicemail"], 20))
    assert longest_silence(line.samples()) < 2.5
    assert places == sorted(places)
    line.say = tone((300.0,), 3.0)
    kept = pair.pbx.event("HLVoicemail", Contact=contact["Contact"])
    assert kept["Status"] == "SILENCE"
    line.until_hears(pair.prompts["fb_thanks"], 20)
    ended = pair.pbx.event("HLEnded", Contact=contact["Contact"])
    assert (ended["Stage"], ended["Voicemail"]) == ("voicemail", "2")
    voicemail = pair.layout.voicemail / f"{contact['Recording']}.wav"
    assert 2.5 < _seconds(voicemail) < 8
    left = trace(pair, contact["Contact"])
    assert (left.outcome, left.end.caller, left.end.did) == ("voicemail", "13800138000", "4001726011")
    assert (left.end.recording, left.end.linkedid) == (contact["Recording"], contact["Linkedid"])
    assert 5 < (left.end.at - left.began).total_seconds() < 120


def test_waiting_caller_presses_2_and_leaves_nothing(pair: Pair) -> None:
    line = pair.ring("4001726011", caller="13800138001")
    contact = pair.pbx.event("HLContact", Caller="13800138001")
    pair.pbx.event("QueueCallerJoin", Uniqueid=contact["Uniqueid"])
    pair.press(line, "2")
    line.until_hears(pair.prompts["fb_voicemail"], 10)
    line.until_hears(pair.prompts["voicemail_record.ni"], 10)
    line.until_hears(pair.prompts["common_bye"], 15)
    ended = pair.pbx.event("HLEnded", Contact=contact["Contact"])
    assert ended["Voicemail"] == "1"
    assert "EXITWITHKEY" in queue_log(pair, contact["Uniqueid"])


def test_abandoned_call_is_in_queue_log_cdr_and_recordings(pair: Pair) -> None:
    line = pair.ring("075766883358", caller="13800138002")
    contact = pair.pbx.event("HLContact", Caller="13800138002")
    line.say = tone((300.0,), 30.0)
    pair.pbx.event("QueueCallerJoin", Uniqueid=contact["Uniqueid"])
    line.hangup.set()
    ended = pair.pbx.event("HLEnded", Contact=contact["Contact"])
    assert (ended["Stage"], ended["Queue"], ended["Did"]) == ("queue", "repair", "075766883358")
    assert {"ENTERQUEUE", "ABANDON"} <= set(queue_log(pair, contact["Uniqueid"]))
    left = trace(pair, contact["Contact"])
    assert (left.outcome, left.end.caller, left.end.danger) == ("abandoned", "13800138002", False)
    assert contact["Linkedid"] in _eventually(
        pair.layout.instance("pbx") / "log/cdr-custom/Hotline.csv", contact["Linkedid"]
    )
    assert contact["Uniqueid"] in _eventually(
        pair.layout.instance("pbx") / "log/cdr-csv/Master.csv", contact["Uniqueid"]
    )
    received, sent = (pair.layout.recordings / f"{contact['Recording']}-{leg}.wav" for leg in ("rx", "tx"))
    assert abs(_seconds(received) - _seconds(sent)) < 0.1
    assert find(_samples(received), np.frombuffer(tone((300.0,), 1.0), "<i2").astype(float)) is not None
    assert find(_samples(sent), pair.prompts["fb_safety"]) is not None
    assert find(_samples(received), pair.prompts["fb_safety"]) is None


def test_key_9_brings_instructions_then_the_duty_phones_one_after_the_other(pair: Pair) -> None:
    line = pair.ring("4001726011", caller="13800138003")
    contact = pair.pbx.event("HLContact", Caller="13800138003")
    line.until_hears(pair.prompts["fb_safety"], 20)
    pair.press(line, "9")
    for key in ("fb_emergency.1", "fb_emergency.2", "fb_emergency.3"):
        line.until_hears(pair.prompts[key], 10)
    assert pair.pbx.event("HLEmergency", Contact=contact["Contact"])["Recording"] == contact["Recording"]
    first = pair.carrier.event("RobotRing", Extension="13900000001")
    assert first["CallerIDNum"] == "075766883358"
    mailbox = pair.exchange.line(first["Uuid"])
    assert mailbox.came.wait(10)
    mailbox.until_hears(pair.prompts["duty_accept"], 10)  # and nobody presses a key
    second = pair.carrier.event("RobotRing", within=30.0, Extension="13900000002")
    duty = pair.exchange.line(second["Uuid"])
    assert duty.came.wait(10)
    duty.until_hears(pair.prompts["duty_accept"], 10)
    answered = pair.carrier.event("RobotAnswer", Extension="13900000002")
    reply = pair.carrier.call("PlayDTMF", Channel=answered["Channel"], Digit="1", Duration="120")
    assert reply["Response"] == "Success", reply
    duty.say = line.say = tone((300.0,), 3.0)
    sound = np.frombuffer(tone((300.0,), 1.0), "<i2").astype(float)
    line.until_hears(sound, 5)
    duty.until_hears(sound, 5)
    assert longest_silence(line.samples()) < 2.5
    duty.hangup.set()
    assert pair.pbx.event("HLEnded", Contact=contact["Contact"])["Stage"] == "emergency"
    mine = [item for item in pair.pbx.seen if item.get("Linkedid") == contact["Linkedid"]]
    ends = [item["DialStatus"] for item in mine if item.get("Event") == "DialEnd"]
    assert ends == ["BUSY", "ANSWER"]
    left = trace(pair, contact["Contact"])
    assert (left.outcome, left.end.danger) == ("talked", True)  # on the duty phone


def test_a_mailbox_on_the_duty_phone_serves_nobody(pair: Pair) -> None:
    line = pair.ring("4001726011", caller="13800138005")
    contact = pair.pbx.event("HLContact", Caller="13800138005")
    line.until_hears(pair.prompts["fb_safety"], 20)
    pair.press(line, "9")
    ring = pair.carrier.event("RobotRing", within=30.0, Extension="13900000001")
    mailbox = pair.exchange.line(ring["Uuid"])
    assert mailbox.came.wait(10)
    mailbox.until_hears(pair.prompts["duty_accept"], 10)
    line.hangup.set()  # in the middle of what the mailbox hears
    ended = pair.pbx.event("HLEnded", Contact=contact["Contact"])
    assert (ended["Stage"], ended["Danger"]) == ("emergency", "1")
    left = trace(pair, contact["Contact"])
    assert (left.outcome, left.end.danger) == ("abandoned", True)


def test_agent_added_by_ami_rings_and_talks(pair: Pair) -> None:
    pair.pbx.event("ContactStatus", AOR="8001", ContactStatus="Reachable")
    reply = pair.pbx.call(
        "QueueAdd", Queue="repair", Interface="PJSIP/8001", MemberName="8001", StateInterface="PJSIP/8001"
    )
    assert reply["Response"] == "Success", reply
    try:
        line = pair.ring("4001726011", caller="13800138004")
        contact = pair.pbx.event("HLContact", Caller="13800138004")
        ring = pair.carrier.event("RobotRing", Extension="8001")
        agent = pair.exchange.line(ring["Uuid"])
        called = pair.pbx.event("AgentCalled", Linkedid=contact["Linkedid"])
        assert (called["MemberName"], called["DestCallerIDNum"]) == ("8001", "8001")
        pair.pbx.event("AgentConnect", Linkedid=contact["Linkedid"])
        assert agent.came.wait(5)
        agent.say = line.say = tone((300.0,), 3.0)
        sound = np.frombuffer(tone((300.0,), 1.0), "<i2").astype(float)
        line.until_hears(sound, 5)
        agent.until_hears(sound, 5)
        agent.hangup.set()
        pair.pbx.event("AgentComplete", Linkedid=contact["Linkedid"])
        assert pair.pbx.event("HLEnded", Contact=contact["Contact"])["Stage"] == "queue"
        assert "8001" in queue_log(pair, contact["Uniqueid"])["CONNECT"]
        assert trace(pair, contact["Contact"]).outcome == "talked"
    finally:
        pair.pbx.call("QueueRemove", Queue="repair", Interface="PJSIP/8001")


def test_third_caller_hears_that_all_lines_are_taken(pair: Pair) -> None:
    lines = [pair.ring("4001726011", caller=f"1380013801{number}") for number in range(2)]
    for number in range(2):
        pair.pbx.event("HLContact", Caller=f"1380013801{number}")
    third = pair.ring("4001726011", caller="13800138019")
    third.until_hears(pair.prompts["limit_busy.1"], 10)
    third.until_hears(pair.prompts["limit_busy.2"], 10)
    ended = pair.pbx.event("HLEnded", Caller="13800138019")
    assert ended["Stage"] == "busy"
    for line in lines:
        line.hangup.set()
    for number in range(2):
        pair.pbx.event("HLEnded", Caller=f"1380013801{number}")


def complaints(pair: Pair, name: str) -> list[str]:
    """Return the WARNING and ERROR lines of an instance."""
    lines = (pair.layout.instance(name) / "log/messages.log").read_text().splitlines()
    return [line for line in lines if "WARNING[" in line or "ERROR[" in line]


def queue_log(pair: Pair, call: str) -> dict[str, str]:
    """Return event -> line of a call's queue_log."""
    lines = _eventually(pair.layout.instance("pbx") / "log/queue_log", call).splitlines()
    return {line.split("|")[4]: line for line in lines if line.split("|")[1] == call}


def trace(pair: Pair, contact: str) -> FoundCall:
    """Return what the dialplan left of a call that ended without ivr."""
    log = pair.layout.instance("pbx") / "log/queue_log"
    found = FoundCalls(log, pair.layout.home / "no-mark").read(datetime.now(UTC))
    (call,) = [item for item in found.calls if item.end.contact == contact]
    return call


def _eventually(path: Path, text: str) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        whole = path.read_text() if path.exists() else ""
        if text in whole:
            return whole
        threading.Event().wait(0.05)
    raise AssertionError(f"{path.name} never held {text}")


def _samples(path: Path) -> Samples:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)


def _seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return float(file.getnframes()) / 8000
