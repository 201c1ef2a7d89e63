"""What the dialplan does with ivr's word and with its absence: killed, frozen, too long, resumed."""

from collections.abc import Iterator

import pytest

from tests.integration.asterisk.agi import AgiServer
from tests.integration.asterisk.line import Line, find, longest_silence, tone
from tests.integration.asterisk.pair import Pair

KEY_9 = (852.0, 1477.0)


@pytest.fixture
def ivr(pair: Pair) -> Iterator[AgiServer]:
    """An ivr that answers, for one test."""
    pair.agi.come()
    yield pair.agi
    pair.agi.close()
    pair.agi.end_sessions()


def leave(pair: Pair, line: Line, caller: str) -> dict[str, str]:
    """Hang up and return the call's HLEnded."""
    line.hangup.set()
    return pair.pbx.event("HLEnded", Caller=caller)


def test_ivr_knows_the_call_and_sends_it_to_its_queue(pair: Pair, ivr: AgiServer) -> None:
    line = pair.ring("+864001726011", caller="13800138100")
    session = ivr.session()
    assert session.env["agi_network_script"] == "call"
    contact = pair.pbx.event("HLContact", Caller="13800138100")
    names = ("HL_CONTACT", "HL_RECORDING", "HL_CALLER", "HL_DID", "HL_ATTEMPT", "HL_KEY")
    values = [session.get(name) for name in names]
    assert values == [contact["Contact"], contact["Recording"], "13800138100", "4001726011", "1", ""]
    session.put("HL_QUEUE", "complaint")
    session.put("QUEUE_PRIO", "7")
    session.put("IVR_NEXT", "queue")
    session.end()
    assert pair.pbx.event("QueueCallerJoin", Uniqueid=contact["Uniqueid"])["Queue"] == "complaint"
    ended = leave(pair, line, "13800138100")
    assert (ended["Next"], ended["Attempt"]) == ("queue", "1")


@pytest.mark.parametrize(("word", "prompt"), [("voicemail", "fb_voicemail"), ("end", "")])
def test_ivr_ends_the_call_or_asks_for_a_message(pair: Pair, ivr: AgiServer, word: str, prompt: str) -> None:
    caller = f"1380013811{len(word)}"
    line = pair.ring("4001726011", caller=caller)
    session = ivr.session()
    session.put("IVR_NEXT", word)
    session.end()
    if prompt:
        line.until_hears(pair.prompts[prompt], 10)
        leave(pair, line, caller)
    else:
        assert pair.pbx.event("HLEnded", Caller=caller)["Next"] == word


def test_killed_ivr_gets_the_call_again_then_the_queue_takes_it(pair: Pair, ivr: AgiServer) -> None:
    line = pair.ring("4001726011", caller="13800138101")
    first = ivr.session()
    contact = first.get("HL_CONTACT")
    first.put("HL_QUEUE", "consult")
    first.end()
    line.until_hears(pair.prompts["sys_wait"], 10)
    second = ivr.session()
    assert (second.get("HL_CONTACT"), second.get("HL_ATTEMPT")) == (contact, "2")
    second.end()
    line.until_hears(pair.prompts["fb_midcall"], 10)
    line.until_hears(pair.prompts["fb_safety"], 10)
    assert pair.pbx.event("QueueCallerJoin", CallerIDNum="13800138101")["Queue"] == "consult"
    assert pair.pbx.event("HLLost", Contact=contact)["How"] == "SUCCESS"
    leave(pair, line, "13800138101")


def test_restarting_ivr_is_waited_for(pair: Pair) -> None:
    line = pair.ring("4001726011", caller="13800138102")
    line.until_hears(pair.prompts["fb_hello"], 15)
    pair.agi.come()
    try:
        session = pair.agi.session()
        assert session.get("HL_ATTEMPT") == "2"
        session.put("IVR_NEXT", "end")
        session.end()
        assert pair.pbx.event("HLEnded", Caller="13800138102")["Next"] == "end"
    finally:
        pair.agi.close()
    assert line.gone.wait(5)


