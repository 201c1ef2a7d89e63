"""The one list of channel variables and user events that dialplan, ivr and robots share."""

from enum import StrEnum

# Set by the dialplan, read by ivr.
HL_CONTACT = "HL_CONTACT"  # the contact's id: HL_RECORDING without dashes
HL_RECORDING = "HL_RECORDING"  # uuid that names the recording
HL_DID = "HL_DID"  # the called number: canonical when it is ours, else what the trunk sent, digits and + only
HL_CALLER = "HL_CALLER"  # the caller's number, digits and + only, at most 20; "" when anonymous
HL_ATTEMPT = "HL_ATTEMPT"  # 1: a new call; 2: the call was with ivr before, resume it
# The key pressed while greeting and notice (or fb_hello) played; it answers ivr's first question. 9 may cut the notice.
HL_KEY = "HL_KEY"

# Set by ivr, read by the dialplan. HL_QUEUE may be set at any time: it is where a lost call goes.
IVR_NEXT = "IVR_NEXT"  # a Next value as ivr's last act; empty means ivr was lost
HL_QUEUE = "HL_QUEUE"  # consult | complaint | repair | emergency
QUEUE_PRIO = "QUEUE_PRIO"  # app_queue's own: higher goes first

# The dialplan's own.
HL_BACK = "HL_BACK"  # a Back value while the caller waits in or comes back from a queue; ivr reads it
HL_MORE = "HL_MORE"  # a second key in the opening, while the notice is said that the first one had cut
HL_WAIT = "HL_WAIT"  # seconds in the queue
HL_POSITION = "HL_POSITION"  # of who is called back: the place in the queue, from 1; ivr keeps it right
HL_AGAIN = "HL_AGAIN"  # 1: the queue could not be had, and is tried a second time
HL_SINCE = "HL_SINCE"  # of who is called back: since when the place is kept, seconds of 1970 with three decimals
HL_CODE = "HL_CODE"  # six digits by which who is called back may verify us; only a call-back has them
HL_ASKS = "HL_ASKS"  # of a customer whom we rang: what ivr asks, see ivr.sessions.follow_up_calls; "" for every other
HL_STAGE = "HL_STAGE"  # a Stage value; goes out in HLEnded
HL_NEXT = "HL_NEXT"  # IVR_NEXT, letters only
HL_LOST = "HL_LOST"  # how ivr was lost the first time: hello | midcall
HL_TRIES = "HL_TRIES"  # refused AGI connections in a row
HL_RESUMES = "HL_RESUMES"  # how often hl-resume was entered
HL_DIVERSION = "HL_DIVERSION"  # digits of the Diversion header
HL_VOICEMAIL = "HL_VOICEMAIL"  # 1 once the voicemail's recording began
HL_BEGAN = "HL_BEGAN"  # second in which the voicemail's recording began
HL_AT = "HL_AT"  # second in which the call came in
HL_DANGER = "HL_DANGER"  # 1 once the caller is on the emergency path
HL_SERVED = "HL_SERVED"  # 1 once somebody took the call on a duty phone
HL_DIGIT = "HL_DIGIT"  # which digit of HL_CALLER the duty phone hears, from 0
HL_TASK = "HL_TASK"  # crm's id of the call-back for which the duty phones are rung
HL_WHY = "HL_WHY"  # why the duty phones are rung: a DutyWhy of ivr.contract.commands
HL_ACCEPT = "HL_ACCEPT"  # key pressed on the duty phone's own channel
HL_TAKEN = "HL_TAKEN"  # task:number:second of a round that this duty phone took
# Global: the HL_TAKENs of the latest rounds, newest first; ivr empties it. It outlives ivr and AMI, not Asterisk.
HL_DUTY_TAKEN = "HL_DUTY_TAKEN"

