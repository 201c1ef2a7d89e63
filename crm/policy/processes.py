"""The ten processes of tickets as tables: states, moves, who may make them, what each needs; pure data.

The document's process pictures are lost (part 五); states and moves are ours, to be changed here (ADR 0001). What the
document does say is named beside the table it shapes. `needs` are slots that must hold a value when the move is made;
`guard` names a condition that crm.tickets.guards checks; `pauses` in STATES stops the running clocks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

AGENT, DISPATCHER, SUPERVISOR = "agent", "dispatcher", "supervisor"
ALL = (AGENT, DISPATCHER, SUPERVISOR)
DESK = (AGENT, SUPERVISOR)
FIELD = (DISPATCHER, SUPERVISOR)
LEAD = (SUPERVISOR,)


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that may be done with a ticket: key, what the button says, where it leads, who may, what it needs."""

    move: str
    label: str
    to: str
    roles: tuple[str, ...] = ALL
    needs: tuple[str, ...] = ()
    guard: str = ""


Table = Mapping[str, tuple[Move, ...]]

STATES: Mapping[str, str] = {
    "new": "待处理",
    "in_progress": "处理中",
    "waiting_customer": "等客户",
    "replied": "已答复",
    "escalated": "已报总部",
    "to_dispatch": "待派单",
    "dispatched": "已派单",
    "scheduled": "已约定",
    "on_the_way": "已出发",
    "on_site": "上门中",
    "waiting_part": "等备件",
    "factory": "返厂维修中",
    "approving": "待审批",
    "quoted": "待付款",
    "waiting_return": "待寄回",
    "waiting_old": "待旧件",
    "received": "已收货",
    "refunding": "退款中",
    "shipped": "已发货",
    "resolved": "待回访",
    "closed": "办结",
    "void": "作废",
}
PAUSING = frozenset({"waiting_customer", "waiting_return", "quoted"})  # the next step is the customer's

_START = Move("start", "开始处理", "in_progress")
_WAIT = Move("wait", "等客户", "waiting_customer")
_RESUME = Move("resume", "继续处理", "in_progress")
_RESOLVE = Move("resolve", "已解决", "resolved")


def _consult() -> dict[str, tuple[Move, ...]]:
    """四.一.4 免费产品技术咨询."""
    return {
        "new": (_START, _RESOLVE),
        "in_progress": (_WAIT, _RESOLVE),
        "waiting_customer": (_RESUME, _RESOLVE),
        "resolved": (Move("reopen", "重开", "in_progress"),),
    }


def _complaint() -> dict[str, tuple[Move, ...]]:
    """三.四.(一).5; 二.四 重视用户的意见. The reply is noted; only a supervisor closes."""
    reply = Move("reply", "已答复客户", "replied", DESK, needs=("reply",))
    return {
        "new": (_START, reply),
        "in_progress": (_WAIT, reply),
        "waiting_customer": (_RESUME, reply),
        "replied": (
            Move("resolve", "客户认可", "resolved", needs=("resolution",)),
            Move("again", "客户不认可", "in_progress"),
        ),
        "resolved": (Move("reopen", "重开", "in_progress"),),
    }


def _factory(*others: Move) -> dict[str, tuple[Move, ...]]:
    """四.一.6: beyond the term material and work are paid. A machine at the factory is mended for a fee once its owner
    knows the price and has paid, else it goes back as it came.
    """
    return {
        "factory": (
            Move("quote", "要收费，报价", "quoted", needs=("quote",)),
            Move("ship", "修好寄回", "shipped", needs=("courier_out",), guard="free_or_paid"),
            *others,
        ),
        "quoted": (
            Move("pay", "已付款，维修", "factory", needs=("payment",)),
            Move("decline", "不修了，原样寄回", "shipped", needs=("courier_out",)),
        ),
    }


def _visit(*, factory: bool, needs: tuple[str, ...]) -> dict[str, tuple[Move, ...]]:
    """一.二 现场服务; 三.三.(二) 出发前的准备; 一.三 返厂维修 for what cannot be mended on site."""
    to_factory = (Move("to_factory", "返厂维修", "factory", ALL, needs=("courier_in",)),) if factory else ()
    states: dict[str, tuple[Move, ...]] = {
        "new": (
            Move("accept", "核实完，待派单", "to_dispatch", needs=needs),
            Move("resolve", "指导后解决", "resolved"),
        ),
        "to_dispatch": (Move("dispatch", "派单", "dispatched", FIELD, needs=("address",)), _WAIT),
        "dispatched": (
            Move("schedule", "约定时间", "scheduled", needs=("visit",)),
            Move("arrive", "已上门", "on_site"),
            Move("recall", "撤回派单", "to_dispatch", FIELD),
        ),
        "scheduled": (
            Move("depart", "已出发", "on_the_way"),
            Move("arrive", "已上门", "on_site"),
            Move("reschedule", "改约", "dispatched"),
            Move("recall", "撤回派单", "to_dispatch", FIELD),
        ),
        "on_the_way": (Move("arrive", "已上门", "on_site"), Move("reschedule", "改约", "dispatched")),
        "on_site": (
            _RESOLVE,
            Move("need_part", "等备件", "waiting_part"),
            Move("again", "再派单", "to_dispatch"),
            *to_factory,
        ),
        "waiting_part": (Move("accept", "备件到，待派单", "to_dispatch"),),
        "waiting_customer": (Move("accept", "待派单", "to_dispatch"),),
        "resolved": (Move("reopen", "重开", "to_dispatch"),),
    }
    if factory:
        states |= _factory(Move("again", "取回，再派单", "to_dispatch"))
        states["shipped"] = (Move("resolve", "客户已收到", "resolved"), Move("again", "再派单", "to_dispatch"))
    return states


