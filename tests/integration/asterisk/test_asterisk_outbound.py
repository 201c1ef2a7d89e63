"""Who is called back answers, hears who calls and how to verify it, and waits at the place that was kept."""

import asyncio
import time
from collections.abc import Callable

import numpy as np
import pytest

from ivr.bootstrap import now
from ivr.dialplan.numbers import LANDLINE
from ivr.dialplan.variables import HL_DUTY_TAKEN
from ivr.sessions.kept_places import KeptPlaces
from ivr.sessions.pbx import AMIPBX
from ivr.telephony.ami.client import AMIClient, AMISettings
from ivr.telephony.events import InvalidEvent
from ivr.telephony.translate import translate
from tests.integration.asterisk.line import RATE, find, longest_silence, tone
from tests.integration.asterisk.pair import Pair

CONTACT = "c" * 32


def call_back(pair: Pair, number: str, position: str = "1", since: str = "", queue: str = "complaint") -> None:
    variables = {
        "HL_CONTACT": CONTACT, "HL_CALLER": number, "HL_DID": LANDLINE, "HL_QUEUE": queue, "QUEUE_PRIO": "0",
        "HL_POSITION": position, "HL_CODE": "308217", "HL_SINCE": since,
    }  # fmt: skip
    reply = pair.pbx.call(
        "Originate", variables, Channel=f"PJSIP/{number}@carrier", Context="hl-callback", Exten="s", Priority="1",
        CallerID=f"<{LANDLINE}>", Timeout="8000", Async="true",
    )  # fmt: skip
    assert reply["Response"] == "Success", reply


def test_the_customer_comes_to_the_place_that_was_kept(pair: Pair) -> None:
    pair.agi.come()
    waiting = pair.ring("4001726011", caller="13800138301")
    session = pair.agi.session()
    session.put("HL_QUEUE", "complaint")
    session.put("IVR_NEXT", "queue")
    session.end()
    pair.pbx.event("QueueCallerJoin", CallerIDNum="13800138301")
    pair.agi.close()
    call_back(pair, "13800138300")
    ring = pair.carrier.event("RobotRing", Extension="13800138300")
    assert ring["CallerIDNum"] == LANDLINE
    customer = pair.exchange.line(ring["Uuid"])
    assert customer.came.wait(10)
    places = [customer.until_hears(pair.prompts[f"callback_hello.{part}"], 10) for part in (1, 2)]
    places += [customer.until_hears(pair.prompts[f"digit.{digit}"], 10) for digit in "217"]
    assert places == sorted(places)
    contact = pair.pbx.event("HLContact", Contact=CONTACT)
    assert (contact["Callback"], contact["Caller"], contact["Did"]) == ("yes", "13800138300", LANDLINE)
    joined = pair.pbx.event("QueueCallerJoin", Uniqueid=contact["Uniqueid"])
    assert (joined["Queue"], joined["Position"], joined["CallerIDNum"]) == ("complaint", "1", "13800138300")
    assert longest_silence(customer.samples()) < 2.5
    answered = pair.carrier.event("RobotAnswer", Extension="13800138300")
    reply = pair.carrier.call("PlayDTMF", Channel=answered["Channel"], Digit="1", Duration="120")
    assert reply["Response"] == "Success", reply
    again = pair.pbx.event("QueueCallerJoin", Uniqueid=contact["Uniqueid"])
    assert again["Position"] == "1"  # key 1 takes nothing away from who is called back already
    customer.hangup.set()
    waiting.hangup.set()
    ended = pair.pbx.event("HLEnded", Contact=CONTACT)
    assert (ended["Stage"], ended["Queue"]) == ("queue", "complaint")
    recording = pair.layout.recordings / f"{contact['Recording']}-rx.wav"
    assert recording.exists()


