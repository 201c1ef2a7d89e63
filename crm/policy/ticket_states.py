"""States and moves of each ticket kind as a table; pure. No dead end: 办结 reopens, 作废 is restored."""

from collections.abc import Mapping
from dataclasses import dataclass

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

STATES: Mapping[str, str] = {
    "new": "待处理",
    "in_progress": "处理中",
    "waiting_customer": "等客户",
    "to_dispatch": "待派单",
    "dispatched": "已派单",
    "on_site": "上门中",
    "waiting_part": "等备件",
    "waiting_return": "待寄回",
    "received": "已收货",
    "approving": "待审批",
    "shipped": "已发货",
    "scheduled": "已约定",
    "resolved": "待回访",
    "closed": "办结",
    "void": "作废",
}
OPEN = frozenset(STATES) - {"closed", "void"}


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that may be done with a ticket: its key, what the button says, where it leads."""

    move: str
    label: str
    to: str


def _desk(*extra: Move) -> dict[str, tuple[Move, ...]]:
    """Return states that a ticket handled by telephone goes through."""
    return {
        "new": (Move("start", "开始处理", "in_progress"), *extra),
        "in_progress": (Move("wait", "等客户", "waiting_customer"), Move("resolve", "已解决", "resolved"), *extra),
        "waiting_customer": (Move("resume", "继续处理", "in_progress"), Move("resolve", "已解决", "resolved")),
        "resolved": (Move("reopen", "重开", "in_progress"),),
    }


def _visit() -> dict[str, tuple[Move, ...]]:
    """Return states of what an engineer does at the customer's."""
    return {
        "new": (Move("accept", "核实完，待派单", "to_dispatch"), Move("resolve", "指导后解决", "resolved")),
        "to_dispatch": (Move("dispatch", "派单", "dispatched"), Move("wait", "等客户", "waiting_customer")),
        "dispatched": (Move("arrive", "已上门", "on_site"), Move("recall", "撤回派单", "to_dispatch")),
        "on_site": (
            Move("resolve", "已解决", "resolved"),
            Move("need_part", "等备件", "waiting_part"),
            Move("again", "再派单", "to_dispatch"),
        ),
        "waiting_part": (Move("accept", "备件到，待派单", "to_dispatch"),),
        "waiting_customer": (Move("accept", "待派单", "to_dispatch"),),
        "resolved": (Move("reopen", "重开", "to_dispatch"),),
    }


def _return() -> dict[str, tuple[Move, ...]]:
    """Return states of what comes back to the repair centre."""
    return {
        "new": (Move("approve", "送审", "approving"),),
        "approving": (
            Move("accept", "同意，待寄回", "waiting_return"),
            Move("refuse", "不同意，转处理", "in_progress"),
        ),
        "waiting_return": (Move("receive", "已收货", "received"), Move("cancel", "客户不寄了", "in_progress")),
        "received": (Move("ship", "发货", "shipped"), Move("start", "与客户协商", "in_progress")),
        "shipped": (Move("resolve", "客户已收到", "resolved"),),
        "in_progress": (Move("accept", "待寄回", "waiting_return"), Move("resolve", "已解决", "resolved")),
        "resolved": (Move("reopen", "重开", "in_progress"),),
    }


def _parts() -> dict[str, tuple[Move, ...]]:
    """Return states of an order for parts."""
    return {
        "new": (Move("approve", "送审", "approving"), Move("start", "开始处理", "in_progress")),
        "approving": (Move("accept", "批准，等备件", "waiting_part"), Move("refuse", "不批准", "in_progress")),
        "waiting_part": (Move("ship", "发货", "shipped"), Move("refuse", "缺货，转处理", "in_progress")),
        "shipped": (Move("resolve", "客户已收到", "resolved"),),
        "in_progress": (Move("approve", "送审", "approving"), Move("resolve", "已解决", "resolved")),
        "resolved": (Move("reopen", "重开", "in_progress"),),
    }


def _training() -> dict[str, tuple[Move, ...]]:
    """Return states of a training."""
    return {
        "new": (Move("schedule", "约定时间", "scheduled"),),
        "scheduled": (Move("resolve", "已完成", "resolved"), Move("again", "改期", "new")),
        "resolved": (Move("reopen", "重开", "new"),),
    }


def _with_ends(states: dict[str, tuple[Move, ...]]) -> Mapping[str, tuple[Move, ...]]:
    """Add to every state the ways to 办结 and 作废, and from them back to 待处理."""
    close, void = Move("close", "办结", "closed"), Move("void", "作废", "void")
    ends = {
        state: (*moves, close) if state == "resolved" else (*moves, close, void) if state == "new" else (*moves, void)
        for state, moves in states.items()
    }
    return {**ends, "closed": (Move("reopen", "重开", "new"),), "void": (Move("restore", "恢复", "new"),)}


MOVES: Mapping[str, Mapping[str, tuple[Move, ...]]] = {
    "consult": _with_ends(_desk()),
    "complaint": _with_ends(_desk()),
    "repair": _with_ends(_visit()),
    "install": _with_ends(_visit()),
    "unit_return": _with_ends(_return()),
    "part_return": _with_ends(_return()),
    "part_request": _with_ends(_parts()),
    "training": _with_ends(_training()),
    "tech_support": _with_ends(_desk(Move("dispatch", "派单", "dispatched"))
                               | {"dispatched": (Move("arrive", "已上门", "on_site"),),
                                  "on_site": (Move("resolve", "已解决", "resolved"),
                                              Move("start", "转电话处理", "in_progress"))}),
    "follow_up": _with_ends(_desk()),
}  # fmt: skip


def moves(kind: str, state: str) -> tuple[Move, ...]:
    """Return what may be done with a ticket of this kind in this state."""
    return MOVES[kind].get(state, ())


def find_move(kind: str, state: str, move: str) -> Move | None:
    """Return the move of that name, None when the table does not have it."""
    return next((item for item in moves(kind, state) if item.move == move), None)


def state_after_kind_change(kind: str, state: str) -> str:
    """Return the state to go on in when a ticket becomes one of `kind`: the same, or 待处理 if that kind has it not."""
    return state if state in MOVES[kind] else "new"


def heavier_kind(first: str, second: str) -> str:
    """Return the kind one matter keeps when both came up in it; equals go to the later one."""
    return second if _WEIGHT.get(second, 1) >= _WEIGHT.get(first, 1) else first


def higher_priority(first: str, second: str) -> str:
    """Return the more pressing of two priorities."""
    return max(first, second, key=lambda item: _RANK[item])