def _unit_return() -> dict[str, tuple[Move, ...]]:
    """五.一 产品整机退换/返修; 一.三 门到门; 二.一.(一).1–2 退货、换货 within 7 and 15 days."""
    return {
        "new": (
            Move("approve", "送审", "approving", needs=("wanted", "product")),
            Move("start", "先与客户核实", "in_progress"),
        ),
        "in_progress": (
            Move("approve", "送审", "approving", needs=("wanted", "product")),
            _WAIT,
            Move("resolve", "协商解决", "resolved", needs=("resolution",)),
        ),
        "waiting_customer": (_RESUME,),
        "approving": (
            Move("accept", "同意，待寄回", "waiting_return", LEAD, guard="warranty_right"),
            Move("refuse", "不同意，转协商", "in_progress", LEAD, needs=("approval",)),
        ),
        "waiting_return": (
            Move("receive", "已收货", "received", needs=("courier_in",)),
            Move("cancel", "客户不寄了", "in_progress"),
        ),
        "received": (
            Move("repair", "送修", "factory"),
            Move("exchange", "换新机寄出", "shipped", ALL, needs=("courier_out", "new_serial"), guard="wants_exchange"),
            Move("refund", "退款", "refunding", LEAD, guard="wants_refund"),
            Move("start", "检测不符，与客户协商", "in_progress", needs=("inspection",)),
        ),
        **_factory(),
        "refunding": (Move("resolve", "已退款", "resolved", LEAD, needs=("payment",)),),
        "shipped": (Move("resolve", "客户已收到", "resolved"), Move("lost", "没有收到，查件", "in_progress")),
        "resolved": (Move("reopen", "重开", "in_progress"),),
    }


def _part_return() -> dict[str, tuple[Move, ...]]:
    """五.三 配件返修; 一.四 保内更换 a good part for a broken one, the old part comes back; shipping there and back."""
    return {
        "new": (
            Move("approve", "送审", "approving", needs=("part", "wanted")),
            Move("start", "先与客户核实", "in_progress"),
        ),
        "in_progress": (
            Move("approve", "送审", "approving", needs=("part", "wanted")),
            _WAIT,
            Move("resolve", "协商解决", "resolved", needs=("resolution",)),
        ),
        "waiting_customer": (_RESUME,),
        "approving": (
            Move("accept", "同意，待寄回", "waiting_return", FIELD),
            Move("swap", "保内更换，先寄新件", "waiting_old", FIELD, needs=("courier_out", "part"), guard="swappable"),
            Move("refuse", "不同意，转协商", "in_progress", FIELD, needs=("approval",)),
        ),
        "waiting_return": (
            Move("receive", "已收货", "received", needs=("courier_in",)),
            Move("cancel", "客户不寄了", "in_progress"),
        ),
        "waiting_old": (
            Move("receive_old", "旧件已收到", "resolved", needs=("courier_in",)),
            Move("waive", "免收旧件", "resolved", LEAD, needs=("approval",)),
        ),
        "received": (
            Move("repair", "送修", "factory"),
            Move("exchange", "换新件寄出", "shipped", needs=("courier_out", "part"), guard="swappable"),
            Move("start", "检测不符，与客户协商", "in_progress", needs=("inspection",)),
        ),
        **_factory(),
        "shipped": (Move("resolve", "客户已收到", "resolved"), Move("lost", "没有收到，查件", "in_progress")),
        "resolved": (Move("reopen", "重开", "in_progress"),),
    }


