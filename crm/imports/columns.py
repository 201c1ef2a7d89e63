"""The columns of the tables: what they are called, what a line of them means, and what is wrong with it; pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from crm import slots
from crm.database import storable
from crm.imports import cells as cell_values
from crm.imports.errors import TableUnreadable
from crm.products import serials
from crm.wire import sane_day
from crm.words import CUSTOMER_KINDS, PRODUCT_CLASSES
from divisions.gazetteer import Gazetteer, build_gazetteer
from divisions.written import recognized

Kind = Literal["customers", "products"]
_YES = {"是": True, "有": True, "y": True, "yes": True, "1": True, "true": True}
_NO = {"否": False, "无": False, "没有": False, "n": False, "no": False, "0": False, "false": False, "": False}
_DAY = re.compile(r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?( .*)?$")
_ADCODE = re.compile(r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$")
_SERIAL = 60
MOST_TOLD = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: the line as the spreadsheet counts, the column's heading, what stands there, why it cannot be."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, other names people give it, and how many characters it may hold."""

    key: str
    heading: str
    others: tuple[str, ...] = ()
    longest: int = 80
    required: bool = False


@dataclass(slots=True)
class Line:
    """A line that is right."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)


CUSTOMER_COLUMNS = (
    Column("name", "姓名", ("客户姓名", "客户", "名称", "客户名称", "单位名称")),
    Column("kind", "类型", ("客户类型",)),
    Column("organization", "单位", ("是否单位",)),
    Column("number", "电话", ("手机", "手机号", "联系电话", "电话1", "电话号码"), 40),
    Column("number2", "电话2", ("备用电话", "其他电话"), 40),
    Column("number3", "电话3", (), 40),
    Column("province", "省", ("省份",), 40),
    Column("city", "市", ("城市",), 40),
    Column("district", "区县", ("区", "县", "区/县"), 40),
    Column("town", "镇街", ("街道", "镇", "乡镇街道"), 40),
    Column("road", "详细地址", ("地址", "住址", "街道门牌"), 200),
    Column("room", "房号", ("楼栋房号",), 80),
    Column("adcode", "区划代码", ("行政区划代码",), 12),
    Column("elder", "老人", ("家有老人",)),
    Column("do_not_call", "勿呼", ("不要外呼",)),
    Column("note", "备注", ("说明",), 2000),
)
PRODUCT_COLUMNS = (
    Column("number", "客户电话", ("电话", "手机", "联系电话", "用户电话"), 40, required=True),
    Column("name", "客户姓名", ("姓名", "客户", "用户姓名")),
    Column("product_class", "产品类别", ("类别", "产品")),
    Column("model", "型号", ("机型", "产品型号"), 60),
    Column("serial", "序列号", ("机号", "机身号", "条码", "出厂编号"), _SERIAL, required=True),
    Column("purchased_on", "购买日期", ("销售日期",)),
    Column("invoice_no", "发票号", ("发票号码",), 40),
    Column("invoice_on", "发票日期", ("开票日期",)),
    Column("warranty_card", "保修卡", ("有无保修卡",)),
    Column("sold_by", "经销商", ("销售单位",)),
    Column("installer", "安装单位", ("安装人",)),
    Column("installed_on", "安装日期", ()),
    Column("commissioned_on", "调试日期", ()),
    Column("note", "备注", ("说明",), 1000),
)
COLUMNS: Mapping[Kind, tuple[Column, ...]] = {"customers": CUSTOMER_COLUMNS, "products": PRODUCT_COLUMNS}
_PLACES = ("province", "city", "district", "town", "road", "room", "adcode")
_DAYS = ("purchased_on", "invoice_on", "installed_on", "commissioned_on")
_SOLD = ("purchased_on", "invoice_on")
_NOWHERE = build_gazetteer({}, {})
_CARD = ("product_class", "model", "serial", "invoice_no", "warranty_card", "sold_by", "installer", "note", *_DAYS)


def placed(kind: Kind, headings: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Return where each known column stands, and the headings nobody knows; raises TableUnreadable when one is twice
    there or a required one is not."""
    by_name = {name: column for column in COLUMNS[kind] for name in (column.heading, *column.others)}
    places: dict[str, int] = {}
    unknown = []
    for index, heading in enumerate(headings):
        column = by_name.get(heading.replace(" ", "").rstrip("*＊"))
        if column is None:
            unknown += [heading] if heading else []
        elif column.key in places:
            raise TableUnreadable(f"表头里「{column.heading}」有两列", fields=[{"field": "file", "detail": heading}])
        else:
            places[column.key] = index
    missing = [column.heading for column in COLUMNS[kind] if column.required and column.key not in places]
    if kind == "customers" and not {"name", "number"} & places.keys():
        missing = ["姓名", "电话"]
    if missing:
        raise TableUnreadable(f"表头里没有：{'、'.join(missing)}", fields=[{"field": "file", "detail": "表头不对"}])
    return places, unknown


