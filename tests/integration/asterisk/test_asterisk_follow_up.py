"""Who is rung about completed work hears who calls, before anything is recorded, and comes to ivr, never to a queue."""

from ivr.dialplan.numbers import LANDLINE
from ivr.dialplan.variables import FOLLOW_UP_CONTEXT
from tests.integration.asterisk.line import Line, find
from tests.integration.asterisk.pair import Pair

CONTACT = "d" * 32
ASKS = "1:repair:1:308217"


def ring(pair: Pair, number: str) -> Line:
    """Ring a customer as ivr does; returns the customer's line."""
    variables = {"HL_CONTACT": CONTACT, "HL_CALLER": number, "HL_DID": LANDLINE, "HL_ASKS": ASKS}
    reply = pair.pbx.call(
        "Originate", variables, Channel=f"PJSIP/{number}@carrier", Context=FOLLOW_UP_CONTEXT, Exten="s", Priority="1",
        CallerID=f"<{LANDLINE}>", Timeout="8000", Async="true",
    )  # fmt: skip
    assert reply["Response"] == "Success", reply
    rung = pair.carrier.event("RobotRing", Extension=number)
    assert rung["CallerIDNum"] == LANDLINE
    line = pair.exchange.line(rung["Uuid"])
    assert line.came.wait(10)
    return line


def test_the_customer_hears_who_rings_and_is_asked_by_ivr(pair: Pair) -> None:
    pair.agi.come()
    customer = ring(pair, "13800138320")
    assert customer.until_hears(pair.prompts["followup_hello"], 10) < 2
    session = pair.agi.session()
    assert (session.get("HL_CONTACT"), session.get("HL_CALLER")) == (CONTACT, "13800138320")
    assert (session.get("HL_ASKS"), session.get("HL_ATTEMPT"), session.get("HL_DID")) == (ASKS, "1", LANDLINE)
    contact = pair.pbx.event("HLContact", Contact=CONTACT)
    assert (contact["Caller"], contact["Did"]) == ("13800138320", LANDLINE)
    session.put("IVR_NEXT", "end")
    session.end()
    assert customer.gone.wait(10)
    pair.agi.close()
    ended = pair.pbx.event("HLEnded", Contact=CONTACT)
    assert (ended["Stage"], ended["Queue"]) == ("ivr", "")
    assert (pair.layout.recordings / f"{contact['Recording']}-rx.wav").exists()


def test_without_ivr_the_customer_hears_a_goodbye_and_comes_to_no_queue(pair: Pair) -> None:
    customer = ring(pair, "13800138321")
    hello = customer.until_hears(pair.prompts["followup_hello"], 10)
    assert customer.until_hears(pair.prompts["fu_later"], 20) > hello
    assert customer.gone.wait(10)
    for other in ("fb_hello", "fb_midcall", "fb_safety"):
        assert find(customer.samples(), pair.prompts[other]) is None
    ended = pair.pbx.event("HLEnded", Contact=CONTACT)
    assert (ended["Stage"], ended["Queue"]) == ("fallback", "")


def test_a_danger_that_was_named_before_ivr_was_lost_comes_to_the_emergency(pair: Pair) -> None:
    pair.agi.come()
    customer = ring(pair, "13800138322")
    session = pair.agi.session()
    session.put("HL_QUEUE", "emergency")
    pair.agi.close()
    session.end()  # as when ivr is killed
    customer.until_hears(pair.prompts["fb_safety"], 25)
    began = pair.pbx.event("UserEvent", within=20.0, UserEvent="HLEmergency")
    assert began["Contact"] == CONTACT
    customer.hangup.set()