def _part_request() -> dict[str, tuple[Move, ...]]:
    """五.二 备用件申请: within the quota issued, over it approved; 一.五 备件销售: price list, payment, courier."""
    return {
        "new": (
            Move("issue", "配额内，备货", "waiting_part", guard="within_quota"),
            Move("approve", "超配额，送审", "approving", guard="has_lines"),
            Move("quote", "报价，待付款", "quoted", guard="has_prices"),
            Move("start", "先与客户核实", "in_progress"),
        ),
        "in_progress": (
            Move("issue", "配额内，备货", "waiting_part", guard="within_quota"),
            Move("approve", "超配额，送审", "approving", guard="has_lines"),
            Move("quote", "报价，待付款", "quoted", guard="has_prices"),
            _WAIT,
            Move("resolve", "不需要了", "resolved", needs=("resolution",)),
        ),
        "waiting_customer": (_RESUME,),
        "approving": (
            Move("accept", "批准，备货", "waiting_part", LEAD, needs=("approval",)),
            Move("refuse", "不批准", "in_progress", LEAD, needs=("approval",)),
        ),
        "quoted": (
            Move("pay", "已付款，备货", "waiting_part", ALL, needs=("payment",)),
            Move("refuse", "客户不买了", "in_progress"),
        ),
        "waiting_part": (
            Move("ship", "发货", "shipped", ALL, needs=("courier_out", "address"), guard="in_stock"),
            Move("refuse", "缺货，转处理", "in_progress"),
        ),
        "shipped": (
            Move("resolve", "客户已收到", "resolved"),
            Move("returned", "退回入库", "in_progress"),
            Move("lost", "没有收到，查件", "in_progress"),
        ),
        "resolved": (Move("reopen", "重开", "in_progress"),),
    }


def _training() -> dict[str, tuple[Move, ...]]:
    """二.二 培训: users 4 topics, dealers and contractors 7 topics more; 四.一.7 free."""
    return {
        "new": (Move("schedule", "约定时间", "scheduled", needs=("training", "visit"), guard="training_topics"), _WAIT),
        "waiting_customer": (Move("resume", "继续处理", "new"),),
        "scheduled": (
            Move("resolve", "已完成", "resolved", needs=("attendees",)),
            Move("again", "改期", "new"),
        ),
        "resolved": (Move("reopen", "重开", "new"),),
    }


def _tech_support() -> dict[str, tuple[Move, ...]]:
    """二.三 技术支持: by telephone first; what it does not solve goes to headquarters, who send a technician."""
    escalate = Move("escalate", "电话解决不了，报总部", "escalated", needs=("phone_support",))
    return {
        "new": (Move("start", "电话指导", "in_progress"),),
        "in_progress": (_WAIT, Move("resolve", "电话已解决", "resolved"), escalate),
        "waiting_customer": (_RESUME, Move("resolve", "电话已解决", "resolved")),
        "escalated": (
            Move("dispatch", "总部派人", "dispatched", FIELD, needs=("address",)),
            Move("start", "转电话指导", "in_progress"),
        ),
        "dispatched": (Move("arrive", "已上门", "on_site"), Move("recall", "撤回派单", "escalated", FIELD)),
        "on_site": (_RESOLVE, Move("start", "转电话指导", "in_progress"), Move("again", "再派人", "escalated")),
        "resolved": (Move("reopen", "重开", "in_progress"),),
    }


def _follow_up() -> dict[str, tuple[Move, ...]]:
    """二.四.1, 五.五 回访: nobody answering is never counted as satisfied; not mended reopens the first ticket."""
    told = (
        Move("resolve", "已回访", "closed", needs=("survey",)),
        Move("not_fixed", "没修好，原单重开", "closed", needs=("survey", "original"), guard="reopens_original"),
    )
    no_answer = Move("no_answer", "没接通，改天再打", "waiting_customer")
    return {
        "new": (_START, *told, no_answer),
        "in_progress": (*told, no_answer),
        "waiting_customer": (_RESUME, *told, Move("give_up", "三次没接通，不再打", "closed")),
    }


def _with_ends(states: dict[str, tuple[Move, ...]], *, closers: tuple[str, ...] = ALL) -> Table:
    """Add to every state the ways to 办结 and 作废, and from them back to 待处理."""
    close = Move("close", "办结", "closed", closers)
    void = Move("void", "作废", "void", ALL, needs=("void_reason",))
    late_void = Move("void", "作废", "void", LEAD, needs=("void_reason",))
    ends = {
        state: (*moves, close)
        if state == "resolved"
        else (*moves, close, void)
        if state == "new"
        else (*moves, late_void)
        for state, moves in states.items()
    }
    return {
        **ends,
        "closed": (Move("reopen", "重开", "new"),),
        "void": (Move("restore", "恢复", "new", LEAD),),
    }


MOVES: Mapping[str, Table] = {
    "consult": _with_ends(_consult()),
    "complaint": _with_ends(_complaint(), closers=LEAD),
    "repair": _with_ends(_visit(factory=True, needs=("address",))),
    "install": _with_ends(_visit(factory=False, needs=("address", "product"))),
    "unit_return": _with_ends(_unit_return()),
    "part_return": _with_ends(_part_return()),
    "part_request": _with_ends(_part_request()),
    "training": _with_ends(_training()),
    "tech_support": _with_ends(_tech_support()),
    "follow_up": _with_ends(_follow_up()),
}
