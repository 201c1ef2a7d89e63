"""What a visit is charged: 四.一.6 只收取材料成本费和上门人工费; in the warranty nothing."""

from hypothesis import given
from hypothesis import strategies as st

from crm.policy import charge
from crm.policy.charge import Charge, Used, propose
from crm.policy.warranty_terms import FEES

PIN = Used("点火针 IGN-01", 2, 12800)


def test_the_two_kinds_are_those_of_the_document() -> None:
    assert FEES == {"material": charge.MATERIAL_NAME, "labor": charge.LABOR_NAME}


def of_kind(found: Charge, kind: str) -> int:
    return sum((line.fen or 0) * line.quantity for line in found.lines if line.kind == kind)


def test_in_the_warranty_everything_is_free() -> None:
    found = propose("in", [PIN], 15000)
    assert (found.lines, found.total, found.why) == ((), 0, "保修期内免费维修")


def test_out_of_it_material_and_labour_are_charged() -> None:
    found = propose("out", [PIN], 15000)
    assert (of_kind(found, "material"), of_kind(found, "labor"), found.total) == (25600, 15000, 40600)
    assert propose("unknown", [], 15000).total == 15000


def test_what_has_no_price_is_named_and_nothing_is_guessed() -> None:
    found = propose("out", [PIN, Used("自带的管", 1, None)], None)
    assert (found.total, found.why) == (None, "价目表里没有：自带的管、上门人工费（编号 LABOR）")
    assert not charge.needs_reason(found, 99, "fixed")


def test_another_sum_needs_a_reason_once_the_work_is_done() -> None:
    found = propose("out", [], 15000)
    assert charge.needs_reason(found, 0, "fixed")
    assert not charge.needs_reason(found, 15000, "fixed")
    assert not charge.needs_reason(found, 0, "need_part")


def test_how_it_is_told() -> None:
    lines = [
        {"kind": "material", "name": "点火针", "quantity": "2", "fen": "12800"},
        {"kind": "labor", "name": "上门人工费", "quantity": "1", "fen": "15000"},
    ]
    assert charge.told(lines, 40600, 40600, "") == "收费 406.00 元（材料成本费 256.00，上门人工费 150.00）"
    assert charge.told(lines, 30000, 40600, "老客户") == (
        "收费 300.00 元（价目表 406.00 元：材料成本费 256.00，上门人工费 150.00；改价原因：老客户）"
    )
    assert charge.told(lines[1:], 0, 15000, "") == "未收费（价目表 150.00 元：上门人工费 150.00；改价原因：未完工）"
    assert charge.told([], 8000, None, "") == "收费 80.00 元"
    assert charge.told([], 0, 0, "") == "未收费"


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(0, 10**6))), st.integers(0, 10**6))
def test_the_sum_is_that_of_its_kinds(parts: list[tuple[int, int]], labor: int) -> None:
    found = propose("out", [Used("x", count, fen) for count, fen in parts], labor)
    assert found.total == of_kind(found, "material") + of_kind(found, "labor")
