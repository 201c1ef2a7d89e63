"""Who rings again about the same: within how long a ticket counts (dialogues, tickets_and_queues). Pure."""

from datetime import datetime, timedelta

SAME_MATTER = timedelta(days=7)  # 7 天内为同一件事再来电
SAME_MACHINE = timedelta(days=30)  # 30 天内同机再报标“重复维修”
_OVER = {"consult": frozenset({"closed", "void"})}  # who was answered asks something else
_NEVER = frozenset({"void"})


def same_matter(kind: str, state: str, opened_at: datetime, now: datetime) -> bool:
    """Tell whether a call of now for the same kind is about the ticket again; our own follow-up is nobody's matter."""
    return kind != "follow_up" and state not in _OVER.get(kind, _NEVER) and now - opened_at <= SAME_MATTER


def same_machine(kind: str, state: str, opened_at: datetime, now: datetime) -> bool:
    """Tell whether a repair of now of the same machine is one of what was repaired, or is to be."""
    return kind == "repair" and state not in _NEVER and now - opened_at <= SAME_MACHINE
