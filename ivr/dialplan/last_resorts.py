"""The contexts of the dialplan that look after a caller to the end: emergency, duty phones, voicemail, the trace."""

from ivr.contract.commands import DutyWhy
from ivr.dialplan.conf import Context, Extension
from ivr.dialplan.numbers import LANDLINE
from ivr.dialplan.queues import WAITING_CLASS
from ivr.dialplan.steps import IDS, Options, goto_if, play, read, timed
from ivr.dialplan.variables import (
    DUTY_RING_CONTEXT,
    DUTY_TOLD_CONTEXT,
    HL_DUTY_TAKEN,
    HL_TAKEN,
    HL_TASK,
    TRACE_EVENT,
    TRACE_QUEUE,
    Event,
    Stage,
)

ACCEPT_CONTEXT = "hl-duty-accept"
ACCEPT_TRIES = 3
_TRACE = (
    "HL_CONTACT", "HL_RECORDING", "CHANNEL(linkedid)", "HL_CALLER", "HL_DID", "HL_AT", "HL_STAGE", "HL_QUEUE",
    "HL_VOICEMAIL", "HL_DANGER", "HL_SERVED", "MEMBERINTERFACE", "HANGUPCAUSE",
)  # fmt: skip
KEPT_CHARS = 900  # of rounds taken before: sixteen, and a part of one, which nobody reads


def emergency(options: Options) -> Context:
    """Return the way of a caller in danger."""
    begun = f"UserEvent({Event.EMERGENCY},{IDS},Caller: ${{HL_CALLER}})"
    said = [
        f"Set(HL_STAGE={Stage.EMERGENCY})",
        "Set(HL_DANGER=1)",
        begun,  # an agent is held from here on; again below, for who comes from ivr, and for an ivr that just came
        play(options, "fb_emergency.1"),
        # after the first part a key skips the rest
        read(options, "0.1", "fb_emergency.2", "fb_emergency.3"),
        "Goto(queue,1)",
    ]
    queue = [
        f"Set(HL_STAGE={Stage.EMERGENCY})",
        "Set(HL_DANGER=1)",
        "Set(HL_QUEUE=emergency)",
        f"Set(TIMEOUT(absolute)={options.limits.call_limit_s})",
        begun,
        f"Queue(emergency,,,,{options.limits.emergency_timeout_s})",
    ]
    how = f"f({LANDLINE})m({WAITING_CLASS})U({ACCEPT_CONTEXT})"
    for number in options.duty_numbers:
        queue += [
            play(options, "emergency_wait"),
            f"Dial(PJSIP/{number}@carrier,{options.limits.duty_ring_s},{how})",
            goto_if("${DIALSTATUS}", "ANSWER", "done"),
        ]
    queue += [play(options, "emergency_no_agent"), "Goto(hl-voicemail,s,1)", "done| Hangup(16)"]
    why = "Instructions, the emergency queue, the duty phones one after the other, voicemail. No music here."
    return Context("hl-emergency", why, [*timed("s", said), Extension("queue", queue)])


def duty_accept(options: Options) -> Context:
    """Return what whoever answers the duty phone hears and presses. ARG1, ARG2: the call-back and the number rung."""
    steps = [
        # anything but key 1 is a mailbox or a refusal: Dial says BUSY and the next number rings
        "Set(GOSUB_RESULT=BUSY)",
        f"Read(HL_ACCEPT,{options.sound('duty_accept')},1,,{ACCEPT_TRIES},{options.limits.safety_wait_s})",
        goto_if("${HL_ACCEPT}", "1", "yes"),
        "Return()",
        "yes| Set(GOSUB_RESULT=)",
        'GotoIf($["${ARG1}" = ""]?caller)',  # the call itself tells who answered
        f"Set({HL_TAKEN}=${{ARG1}}:${{ARG2}}:${{EPOCH}})",
        # ivr may be away: it asks for this when it is back
        f"Set(GLOBAL({HL_DUTY_TAKEN})=${{{HL_TAKEN}}} ${{{HL_DUTY_TAKEN}:0:{KEPT_CHARS}}})",
        f"UserEvent({Event.DUTY_TAKEN},Taken: ${{{HL_TAKEN}}})",
        "Return()",
        "caller| Set(MASTER_CHANNEL(HL_SERVED)=1)",  # for who finds the call's trace
        "Return()",
    ]
    why = "On the duty phone's own leg, the caller hears the waiting tone: a person presses 1, a mailbox does not."
    return Context(ACCEPT_CONTEXT, why, [Extension("s", steps)])


