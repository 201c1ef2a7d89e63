"""Since when a contact is in danger and has nobody yet, as its facts tell. Pure."""

from datetime import datetime

from ivr.contract.facts import (
    AgentAnswered,
    ContactEnded,
    Fact,
    QueueJoined,
    QueueLeft,
    SafetyCleared,
    SafetyRaised,
)
from ivr.dialplan.queues import EMERGENCY


def danger_after(before: datetime | None, fact: Fact, at: datetime) -> datetime | None:
    """Return since when the contact waits for help once this fact is told, None when it does not.

    The emergency queue counts anew: the words before it may have taken their time.
    """
    match fact:
        case SafetyRaised() | QueueJoined(queue=EMERGENCY.name):
            return at
        case SafetyCleared() | AgentAnswered() | QueueLeft(queue=EMERGENCY.name) | ContactEnded():
            return None  # who has left that queue is rung through to the duty phones
        case _:
            return before
