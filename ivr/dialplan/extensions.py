"""Builds extensions.conf: the life of a call that needs no Python to end well (design 4.1)."""

from ivr.dialplan.conf import Context, Extension
from ivr.dialplan.last_resorts import duty_accept, duty_ring, duty_told, emergency, ended, voicemail
from ivr.dialplan.numbers import table
from ivr.dialplan.outbound import callback, follow_up
from ivr.dialplan.queues import KEYS_CONTEXT, OVERFLOW_PENALTY, QUEUE_NAMES
from ivr.dialplan.steps import IDS, Options, begun, goto_if, play, read, record, timed
from ivr.dialplan.variables import (
    HL_MORE,
    RESUME_CONTEXT,
    Back,
    Event,
    Next,
    Stage,
)

MAX_RESUMES = 5
# refused connections, a second of music after each: a caller in the middle of a report waits for a restarting ivr,
# one who has only heard the greeting is told of the safety key soon
AGI_TRIES = {"midcall": 5, "hello": 2}


def extensions_conf(options: Options) -> str:
    """Return the text of extensions.conf."""
    head = ["; Made by ivr.dialplan.extensions.", "[general]", "static = yes", "writeprotect = yes"]
    head += ["autofallthrough = yes", ""]
    return "\n".join([*head, *(line for context in contexts(options) for line in context.lines())])


def contexts(options: Options) -> list[Context]:
    """Return all contexts of the hotline."""
    return [
        _trunk(), _dids(), _call(options), _after(options), _resume(), _fallback(options), _queue(options),
        _queue_keys(), _back(options), callback(options), follow_up(options),
        emergency(options), duty_accept(options),
        duty_ring(options), duty_told(options), voicemail(options), _timeout(options), ended(), _agents(),
    ]  # fmt: skip


def _trunk() -> Context:
    known = [Extension(form, [f"Set(HL_DID={did})", "Goto(hl-call,s,1)"]) for form, did in table().items()]
    other = ["Set(HL_DID=${FILTER(0-9+,${EXTEN:0:20})})", "Goto(hl-call,s,1)"]
    why = "From the trunk. A number that is not ours gets the main menu too."
    # letters are left out: a pattern that matches h or T would run the call again at its end
    unknown = [Extension("_[0-9+*#]!", other), Extension("s", ["Set(HL_DID=)", "Goto(hl-call,s,1)"])]
    return Context("hl-trunk", why, [*known, *unknown])


def _dids() -> Context:
    known = [Extension(form, [f"Set(HL_DID={did})", "Return()"]) for form, did in table().items()]
    unknown = [Extension("_[0-9+]!", ["Return()"]), Extension("s", ["Return()"])]
    return Context(
        "hl-diverted", "The number first dialled, when the Diversion header names one of ours.", [*known, *unknown]
    )


def _call(options: Options) -> Context:
    steps = [
        *begun(Stage.OPENING),
        "Set(HL_CONTACT=${FILTER(0-9a-f,${HL_RECORDING})})",
        "Set(HL_CALLER=${FILTER(0-9+,${CALLERID(num):0:20})})",
        'ExecIf($["${CALLERID(num-pres):0:6}" = "prohib"]?Set(HL_CALLER=))',
        "Set(CALLERID(name)=)",
        # <sip:+864001726011@host>;reason=... or <tel:...>
        "Set(HL_DIVERSION=${CUT(PJSIP_HEADER(read\\,Diversion),:,2)})",
        "Set(HL_DIVERSION=${FILTER(0-9+,${CUT(HL_DIVERSION,@,1):0:20})})",
        'GosubIf($["${HL_DIVERSION}" != ""]?hl-diverted,${HL_DIVERSION},1)',
        "Set(HL_ATTEMPT=1)",
        "Answer(200)",  # ms: the first word is not cut off while the audio path opens
        f"UserEvent({Event.CONTACT},{IDS},Caller: ${{HL_CALLER}},Did: ${{HL_DID}},Attempt: 1)",
        "Set(GROUP(hotline)=calls)",
        f"GotoIf($[${{GROUP_COUNT(calls@hotline)}} > {options.max_calls}]?busy)",
        f"Set(TIMEOUT(absolute)={options.limits.ivr_limit_s})",
        read(options, "0.1", "opening_greeting", "opening_notice"),
        # A key cuts what is played: nobody but a caller in danger is recorded without having heard the whole notice.
        *_notice_if_cut(options),
        f"record| {record(options)}",
        "Goto(hl-after,agi,1)",
        f"busy| Set(HL_STAGE={Stage.BUSY})",
        read(options, str(options.limits.safety_wait_s), "limit_busy.1", "limit_busy.2"),
        # danger is never turned away: no dialogue, but instructions, a person and the duty phones
        goto_if("${HL_KEY}", "9", "hl-emergency,s,1"),
        "Hangup(17)",
    ]
    return Context(
        "hl-call", "Every call: answer, name it, count it, say the notice, record, then ivr.", timed("s", steps)
    )


