"""Contexts of those whom the hotline rings by itself: in their turn of a queue, and about completed work."""

from ivr.dialplan.conf import Context
from ivr.dialplan.steps import IDS, Options, begun, goto_if, play, record, timed
from ivr.dialplan.variables import CALLBACK_CONTEXT, FOLLOW_UP_CONTEXT, Event, Stage

RECALL_PAUSE_S = 1  # for a yes or no: the person who comes next asks again


def callback(options: Options) -> Context:
    """Build what who is called back in turn hears, and where they come."""
    digits = [f"digit.${{HL_CODE:{place}:1}}" for place in range(6)]
    kept = ",Callback: yes,Queue: ${HL_QUEUE},Prio: ${FILTER(0-9,${QUEUE_PRIO})},Since: ${HL_SINCE}"
    steps = [
        *_rung(Stage.CALLBACK, options.limits.call_limit_s, kept),
        goto_if("${HL_QUEUE}", "emergency", "recall"),
        play(options, "callback_hello.1"),
        record(options),
        play(options, "callback_hello.2", *digits),
        "Goto(hl-queue,s,1)",
        f"recall| {play(options, 'emergency_recall')}",
        f"Wait({RECALL_PAUSE_S})",
        play(options, "callback_hello.1"),
        record(options),
        "Goto(hl-emergency,queue,1)",
    ]
    why = (
        "Who is called back in turn: who we are, how to verify it, and to the place that was kept. Who was in danger is"
    )
    why += " first asked whether they are outside, and gets the emergency queue and the duty phones."
    return Context(CALLBACK_CONTEXT, why, timed("s", steps))


def follow_up(options: Options) -> Context:
    """Build what who is rung about completed work hears before ivr."""
    steps = [
        *_rung(Stage.FOLLOW_UP, options.limits.ivr_limit_s),
        play(options, "followup_hello"),
        record(options),
        "Goto(hl-after,agi,1)",
    ]
    why = "Who is rung about completed work: who we are, that it is recorded, then ivr, which asks."
    return Context(FOLLOW_UP_CONTEXT, why, timed("s", steps))


def _rung(stage: Stage, limit_s: int, kept: str = "") -> list[str]:
    """Begin a call to somebody whom the originate names; kept: what the event tells of a place in a queue."""
    return [
        *begun(stage),
        "Set(HL_ATTEMPT=1)",
        "Set(CALLERID(num)=${FILTER(0-9+,${HL_CALLER})})",  # whoever it comes to sees whom they speak with
        "Set(CALLERID(name)=)",
        f"UserEvent({Event.CONTACT},{IDS},Caller: ${{HL_CALLER}},Did: ${{HL_DID}},Attempt: 1{kept})",
        "Set(GROUP(hotline)=calls)",
        f"Set(TIMEOUT(absolute)={limit_s})",
    ]
