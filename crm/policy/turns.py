"""Whose turn it is: who waits in a queue and who is to be called back share the free agents, in order. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# the order in which an agent of several queues is given callers (ivr.dialplan.queues: weight)
QUEUE_ORDER = ("emergency", "complaint", "repair", "consult")
RECALL_QUEUE = "emergency"  # of who was in danger and was cut off
MOST_ATTEMPTS = 3  # then it is a task for people
AGAIN_AFTER = timedelta(minutes=10)  # not answered or busy
RECALL_AFTER = timedelta(minutes=3)  # of a danger: time to get out first (dialogues, emergency); and of each attempt
REFUSED_AFTER = timedelta(seconds=30)  # the telephone system did not take it
UNTOLD_AFTER = timedelta(
    minutes=4
)  # nobody told how the attempt ended: ringing, greeting and a way to the queue fit in


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody who is to get an agent. task: the call-back's id, "" for who rang themselves.

    priority: the QUEUE_PRIO that Asterisk has of them, the higher goes first within a queue. since: when they came.
    placed: is being called already. on_line: stands in Asterisk's queue now.
    """

    queue: str
    priority: int
    since: datetime
    task: str = ""
    placed: bool = False
    on_line: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """A call-back whose turn it is, and the place in the queue, from 1, that it would come in at now."""

    task: str
    position: int


def turns(claims: Iterable[Claim], free: Mapping[str, Sequence[str]]) -> list[Turn]:
    """Return the call-backs to be placed now. free: agent -> the queues they answer.

    Everybody who came before and everybody who is being called takes an agent first, so never more calls are placed
    than agents are free, and nobody on the line is overtaken by who came later. Who was in danger waits for no agent:
    behind the emergency queue are the duty phones.
    """
    left = {agent: frozenset(queues) for agent, queues in free.items()}
    found = []
    ahead: dict[str, int] = {}
    for claim in sorted(claims, key=_order):
        # the agent with the fewest queues: those of many are wanted by more
        fitting = [agent for agent, queues in left.items() if claim.queue in queues]
        agent = min(fitting, key=lambda name: (len(left[name]), name), default="")
        left.pop(agent, None)
        if claim.task and not claim.placed and (agent or claim.queue == RECALL_QUEUE):
            found.append(Turn(claim.task, ahead.get(claim.queue, 0) + 1))
        if claim.on_line:
            ahead[claim.queue] = ahead.get(claim.queue, 0) + 1
    return found


def _order(claim: Claim) -> tuple[int, int, datetime, str]:
    return QUEUE_ORDER.index(claim.queue), -claim.priority, claim.since, claim.task