def duty_ring(options: Options) -> Context:
    """Build the round of the duty phones for a danger that was written or cut off and that nobody takes."""
    steps = [f"Set(TIMEOUT(absolute)={options.limits.call_limit_s})"]
    for number in options.duty_numbers:
        how = f"f({LANDLINE})U({ACCEPT_CONTEXT}^${{{HL_TASK}}}^{number})"
        steps += [
            f"Dial(PJSIP/{number}@carrier,{options.limits.duty_ring_s},{how})",
            goto_if("${DIALSTATUS}", "ANSWER", "done"),
        ]
    why = "A danger, written or cut off, that nobody takes: the duty phones one after the other, no caller on the line."
    return Context(DUTY_RING_CONTEXT, why, timed("s", [*steps, "done| Hangup(16)"]))


def duty_told(options: Options) -> Context:
    """Build what the duty phone that took it hears."""
    steps = [f"Set(TIMEOUT(absolute)={options.limits.call_limit_s})"]
    for again in ("first", "second"):
        steps += [
            goto_if("${HL_WHY}", DutyWhy.CUT, f"{again}cut"),
            goto_if("${HL_WHY}", DutyWhy.INDOORS, f"{again}indoors"),
            play(options, "duty_told"),
            f"Goto({again}number)",
            f"{again}cut| {play(options, 'duty_told_cut')}",
            f"Goto({again}number)",
            f"{again}indoors| {play(options, 'duty_told_indoors.1', 'duty_told_indoors.2')}",
            f"{again}number| Set(HL_DIGIT=0)",
            f"{again}| {play(options, 'digit.${HL_CALLER:${HL_DIGIT}:1}')}",
            "Set(HL_DIGIT=$[${HL_DIGIT} + 1])",
            f'GotoIf($["${{HL_CALLER:${{HL_DIGIT}}:1}}" != ""]?{again})',
        ]
    why = "Whoever took it on a duty phone hears twice whom to ring; of a telephone indoors, not to ring there."
    return Context(DUTY_TOLD_CONTEXT, why, timed("s", [*steps, "Hangup(16)"]))


def voicemail(options: Options) -> Context:
    """Return how a message is taken."""
    limits = options.limits
    record = (
        f"Record({options.voicemail}/${{HL_RECORDING}}.wav,{limits.voicemail_silence_s},{limits.voicemail_max_s},ka)"
    )
    # the beep and the clock's whole seconds take one; a short word taken for silence is kept, the second take appends
    silence = limits.voicemail_silence_s + 1
    empty = f'$["${{RECORD_STATUS}}" = "SILENCE" & ${{EPOCH}} - ${{HL_BEGAN}} <= {silence}]'
    steps = [
        f"Set(HL_STAGE={Stage.VOICEMAIL})",
        f"Set(TIMEOUT(absolute)={limits.call_limit_s})",
        play(options, "fb_voicemail"),
        "Set(HL_VOICEMAIL=1)",
        "Set(HL_BEGAN=${EPOCH})",
        record,
        f"GotoIf({empty}?silent)",
        "kept| Set(HL_VOICEMAIL=2)",
        f"UserEvent({Event.VOICEMAIL},{IDS},Status: ${{RECORD_STATUS}})",
        play(options, "fb_thanks"),
        "Hangup(16)",
        f"silent| {play(options, 'voicemail_record.ni', 'voicemail_record.r1')}",
        "Set(HL_BEGAN=${EPOCH})",
        record,
        f"GotoIf({empty}?bye)",
        "Goto(kept)",
        f"bye| {play(options, 'common_bye')}",
        "Hangup(16)",
    ]
    return Context(
        "hl-voicemail", "A message into our own folder; nothing said twice: a polite end.", timed("s", steps)
    )


def ended() -> Context:
    """Return the hang-up handler."""
    fields = "Caller: ${HL_CALLER},Did: ${HL_DID},Stage: ${HL_STAGE},Attempt: ${HL_ATTEMPT},Next: ${HL_NEXT}"
    fields += ",Queue: ${HL_QUEUE},Voicemail: ${HL_VOICEMAIL},Danger: ${HL_DANGER},Cause: ${HANGUPCAUSE}"
    trace = ":".join(f"${{{name}}}" for name in _TRACE)
    steps = [
        "StopMixMonitor()",  # the recording's files are closed before anybody hears of the end
        'GotoIf($["${HL_LOST}${HL_DANGER}" = ""]?told)',
        f"QueueLog({TRACE_QUEUE},${{UNIQUEID}},NONE,{TRACE_EVENT},{trace})",
        f"told| UserEvent({Event.ENDED},{IDS},{fields})",
        "Return()",
    ]
    why = "Hang-up handler. Of a call that ivr may never hear of it leaves a trace, which ivr reads when it is back."
    return Context("hl-ended", why, [Extension("s", steps)])
