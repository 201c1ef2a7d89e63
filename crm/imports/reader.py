"""A table out of the bytes of a file: CSV in UTF-8, UTF-16 or GBK, or an Excel workbook's first sheet."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from crm.imports.errors import TableUnreadable

MOST_BYTES = 5_000_000
MOST_LINES = 5_000
MOST_COLUMNS = 60
MOST_CHARACTERS = 2_000  # of one cell
_MOST_UNPACKED = 100_000_000  # a workbook is a zip: so much may it become
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_GUARDED = re.compile(r"^'(?=[=+\-@\t\r])")  # what crm.tables puts before a cell that looks like a formula

Line = tuple[int, Sequence[str]]  # number as the spreadsheet shows it, cells


def read(content: bytes) -> list[Line]:
    """Return the lines that hold anything, the headings first; raises TableUnreadable saying why in Chinese."""
    if not content:
        raise _unreadable("文件是空的")
    if len(content) > MOST_BYTES:
        raise _unreadable(f"文件太大，最多 {MOST_BYTES // 1_000_000} MB，请分成几个文件")
    if content.startswith(_OLD_EXCEL):
        raise _unreadable("这是旧的 .xls 文件，请另存为 .xlsx 或 CSV 再传")
    rows = _workbook(content) if content.startswith(_ZIP) else _csv(content)
    lines: list[Line] = []
    for number, cells in rows:
        if not any(cells):
            continue
        _check(number, cells, len(lines))
        lines.append((number, cells))
    if len(lines) < 2:
        raise _unreadable("文件里除了表头没有内容")
    return lines


def _check(number: int, cells: Sequence[str], before: int) -> None:
    if before > MOST_LINES:
        raise _unreadable(f"最多 {MOST_LINES} 行，请分成几个文件")
    if len(cells) > MOST_COLUMNS:
        raise _unreadable(f"第 {number} 行有 {len(cells)} 列，最多 {MOST_COLUMNS} 列")
    if any(len(cell) > MOST_CHARACTERS or "\x00" in cell for cell in cells):
        raise _unreadable(f"第 {number} 行有一格太长或含有看不见的字符")


def _csv(content: bytes) -> Iterator[Line]:
    text = _decoded(content)
    head = text.partition("\n")[0]
    delimiter = max(",\t;", key=head.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for cells in reader:
            yield reader.line_num, [_plain(cell) for cell in cells]
    except csv.Error as error:
        raise _unreadable("CSV 的引号不成对，请用表格软件重新保存") from error


def _decoded(content: bytes) -> str:
    named = next((name for bom, name in _BOMS if content.startswith(bom)), "")
    for encoding in (named,) if named else ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _unreadable("看不出文件的编码，请另存为 UTF-8 或 GBK 的 CSV，或 .xlsx")


def _workbook(content: bytes) -> Iterator[Line]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(item.file_size for item in packed.infolist()) > _MOST_UNPACKED:
                raise _unreadable("工作簿太大，请分成几个文件")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
            if number > MOST_LINES * 4:
                raise _unreadable(f"最多 {MOST_LINES} 行，请分成几个文件")
            yield number, _trimmed(_shown(value) for value in row)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, SyntaxError, OSError) as error:
        raise _unreadable("打不开这个工作簿，请另存为 .xlsx 或 CSV 再传") from error


def _trimmed(cells: Iterable[str]) -> list[str]:
    found = list(cells)
    while found and not found[-1]:
        found.pop()
    return found


def _shown(value: Any) -> str:
    """Return a cell as the spreadsheet shows it: days as 2026-03-10, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return _plain(str(value))


def _plain(cell: str) -> str:
    return _GUARDED.sub("", cell.strip().lstrip("\ufeff")).strip()


def _unreadable(detail: str) -> TableUnreadable:
    return TableUnreadable(detail, fields=[{"field": "file", "detail": detail}])
