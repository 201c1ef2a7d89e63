"""Calls out to customers whose turn it is: placed by AMI, and what became of each as a fact of the contact."""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import phonenumbers
import structlog

from ivr.contract.commands import DutyWhy
from ivr.contract.facts import CallbackRang, Fact, FollowUpRang
from ivr.contract.ids import ContactId
from ivr.dialplan.limits import Limits
from ivr.dialplan.numbers import LANDLINE
from ivr.dialplan.queues import QUEUE_NAMES
from ivr.dialplan.variables import (
    CALLBACK_CHANNEL,
    CALLBACK_CONTEXT,
    DUTY_RING_CONTEXT,
    DUTY_TOLD_CONTEXT,
    FOLLOW_UP_CHANNEL,
    FOLLOW_UP_CONTEXT,
    HL_CALLER,
    HL_TASK,
    HL_WHY,
)
from ivr.sessions.journal import Journal
from ivr.telephony.events import CallPlaced

log = structlog.get_logger(__name__)

_CONTACT = re.compile(r"[0-9a-f]{32}")
_SHAPES = {"priority": r"[0-9]{1,3}", "position": r"[1-9][0-9]{0,2}", "attempt": r"[1-9]", "code": r"[0-9]{6}",
           "since": r"[0-9]{1,10}\.[0-9]{3}"}  # fmt: skip
_E164 = re.compile(r"\+[0-9]{4,15}", re.ASCII)
_REMEMBERED = 1000
_TRUNK = "carrier"
_DUTY_ROUND_S = 600  # the dialplan ends the round when the last duty phone rang in vain


# Whose fact the end of a call becomes, and which. A follow-up that nobody answers is no contact.
Placed = tuple[ContactId, Callable[[str], Fact]]


class InvalidPlacement(ValueError):
    """A call that must not be placed; the text names the field."""


class Originator(Protocol):
    """Places a call by AMI."""

    async def originate(self, fields: Mapping[str, str], variables: Mapping[str, str]) -> str:
        """Place it and return the action's id, which its end carries too; raises PBXUnavailable."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A call to a customer. number is as the trunk wants it dialled, position the place in the queue from 1 as it is
    now, since when the place is kept in seconds of 1970."""

    contact: ContactId
    number: str
    queue: str
    priority: str
    position: str
    attempt: str
    code: str
    since: str

    def variables(self) -> dict[str, str]:
        """Return the channel variables that the dialplan reads."""
        return {
            "HL_CONTACT": self.contact,
            "HL_CALLER": self.number,
            "HL_DID": LANDLINE,
            "HL_QUEUE": self.queue,
            "QUEUE_PRIO": self.priority,
            "HL_POSITION": self.position,
            "HL_CODE": self.code,
            "HL_SINCE": self.since,
        }


def parse_placement(args: Mapping[str, str]) -> Placement:
    """Parse the arguments of a call_back command; raises InvalidPlacement."""
    for name, shape in _SHAPES.items():
        if not re.fullmatch(shape, args.get(name, ""), re.ASCII):
            raise InvalidPlacement(name)
    if not _CONTACT.fullmatch(args.get("contact", "")):
        raise InvalidPlacement("contact")
    if args.get("queue") not in QUEUE_NAMES:
        raise InvalidPlacement("queue")
    number = dialled(args.get("number", ""))
    shaped = {name: args[name] for name in _SHAPES}
    return Placement(ContactId(args["contact"]), number, args["queue"], **shaped)


def dialled(e164: str) -> str:
    """Return an E.164 number of China as a trunk there dials it; raises InvalidPlacement for any other."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        raise InvalidPlacement("number") from None
    if number.country_code != 86 or not phonenumbers.is_valid_number(number):
        raise InvalidPlacement("number")
    text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(char for char in text if char.isdigit())


def told(e164: str) -> str:
    """Return a number as people in China would dial it. It is only said, so it need be none that a trunk reaches: who
    wrote of a danger may have left out the area code. Raises InvalidPlacement for what is no number at all."""
    try:
        return dialled(e164)
    except InvalidPlacement:
        if not _E164.fullmatch(e164):
            raise
    return e164.removeprefix("+86") if e164.startswith("+86") else f"00{e164[1:]}"


def duty_why(text: str) -> DutyWhy:
    """Parse why the duty phones are rung; raises InvalidPlacement."""
    try:
        return DutyWhy(text)
    except ValueError:
        raise InvalidPlacement("why") from None


class Outbound:
    """Remembers which call is whose, until its end is told."""

    def __init__(self, pbx: Originator, journal: Journal, clock: Callable[[], datetime], limits: Limits) -> None:
        self._pbx = pbx
        self._journal = journal
        self._clock = clock
        self._ring_s = limits.callback_ring_s
        self._placed: OrderedDict[str, Placed] = OrderedDict()

    async def place(self, placement: Placement) -> None:
        """Ring the customer; who answers goes on in the dialplan. Raises PBXUnavailable."""
        fields = {
            "Channel": f"PJSIP/{placement.number}@{_TRUNK}",
            "Context": CALLBACK_CONTEXT,
            "Exten": "s",
            "Priority": "1",
            "CallerID": f"<{LANDLINE}>",
            "Timeout": str(self._ring_s * 1000),
            "ChannelId": f"{CALLBACK_CHANNEL}{placement.contact}-{placement.attempt}-{self._clock():%Y%m%d%H%M%S}",
        }
        action = await self._pbx.originate(fields, placement.variables())
        self._remember(action, (placement.contact, CallbackRang))
        log.info("callback_placed", contact=placement.contact, attempt=placement.attempt)

    async def ask(self, contact: ContactId, number: str, variables: Mapping[str, str]) -> None:
        """Ring a customer about completed work; who answers is asked by a session. Raises PBXUnavailable."""
        fields = {
            "Channel": f"PJSIP/{number}@{_TRUNK}",
            "Context": FOLLOW_UP_CONTEXT,
            "Exten": "s",
            "Priority": "1",
            "CallerID": f"<{LANDLINE}>",
            "Timeout": str(self._ring_s * 1000),
            "ChannelId": f"{FOLLOW_UP_CHANNEL}{contact}",
        }
        action = await self._pbx.originate(fields, variables)
        self._remember(action, (ContactId(""), lambda end: FollowUpRang(contact, end)))
        log.info("follow_up_placed", contact=contact)

    def _remember(self, action: str, placed: Placed) -> None:
        self._placed[action] = placed
        while len(self._placed) > _REMEMBERED:
            self._placed.popitem(last=False)

    async def call_duty(self, number: str, task: str, why: DutyWhy) -> None:
        """Ring the duty phones one after the other; who takes it is told why and this number, and crm that somebody
        took `task`. Raises PBXUnavailable."""
        fields = {
            "Channel": f"Local/s@{DUTY_RING_CONTEXT}/n",
            "Context": DUTY_TOLD_CONTEXT,
            "Exten": "s",
            "Priority": "1",
            "CallerID": f"<{LANDLINE}>",
            "Timeout": str(_DUTY_ROUND_S * 1000),
        }
        await self._pbx.originate(fields, {HL_CALLER: number, HL_TASK: task, HL_WHY: why})
        log.info("duty_phones_rung")

    def ended(self, event: CallPlaced) -> None:
        """The ringing ended; calls that are not ours are left alone."""
        placed = self._placed.pop(event.action, None)
        if placed is not None:
            contact, made = placed
            self._journal.fact(contact, made(event.end), self._clock())