def test_who_was_cut_off_in_danger_is_asked_first_and_comes_to_the_duty_phone(pair: Pair) -> None:
    call_back(pair, "13800138310", queue="emergency")
    ring = pair.carrier.event("RobotRing", Extension="13800138310")
    customer = pair.exchange.line(ring["Uuid"])
    assert customer.came.wait(10)
    asked = customer.until_hears(pair.prompts["emergency_recall"], 10)
    assert asked < 2  # before anything else
    hello = customer.until_hears(pair.prompts["callback_hello.1"], 10)
    wait = customer.until_hears(pair.prompts["emergency_wait"], 10)  # no agent is there
    assert asked < hello < wait
    began = pair.pbx.event("UserEvent", UserEvent="HLEmergency")
    assert began["Contact"] == CONTACT
    duty_ring = pair.carrier.event("RobotRing", within=20.0, Extension="13900000001")
    duty = pair.exchange.line(duty_ring["Uuid"])
    assert duty.came.wait(10)
    duty.until_hears(pair.prompts["duty_accept"], 10)
    answered = pair.carrier.event("RobotAnswer", Extension="13900000001")
    reply = pair.carrier.call("PlayDTMF", Channel=answered["Channel"], Digit="1", Duration="120")
    assert reply["Response"] == "Success", reply
    duty.say = tone((300.0,), 30.0)
    customer.until_hears(np.frombuffer(tone((300.0,), 1.0), "<i2").astype(float), 20)
    assert longest_silence(customer.samples()) < 3
    assert find(customer.samples(), pair.prompts["callback_hello.2"]) is None  # nothing keeps them from a person
    duty.hangup.set()
    ended = pair.pbx.event("HLEnded", Contact=CONTACT, Stage="emergency")
    assert ended["Queue"] == "emergency"


def test_a_written_danger_goes_round_the_duty_phones_and_who_takes_it_hears_whom_to_ring(pair: Pair) -> None:
    reply = pair.pbx.call(
        "Originate", {"HL_CALLER": "13800138309", "HL_TASK": "f" * 32, "HL_WHY": "written"},
        Channel="Local/s@hl-duty-ring/n", Context="hl-duty-told", Exten="s", Priority="1", CallerID=f"<{LANDLINE}>",
        Timeout="60000", Async="true",
    )  # fmt: skip
    assert reply["Response"] == "Success", reply
    first = pair.carrier.event("RobotRing", Extension="13900000001")
    assert first["CallerIDNum"] == LANDLINE
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
    taken = pair.pbx.event("UserEvent", UserEvent="HLDutyTaken")
    task, number, pressed = taken["Taken"].split(":")
    assert (task, number, abs(int(pressed) - time.time()) < 60) == ("f" * 32, "13900000002", True)
    kept = pair.pbx.call("Getvar", Variable=HL_DUTY_TAKEN)  # ivr may have been away
    assert kept["Value"].split() == [taken["Taken"]]
    assert pair.pbx.call("Setvar", Variable=HL_DUTY_TAKEN, Value="")["Response"] == "Success"
    assert pair.pbx.call("Getvar", Variable=HL_DUTY_TAKEN)["Value"] == ""
    told = duty.until_hears(pair.prompts["duty_told"], 15)
    assert duty.until_hears(pair.prompts["digit.9"], 15) > told  # the last of the number
    assert duty.gone.wait(30)
    assert find(duty.samples()[round((told + 1) * RATE) :], pair.prompts["duty_told"]) is not None  # twice
    assert find(mailbox.samples(), pair.prompts["duty_told"]) is None


@pytest.mark.parametrize(
    ("why", "says"), [("cut", ["duty_told_cut"]), ("indoors", ["duty_told_indoors.1", "duty_told_indoors.2"])]
)
def test_who_takes_a_danger_that_was_cut_off_hears_whether_to_ring_there(pair: Pair, why: str, says: list[str]) -> None:
    reply = pair.pbx.call(
        "Originate", {"HL_CALLER": "02", "HL_TASK": "e" * 32, "HL_WHY": why}, Channel="Local/s@hl-duty-ring/n",
        Context="hl-duty-told", Exten="s", Priority="1", CallerID=f"<{LANDLINE}>", Timeout="60000", Async="true",
    )  # fmt: skip
    assert reply["Response"] == "Success", reply
    ring = pair.carrier.event("RobotRing", Extension="13900000001")
    duty = pair.exchange.line(ring["Uuid"])
    assert duty.came.wait(10)
    duty.until_hears(pair.prompts["duty_accept"], 10)
    answered = pair.carrier.event("RobotAnswer", Extension="13900000001")
    reply = pair.carrier.call("PlayDTMF", Channel=answered["Channel"], Digit="1", Duration="120")
    assert reply["Response"] == "Success", reply
    heard = [duty.until_hears(pair.prompts[key], 15) for key in (*says, "digit.0", "digit.2")]
    assert heard == sorted(heard)
    assert duty.gone.wait(30)
    samples = duty.samples()
    assert find(samples[round((heard[-1] + 0.5) * RATE) :], pair.prompts[says[0]]) is not None  # twice
    for key in {"duty_told", "duty_told_cut", "duty_told_indoors.1"} - set(says):
        assert find(samples, pair.prompts[key]) is None
    assert pair.pbx.call("Setvar", Variable=HL_DUTY_TAKEN, Value="")["Response"] == "Success"


