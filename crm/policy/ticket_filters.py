"""What a list of tickets asks for: the given views and what narrows them; pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from crm.policy.ticket_states import DISPATCHABLE, KINDS, OPEN, PRIORITIES, STATES

ME, NOBODY = "me", "none"
AT_RISK, LATE = "at_risk", "late"


@dataclass(frozen=True, slots=True)
class Asked:
    """Conditions that must all hold. kinds, states, priorities: one of each. owners: each of them (so two that differ
    ask for nothing), an account's id or NOBODY. opener: the account that opened it by hand, None = whoever. since:
    opened then or later. visit_day: an engineer comes within 24 h from then. unverified: something in it waits to be
    confirmed. urged: its customer has urged. clock: a promise of it is AT_RISK or LATE."""

    kinds: frozenset[str] = frozenset(KINDS)
    states: frozenset[str] = frozenset(STATES)
    priorities: frozenset[str] = frozenset(PRIORITIES)
    owners: frozenset[str] = frozenset()
    opener: str | None = None
    since: datetime | None = None
    visit_day: datetime | None = None
    unverified: bool = False
    urged: bool = False
    clock: str = ""

    @property
    def everything(self) -> bool:
        """Tell whether nothing is asked for."""
        return self == Asked()


class Cell(NamedTuple):
    """Tickets of one kind, state and priority. pressing: they are open emergencies, first in every list."""

    kind: str
    state: str
    priority: str
    pressing: bool


_OPEN = Asked(states=OPEN)
VIEWS: Mapping[str, Asked] = {
    "mine": replace(_OPEN, owners=frozenset({ME})),
    "opened": Asked(opener=ME),
    "open": _OPEN,
    "at_risk": replace(_OPEN, clock=AT_RISK),
    "late": replace(_OPEN, clock=LATE),
    "to_dispatch": Asked(states=DISPATCHABLE),
    "visits": Asked(),
    "unverified": replace(_OPEN, unverified=True),
    "urged": replace(_OPEN, urged=True),
    "urgent": replace(_OPEN, priorities=frozenset({"urgent"})),
    "complaints": replace(_OPEN, kinds=frozenset({"complaint"})),
    "today": Asked(),
    "all": Asked(),
}
_DAYS = {"today": 1}
_VISITED = "visits"


def asked(
    view: str, *, kinds: Collection[str] = (), states: Collection[str] = (), priorities: Collection[str] = (),
    owner: str = "", days: int = 0, me: str, today: datetime,
) -> Asked:  # fmt: skip
    """Return what a view asks for, narrowed. Empty or 0 narrows nothing. owner: "" | ME | NOBODY. days: opened today
    (1) or so many days before. me: the viewer's account id. today: the beginning of the day."""
    base = VIEWS[view]
    last = min(filter(None, (days, _DAYS.get(view, 0))), default=0)
    return Asked(
        kinds=_both(base.kinds, kinds),
        states=_both(base.states, states),
        priorities=_both(base.priorities, priorities),
        owners=frozenset(me if item == ME else item for item in {*base.owners, owner} if item),
        opener=me if base.opener == ME else base.opener,
        since=today - timedelta(days=last - 1) if last else None,
        visit_day=today if view == _VISITED else None,
        unverified=base.unverified,
        urged=base.urged,
        clock=base.clock,
    )


def _both(base: frozenset[str], wanted: Collection[str]) -> frozenset[str]:
    return base & frozenset(wanted) if wanted else base


def cells(wanted: Asked) -> list[Cell]:
    """Return the cells that a list is made of; none for one that nothing can be in."""
    if len(wanted.owners) > 1:
        return []
    return [
        Cell(kind, state, priority, state in OPEN and priority == "urgent")
        for kind in sorted(wanted.kinds)
        for state in sorted(wanted.states)
        for priority in sorted(wanted.priorities)
    ]
