"""From the queue back to ivr: for a call-back by key, after too long a wait; without ivr a message is taken."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from ivr.bootstrap import now
from ivr.dialplan.waiting import BEAT
from ivr.sessions.pbx import AMIPBX
from ivr.sessions.waiting import WaitingRoom
from ivr.telephony.ami.client import AMIClient, AMISettings
from ivr.telephony.events import InvalidEvent
from ivr.telephony.translate import snapshot, translate
from ops.asterisk import rx
from tests.integration.asterisk.agi import AgiServer, Session
from tests.integration.asterisk.line import RATE, Line, find, longest_silence
from tests.integration.asterisk.pair import Pair


@pytest.fixture
def ivr(pair: Pair) -> Iterator[AgiServer]:
    """An ivr that answers, for one test."""
    pair.agi.come()
    yield pair.agi
    pair.agi.close()


def waiting(pair: Pair, ivr: AgiServer, caller: str) -> tuple[Line, str]:
    """A caller whom ivr has sent to a queue; returns the line and the contact."""
    line = pair.ring("4001726011", caller=caller)
    session = ivr.session()
    contact = session.get("HL_CONTACT")
    session.put("HL_QUEUE", "complaint")
    session.put("IVR_NEXT", "queue")
    session.end()
    assert pair.pbx.event("QueueCallerJoin", CallerIDNum=caller)["Queue"] == "complaint"
    return line, contact


def lay(pair: Pair, caller: str, key: str) -> None:
    """Put a prompt where the queue looks for what this caller alone is told."""
    uniqueid = pair.pbx.event("QueueCallerJoin", CallerIDNum=caller)["Uniqueid"]
    prompts = pair.layout.prompts / "fallback"
    (prompts / uniqueid).mkdir(exist_ok=True)
    draft = prompts / uniqueid / f"{BEAT}.new"
    shutil.copy(prompts / f"{key}.wav", draft)
    draft.replace(prompts / uniqueid / f"{BEAT}.wav")


def ended(pair: Pair, session: Session, caller: str) -> dict[str, str]:
    session.put("IVR_NEXT", "end")
    session.end()
    return pair.pbx.event("HLEnded", Caller=caller)


@pytest.mark.parametrize(("key", "why"), [("1", "callback"), ("2", "voicemail")])
def test_a_key_in_the_queue_leads_back_to_ivr(pair: Pair, ivr: AgiServer, key: str, why: str) -> None:
    caller = f"1380013820{key}"
    line, contact = waiting(pair, ivr, caller)
    pair.press(line, key)
    back = ivr.session()
    assert [back.get(name) for name in ("HL_CONTACT", "HL_BACK", "HL_ATTEMPT")] == [contact, why, "2"]
    assert longest_silence(line.samples()) < 2.5
    end = ended(pair, back, caller)
    assert (end["Next"], end["Stage"], end["Voicemail"]) == ("end", "ivr", "")


def test_too_long_a_wait_leads_back_to_ivr_which_may_send_them_to_the_queue_again(pair: Pair, ivr: AgiServer) -> None:
    line, contact = waiting(pair, ivr, "13800138209")
    back = ivr.session()
    assert longest_silence(line.samples()) < 2.5
    assert [back.get(name) for name in ("HL_CONTACT", "HL_BACK")] == [contact, "timeout"]
    back.put("HL_QUEUE", "repair")
    back.put("IVR_NEXT", "queue")
    back.end()
    pair.pbx.event("QueueCallerJoin", CallerIDNum="13800138209", Queue="repair")
    again = ivr.session()
    assert again.get("HL_BACK") == "timeout"
    ended(pair, again, "13800138209")


@pytest.fixture
def room_for_one(pair: Pair) -> Iterator[None]:
    """Queues that one caller fills, for one test."""
    file = pair.layout.instance("pbx") / "etc" / "queues.conf"
    before = file.read_text()
    try:
        file.write_text(re.sub(r"maxlen = \d+", "maxlen = 1", before))
        rx(pair.layout, "pbx", "queue reload parameters")
        yield
    finally:
        file.write_text(before)
        rx(pair.layout, "pbx", "queue reload parameters")


@pytest.mark.usefixtures("room_for_one")
def test_a_full_queue_is_said_and_tried_once_more_before_ivr_offers_something_else(pair: Pair, ivr: AgiServer) -> None:
    first, second = "13800138207", "13800138208"
    lines = {caller: pair.ring("4001726011", caller=caller) for caller in (first, second)}
    sessions = {session.get("HL_CALLER"): session for session in (ivr.session(), ivr.session())}
    for caller in (first, second):
        sessions[caller].put("HL_QUEUE", "complaint")
        sessions[caller].put("IVR_NEXT", "queue")
        sessions[caller].end()
        if caller == first:
            pair.pbx.event("QueueCallerJoin", CallerIDNum=first)
    lines[second].until_hears(pair.prompts["sys_transfer_fail"], 8)
    assert longest_silence(lines[second].samples()) < 2.5
    back = {session.get("HL_CALLER"): session for session in (ivr.session(), ivr.session())}
    assert back[second].get("HL_BACK") == "timeout"
    joined = [event["CallerIDNum"] for event in pair.pbx.seen if event.get("Event") == "QueueCallerJoin"]
    assert second not in joined
    for caller in (first, second):
        ended(pair, back[caller], caller)


@pytest.mark.parametrize("key", ["1", "2"])
def test_without_ivr_a_message_is_taken(pair: Pair, ivr: AgiServer, key: str) -> None:
    caller = f"1380013822{key}"
    line, _ = waiting(pair, ivr, caller)
    ivr.close()
    pair.press(line, key)
    line.until_hears(pair.prompts["fb_voicemail"], 30)
    assert longest_silence(line.samples()) < 2.5
    line.hangup.set()
    assert pair.pbx.event("HLEnded", Caller=caller)["Stage"] == "voicemail"


def test_each_beat_is_looked_up_anew_in_the_callers_own_folder(pair: Pair, ivr: AgiServer) -> None:
    line, _ = waiting(pair, ivr, "13800138204")
    lay(pair, "13800138204", "duty_accept")
    first = line.until_hears(pair.prompts["duty_accept"], 5)
    lay(pair, "13800138204", "callback_hello.1")
    second = line.until_hears(pair.prompts["callback_hello.1"], 7)
    assert 4 < second - first < 7
    ended(pair, ivr.session(), "13800138204")
    uniqueid = pair.pbx.event("QueueCallerJoin", CallerIDNum="13800138204")["Uniqueid"]
    music = [event["Event"] for event in pair.pbx.seen
             if event.get("Uniqueid") == uniqueid and event.get("Event", "").startswith("MusicOnHold")]  # fmt: skip
    assert music[:4] == ["MusicOnHoldStart", "MusicOnHoldStop", "MusicOnHoldStart", "MusicOnHoldStop"]
    assert longest_silence(line.samples()) < 1.5


LAYING = """
import sys
from pathlib import Path
from ivr.sessions.laid_words import LaidWords
LaidWords(Path(sys.argv[1])).lay(sys.argv[2], {name: ["duty_accept"] for name in ("queue_beat", "fb_wait")})
sys.stdin.read()
"""


def test_words_of_an_ivr_that_died_are_not_heard_any_more(pair: Pair, ivr: AgiServer) -> None:
    line, _ = waiting(pair, ivr, "13800138206")
    uniqueid = pair.pbx.event("QueueCallerJoin", CallerIDNum="13800138206")["Uniqueid"]
    command = [sys.executable, "-c", LAYING, str(pair.layout.prompts / "fallback"), uniqueid]
    with subprocess.Popen(command, cwd=pair.layout.tree, stdin=subprocess.PIPE) as process:
        heard = line.until_hears(pair.prompts["duty_accept"], 8)
        process.kill()
    ended(pair, ivr.session(), "13800138206")  # after the next beat
    stops = [event for event in pair.pbx.seen
             if (event.get("Uniqueid"), event.get("Event")) == (uniqueid, "MusicOnHoldStop")]  # fmt: skip
    assert len(stops) >= 3  # two beats and the end of the waiting
    assert find(line.samples()[round((heard + 1) * RATE) :], pair.prompts["duty_accept"]) is None
    assert (pair.layout.prompts / "fallback" / uniqueid).is_symlink()  # nobody was there to remove it


async def ivrs_waiting_room(pair: Pair) -> None:
    """Run what ivr runs for waiting callers, until cancelled."""
    login = AMISettings("127.0.0.1", pair.settings.ami_port, pair.settings.ami_user, pair.settings.ami_secret)

    async def find() -> None:
        room.find(snapshot(await ami.action("CoreShowChannels"), await ami.action("QueueStatus"), now())[0])

    ami = AMIClient(login, on_connected=find)
    room = WaitingRoom(
        AMIPBX(ami), pair.layout.prompts / "fallback", now, beat_s=5, wrapup_s=0, is_elder=lambda _: False
    )

    async def events() -> None:
        async for raw in ami.events():
            event = translate(raw, now())
            if event is not None and not isinstance(event, InvalidEvent):
                room.take(event)

    async with asyncio.TaskGroup() as group:
        for part in (ami.run(), room.run(), events()):
            group.create_task(part)


@pytest.mark.parametrize("restarted", [False, True])
async def test_who_is_next_is_told_at_once_that_a_phone_rang_in_vain(
    pair: Pair, ivr: AgiServer, restarted: bool
) -> None:
    """Also when ivr came only after the caller: it finds who waits."""
    prompts = pair.layout.prompts / "fallback"
    shutil.copy(prompts / "limit_busy.1.wav", prompts / "queue_retry.wav")
    begin, loop = asyncio.Event(), asyncio.get_running_loop()
    if not restarted:
        begin.set()

    async def comes() -> None:
        await begin.wait()
        await ivrs_waiting_room(pair)

    room = asyncio.create_task(comes())
    try:
        caller = f"1380013821{int(restarted)}"
        await asyncio.to_thread(_rings_in_vain, pair, ivr, caller, lambda: loop.call_soon_threadsafe(begin.set))
    finally:
        room.cancel()
        await asyncio.gather(room, return_exceptions=True)
    left = [*(path for path in prompts.iterdir() if path.is_symlink()), *(prompts / ".waiting").iterdir()]
    assert left == []


def _rings_in_vain(pair: Pair, ivr: AgiServer, caller: str, rings: Callable[[], object]) -> None:
    pair.pbx.event("ContactStatus", AOR="8001", ContactStatus="Reachable")
    reply = pair.carrier.call("Setvar", Variable="ROBOT_RING_8001", Value="never")
    assert reply["Response"] == "Success", reply
    reply = pair.pbx.call("QueueAdd", Queue="complaint", Interface="PJSIP/8001", MemberName="8001")
    assert reply["Response"] == "Success", reply
    try:
        line, _ = waiting(pair, ivr, caller)
        pair.pbx.event("AgentCalled", CallerIDNum=caller)
        rings()
        rang = pair.pbx.event("AgentRingNoAnswer", CallerIDNum=caller)
        line.until_hears(pair.prompts["limit_busy.1"], 4)
        assert int(rang["RingTime"]) >= 4000
    finally:
        pair.pbx.call("QueueRemove", Queue="complaint", Interface="PJSIP/8001")
        pair.carrier.call("Setvar", Variable="ROBOT_RING_8001", Value="")
    ended(pair, ivr.session(), caller)
    pair.pbx.event("Hangup", Uniqueid=rang["Uniqueid"])
