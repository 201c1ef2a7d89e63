"""Tables out of files as people's spreadsheets write them, and what is refused with which words."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from crm.imports import columns, reader
from crm.imports.errors import TableUnreadable
from crm.tables import csv_text, workbook

TEXT = "姓名,电话,市\r\n陈国强,13800138000,佛山市\r\n,,\r\n李娜,13900139000,佛山市\r\n"
LINES = [(1, ["姓名", "电话", "市"]), (2, ["陈国强", "13800138000", "佛山市"]), (4, ["李娜", "13900139000", "佛山市"])]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gbk"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        TEXT.replace(",", "\t").encode("utf-16-le").join((b"\xff\xfe", b"")),
        TEXT.replace(",", ";").encode(),
        TEXT.replace("\r\n", "\n").encode(),
    ],
)
def test_every_encoding_and_delimiter_that_spreadsheets_write(content: bytes) -> None:
    assert [(number, list(cells)) for number, cells in reader.read(content)] == LINES


def test_a_workbook_with_numbers_days_and_empty_lines() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["电话", "序列号", "购买日期", "保修卡"],
        [13800138000, "2503-01877", datetime(2026, 3, 10), True],  # noqa: DTZ001 a spreadsheet's days have no zone
        [],
        [13800138000.0, 250301878, date(2026, 3, 11), None],
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    assert [(number, list(cells)) for number, cells in reader.read(out.getvalue())] == [
        (1, ["电话", "序列号", "购买日期", "保修卡"]),
        (2, ["13800138000", "2503-01877", "2026-03-10", "是"]),
        (4, ["13800138000", "250301878", "2026-03-11"]),
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+8613800138000", "-5", "@x"])
def test_what_we_write_we_read_again_unchanged(cell: str) -> None:
    for content in (csv_text(["电话"], [[cell]]).encode(), workbook(["电话"], [[cell]])):
        assert reader.read(content)[1][1] == [cell]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 100_000_001)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b"a" * 5_000_001, "文件太大，最多 5 MB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "另存为 .xlsx"),
        (b"PK\x03\x04broken", "打不开这个工作簿"),
        (bomb(), "工作簿太大"),
        ("姓名,电话\n".encode(), "除了表头没有内容"),
        (b"\xff\xff\xff\xff\x81", "看不出文件的编码"),
        ('姓名,电话\n"陈'.encode(), "引号不成对"),
        (("姓名\n" + "陈\n" * 5001).encode(), "最多 5000 行"),
        (("姓名\n" + "," * 60).encode() + "陈".encode(), "第 2 行有 61 列"),
        (("姓名\n" + "陈" * 2001).encode(), "第 2 行有一格太长"),
        (b"a,b\nc\x00,d\n", "看不出文件的编码"),
    ],
    ids=range(12),
)
def test_what_cannot_be_read_says_why(content: bytes, said: str) -> None:
    with pytest.raises(TableUnreadable) as refused:
        reader.read(content)
    assert said in refused.value.detail


# ---- what a line means ----


def problems(kind: columns.Kind, head: str, *rows: str) -> list[tuple[int, str, str]]:
    lines = [(index, row.split(",")) for index, row in enumerate((head, *rows), start=1)]
    return [(item.line, item.column, item.reason) for item in columns.understood(kind, lines)[1]]


def test_every_problem_of_every_line_is_named() -> None:
    head = "客户姓名,类型,手机,电话2,市,详细地址,区划代码,老人"
    assert problems(
        "customers",
        head,
        "陈国强,终端用户,13800138000,,佛山市,凤翔路18号,440606101,否",
        "李娜,朋友,1.39E+10,abc,,凤翔路18号,44,也许",
        "黄丽,,,,,,,",
        "陈国强,经销商,138 0013 8000,,,,,",
        ",,13700137000,,,,,",
    ) == [
        (3, "电话", "号码被表格软件改成了科学计数，请把这一列设为文本再填"),
        (3, "电话2", "电话号码不对"),
        (3, "区划代码", "区划代码是 6、9 或 12 位数字"),
        (3, "详细地址", "地址要有省、市、区县或镇街"),
        (3, "类型", "只能填：终端用户、经销商、工程商、维修网点"),
        (3, "老人", "只能填：是、否"),
        (4, "电话", "没有电话时，姓名和地址都要填"),
        (5, "电话", "和第 2 行重复"),
    ]


def test_products() -> None:
    head = "客户电话*,序列号,购买日期,安装日期,保修卡,产品"
    assert problems(
        "products",
        head,
        "13800138000,S-1,2025/3/1,2025年3月2日,有,壁挂炉",
        "13800138000,S-2,20250301,2025-02-01,,",
        "13800138000,S-3,2025-02-30,,,",
        "13800138000,S-4,0001-01-01,,不知道,锅",
        "13800138000,S-1,,,,",
        ",2.50E+11,,,,",
    ) == [
        (3, "安装日期", "安装日期早于购买日期"),
        (4, "购买日期", "日期不对，请写成 2026-03-10"),
        (5, "购买日期", "日期不对，请写成 2026-03-10"),
        (5, "保修卡", "只能填：是、否"),
        (5, "产品类别", "只能填：壁挂炉、其他设备、未知产品"),
        (6, "序列号", "和第 2 行重复"),
        (7, "序列号", "序列号被表格软件改成了科学计数，请把这一列设为文本再填"),
        (7, "客户电话", "没有填客户电话"),
    ]


@pytest.mark.parametrize(
    ("kind", "head", "said"),
    [("customers", "型号,市", "姓名、电话"), ("customers", "姓名,名称,电话", "「姓名」有两列"),
     ("products", "型号,电话", "表头里没有：序列号")],
)  # fmt: skip
def test_headings(kind: columns.Kind, head: str, said: str) -> None:
    with pytest.raises(TableUnreadable) as refused:
        columns.understood(kind, [(1, head.split(",")), (2, ["x"])])
    assert said in refused.value.detail


def test_an_unknown_heading_is_told() -> None:
    lines = [(1, ["姓名", "电话", "星座", ""]), (2, ["陈", "13800138000"])]
    assert columns.understood("customers", lines)[2] == ["星座"]
