"""Builds extensions.conf: the life of a call that needs no Python to end well (design 4.1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ivr.dialplan.conf import Context, Extension, UnsafeValue, safe_path
from ivr.dialplan.limits import Limits
from ivr.dialplan.numbers import LANDLINE, table
from ivr.dialplan.queues import KEYS_CONTEXT, QUEUE_NAMES, WAITING_CLASS
from ivr.dialplan.variables import CALLBACK_CONTEXT, RESUME_CONTEXT, Back, Event, Next, Stage

_NUMBER = re.compile(r"\+?[0-9]{3,20}\Z")
IDS = "Contact: ${HL_CONTACT},Recording: ${HL_RECORDING}"
MAX_RESUMES = 5
ACCEPT_CONTEXT = "hl-duty-accept"
ACCEPT_TRIES = 3
# refused connections, a second of music after each: a caller in the middle of a report waits for a restarting ivr,
# one who has only heard the greeting is told of the safety key soon
AGI_TRIES = {"midcall": 5, "hello": 2}


@dataclass(frozen=True, slots=True)
class Options:
    """What the dialplan is built from. Folders are absolute; duty_numbers as the trunk wants them dialled."""

    agi_port: int
    max_calls: int
    prompts: str
    recordings: str
    voicemail: str
    duty_numbers: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Raise UnsafeValue for a folder or number that cannot stand in a dialplan line."""
        for folder in (self.prompts, self.recordings, self.voicemail):
            safe_path(folder)
        for number in self.duty_numbers:
            if not _NUMBER.match(number):
                raise UnsafeValue(f"not a telephone number: {number!r}")

    def sound(self, *keys: str) -> str:
        """Return the argument that plays these prompts one after the other."""
        return "&".join(f"{self.prompts}/{key}" for key in keys)


def extensions_conf(options: Options) -> str:
    """Return the text of extensions.conf."""
    head = ["; Made by ivr.dialplan.extensions.", "[general]", "static = yes", "writeprotect = yes"]
    head += ["autofallthrough = yes", ""]
    return "\n".join([*head, *(line for context in contexts(options) for line in context.lines())])


def contexts(options: Options) -> list[Context]:
    """Return all contexts of the hotline."""
    return [
        _trunk(), _dids(), _call(options), _after(options), _resume(), _fallback(options), _queue(options),
        _queue_keys(), _back(options), _callback(options), _emergency(options), _duty_accept(options),
        _voicemail(options), _timeout(options), _ended(), _agents(),
    ]  # fmt: skip


def _play(options: Options, *keys: str) -> str:
    return f"Playback({options.sound(*keys)})"


def _read(options: Options, wait: str, *keys: str) -> str:
    """Play prompts and keep the key that stops them; wait: seconds to go on listening."""
    return f"Read(HL_KEY,{options.sound(*keys)},1,,1,{wait})"


def _goto_if(left: str, right: str, target: str) -> str:
    return f'GotoIf($["{left}" = "{right}"]?{target})'


def _timed(name: str, steps: Sequence[str]) -> list[Extension]:
    """Return the extension and the T that catches the absolute time-out in this context."""
    return [Extension(name, steps), Extension("T", ["Goto(hl-timeout,s,1)"])]


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
    recording = f"{options.recordings}/${{HL_RECORDING}}"
    steps = [
        "Set(CHANNEL(hangup_handler_push)=hl-ended,s,1)",
        f"Set(HL_STAGE={Stage.OPENING})",
        "Set(HL_RECORDING=${UUID()})",
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
        _read(options, "0.1", "opening_greeting", "opening_notice"),
        f"MixMonitor(,Sr({recording}-rx.wav)t({recording}-tx.wav))",
        "Goto(hl-after,agi,1)",
        f"busy| Set(HL_STAGE={Stage.BUSY})",
        _read(options, str(options.limits.safety_wait_s), "limit_busy.1", "limit_busy.2"),
        # danger is never turned away: no dialogue, but instructions, a person and the duty phones
        _goto_if("${HL_KEY}", "9", "hl-emergency,s,1"),
        "Hangup(17)",
    ]
    return Context(
        "hl-call", "Every call: answer, name it, count it, say the notice, record, then ivr.", _timed("s", steps)
    )


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
        _goto_if("${HL_NEXT}", Next.QUEUE, "hl-queue,s,1"),
        _goto_if("${HL_NEXT}", Next.VOICEMAIL, "hl-voicemail,s,1"),
        _goto_if("${HL_NEXT}", Next.END, "end"),
        # AGISTATUS says SUCCESS after kill -9: an empty IVR_NEXT alone means lost
        f"UserEvent({Event.LOST},{IDS},How: ${{AGISTATUS}},Attempt: ${{HL_ATTEMPT}})",
        'GotoIf($["${HL_LOST}" != ""]?hl-fallback,s,1)',
        "Set(HL_ATTEMPT=2)",
        'GotoIf($["${AGISTATUS}" = "FAILURE" & "${HL_BACK}" = ""]?hello)',
        "Set(HL_LOST=midcall)",
        "Set(HL_KEY=)",
        _play(options, "sys_wait"),
        "Goto(agi,1)",
        "hello| Set(HL_LOST=hello)",
        _goto_if("${HL_KEY}", "9", "hl-fallback,s,1"),
        _read(options, "0.1", "fb_hello"),
        "Goto(agi,1)",
        "end| Hangup(16)",
    ]
    why = "ivr, and what comes after it: its own word, else one more attempt, else the fallback."
    return Context("hl-after", why, [Extension("agi", agi), *_timed("s", steps)])


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
        _timed("s", steps),
    )


