"""Who waits too long for consult is given repair's agents, in the same queue and by the same visit."""

from ivr.dialplan.queues import OVERFLOW, OVERFLOW_PENALTY
from ops.asterisk import rx
from tests.integration.asterisk.pair import Pair

CALLER, HELPER = "13800138401", "8001"


def test_a_caller_who_waits_too_long_is_rung_through_to_the_other_queue_s_agent(pair: Pair) -> None:
    waits, _ = OVERFLOW
    pair.pbx.event("ContactStatus", AOR=HELPER, ContactStatus="Reachable")
    reply = pair.pbx.call(
        "QueueAdd", Queue=waits, Interface=f"PJSIP/{HELPER}", MemberName=HELPER, Penalty=str(OVERFLOW_PENALTY)
    )
    assert reply["Response"] == "Success", reply
    assert "overflow" in rx(pair.layout, "pbx", "queue show rules")
    pair.agi.come()
    try:
        line = pair.ring("4001726011", caller=CALLER)
        session = pair.agi.session()
        session.put("HL_QUEUE", waits)
        session.put("IVR_NEXT", "queue")
        session.end()
        joined = pair.pbx.event("QueueCallerJoin", CallerIDNum=CALLER)
        called = pair.pbx.event("AgentCalled", CallerIDNum=CALLER)
        assert 2 <= float(called["Timestamp"]) - float(joined["Timestamp"]) < 6
        connected = pair.pbx.event("AgentConnect", Uniqueid=joined["Uniqueid"])
        assert (joined["Queue"], connected["Queue"], connected["MemberName"]) == (waits, waits, HELPER)
        line.hangup.set()
        pair.pbx.event("Hangup", Uniqueid=joined["Uniqueid"])
        visits = [event for event in pair.pbx.seen if event.get("Event") == "QueueCallerJoin"
                  and event.get("Uniqueid") == joined["Uniqueid"]]  # fmt: skip
        assert len(visits) == 1
    finally:
        pair.agi.close()
        pair.pbx.call("QueueRemove", Queue=waits, Interface=f"PJSIP/{HELPER}")
