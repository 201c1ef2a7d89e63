"""What people's spreadsheets make of numbers, days and formulas, told or mended before anything is taken over."""

from datetime import date

import pytest

from crm.imports import cells, columns

FIRST, SECOND = "+8613800138000", "+8613900139000"


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("13800138000.0", {FIRST: ""}),
        ("13800138000/13900139000", {FIRST: "", SECOND: ""}),
        ("138 0013 8000 、 139 0013 9000", {FIRST: "", SECOND: ""}),
        ("13800138000 13900139000", {FIRST: "", SECOND: ""}),
        ("13800138000或者13900139000", {FIRST: "", SECOND: ""}),
        ("0757-66883358,801", {"+8675766883358": "801"}),
        ("13800138000；0757-66883358转801", {FIRST: "", "+8675766883358": "801"}),
    ],
)
def test_a_cell_may_hold_several_numbers_the_main_one_first(cell: str, found: dict[str, str]) -> None:
    told, wrong = cells.numbers(cell)
    assert (list(told.items()), wrong) == (list(found.items()), "")


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("2024-01-01", "这里是日期，不是电话号码"),
        ("2024年1月1日", "这里是日期，不是电话号码"),
        ("13800138000/12", "电话号码不对"),
        ("66883358", "电话号码缺区号，请写成 0757-66883358 这样"),
        ("1380013800", "手机号要 11 位，这里有 10 位"),
        ("/", "电话号码不对"),
        ("1.38E+10", "号码被表格软件改成了科学计数，请把这一列设为文本再填"),
    ],
)
def test_a_cell_without_a_number_says_why(cell: str, why: str) -> None:
    assert cells.numbers(cell) == ({}, why)


def problems(kind: columns.Kind, head: str, row: str) -> list[tuple[str, str]]:
    lines = [(1, head.split(",")), (2, row.split(","))]
    return [(item.column, item.reason) for item in columns.understood(kind, lines, date(2026, 3, 10))[1]]


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!"])
def test_an_error_of_the_spreadsheet_is_no_value(error: str) -> None:
    said = "这里是表格软件的错误值，请改好再传"
    assert problems("customers", "姓名,电话", f"{error},13800138000") == [("姓名", said)]
    assert problems("customers", "姓名,电话", f"陈国强,{error}") == [("电话", said)]
    assert problems("products", "电话,序列号,型号", f"13800138000,{error},HP") == [("序列号", said)]


def test_a_name_with_a_number_sign_is_one() -> None:
    assert problems("customers", "姓名,电话", "#1 楼管理处,13800138000") == []


def test_nothing_was_bought_after_today() -> None:
    head, said = "电话,序列号,购买日期,发票日期", "日期在今天之后，请核对"
    assert problems("products", head, "13800138000,S-1,2026-03-11,2027-01-01") == [
        ("购买日期", said), ("发票日期", said),
    ]  # fmt: skip
    assert problems("products", head, "13800138000,S-1,2026-03-10,2026-03-10") == []


def test_the_first_number_of_a_cell_is_the_main_one() -> None:
    lines = [(1, ["姓名", "电话", "电话2"]), (2, ["陈国强", "13900139000/13800138000", "13800138000"])]
    (line,) = columns.understood("customers", lines)[0]
    assert line.values["numbers"] == [SECOND, FIRST]
