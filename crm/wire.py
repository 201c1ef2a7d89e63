"""What all wire forms share: times in UTC with milliseconds, text that the database can hold, paging."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints


def show_time(moment: datetime) -> str:
    """Return "2026-11-22T06:02:31.123Z"."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def refuse_nul(text: str) -> str:
    """Return the text; raises ValueError when it holds what PostgreSQL stores in no text."""
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("text must not hold U+0000 or lone surrogates")
    return text


def sane_time(moment: datetime) -> datetime:
    """Return the time; raises ValueError outside of the years a database and a zone can hold."""
    if not 2000 <= moment.year <= 2100:
        raise ValueError("time must lie between 2000 and 2100")
    return moment


def sane_day(day: date) -> date:
    """Return the day; raises ValueError outside of the years whose periods a calendar can hold."""
    if not 1980 <= day.year <= 2100:
        raise ValueError("day must lie between 1980 and 2100")
    return day


Time = Annotated[datetime, PlainSerializer(show_time, return_type=str)]
PageTime = Annotated[AwareDatetime, AfterValidator(sane_time)]
Text = Annotated[str, AfterValidator(refuse_nul)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(refuse_nul)]
Search = Annotated[Text, Query(max_length=100)]


class Shape(BaseModel):
    """Parent of every answer: unknown fields are a programming error."""

    model_config = ConfigDict(extra="forbid")


class Change(BaseModel):
    """Parent of every request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


def example(**body: Any) -> ConfigDict:
    """Return the settings of a request body with an example for the OpenAPI document."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [body]})


class Values(BaseModel):
    """A slot's value on its way in: an object of short strings."""

    model_config = example(value={"raw": "E零一", "canonical": "E01"})
    value: dict[Annotated[Text, Field(max_length=40)], Annotated[Text, Field(max_length=500)]] = Field(max_length=30)
