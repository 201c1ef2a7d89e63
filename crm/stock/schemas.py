"""Wire forms of stock. quantity in pieces; prices in 分."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from crm.paging import Slice
from crm.parts.schemas import SparePartForm
from crm.wire import Change, Line, Shape, Time, example

Place = Annotated[str, Field(pattern=r"^(main|old|[0-9a-f]{32})$")]
Pieces = Annotated[int, Field(ge=0, le=1_000_000)]
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]
Reason = Annotated[Line, Field(max_length=200)]


class PlaceForm(Shape):
    """A warehouse or outlet; id "main" = 总仓, "old" = 旧件库."""

    id: str
    name: str
    active: bool


class SourceForm(Shape):
    """A place that a parcel can leave from. lacks: what it has too few of, "" = enough."""

    place: str
    place_name: str
    lacks: str


class LevelForm(Shape):
    """What lies in a place. reorder_at 0 = no mark; version 0 = nothing was ever booked there."""

    place: str
    place_name: str
    quantity: int
    reorder_at: int
    low: bool
    version: int
    updated_by: str
    updated_at: Time | None


class StockRow(SparePartForm):
    """A part with today's price and what lies of it; levels: places where anything was booked. total: without what came
    back broken."""

    total: int
    low: bool
    levels: list[LevelForm]


class StockSlice(Slice[StockRow]):
    """Part of the list by code; low_parts: how many parts of the whole catalogue are low somewhere.

    labor: whether the price list has 上门人工费 (`LABOR`) today; without it no visit is charged by the list.
    """

    low_parts: int
    labor: Literal["priced", "unpriced", "missing"]


class PriceForm(Shape):
    """A price from a day on."""

    valid_from: date
    fen: int
    source: str
    created_by: str


class StockMoveForm(Shape):
    """A movement; quantity: what lay there after it. ticket: the request that was shipped or came back."""

    at: Time
    place_name: str
    kind: str
    kind_name: str
    change: int
    quantity: int
    reason: str
    ticket: str
    actor: str


class StockFile(Shape):
    """All of one part: every place, its prices, the newest movements."""

    part: StockRow
    places: list[LevelForm]
    prices: list[PriceForm]
    moves: list[StockMoveForm]


class NewMove(Change):
    """A movement. count: so many were found lying there. version: that of the place as it was read, 0 = none yet."""

    model_config = example(place="main", kind="in", quantity=20, reason="采购入库", version=0)

    place: Place
    kind: Literal["in", "out", "count"]
    quantity: Pieces
    reason: Reason
    version: Version


class MarkChange(Change):
    """From how many pieces on a part is low there; 0 = never."""

    model_config = example(reorder_at=5, version=1)

    reorder_at: Pieces
    version: Version