class LineReader:
    """Reads one line: gives its values and notes every problem, so that a person mends them all at once."""

    def __init__(
        self, kind: Kind, number: int, cells: Mapping[str, str], today: date = date.max, gazetteer: Gazetteer = _NOWHERE
    ) -> None:
        self._kind, self.number, self._cells = kind, number, cells
        self.today, self.gazetteer = today, gazetteer
        self.problems: list[Problem] = []
        self.extensions: dict[str, str] = {}  # by the number in E.164
        for column in COLUMNS[kind]:
            if len(self.cell(column.key)) > column.longest:
                self.wrong(column.key, f"太长，最多 {column.longest} 个字")
            if cell_values.is_error(self.cell(column.key)):
                self.wrong(column.key, "这里是表格软件的错误值，请改好再传")

    def cell(self, key: str) -> str:
        """Return what stands there, "" for a column that is not there."""
        return self._cells.get(key, "")

    def wrong(self, key: str, reason: str) -> None:
        """Note a problem; the first of a cell is told."""
        heading = next(column.heading for column in COLUMNS[self._kind] if column.key == key)
        if heading not in (problem.column for problem in self.problems):
            self.problems.append(Problem(self.number, heading, self.cell(key)[:80], reason))

    def numbers_of(self, key: str) -> list[str]:
        """Return the telephone numbers of a cell in E.164, the main one first; none for none or a wrong one."""
        found, wrong = cell_values.numbers(self.cell(key)) if self.cell(key) else ({}, "")
        if wrong:
            self.wrong(key, wrong)
        self.extensions |= {e164: extension for e164, extension in found.items() if extension}
        return list(found)

    def choice(self, key: str, words: Mapping[str, str], default: str) -> str:
        """Return the constant of a Chinese word."""
        text = self.cell(key)
        found = next((constant for constant, word in words.items() if text in (word, constant)), "")
        if text and not found:
            self.wrong(key, f"只能填：{'、'.join(words.values())}")
        return found or default

    def truth(self, key: str) -> bool | None:
        """Return yes or no; None when there is no such column or it is wrong."""
        if key not in self._cells:
            return None
        found = (_YES | _NO).get(self.cell(key).lower())
        if found is None:
            self.wrong(key, "只能填：是、否")
        return found

    def day(self, key: str) -> date | None:
        """Return a day; None for none or a wrong one."""
        text = self.cell(key)
        if not text:
            return None
        found = _DAY.match(text)
        try:
            if found:
                return sane_day(date(int(found[1]), int(found[2]), int(found[3])))
        except ValueError:
            pass  # the 30th of February: said below
        self.wrong(key, "日期不对，请写成 2026-03-10")
        return None


def _customer(line: LineReader) -> Line:
    numbers = list(dict.fromkeys(e164 for key in ("number", "number2", "number3") for e164 in line.numbers_of(key)))
    value = _in_one_column({key: line.cell(key) for key in _PLACES if line.cell(key)}, line.gazetteer)
    if value.get("adcode") and not _ADCODE.match(value["adcode"]):
        line.wrong("adcode", "区划代码是 6、9 或 12 位数字")
    if value.keys() - {"adcode"} and not slots.region_text(value):
        line.wrong("road", "地址要有省、市、区县或镇街")
    address = slots.address_text(value) if value.keys() - {"adcode"} else ""
    name = line.cell("name")
    if not line.problems and not numbers and not (name and address):
        line.wrong("number", "没有电话时，姓名和地址都要填")
    values: dict[str, Any] = {
        "name": name, "kind": line.choice("kind", CUSTOMER_KINDS, "owner"), "note": line.cell("note"),
        "organization": bool(line.truth("organization")), "elder": bool(line.truth("elder")),
        "do_not_call": bool(line.truth("do_not_call")), "numbers": numbers, "extensions": line.extensions,
        "address": value if address else {}, "address_text": address,
    }  # fmt: skip
    return Line(line.number, values)