def _fallback(options: Options) -> Context:
    steps = [
        f"Set(HL_STAGE={Stage.FALLBACK})",
        'GotoIf($["${HL_BACK}" != ""]?hl-voicemail,s,1)',  # has waited already, and ivr was to offer something else
        _goto_if("${HL_KEY}", "9", "hl-emergency,s,1"),
        f'ExecIf($["${{HL_LOST}}" != "hello"]?{_play(options, "fb_midcall")})',
        _read(options, str(options.limits.safety_wait_s), "fb_safety"),
        _goto_if("${HL_KEY}", "9", "hl-emergency,s,1"),
        "Goto(hl-queue,s,1)",
    ]
    return Context("hl-fallback", "No ivr: safety first, then a person.", _timed("s", steps))


def _queue(options: Options) -> Context:
    ordinary = [name for name in QUEUE_NAMES if name != "emergency"]
    steps = [
        f"Set(HL_WAIT={options.limits.queue_timeout_s})",
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
        _goto_if("${HL_QUEUE}", "emergency", "hl-emergency,queue,1"),
        *(_goto_if("${HL_QUEUE}", name, "join") for name in ordinary),
        "Set(HL_QUEUE=repair)",
        # what is said to who waits is looked up in the folder of this name first (ivr.dialplan.waiting)
        "join| Set(CHANNEL(language)=${UNIQUEID})",
        "Set(QUEUE_PRIO=$[0${FILTER(0-9,${QUEUE_PRIO:0:4})} + 0])",
        "Queue(${HL_QUEUE},,,,${HL_WAIT},,,,${HL_POSITION})",
        'GotoIf($["${HL_BACK}" != ""]?hl-back,s,1)',
        "Goto(hl-voicemail,s,1)",
    ]
    why = "HL_QUEUE, else repair. Nobody in time or full: ivr offers a call-back; where ivr was lost, voicemail."
    return Context("hl-queue", why, _timed("s", steps))


def _queue_keys() -> Context:
    keys = {
        "1": [
            'GotoIf($["${HL_CODE}" != ""]?again)',
            f"Set(HL_BACK={Back.CALLBACK})",
            "Goto(hl-back,s,1)",
            "again| Set(HL_POSITION=1)",  # is called back already and stays in front
            "Goto(hl-queue,s,1)",
        ],
        "2": ["Goto(hl-voicemail,s,1)"],
        "9": ["Goto(hl-emergency,s,1)"],
    }
    return Context(KEYS_CONTEXT, "Keys of a waiting caller.", [Extension(key, keys[key]) for key in keys])


def _callback(options: Options) -> Context:
    recording = f"{options.recordings}/${{HL_RECORDING}}"
    digits = [f"digit.${{HL_CODE:{place}:1}}" for place in range(6)]
    steps = [
        "Set(CHANNEL(hangup_handler_push)=hl-ended,s,1)",
        f"Set(HL_STAGE={Stage.CALLBACK})",
        "Set(HL_RECORDING=${UUID()})",
        "Set(HL_ATTEMPT=1)",
        "Set(CALLERID(num)=${FILTER(0-9+,${HL_CALLER})})",  # agents see whom they speak with
        "Set(CALLERID(name)=)",
        f"UserEvent({Event.CONTACT},{IDS},Caller: ${{HL_CALLER}},Did: ${{HL_DID}},Attempt: 1,Callback: yes)",
        "Set(GROUP(hotline)=calls)",
        f"Set(TIMEOUT(absolute)={options.limits.call_limit_s})",
        _play(options, "callback_hello.1"),
        f"MixMonitor(,Sr({recording}-rx.wav)t({recording}-tx.wav))",
        _play(options, "callback_hello.2", *digits),
        "Goto(hl-queue,s,1)",
    ]
    why = "Who is called back in turn: who we are, how to verify it, and to the place that was kept."
    return Context(CALLBACK_CONTEXT, why, _timed("s", steps))


