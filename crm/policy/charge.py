"""What a visit is charged by the price list and the verdict: 四.一.6, only 材料成本费 and 上门人工费; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LABOR = "LABOR"  # the line of the price list that is the fee for coming and working
MATERIAL_NAME, LABOR_NAME = "材料成本费", "上门人工费"  # policy.warranty_terms.FEES
FREE = "保修期内免费维修"


@dataclass(frozen=True, slots=True)
class Used:
    """So many of a part. fen: its price today, None = the price list does not hold it."""

    name: str
    quantity: int
    fen: int | None


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """A line of the proposal. kind: a key of policy.warranty_terms.FEES; fen: for one, None = no price."""

    kind: str
    name: str
    quantity: int
    fen: int | None


@dataclass(frozen=True, slots=True)
class Charge:
    """The proposal. total: 分, None = it cannot be told; why: what is free, or lacks a price."""

    lines: tuple[ChargeLine, ...]
    total: int | None
    why: str


def propose(fee: str, parts: Sequence[Used], labor: int | None) -> Charge:
    """Return what is charged. fee: in | out | unknown, as visit_rules.FEES; labor: the price of coming and working."""
    if fee == "in":
        return Charge((), 0, FREE)
    lines = (
        *(ChargeLine("material", part.name, part.quantity, part.fen) for part in parts),
        ChargeLine("labor", LABOR_NAME, 1, labor),
    )
    lacking = [
        f"{line.name}（编号 {LABOR}）" if line.kind == "labor" else line.name for line in lines if line.fen is None
    ]
    if lacking:
        return Charge(lines, None, f"价目表里没有：{'、'.join(lacking)}")
    return Charge(lines, sum((line.fen or 0) * line.quantity for line in lines), "")


def needs_reason(proposal: Charge, charged: int, result: str) -> bool:
    """Tell whether another sum than the proposal's asks for a reason: of finished work whose price is known."""
    return result == "fixed" and proposal.total is not None and charged != proposal.total


def told(lines: Sequence[Mapping[str, str]], charged: int, proposed: int | None, reason: str) -> str:
    """Return how the timeline tells what was charged: the sum, its kinds, and why it is not the price list's."""
    if not charged and not proposed:
        return "未收费"
    sums = {"material": 0, "labor": 0}
    for line in lines:
        sums[line["kind"]] += int(line["fen"]) * int(line["quantity"])
    kinds = [f"{name} {sums[kind] / 100:.2f}" for kind, name in (("material", MATERIAL_NAME), ("labor", LABOR_NAME))
             if sums[kind]]  # fmt: skip
    text = f"收费 {charged / 100:.2f} 元" if charged else "未收费"
    if charged == proposed and kinds:
        return f"{text}（{'，'.join(kinds)}）"
    if proposed is not None and charged != proposed:
        return f"{text}（价目表 {proposed / 100:.2f} 元：{'，'.join(kinds)}；改价原因：{reason or '未完工'}）"
    return text
