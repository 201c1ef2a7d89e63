"""What the present matter holds, and which queue of agents it belongs to. Pure."""

from enum import StrEnum

from ivr.flows.state import State


class QueueName(StrEnum):
    """Agents' queues."""

    EMERGENCY = "emergency"
    COMPLAINT = "complaint"
    REPAIR = "repair"
    CONSULT = "consult"


def has_content(state: State) -> bool:
    """Tell whether the present matter holds anything the caller said: a slot, a clip or a danger."""
    matter = state.matter
    return matter is not None and bool(matter.slots or matter.safety)


def agent_queue(state: State) -> QueueName:
    """Return the queue that answers the present matter at this hour."""
    own = own_queue(state)
    return QueueName(state.queue) if state.queue and own is not QueueName.EMERGENCY else own


def own_queue(state: State) -> QueueName:
    """Return the queue the present matter belongs to."""
    matter = state.matter
    if matter is None:
        return QueueName.CONSULT
    if matter.safety:
        return QueueName.EMERGENCY
    if matter.kind in ("complaint", "unit_return", "part_return"):
        return QueueName.COMPLAINT
    return QueueName.REPAIR if matter.kind in ("repair", "install") else QueueName.CONSULT
