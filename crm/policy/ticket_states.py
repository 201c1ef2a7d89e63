"""Ticket kinds, priorities and what is asked of their processes; pure. No dead end: 办结 reopens, 作废 is restored."""

from collections.abc import Collection, Mapping

from crm.policy.processes import MOVES, PAUSING, STATES, Move

__all__ = ["KINDS", "MOVES", "OPEN", "PAUSING", "PRIORITIES", "STATES", "Move"]

KINDS: Mapping[str, str] = {
    "consult": "咨询",
    "complaint": "投诉建议",
    "repair": "维修申报",
    "install": "安装调试",
    "unit_return": "整机退换/返修",
    "part_return": "配件返修(含保内更换)",
    "part_request": "备用件申请/备件销售",
    "training": "培训",
    "tech_support": "技术支持",
    "follow_up": "回访",
}
PRIORITIES: Mapping[str, str] = {"urgent": "紧急", "high": "高", "normal": "普通", "low": "低"}
_RANK = {"low": 0, "normal": 1, "high": 2, "urgent": 3}
_WEIGHT = {"consult": 0, "follow_up": 0, "complaint": 2}  # dialogues: 投诉 > 其余办理类 > 咨询

OPEN = frozenset(STATES) - {"closed", "void"}
DONE = frozenset({"resolved", "closed"})  # what was promised is done; from here a ticket is opened again
# nobody was sent, nothing shipped, approved or paid, nothing ended: the ticket can still be one of another kind
_NOT_UNDER_WAY = frozenset({"new", "in_progress", "waiting_customer", "replied", "escalated", "to_dispatch"})
DISPATCHABLE = frozenset(  # where a ticket waits for somebody to be sent: 待派单, and what headquarters were told
    state
    for table in MOVES.values()
    for state, items in table.items()
    if any(item.move == "dispatch" for item in items)
)
_ENDED = frozenset({"resolved", "closed", "void"})


_SPOKEN = {  # what 查单 says (dialogues, my_ticket)
    "waiting_customer": "st_waiting_customer",
    "dispatched": "st_assigned",
    "scheduled": "st_scheduled",
    "on_the_way": "st_on_the_way",
    "on_site": "st_on_the_way",
    "waiting_part": "st_waiting_parts",
    "factory": "st_factory",
    "quoted": "st_quoted",
    "waiting_return": "st_waiting_return",
    "waiting_old": "st_waiting_return",
    "shipped": "st_shipped",
    "received": "st_factory",
    "resolved": "st_done",
    "closed": "st_done",
}


def moves(kind: str, state: str) -> tuple[Move, ...]:
    """Return what may be done with a ticket of this kind in this state."""
    return MOVES[kind].get(state, ())


def find_move(kind: str, state: str, move: str) -> Move | None:
    """Return the move of that name, None when the table does not have it."""
    return next((item for item in moves(kind, state) if item.move == move), None)


def moves_for(kind: str, state: str, roles: Collection[str]) -> tuple[Move, ...]:
    """Return what somebody of these roles may do with the ticket."""
    return tuple(item for item in moves(kind, state) if not set(roles).isdisjoint(item.roles))


def why_no_visit(kind: str, state: str) -> str:
    """Return why an engineer cannot be sent for such a ticket, "" when one can."""
    if not any(item.move == "dispatch" for items in MOVES[kind].values() for item in items):
        return f"「{KINDS[kind]}」工单不派师傅上门，要上门请先改工单类型"
    if state in _ENDED:
        return f"工单现在是「{STATES[state]}」，要派师傅请先{'恢复' if state == 'void' else '重开'}工单"
    return ""


def spoken_state(kind: str, state: str) -> str:
    """Return the prompt key with which the phone tells the caller how a ticket stands."""
    return _SPOKEN.get(state) or ("st_new" if _is_visited(kind) else "st_registered")


def _is_visited(kind: str) -> bool:
    return any(item.move == "accept" and item.to == "to_dispatch" for items in MOVES[kind].values() for item in items)


def kinds_from(kind: str, state: str) -> tuple[str, ...]:
    """Return the kinds that a ticket can be corrected to: any while nothing is under way, else its own alone."""
    return tuple(KINDS) if state in _NOT_UNDER_WAY else (kind,)


def state_after_kind_change(kind: str, state: str) -> str:
    """Return the state to go on in when a ticket becomes one of `kind`: the same, or 待处理 if that kind has it not."""
    return state if state in MOVES[kind] else "new"


def heavier_kind(first: str, second: str) -> str:
    """Return the kind one matter keeps when both came up in it; equals go to the later one."""
    return second if _WEIGHT.get(second, 1) >= _WEIGHT.get(first, 1) else first


def raised(priority: str) -> str:
    """Return the priority one step up; nothing is above urgent."""
    rank = min(_RANK[priority] + 1, max(_RANK.values()))
    return next(name for name, value in _RANK.items() if value == rank)


def higher_priority(first: str, second: str) -> str:
    """Return the more pressing of two priorities."""
    return max(first, second, key=lambda item: _RANK[item])
