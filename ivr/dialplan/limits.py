"""Limits and waiting times of dialplan, queues and endpoints: one table, each with its range."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


class BadLimit(ValueError):
    """A limit that is no number or out of its range; the message names it."""


def _limit(default: int, low: int, high: int) -> Any:
    return field(default=default, metadata={"low": low, "high": high})


@dataclass(frozen=True, slots=True)
class Limits:
    """Names end in their unit. In hotline.env each is HOTLINE_<NAME>."""

    queue_timeout_s: int = _limit(600, 2, 3600)  # then ivr offers a call-back
    overflow_s: int = _limit(90, 1, 3600)  # in the consult queue: then repair's agents are rung too
    fallback_timeout_s: int = _limit(90, 2, 3600)  # without ivr: then voicemail
    emergency_timeout_s: int = _limit(20, 1, 300)  # then the duty numbers
    emergency_hold_s: int = _limit(120, 30, 600)  # of an agent for one caller; anew when the queue is reached
    callback_ring_s: int = _limit(30, 5, 60)  # of a customer who is called back
    duty_ring_s: int = _limit(25, 2, 120)  # per duty number
    agent_ring_s: int = _limit(20, 3, 120)
    wrapup_s: int = _limit(10, 0, 600)
    wait_every_s: int = _limit(15, 5, 60)  # between the beats of ivr.dialplan.waiting
    emergency_wait_every_s: int = _limit(15, 5, 60)  # emergency_wait
    queue_maxlen: int = _limit(50, 1, 500)
    safety_wait_s: int = _limit(2, 1, 10)  # after fb_safety, whose own end is quiet too: 3 s in all
    voicemail_max_s: int = _limit(120, 5, 600)
    voicemail_silence_s: int = _limit(6, 1, 30)
    ivr_limit_s: int = _limit(900, 10, 7200)  # longest time with ivr, then the queue
    call_limit_s: int = _limit(7200, 60, 14400)  # longest time in queue, talk and voicemail, then a polite end
    rtp_timeout_s: int = _limit(60, 5, 600)  # a caller whose audio stops is gone
    rtp_hold_timeout_s: int = _limit(600, 60, 7200)

    def __post_init__(self) -> None:
        """Raise BadLimit for a value out of its range."""
        for item in fields(self):
            value, low, high = getattr(self, item.name), item.metadata["low"], item.metadata["high"]
            if not low <= value <= high:
                raise BadLimit(f"{item.name.upper()}: {value} is not within {low}..{high}")


def limits_from(values: Mapping[str, str]) -> Limits:
    """Return the limits, taking those named in `values` (lower-case name, text); raises BadLimit."""
    given: dict[str, int] = {}
    for item in fields(Limits):
        text = values.get(item.name)
        if text is None:
            continue
        if not (text.isascii() and text.isdigit()):
            raise BadLimit(f"{item.name.upper()}: not a whole number")
        given[item.name] = int(text)
    return Limits(**given)
