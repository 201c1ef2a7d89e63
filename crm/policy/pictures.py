"""Pictures of the ticket processes: one page of Mermaid and tables for each kind, drawn from the tables; pure."""

from crm.policy.clock_rules import SCOPES, ClockRules
from crm.policy.processes import MOVES, PAUSING, STATES
from crm.policy.ticket_states import KINDS
from crm.slots import label
from crm.words import ROLES


def page(kind: str, rules: ClockRules) -> str:
    """Return the page of a kind as Markdown."""
    return "\n".join(
        [f"# {KINDS[kind]} `{kind}`", "", *_picture(kind), "", *_moves(kind), "", *_clocks(kind, rules), ""]
    )


def index() -> str:
    """Return the page that lists the others."""
    lines = ["# Ticket processes", "", "Drawn from `crm/policy/processes.py` by `python -m crm processes`.", ""]
    lines += ["| kind | | states | moves |", "|---|---|---|---|"]
    for kind, name in KINDS.items():
        count = sum(len(moves) for moves in MOVES[kind].values())
        lines.append(f"| [{name}]({kind}.md) | `{kind}` | {len(MOVES[kind])} | {count} |")
    return "\n".join([*lines, ""])


def pages(rules: ClockRules) -> dict[str, str]:
    """Return every page by file name."""
    return {"README.md": index(), **{f"{kind}.md": page(kind, rules) for kind in KINDS}}


def _picture(kind: str) -> list[str]:
    """Return the state diagram; 作废 can be reached from every open state and is drawn once."""
    lines = ["```mermaid", "stateDiagram-v2", "  direction LR", "  [*] --> new"]
    lines += [f"  {state} : {STATES[state]}{'（暂停计时）' if state in PAUSING else ''}" for state in MOVES[kind]]
    for state, moves in MOVES[kind].items():
        lines += [f"  {state} --> {move.to} : {move.label}" for move in moves if move.to != "void" or state == "new"]
    return [*lines, "```"]


def _moves(kind: str) -> list[str]:
    lines = ["| 状态 | 操作 | 到 | 谁可以 | 先要填 | 条件 |", "|---|---|---|---|---|---|"]
    for state, moves in MOVES[kind].items():
        for move in moves:
            who = "、".join(ROLES[role] for role in move.roles)
            needs = "、".join(label(name) for name in move.needs)
            to = STATES[move.to]
            lines.append(f"| {STATES[state]} | {move.label} | {to} | {who} | {needs} | {_GUARDS[move.guard]} |")
    return lines


def _clocks(kind: str, rules: ClockRules) -> list[str]:
    held = [item for item in rules.promises if kind in item.kinds]
    if not held:
        return ["没有时限。"]
    lines = ["| 时限 | 地区 | 小时 | 日历 | 出处 |", "|---|---|---|---|---|"]
    for item in held:
        where = "、".join(name for scope, name in SCOPES.items() if scope in item.scopes)
        calendar = "工作时间" if item.working else "7×24"
        lines.append(f"| {item.label} | {where} | {item.hours:g} | {calendar} | {item.place} |")
    return lines


_GUARDS = {
    "": "",
    "within_quota": "在配额内（五.二）",
    "has_lines": "填了备件",
    "in_stock": "发货的仓库够发，或填了库存说明",
    "has_prices": "价目表里都有价",
    "warranty_right": "三包支持，或填了破例的审批意见",
    "swappable": "三包支持，或填了破例的审批意见；发货的仓库有，或填了库存说明",
    "free_or_paid": "保修期内免费，或填了付款",
    "wants_exchange": "客户要求换货",
    "wants_refund": "客户要求退货",
    "training_topics": "内容适合对象（二.二）",
    "reopens_original": "有这张原工单",
}
