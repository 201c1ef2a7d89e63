"""Pure rules: ticket states without dead ends, kinds, priorities, figures, numbers, slots, words."""

from collections import deque

import pytest

from crm import phone, slots, words
from crm.policy import ticket_states as policy
from crm.policy.figures import counted_visits, service_level


def reachable(kind: str, start: str) -> set[str]:
    seen, ahead = {start}, deque([start])
    while ahead:
        for move in policy.moves(kind, ahead.popleft()):
            if move.to not in seen:
                seen.add(move.to)
                ahead.append(move.to)
    return seen


@pytest.mark.parametrize("kind", policy.KINDS)
def test_every_state_is_reached_and_none_is_a_dead_end(kind: str) -> None:
    table = policy.MOVES[kind]
    assert reachable(kind, "new") == set(table)
    for state, moves in table.items():
        assert {"closed", "new"} <= reachable(kind, state)
        assert state in policy.STATES
        assert len({move.move for move in moves}) == len(moves)
        assert all(move.to in table for move in moves)


def test_moves_are_found_by_name() -> None:
    move = policy.find_move("repair", "new", "accept")
    assert move is not None
    assert move.to == "to_dispatch"
    assert policy.find_move("repair", "new", "arrive") is None
    assert policy.moves("repair", "nowhere") == ()


@pytest.mark.parametrize(
    ("first", "second", "heavier"),
    [("consult", "repair", "repair"), ("repair", "consult", "repair"), ("repair", "complaint", "complaint"),
     ("complaint", "install", "complaint"), ("repair", "unit_return", "unit_return")],
)  # fmt: skip
def test_one_matter_keeps_the_heavier_kind(first: str, second: str, heavier: str) -> None:
    assert policy.heavier_kind(first, second) == heavier


def test_a_kind_change_keeps_the_state_if_it_can() -> None:
    assert policy.state_after_kind_change("install", "dispatched") == "dispatched"
    assert policy.state_after_kind_change("consult", "dispatched") == "new"
    assert policy.higher_priority("urgent", "low") == "urgent"


def test_the_golden_vector_of_the_service_level() -> None:
    counts = {"answered": 5, "abandoned": 3, "short": 1, "timeout": 2}
    level = service_level(answered_in_time=3, **counts)
    assert level is not None
    assert round(level, 3) == 0.333
    assert counted_visits(**counts) == 9
    assert service_level(answered_in_time=0, answered=0, abandoned=0, short=0, timeout=0) is None


@pytest.mark.parametrize(
    ("written", "e164", "grouped", "masked", "area"),
    [
        ("138 0013 8000", "+8613800138000", "138 0013 8000", "138****8000", "北京"),
        ("0757-66883358", "+8675766883358", "0757-6688 3358", "0757-6688 33**", "广东佛山"),
        ("010-62345678", "+861062345678", "010-6234 5678", "010-6234 56**", "北京"),
        ("4001726011", "+864001726011", "4001726011", "40017260**", ""),
        ("+85223456789", "+85223456789", "+85223456789", "+852234567**", ""),
        ("anonymous", "", "", "", ""),
        ("12", "", "", "", ""),
    ],
)
def test_numbers(written: str, e164: str, grouped: str, masked: str, area: str) -> None:
    assert phone.to_e164(written) == e164
    assert (phone.grouped(e164), phone.masked(e164), phone.area(e164)) == (grouped, masked, area)


def test_a_number_that_is_none_has_no_area() -> None:
    assert phone.area("+86") == ""


@pytest.mark.parametrize(
    ("slot", "value", "text"),
    [
        ("fault_code", {"raw": "E零一", "canonical": "E01"}, "E01"),
        ("fault_code", {"raw": "三角形"}, "三角形"),
        ("product", {"value": "boiler"}, "壁挂炉"),
        ("product", {"value": "boiler", "spoken": "HP-24"}, "HP-24"),
        ("visit", {"value": "asap"}, "越快越好"),
        ("visit", {"date": "2026-11-23", "part": "上午"}, "2026-11-23 上午"),
        (
            "visit",
            {"date": "2026-11-28", "from": "08:00", "to": "10:00", "window": "08:00–10:00"},
            "2026-11-28 08:00–10:00",
        ),
        ("contact", {"number": "+8613800138000"}, "138 0013 8000"),
        ("address", {"region": "佛山市", "road": "凤翔路"}, "佛山市凤翔路"),
        (
            "address",
            {"province": "北京市", "city": "北京市", "district": "海淀区", "estate": "某园"},
            "北京市海淀区某园",
        ),
        ("address", {"raw": "听不清"}, "听不清"),
        ("voicemail", {"clip": "c/2", "clips": "c/1 c/2"}, "有录音"),
        ("symptom_clip", {"clips": "c/1", "codes": "E4 F28"}, "有录音；机器听到，未核实：提到的代码：E4、F28"),
        ("statement", {"clips": "c/1", "text": "收了我两百块"}, "收了我两百块"),
        (
            "voicemail",
            {"clips": "c/1", "codes": "E4", "danger": "gas"},
            "有录音；机器听到，未核实：提到的代码：E4，疑似危险：燃气泄漏",
        ),
        ("odd", {"a": "x", "b": "y"}, "x y"),
        ("odd", {}, ""),
    ],
)
def test_how_a_slot_is_shown(slot: str, value: dict[str, str], text: str) -> None:
    assert slots.text(slot, value) == text


@pytest.mark.parametrize(
    ("value", "road"),
    [({"road": "凤翔路18号"}, "凤翔路"), ({"road": "凤翔路十八号"}, "凤翔路"), ({"road": "五一路"}, "五一路"),
     ({"street": "文海路", "road": "文海路9号"}, "文海路"), ({}, "")],
)  # fmt: skip
def test_only_the_road_is_spoken(value: dict[str, str], road: str) -> None:
    assert slots.road_text(value) == road


def test_nodes_are_called_by_their_longest_known_beginning() -> None:
    assert [words.node_title(node) for node in ("fault_code_confirm", "repair_number", "zzz")] == [
        "故障代码", "维修申报", "zzz",
    ]  # fmt: skip


def test_an_engineer_is_sent_for_open_tickets_of_kinds_that_have_visits() -> None:
    assert policy.why_no_visit("repair", "new") == policy.why_no_visit("tech_support", "escalated") == ""
    assert policy.why_no_visit("consult", "new") == "「咨询」工单不派师傅上门，要上门请先改工单类型"
    assert policy.why_no_visit("repair", "closed") == "工单现在是「办结」，要派师傅请先重开工单"
    assert policy.why_no_visit("repair", "void") == "工单现在是「作废」，要派师傅请先恢复工单"