def _notice_if_cut(options: Options) -> list[str]:
    """Say the notice after a key, once more to its end if another key cuts it again; key 9 goes on at once."""
    return [
        'GotoIf($["${HL_KEY}" = "" | "${HL_KEY}" = "9"]?record)',
        read(options, "0.1", "opening_notice", into=HL_MORE),
        'ExecIf($["${HL_MORE}" = "9"]?Set(HL_KEY=9))',
        'GotoIf($["${HL_MORE}" = "" | "${HL_MORE}" = "9"]?record)',
        play(options, "opening_notice"),
    ]


def _after(options: Options) -> Context:
    agi = [
        "Set(HL_TRIES=0)",
        f"again| Set(HL_STAGE={Stage.IVR})",
        "Set(IVR_NEXT=)",
        "Set(AGIEXITONHANGUP=yes)",
        f"AGI(agi://127.0.0.1:{options.agi_port}/call)",
        'GotoIf($["${AGISTATUS}" != "FAILURE" | "${HL_ATTEMPT}" = "1"]?s,1)',
        "Set(HL_TRIES=$[${HL_TRIES} + 1])",
        f"GotoIf($[${{HL_TRIES}} >= {AGI_TRIES['midcall']}]?s,1)",
        f'GotoIf($["${{HL_LOST}}" = "hello" & ${{HL_TRIES}} >= {AGI_TRIES["hello"]}]?s,1)',
        "MusicOnHold(default,1)",
        "Goto(again)",
    ]
    steps = [
        "Set(HL_NEXT=${FILTER(a-z,${IVR_NEXT})})",
        goto_if("${HL_NEXT}", Next.QUEUE, "hl-queue,s,1"),
        goto_if("${HL_NEXT}", Next.VOICEMAIL, "hl-voicemail,s,1"),
        goto_if("${HL_NEXT}", Next.END, "end"),
        # AGISTATUS says SUCCESS after kill -9: an empty IVR_NEXT alone means lost
        f"UserEvent({Event.LOST},{IDS},How: ${{AGISTATUS}},Attempt: ${{HL_ATTEMPT}})",
        'GotoIf($["${HL_LOST}" != ""]?hl-fallback,s,1)',
        "Set(HL_ATTEMPT=2)",
        'GotoIf($["${AGISTATUS}" = "FAILURE" & "${HL_BACK}${HL_ASKS}" = ""]?hello)',
        "Set(HL_LOST=midcall)",
        "Set(HL_KEY=)",
        play(options, "sys_wait"),
        "Goto(agi,1)",
        "hello| Set(HL_LOST=hello)",
        goto_if("${HL_KEY}", "9", "hl-fallback,s,1"),
        read(options, "0.1", "fb_hello"),
        "Goto(agi,1)",
        "end| Hangup(16)",
    ]
    why = "ivr, and what comes after it: its own word, else one more attempt, else the fallback."
    return Context("hl-after", why, [Extension("agi", agi), *timed("s", steps)])


def _resume() -> Context:
    steps = [
        "Set(HL_RESUMES=$[0${HL_RESUMES} + 1])",
        "Set(HL_ATTEMPT=2)",
        "Set(HL_KEY=)",
        f"GotoIf($[${{HL_RESUMES}} > {MAX_RESUMES}]?hl-fallback,s,1)",
        "Goto(hl-after,agi,1)",
    ]
    return Context(
        RESUME_CONTEXT,
        "AMI Redirect comes here when speech or ivr is frozen; ivr itself says that it goes on.",
        timed("s", steps),
    )


def _fallback(options: Options) -> Context:
    steps = [
        f"Set(HL_STAGE={Stage.FALLBACK})",
        'GotoIf($["${HL_BACK}" != ""]?hl-voicemail,s,1)',  # has waited already, and ivr was to offer something else
        # we rang: nobody is put in a queue who has not named a danger or asked for a person
        'GotoIf($["${HL_ASKS}" != "" & "${HL_QUEUE}" = ""]?asked)',
        goto_if("${HL_KEY}", "9", "hl-emergency,s,1"),
        f'ExecIf($["${{HL_LOST}}" != "hello"]?{play(options, "fb_midcall")})',
        read(options, str(options.limits.safety_wait_s), "fb_safety"),
        goto_if("${HL_KEY}", "9", "hl-emergency,s,1"),
        "Goto(hl-queue,s,1)",
        f"asked| {play(options, 'fu_later')}",
        "Hangup(16)",
    ]
    return Context("hl-fallback", "No ivr: safety first, then a person.", timed("s", steps))