def _in_one_column(value: dict[str, str], gazetteer: Gazetteer) -> dict[str, str]:
    """Return an address that has all in one cell with its divisions as fields, where they are certain."""
    if slots.region_text(value) or not value.get("road"):
        return value
    found, _ = recognized({"text": value["road"]}, gazetteer)
    fields = {name: text for name, text in found.items() if name not in ("text", "raw_text")}
    own = {name: text for name, text in value.items() if name != "road"}
    return {**fields, **own} if slots.region_text(fields) else value


def _product(line: LineReader) -> Line:
    days = {key: line.day(key) for key in _DAYS}
    for key in _SOLD:
        if (day := days[key]) and day > line.today:
            line.wrong(key, "日期在今天之后，请核对")
    sold = days["purchased_on"] or days["invoice_on"]
    for key, label in (("installed_on", "安装日期"), ("commissioned_on", "调试日期")):
        day = days[key]
        if day and sold and day < sold:
            line.wrong(key, f"{label}早于购买日期")
    card = line.truth("warranty_card") if line.cell("warranty_card") else None
    values: dict[str, Any] = {key: line.cell(key) for key in ("model", "serial", "invoice_no", "sold_by", "installer")}
    values |= days | {
        "note": line.cell("note"),
        "name": line.cell("name"),
        "number": next(iter(line.numbers_of("number")), ""),
    }
    values["serial"] = serials.normal(values["serial"])
    values["product_class"] = line.choice("product_class", PRODUCT_CLASSES, "unknown")
    values["warranty_card"] = "unknown" if card is None else "yes" if card else "no"
    for key, label in (("serial", "序列号"), ("number", "客户电话")):
        if not line.cell(key) or (key == "serial" and not values["serial"]):
            line.wrong(key, f"没有填{label}")
        elif key == "serial" and cell_values.is_scientific(line.cell(key)):
            line.wrong(key, "序列号被表格软件改成了科学计数，请把这一列设为文本再填")
    return Line(line.number, values)


_READERS: Mapping[Kind, Callable[[LineReader], Line]] = {"customers": _customer, "products": _product}


def understood(
    kind: Kind, lines: Sequence[tuple[int, Sequence[str]]], today: date = date.max, gazetteer: Gazetteer = _NOWHERE
) -> tuple[list[Line], list[Problem], list[str]]:
    """Return the lines that are right, every problem of the others, and the headings nobody knows.

    today: nothing was sold after it. gazetteer: the divisions that an address in one column may begin with.
    """
    places, unknown = placed(kind, lines[0][1])
    good: list[Line] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in lines[1:]:
        held = {key: cells[place] if place < len(cells) else "" for key, place in places.items()}
        reader = LineReader(kind, number, held, today, gazetteer)
        line = _READERS[kind](reader)
        thing = _thing(kind, line)
        if not reader.problems and thing in seen:
            reader.wrong(_key_column(kind), f"和第 {seen[thing]} 行重复")
        if reader.problems:
            problems += reader.problems
            continue
        seen[thing] = number
        good.append(line)
    return good, problems, unknown


def numbers_in(line: Line) -> set[str]:
    """Return the E.164 numbers that a line names."""
    return {*line.values.get("numbers", ()), line.values.get("number", "")} - {""}


def card_values(line: Line) -> dict[str, Any]:
    """Return what a product's card gets of a line."""
    return {key: line.values[key] for key in _CARD}


def kept(line: Line) -> dict[str, Any]:
    """Return a line's values as JSON that PostgreSQL can hold."""
    texts = {key: value.isoformat() if isinstance(value, date) else value for key, value in line.values.items()}
    return dict(storable(texts))


def as_before(number: int, values: Mapping[str, Any]) -> Line:
    """Return the line that `kept` made these values of."""
    days = {key: date.fromisoformat(values[key]) for key in _DAYS if values.get(key)}
    return Line(number, {**values, **days})


def reasons(problems: Sequence[Problem], before: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """Return what an import keeps of its problems, the first MOST_TOLD: never what stood there, it is personal."""
    told = [{"line": item.line, "column": item.column, "reason": item.reason} for item in problems]
    return [*map(dict, before), *told][:MOST_TOLD]


def kind_of(name: str) -> Kind:
    """Return the kind of a table that is kept by its name."""
    return "products" if name == "products" else "customers"


def _thing(kind: Kind, line: Line) -> tuple[str, ...]:
    """Return what makes two lines the same thing."""
    if kind == "products":
        return (line.values["serial"],)
    numbers = line.values["numbers"]
    return (line.values["name"], numbers[0] if numbers else line.values["address_text"])


def _key_column(kind: Kind) -> str:
    return "serial" if kind == "products" else "number"
