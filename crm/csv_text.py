"""CSV that spreadsheets open as it is: UTF-8 with BOM, no cell that a spreadsheet would run as a formula; pure."""

import csv
import io
from collections.abc import Iterable, Sequence

_BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return the whole file. A cell that begins like a formula gets an apostrophe before it."""
    out = io.StringIO()
    out.write(_BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def safe_cell(cell: str) -> str:
    """Return the cell as text that stays text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
