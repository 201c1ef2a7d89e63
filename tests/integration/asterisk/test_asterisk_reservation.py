"""An agent is held for a caller in danger from the first word of safety on: no other call takes the last one free."""

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from ivr.bootstrap import now
from ivr.contract.facts import HELD
from ivr.contract.ids import ContactId
from ivr.sessions.caller_id import to_e164
from ivr.sessions.pbx import AMIPBX
from ivr.sessions.reservation import Reservation
from ivr.telephony.ami.client import AMIClient, AMISettings
from ivr.telephony.calls import CallLedger
from ivr.telephony.dangers import danger_after
from ivr.telephony.events import InvalidEvent
from ivr.telephony.holds import Holds
from ivr.telephony.translate import snapshot, translate
from ops.asterisk import rx
from tests.integration.asterisk.agi import AgiServer, Session
from tests.integration.asterisk.line import Line
from tests.integration.asterisk.pair import Pair

AGENT = "8001"
INTERFACE = f"PJSIP/{AGENT}"
Dangers = dict[ContactId, datetime]


@pytest.fixture
def ivr(pair: Pair) -> Iterator[AgiServer]:
    """An ivr that answers, for one test."""
    pair.agi.come()
    yield pair.agi
    pair.agi.close()
    pair.agi.end_sessions()


@pytest.fixture
def agent(pair: Pair) -> Iterator[str]:
    """One agent for emergencies and repairs, who answers soon."""
    pair.pbx.seen = [item for item in pair.pbx.seen if item.get("Event") != "QueueMemberPause"]  # of no call: kept
    pair.pbx.event("ContactStatus", AOR=AGENT, ContactStatus="Reachable")
    assert pair.carrier.call("Setvar", Variable=f"ROBOT_RING_{AGENT}", Value="0.5")["Response"] == "Success"
    for queue in ("emergency", "repair"):
        reply = pair.pbx.call("QueueAdd", Queue=queue, Interface=INTERFACE, MemberName=AGENT, StateInterface=INTERFACE)
        assert reply["Response"] == "Success", reply
    yield AGENT
    for queue in ("emergency", "repair"):
        pair.pbx.call("QueueRemove", Queue=queue, Interface=INTERFACE)
    pair.carrier.call("Setvar", Variable=f"ROBOT_RING_{AGENT}", Value="")


@pytest.fixture
def brief_wrapup(pair: Pair) -> Iterator[None]:
    """Queues whose wrap-up is over before a waiting caller has waited too long, for one test."""
    file = pair.layout.instance("pbx") / "etc" / "queues.conf"
    before = file.read_text()
    try:
        file.write_text(re.sub(r"wrapuptime = 10", "wrapuptime = 1", before))
        rx(pair.layout, "pbx", "queue reload parameters")
        yield
    finally:
        file.write_text(before)
        rx(pair.layout, "pbx", "queue reload parameters")


async def ivrs_reservation(pair: Pair, dangers: Dangers) -> None:
    """Run what ivr runs for callers in danger, until cancelled: as a process that is killed."""
    login = AMISettings("127.0.0.1", pair.settings.ami_port, pair.settings.ami_user, pair.settings.ami_secret)

    async def find() -> None:
        rows = await ami.action("CoreShowChannels"), await ami.action("QueueStatus")
        reservation.find(snapshot(*rows, now())[0])

    ami = AMIClient(login, on_connected=find)
    holds = Holds(timedelta(seconds=120))
    reservation = Reservation(holds, AMIPBX(ami), lambda: dangers, now)
    ledger = CallLedger(to_e164)

    async def events() -> None:
        async for raw in ami.events():
            event = translate(raw, now())
            if event is None or isinstance(event, InvalidEvent):
                continue
            for note in ledger.apply(event):
                after = danger_after(dangers.pop(note.contact, None), note.fact, note.at)
                if after is not None:
                    dangers[note.contact] = after
            reservation.take(event)

    async with asyncio.TaskGroup() as group:
        for part in (ami.run(), reservation.run(), events()):
            group.create_task(part)


async def beside(pair: Pair, dangers: Dangers, body: Callable[..., Any], *args: object) -> None:
    """Run a test's body in a thread beside ivr's part, which is killed afterwards."""
    task = asyncio.create_task(ivrs_reservation(pair, dangers))
    try:
        await asyncio.to_thread(body, *args)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def call(pair: Pair, ivr: AgiServer, caller: str) -> tuple[Line, Session, ContactId]:
    """A caller who is with ivr."""
    line = pair.ring("4001726011", caller=caller)
    session = ivr.session()
    return line, session, ContactId(session.get("HL_CONTACT"))


def to_queue(pair: Pair, session: Session, queue: str, caller: str) -> str:
    """Send the caller to a queue; returns the channel's uniqueid."""
    session.put("HL_QUEUE", queue)
    session.put("IVR_NEXT", "queue")
    session.end()
    return pair.pbx.event("QueueCallerJoin", CallerIDNum=caller, Queue=queue)["Uniqueid"]