def test_who_does_not_answer_is_told(pair: Pair) -> None:
    reply = pair.carrier.call("Setvar", Variable="ROBOT_RING_13800138302", Value="never")
    assert reply["Response"] == "Success", reply
    try:
        call_back(pair, "13800138302")
        pair.carrier.event("RobotRing", Extension="13800138302")
        told = pair.pbx.event("OriginateResponse", within=20.0, Context="hl-callback", Response="Failure")
        assert told["Reason"] in ("1", "3")
    finally:
        pair.carrier.call("Setvar", Variable="ROBOT_RING_13800138302", Value="")


@pytest.mark.parametrize(("kept_for_s", "told", "place"), [(3600, "9", "1"), (-3600, "1", "2")])
async def test_the_place_is_that_of_the_moment_they_come_in(pair: Pair, kept_for_s: int, told: str, place: str) -> None:
    """Whatever was told when the call was placed: behind who came before, before who came later."""
    running = asyncio.create_task(ivrs_places(pair))
    pair.agi.come()
    try:
        number = "13800138303" if place == "1" else "13800138304"
        await asyncio.to_thread(_comes_in, pair, number, told, time.time() - kept_for_s, place)
    finally:
        pair.agi.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _comes_in(pair: Pair, number: str, told: str, since: float, place: str) -> None:
    call_back(pair, number, told, f"{since:.3f}")
    contact = pair.pbx.event("HLContact", Caller=number)
    waiting = pair.ring("4001726011", caller=f"{number[:-2]}99")
    session = pair.agi.session()
    session.put("HL_QUEUE", "complaint")
    session.put("IVR_NEXT", "queue")
    session.end()
    pair.pbx.event("QueueCallerJoin", CallerIDNum=f"{number[:-2]}99")
    pair.pbx.event("QueueCallerJoin", Uniqueid=contact["Uniqueid"])
    until(lambda: place == pair.pbx.call("Getvar", Channel=contact["Channel"], Variable="HL_POSITION")["Value"])
    answered = pair.carrier.event("RobotAnswer", Extension=number)
    reply = pair.carrier.call("PlayDTMF", Channel=answered["Channel"], Digit="1", Duration="120")
    assert reply["Response"] == "Success", reply
    joins = joined(pair, contact["Uniqueid"])
    assert joins[-1]["Position"] == place
    for line in (waiting, pair.exchange.line(pair.carrier.event("RobotRing", Extension=number)["Uuid"])):
        line.hangup.set()
    pair.pbx.event("Hangup", Uniqueid=contact["Uniqueid"])


def joined(pair: Pair, uniqueid: str) -> list[dict[str, str]]:
    """Wait for the second time that this caller joins a queue; return both events."""
    found: list[dict[str, str]] = []

    def twice(item: dict[str, str]) -> bool:
        if item.get("Event") == "QueueCallerJoin" and item.get("Uniqueid") == uniqueid and item not in found:
            found.append(item)
        return len(found) == 2

    pair.pbx.wait(twice, "the second join")
    return found


def until(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "did not come"


async def ivrs_places(pair: Pair) -> None:
    """Run what ivr runs for the places that were kept, until cancelled."""
    login = AMISettings("127.0.0.1", pair.settings.ami_port, pair.settings.ami_user, pair.settings.ami_secret)

    async def nothing() -> None:
        """Nobody waits yet."""

    ami = AMIClient(login, on_connected=nothing)
    places = KeptPlaces(AMIPBX(ami), AMIPBX(ami), now)

    async def events() -> None:
        async for raw in ami.events():
            event = translate(raw, now())
            if event is not None and not isinstance(event, InvalidEvent):
                places.take(event)

    async with asyncio.TaskGroup() as group:
        for part in (ami.run(), places.run(), events()):
            group.create_task(part)
