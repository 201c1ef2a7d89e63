"""What a waiting caller is told, and when: the beats of app_queue, and the words that ivr lays out for the next one.

app_queue plays one sound file per beat, in the order of BEATS and from the beginning again. It looks the file up anew
each time, first in the folder that bears the name of the channel's language; that is the caller's uniqueid. What ivr
has put there is heard by this caller alone; where ivr has put nothing, TURN's own file is heard and BEAT is quiet.
Pure; `elapsed` is seconds in the queue.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ivr.dialplan.prompts import PLACES

BEAT = "queue_beat"  # no such prompt: quiet, unless ivr has something to say out of turn
TURN = "fb_wait"
FIRST_S = 2  # after joining; the caller knows the place by then, and a free agent's phone rings already
# at 15 s a beat these are 32, 47, 92 and 137 s, and again from 152 s on
BEATS = (BEAT, BEAT, TURN, TURN, BEAT, BEAT, TURN, BEAT, BEAT, TURN)
PLACE_EVERY_S = 45
LONG_S = 180
LONG_WAIT_MIN = 3  # a longer wait: the call-back is offered at once
MOST_MIN = 10
ENOUGH_TALKS = 3  # fewer tell nothing about the next one
_ENTERING_S = 10
_EARLY_S = 8  # beats come up to half a beat before what is due


@dataclass(frozen=True, slots=True)
class Standing:
    """How one caller stands in the queue; None: not known, so not told. minutes: see wait_minutes."""

    ahead: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a waiting caller has heard: the wait on the way in, when the place, whether an offer, when the apology."""

    wait: bool = False
    place_at: float = 0.0  # on the way in, by the dialogue
    offered: bool = False
    long_at: float | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """Prompt keys for the next beat, whether it is a BEAT or a TURN, and what has been told once they are heard."""

    beat: tuple[str, ...]
    turn: tuple[str, ...]
    then: Told


def wait_minutes(ahead: int, talks_s: Sequence[float], agents: int, wrapup_s: float) -> int | None:
    """Return the whole minutes until it is the caller's turn, never rounded down; None when nobody can know.

    talks_s: lengths of the queue's talks of late, in seconds; agents: how many work there now.
    """
    if agents < 1 or len(talks_s) < ENOUGH_TALKS:
        return None
    each = sum(talks_s) / len(talks_s) + wrapup_s
    return max(1, math.ceil((ahead + 1) * each / agents / 60))


def next_words(told: Told, elapsed: float, standing: Standing, *, retry: bool, may_offer: bool) -> Words:
    """Return what the next beat says. retry: an agent's phone rang in vain; may_offer: key 1 means something."""
    if retry:
        return Words(("queue_retry",), ("queue_retry",), told)
    if not told.wait and elapsed < _ENTERING_S and standing.minutes is not None:
        offer = may_offer and standing.minutes > LONG_WAIT_MIN
        said = (*_wait(standing), *(("queue_offer",) if offer else ()))
        return Words(said, said, replace(told, wait=True, offered=offer))
    return _turn(told, elapsed, standing, may_offer=may_offer)


def _turn(told: Told, elapsed: float, standing: Standing, *, may_offer: bool) -> Words:
    offer = ("queue_offer",) if may_offer else ()
    if elapsed >= LONG_S - _EARLY_S and (told.long_at is None or elapsed - told.long_at >= LONG_S - PLACE_EVERY_S):
        return Words((), ("queue_long", *offer), replace(told, offered=True, long_at=elapsed))
    if may_offer and not told.offered:
        return Words((), offer, replace(told, offered=True))
    place = _place(standing) if elapsed - told.place_at >= PLACE_EVERY_S - _EARLY_S else ()
    if not place:
        return Words((), ("queue_still",), told)
    return Words((), (*place, *_wait(standing), "queue_still"), replace(told, place_at=elapsed))


def _place(standing: Standing) -> tuple[str, ...]:
    ahead = standing.ahead
    return (f"queue_place.{ahead}",) if ahead is not None and 0 <= ahead < PLACES else ()


def _wait(standing: Standing) -> tuple[str, ...]:
    if standing.minutes is None:
        return ()
    return (f"queue_eta.{standing.minutes}" if standing.minutes <= MOST_MIN else "queue_eta.more",)