def test_ivr_killed_in_mid_call_is_waited_for_with_music(pair: Pair, ivr: AgiServer) -> None:
    line = pair.ring("4001726011", caller="13800138109")
    first = ivr.session()
    ivr.close()
    first.end()
    line.until_hears(pair.prompts["sys_wait"], 10)
    # at least one connection is refused before ivr is back
    pair.pbx.event("MusicOnHoldStart", CallerIDNum="13800138109")
    ivr.come()
    second = ivr.session()
    assert second.get("HL_ATTEMPT") == "2"
    assert longest_silence(line.samples()) < 2.5
    second.put("IVR_NEXT", "end")
    second.end()
    pair.pbx.event("HLEnded", Caller="13800138109")


def test_frozen_ivr_loses_the_call_to_resume_by_redirect(pair: Pair, ivr: AgiServer) -> None:
    pair.ring("4001726011", caller="13800138103")
    frozen = ivr.session()
    contact = pair.pbx.event("HLContact", Caller="13800138103")
    reply = pair.pbx.call("Redirect", Channel=contact["Channel"], Context="hl-resume", Exten="s", Priority="1")
    assert reply["Response"] == "Success", reply
    again = ivr.session()
    assert (again.get("HL_CONTACT"), again.get("HL_ATTEMPT")) == (contact["Contact"], "2")
    frozen.end()
    again.put("IVR_NEXT", "end")
    again.end()
    pair.pbx.event("HLEnded", Caller="13800138103")


def test_frozen_ivr_that_nobody_notices_loses_the_call_to_the_queue(pair: Pair, ivr: AgiServer) -> None:
    line = pair.ring("4001726011", caller="13800138104")
    frozen = ivr.session()
    line.until_hears(pair.prompts["fb_midcall"], 30)
    pair.pbx.event("QueueCallerJoin", CallerIDNum="13800138104")
    frozen.end()
    leave(pair, line, "13800138104")


@pytest.mark.parametrize(("keys", "answer"), [("3", "3"), ("38", "3"), ("9", "9"), ("3999", "9")])
def test_a_key_in_the_greeting_reaches_ivr_and_only_9_cuts_the_notice(
    pair: Pair, ivr: AgiServer, keys: str, answer: str
) -> None:
    caller = f"1380013815{len(keys)}{keys[-1]}"
    line = pair.ring("4001726011", caller=caller)
    assert line.came.wait(30)
    for key in keys:
        pair.press(line, key)
        line.gone.wait(0.4)  # people lift their finger: two keys at once are one event to RFC 4733
    session = ivr.session()
    assert session.get("HL_KEY") == answer
    if answer != "9":
        line.until_hears(pair.prompts["opening_notice"], 60)
    else:
        assert find(line.samples(), pair.prompts["opening_notice"]) is None
    session.put("IVR_NEXT", "end")
    session.end()
    pair.pbx.event("HLEnded", Caller=caller)


def test_key_that_comes_only_as_a_tone_is_heard(pair: Pair, ivr: AgiServer) -> None:
    line = pair.ring("4001726011", endpoint="hotline-inband", caller="13800138106")
    assert line.came.wait(5)
    line.say = tone(KEY_9, 0.3)
    session = ivr.session()
    assert session.get("HL_KEY") == "9"
    session.put("IVR_NEXT", "end")
    session.end()
    pair.pbx.event("HLEnded", Caller="13800138106")


@pytest.mark.parametrize(
    ("to", "caller", "headers", "did", "shown"),
    [
        ("95588", "anonymous", {}, "95588", ""),
        ("075766883358", "+8613800138107", {"Diversion": "<sip:+864001726011@127.0.0.1>;reason=no-answer"},
         "4001726011", "+8613800138107"),
        ("07578888", "13800138108", {"Diversion": "<sip:999)]${SHELL(id)}@x>;reason=unknown"},
         "07578888", "13800138108"),
    ],
)  # fmt: skip
def test_unknown_diverted_and_anonymous_calls_come_to_ivr(
    pair: Pair, ivr: AgiServer, to: str, caller: str, headers: dict[str, str], did: str, shown: str
) -> None:
    added = {f"PJSIP_HEADER(add,{name})": value for name, value in headers.items()}
    pair.ring(to, "hotline", caller, **added)
    session = ivr.session()
    assert (session.get("HL_DID"), session.get("HL_CALLER")) == (did, shown)
    contact = session.get("HL_CONTACT")
    session.put("IVR_NEXT", "end")
    session.end()
    pair.pbx.event("HLEnded", Contact=contact)
