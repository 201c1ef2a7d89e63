"""Wire forms of gas companies' numbers."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from crm.gas_phones.models import GasPhone
from crm.wire import Change, Line, Shape, Time, example, sane_day

Adcode = Annotated[str, Field(pattern=r"^[0-9]{4}$")]


class GasPhoneDraft(Change):
    """The number of a city. city: its whole name, as addresses have it; version 0 = there is none yet.

    number: as it is dialled there, digits, blanks and hyphens. source: who says so.
    """

    model_config = example(
        version=0, city="佛山市", number="0757-22881000", source="佛山燃气官网", checked_on="2026-11-20"
    )

    version: int = Field(ge=0, le=2**31 - 1)
    city: Annotated[str, Field(pattern=r"^[一-鿿]{1,11}[市州盟区县]$")]
    number: Annotated[str, Field(pattern=r"^[0-9][0-9 -]{1,18}[0-9]$")]
    source: Annotated[Line, Field(max_length=100)]
    checked_on: Annotated[date, AfterValidator(sane_day)]


class GasPhoneForm(Shape):
    """The number of a city."""

    adcode: str
    city: str
    number: str
    source: str
    checked_on: date
    version: int
    changed_by: str
    changed_at: Time


def form(row: GasPhone) -> GasPhoneForm:
    """Return a number's wire form."""
    return GasPhoneForm(
        adcode=row.adcode, city=row.city, number=row.number, source=row.source, checked_on=row.checked_on,
        version=row.version, changed_by=row.changed_by, changed_at=row.changed_at,
    )  # fmt: skip