def _back(options: Options) -> Context:
    steps = [
        "Set(HL_LOST=)",
        "Set(HL_KEY=)",
        "Set(HL_ATTEMPT=2)",
        f"Set(TIMEOUT(absolute)={options.limits.ivr_limit_s})",
        "Goto(hl-after,agi,1)",
    ]
    why = "From the queue back to ivr, which reads HL_BACK; without ivr a message is taken."
    return Context("hl-back", why, _timed("s", steps))


def _emergency(options: Options) -> Context:
    said = [
        f"Set(HL_STAGE={Stage.EMERGENCY})",
        _play(options, "fb_emergency.1"),
        # after the first part a key skips the rest
        _read(options, "0.1", "fb_emergency.2", "fb_emergency.3"),
        "Goto(queue,1)",
    ]
    queue = [
        f"Set(HL_STAGE={Stage.EMERGENCY})",
        "Set(HL_QUEUE=emergency)",
        f"Set(TIMEOUT(absolute)={options.limits.call_limit_s})",
        f"UserEvent({Event.EMERGENCY},{IDS},Caller: ${{HL_CALLER}})",
        f"Queue(emergency,,,,{options.limits.emergency_timeout_s})",
    ]
    how = f"f({LANDLINE})m({WAITING_CLASS})U({ACCEPT_CONTEXT})"
    for number in options.duty_numbers:
        queue += [
            _play(options, "emergency_wait"),
            f"Dial(PJSIP/{number}@carrier,{options.limits.duty_ring_s},{how})",
            _goto_if("${DIALSTATUS}", "ANSWER", "done"),
        ]
    queue += [_play(options, "emergency_no_agent"), "Goto(hl-voicemail,s,1)", "done| Hangup(16)"]
    why = "Instructions, the emergency queue, the duty phones one after the other, voicemail. No music here."
    return Context("hl-emergency", why, [*_timed("s", said), Extension("queue", queue)])


def _duty_accept(options: Options) -> Context:
    steps = [
        # anything but key 1 is a mailbox or a refusal: Dial says BUSY and the next number rings
        "Set(GOSUB_RESULT=BUSY)",
        f"Read(HL_ACCEPT,{options.sound('duty_accept')},1,,{ACCEPT_TRIES},{options.limits.safety_wait_s})",
        _goto_if("${HL_ACCEPT}", "1", "yes"),
        "Return()",
        "yes| Set(GOSUB_RESULT=)",
        "Return()",
    ]
    why = "On the duty phone's own leg, the caller hears the waiting tone: a person presses 1, a mailbox does not."
    return Context(ACCEPT_CONTEXT, why, [Extension("s", steps)])


def _voicemail(options: Options) -> Context:
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
        _play(options, "fb_voicemail"),
        "Set(HL_VOICEMAIL=1)",
        "Set(HL_BEGAN=${EPOCH})",
        record,
        f"GotoIf({empty}?silent)",
        "kept| Set(HL_VOICEMAIL=2)",
        f"UserEvent({Event.VOICEMAIL},{IDS},Status: ${{RECORD_STATUS}})",
        _play(options, "fb_thanks"),
        "Hangup(16)",
        f"silent| {_play(options, 'voicemail_record.ni', 'voicemail_record.r1')}",
        "Set(HL_BEGAN=${EPOCH})",
        record,
        f"GotoIf({empty}?bye)",
        "Goto(kept)",
        f"bye| {_play(options, 'common_bye')}",
        "Hangup(16)",
    ]
    return Context(
        "hl-voicemail", "A message into our own folder; nothing said twice: a polite end.", _timed("s", steps)
    )


def _timeout(options: Options) -> Context:
    steps = [
        f"Set(TIMEOUT(absolute)={options.limits.call_limit_s})",
        _goto_if("${HL_STAGE}", Stage.OPENING, "hl-fallback,s,1"),
        _goto_if("${HL_STAGE}", Stage.IVR, "hl-fallback,s,1"),
        _play(options, "common_bye"),
        "Hangup(16)",
    ]
    return Context("hl-timeout", "The absolute time-out: too long with ivr goes to a person, else a polite end.",
                   [Extension("s", steps)])  # fmt: skip


def _ended() -> Context:
    fields = "Caller: ${HL_CALLER},Did: ${HL_DID},Stage: ${HL_STAGE},Attempt: ${HL_ATTEMPT},Next: ${HL_NEXT}"
    fields += ",Queue: ${HL_QUEUE},Voicemail: ${HL_VOICEMAIL},Cause: ${HANGUPCAUSE}"
    # the recording's files are closed before anybody hears of the end
    steps = ["StopMixMonitor()", f"UserEvent({Event.ENDED},{IDS},{fields})", "Return()"]
    return Context("hl-ended", "Hang-up handler.", [Extension("s", steps)])


def _agents() -> Context:
    why = "Agents' phones: nothing can be dialled before there is an allow-list."
    return Context("hl-agents", why, [Extension("_[0-9+*#]!", ["Hangup(21)"])])