def pause(pair: Pair, *, paused: str, reason: str = "", queue: str = "repair") -> dict[str, str]:
    return pair.pbx.event("QueueMemberPause", Queue=queue, Interface=INTERFACE, Paused=paused, PausedReason=reason)


def hangs_up(pair: Pair) -> None:
    """The agent's phone ends the test's first talk."""
    line = pair.exchange.line(pair.carrier.event("RobotRing", Extension=AGENT)["Uuid"])
    assert line.came.wait(10)
    line.hangup.set()


@pytest.mark.usefixtures("brief_wrapup")
async def test_the_last_free_agent_is_kept_while_the_words_of_safety_are_heard(
    pair: Pair, ivr: AgiServer, agent: str
) -> None:
    assert agent == AGENT
    dangers: Dangers = {}
    await beside(pair, dangers, _kept_for_who_is_in_danger, pair, ivr, dangers)


def _kept_for_who_is_in_danger(pair: Pair, ivr: AgiServer, dangers: Dangers) -> None:
    _, in_danger, contact = call(pair, ivr, "13800138501")
    dangers[contact] = now()  # what ivr's dialogue writes before it speaks
    pause(pair, paused="1", reason=HELD)
    repair_line, repair, _ = call(pair, ivr, "13800138502")
    waits = to_queue(pair, repair, "repair", "13800138502")
    pair.pbx.event("MusicOnHoldStop", Uniqueid=waits)  # the first beat: a free agent would long be rung
    assert not [item for item in pair.pbx.seen if item.get("Event") == "AgentCalled"]
    urgent = to_queue(pair, in_danger, "emergency", "13800138501")
    assert pair.pbx.event("AgentConnect", Interface=INTERFACE)["Uniqueid"] == urgent
    pause(pair, paused="0")
    assert contact not in dangers
    hangs_up(pair)
    pair.pbx.event("AgentComplete", Uniqueid=urgent)
    assert pair.pbx.event("AgentConnect", Uniqueid=waits)["Interface"] == INTERFACE
    assert pair.pbx.event("AgentConnect", Uniqueid=waits)["Queue"] == "repair"
    repair_line.hangup.set()
    pair.pbx.event("Hangup", Uniqueid=waits)
    paused = [item["Queue"] for item in pair.pbx.seen if item.get("Event") == "QueueMemberPause"]
    assert paused == ["repair", "repair"]


async def test_key_9_without_a_dialogue_holds_an_agent_before_the_words_are_over(pair: Pair, agent: str) -> None:
    assert agent == AGENT
    await beside(pair, {}, _held_by_key_9, pair)


def _held_by_key_9(pair: Pair) -> None:
    line = pair.ring("4001726011", caller="13800138503")
    line.until_hears(pair.prompts["fb_safety"], 20)
    pair.press(line, "9")
    held = pause(pair, paused="1", reason=HELD)
    joined = pair.pbx.event("QueueCallerJoin", CallerIDNum="13800138503")
    assert joined["Queue"] == "emergency"
    assert float(joined["Timestamp"]) - float(held["Timestamp"]) > 2  # three prompts of 1.4 s
    pair.pbx.event("AgentConnect", Uniqueid=joined["Uniqueid"])
    pause(pair, paused="0")
    line.hangup.set()
    pair.pbx.event("Hangup", Uniqueid=joined["Uniqueid"])


async def test_a_hold_of_an_ivr_that_was_killed_is_let_go_by_the_next(pair: Pair, agent: str) -> None:
    assert agent == AGENT
    await beside(pair, {ContactId("a" * 32): now()}, lambda: pause(pair, paused="1", reason=HELD))
    await beside(pair, {}, lambda: pause(pair, paused="0"))


async def test_an_agent_s_own_pause_over_a_hold_stands(pair: Pair, agent: str) -> None:
    assert agent == AGENT
    dangers: Dangers = {ContactId("b" * 32): now()}
    pair.pbx.call("QueueAdd", Queue="complaint", Interface=INTERFACE, MemberName=AGENT, StateInterface=INTERFACE)
    try:
        await beside(pair, dangers, _paused_over_a_hold, pair, dangers)
    finally:
        pair.pbx.call("QueueRemove", Queue="complaint", Interface=INTERFACE)


def _paused_over_a_hold(pair: Pair, dangers: Dangers) -> None:
    for queue in ("repair", "complaint"):
        pause(pair, paused="1", reason=HELD, queue=queue)
    assert pair.pbx.call("QueuePause", Interface=INTERFACE, Paused="true", Reason="用餐")["Response"] == "Success"
    for queue in ("emergency", "repair", "complaint"):
        pause(pair, paused="1", reason="用餐", queue=queue)
    dangers.clear()
    again = pair.pbx.call("QueuePause", Queue="complaint", Interface=INTERFACE, Paused="true", Reason=HELD)
    assert again["Response"] == "Success", again
    pause(pair, paused="0", queue="complaint")  # this one was let go
    pair.pbx.call("Ping")
    told = [(item["Queue"], item["PausedReason"]) for item in pair.pbx.seen if item.get("Event") == "QueueMemberPause"]
    assert [reason for queue, reason in told if queue == "repair"] == [HELD, "用餐"]
    assert ("emergency", "") not in told