HOTLINE_VARIABLES = frozenset({
    HL_CONTACT, HL_RECORDING, HL_DID, HL_CALLER, HL_ATTEMPT, HL_KEY, IVR_NEXT, HL_QUEUE, QUEUE_PRIO, HL_STAGE, HL_NEXT,
    HL_BACK, HL_MORE, HL_WAIT, HL_AGAIN, HL_POSITION, HL_SINCE, HL_CODE, HL_ASKS,
    HL_AT, HL_DANGER, HL_SERVED, HL_LOST, HL_TRIES, HL_RESUMES, HL_DIVERSION, HL_VOICEMAIL, HL_BEGAN,
    HL_ACCEPT, HL_DIGIT, HL_TASK, HL_WHY, HL_TAKEN, HL_DUTY_TAKEN,
})  # fmt: skip
ASTERISK_VARIABLES = frozenset({
    "AGIEXITONHANGUP", "AGISTATUS", "DIALSTATUS", "EPOCH", "EXTEN", "GOSUB_RESULT", "HANGUPCAUSE", "MEMBERINTERFACE",
    "QUEUESTATUS", "QUEUE_MAX_PENALTY", "RECORD_STATUS", "UNIQUEID",
})  # fmt: skip
CARRIER_VARIABLES = frozenset({"ROBOT_UUID", "ROBOT_WAIT"})


class Next(StrEnum):
    """What ivr says the dialplan shall do after the AGI session."""

    QUEUE = "queue"
    VOICEMAIL = "voicemail"
    END = "end"


class Back(StrEnum):
    """Why a caller comes back from the queue to ivr."""

    CALLBACK = "callback"  # key 1
    VOICEMAIL = "voicemail"  # key 2
    TIMEOUT = "timeout"


class Stage(StrEnum):
    """Where the dialplan is with a call."""

    OPENING = "opening"
    BUSY = "busy"
    IVR = "ivr"
    FALLBACK = "fallback"
    QUEUE = "queue"
    EMERGENCY = "emergency"
    VOICEMAIL = "voicemail"
    CALLBACK = "callback"
    FOLLOW_UP = "followup"


class Event(StrEnum):
    """Names of the dialplan's user events. Each but DUTY_TAKEN, which belongs to no call of a customer, carries Contact
    and Recording beside the channel's own fields."""

    CONTACT = "HLContact"  # Caller, Did, Attempt; of a call-back Callback, Queue, Prio, Since: answered
    LOST = "HLLost"  # How, Attempt: ivr left the call without a word
    EMERGENCY = "HLEmergency"  # the caller is on the emergency path without or after ivr
    VOICEMAIL = "HLVoicemail"  # Status: a message was recorded to its end
    ENDED = "HLEnded"  # Caller, Did, Stage, Attempt, Next, Queue, Voicemail, Danger, Cause: the channel is gone
    DUTY_TAKEN = "HLDutyTaken"  # Taken, an HL_TAKEN: who answered this duty phone pressed 1 in a round for a call-back


# Of a call that was without ivr, or in danger, at its end in Asterisk's queue_log, which outlives both: as its queue
# and event. Its fields stand between colons, see ivr.telephony.found_calls.
TRACE_QUEUE, TRACE_EVENT = "hl", "HLCALL"
FOLLOW_UP_CHANNEL = "followup-"  # how the uniqueid begins of who is rung about completed work
FOLLOW_UP_CONTEXT = "hl-followup"  # AMI Originate: who is rung about completed work and answers
CALLBACK_CHANNEL = "callback-"  # how the uniqueid of who is called back begins
DUTY_RING_CONTEXT = "hl-duty-ring"  # AMI Originate, Local: the duty phones one after the other
DUTY_TOLD_CONTEXT = "hl-duty-told"  # AMI Originate: the duty phone that took it hears why, HL_WHY, and HL_CALLER
CALLBACK_CONTEXT = "hl-callback"  # AMI Originate: who is called back and answers
RESUME_CONTEXT = "hl-resume"  # AMI Redirect: Context hl-resume, Exten s, Priority 1
