"""Cursor paging: a list in falling order of (time, id) is read on from an opaque cursor, whatever came meanwhile."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

from fastapi import Query
from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from crm.errors import Invalid
from crm.wire import Shape, Text, refuse_nul

Row = TypeVar("Row")
Thing = TypeVar("Thing")
Cursor = Annotated[Text, Query(max_length=300, description="`next` of the slice before, empty for the first one.")]
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
COUNTED = 1000  # a long list counts no further
SliceSize = Annotated[int, Query(ge=1, le=200)]


class Slice(Shape, Generic[Row]):
    """Part of a list; next "" = there is no more."""

    items: list[Row]
    next: str


class Listing(Shape, Generic[Row]):
    """Part of a long list; next "" = there is no more. total is counted up to 1000; capped: there are more, or as many
    at least.
    """

    items: list[Row]
    next: str
    total: int
    capped: bool


class Total(NamedTuple):
    """How many rows a list has. capped: at least so many."""

    counted: int
    capped: bool = False


def total_of(counted: int) -> Total:
    """Return the total of a list whose rows were counted no further than COUNTED + 1."""
    return Total(min(counted, COUNTED), counted > COUNTED)


def listing(items: list[Row], after: str, total: Total) -> Listing[Row]:
    """Return a part of a list."""
    return Listing(items=items, next=after, total=total.counted, capped=total.capped)


def encode(moment: datetime, key: str) -> str:
    """Return the cursor that stands after the row of this time and key."""
    raw = json.dumps([moment.isoformat(), key], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(cursor: str) -> tuple[datetime, str]:
    """Return what a cursor holds; raises Invalid for one that is not ours."""
    try:
        raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment, key = datetime.fromisoformat(raw[0]), refuse_nul(str(raw[1]))
    except (binascii.Error, ValueError, TypeError, KeyError, IndexError) as error:
        raise _bad() from error
    if moment.tzinfo is None or not 2000 <= moment.year <= 2100:
        raise _bad()
    return moment, key


def encode_key(key: str) -> str:
    """Return the cursor after a row of a list that is in order of a key alone."""
    return encode(_ANY_TIME, key)


def decode_key(cursor: str) -> str:
    """Return the key that a cursor of such a list stands after; raises Invalid for one that is not ours."""
    return decode(cursor)[1]


def after(
    cursor: str, moment: InstrumentedAttribute[datetime], key: InstrumentedAttribute[str]
) -> list[ColumnElement[bool]]:
    """Return the condition "older than the cursor", nothing for the first slice."""
    if not cursor:
        return []
    at, last = decode(cursor)
    return [tuple_(moment, key) < tuple_(at, last)]


def cut(found: Sequence[Thing], size: int, place: Callable[[Thing], tuple[datetime, str]]) -> tuple[list[Thing], str]:
    """Return at most `size` of rows that were read with limit size + 1, and the cursor after them."""
    kept = list(found[:size])
    return kept, encode(*place(kept[-1])) if len(found) > size else ""


def _bad() -> Invalid:
    fields: list[dict[str, Any]] = [{"field": "cursor", "detail": "翻页位置不对"}]
    return Invalid("翻页位置不对，请从第一页重新打开", fields=fields)
