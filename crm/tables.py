"""Tables that spreadsheets open as they are: no cell that a spreadsheet would run as a formula; pure."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML cannot hold


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a CSV file in UTF-8 with BOM. A cell that begins like a formula gets an apostrophe before it."""
    out = io.StringIO()
    out.write(_BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def workbook(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return an Excel workbook of one sheet whose cells are all text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("表")
    for row in (head, *rows):
        sheet.append([_UNPRINTABLE.sub("", safe_cell(cell)) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe_cell(cell: str) -> str:
    """Return the cell as text that stays text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
