"""Wire forms of parts. Money in 分; 100 = ¥1.00."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from crm.wire import Change, Line, Shape, example, sane_day

PartCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")]


class SparePartForm(Shape):
    """A part with today's price; fen null = no price list holds it."""

    code: str
    name: str
    unit: str
    swappable: bool
    example: bool
    active: bool
    fen: int | None
    price_source: str
    price_from: date | None
    version: int


class PartChange(Change):
    """A part to add or change; version is the one that was seen, 0 = it is new."""

    model_config = example(version=0, name="点火针", unit="件", swappable=True)

    version: int = Field(default=0, ge=0, le=2**31 - 1)
    name: Line = Field(max_length=80)
    unit: Line = Field(default="件", max_length=10)
    swappable: bool = False
    active: bool = True


class NewPrice(Change):
    """A price from a day on, and the price list it stands in."""

    model_config = example(valid_from="2026-01-01", fen=12800, source="2026 年价目表")

    valid_from: Annotated[date, AfterValidator(sane_day)]
    fen: int = Field(ge=0, le=100_000_000)
    source: Line = Field(max_length=200)


class LineForm(Shape):
    """A line of a request. quota and used are null for who has no quota. in_stock: pieces in all places together."""

    part: str
    name: str
    unit: str
    quantity: int
    quota: int | None
    used: int | None
    over: int
    fen: int | None
    total_fen: int | None
    in_stock: int


class RequestForm(Shape):
    """A part request: lines, whether it is within the quota and why, what it costs."""

    ticket: str
    version: int
    editable: bool
    within_quota: bool
    reason: str
    place: str
    sentence: str
    total_fen: int | None
    unpriced: list[str]
    lines: list[LineForm]


class LinesChange(Change):
    """The lines in place of those there are."""

    model_config = example(version=5, lines={"PCB": 2})

    version: int = Field(ge=0, le=2**31 - 1)
    lines: dict[PartCode, Annotated[int, Field(ge=1, le=9999)]] = Field(max_length=50)