def _queue(options: Options) -> Context:
    ordinary = [name for name in QUEUE_NAMES if name != "emergency"]
    steps = [
        f"Set(HL_WAIT={options.limits.queue_timeout_s})",
        "Set(HL_AGAIN=)",
        f"Set(HL_BACK={Back.TIMEOUT})",
        'GotoIf($["${HL_CODE}" != ""]?called)',  # called back: that dialogue is over, nothing but a message is left
        f'GotoIf($["${{HL_STAGE}}" != "{Stage.FALLBACK}"]?in)',
        f"Set(HL_WAIT={options.limits.fallback_timeout_s})",
        "Set(HL_BACK=)",
        "Goto(in)",
        "called| Set(HL_BACK=)",
        f"in| Set(HL_STAGE={Stage.QUEUE})",
        f"Set(TIMEOUT(absolute)={options.limits.call_limit_s})",
        "Set(HL_QUEUE=${FILTER(a-z,${HL_QUEUE})})",
        goto_if("${HL_QUEUE}", "emergency", "hl-emergency,queue,1"),
        *(goto_if("${HL_QUEUE}", name, "join") for name in ordinary),
        "Set(HL_QUEUE=repair)",
        # what is said to who waits is looked up in the folder of this name first (ivr.dialplan.waiting)
        "join| Set(CHANNEL(language)=${UNIQUEID})",
        "Set(QUEUE_PRIO=$[0${FILTER(0-9,${QUEUE_PRIO:0:4})} + 0])",
        f"Set(QUEUE_MAX_PENALTY={OVERFLOW_PENALTY - 1})",  # anew: the rule of a stay before has raised it
        "Queue(${HL_QUEUE},,,,${HL_WAIT},,,,${HL_POSITION})",
        # full, or not to be had: said, and tried once more
        'GotoIf($["${QUEUESTATUS}" = "TIMEOUT" | "${HL_AGAIN}" != ""]?left)',
        "Set(HL_AGAIN=1)",
        play(options, "sys_transfer_fail"),
        "Goto(join)",
        'left| GotoIf($["${HL_BACK}" != ""]?hl-back,s,1)',
        "Goto(hl-voicemail,s,1)",
    ]
    why = "HL_QUEUE, else repair. Nobody in time or full: ivr offers a call-back; where ivr was lost, voicemail."
    return Context("hl-queue", why, timed("s", steps))


def _queue_keys() -> Context:
    keys = {
        "1": [
            'GotoIf($["${HL_CODE}" != ""]?again)',
            f"Set(HL_BACK={Back.CALLBACK})",
            "Goto(hl-back,s,1)",
            "again| Goto(hl-queue,s,1)",  # is called back already and keeps the place
        ],
        "2": [
            'GotoIf($["${HL_BACK}" = ""]?hl-voicemail,s,1)',  # no dialogue of ivr's waits for this caller
            f"Set(HL_BACK={Back.VOICEMAIL})",
            "Goto(hl-back,s,1)",
        ],
        "9": ["Goto(hl-emergency,s,1)"],
    }
    return Context(KEYS_CONTEXT, "Keys of a waiting caller.", [Extension(key, keys[key]) for key in keys])


def _back(options: Options) -> Context:
    steps = [
        "Set(HL_LOST=)",
        "Set(HL_KEY=)",
        "Set(HL_ATTEMPT=2)",
        f"Set(TIMEOUT(absolute)={options.limits.ivr_limit_s})",
        "Goto(hl-after,agi,1)",
    ]
    why = "From the queue back to ivr, which reads HL_BACK; without ivr a message is taken."
    return Context("hl-back", why, timed("s", steps))


def _timeout(options: Options) -> Context:
    steps = [
        f"Set(TIMEOUT(absolute)={options.limits.call_limit_s})",
        goto_if("${HL_STAGE}", Stage.OPENING, "hl-fallback,s,1"),
        goto_if("${HL_STAGE}", Stage.IVR, "hl-fallback,s,1"),
        play(options, "common_bye"),
        "Hangup(16)",
    ]
    return Context("hl-timeout", "The absolute time-out: too long with ivr goes to a person, else a polite end.",
                   [Extension("s", steps)])  # fmt: skip


def _agents() -> Context:
    why = "Agents' phones: nothing can be dialled before there is an allow-list."
    return Context("hl-agents", why, [Extension("_[0-9+*#]!", ["Hangup(21)"])])
