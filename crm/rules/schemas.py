"""Wire forms of dated rules."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from crm.wire import Change, Shape, sane_day


class RuleSetForm(Shape):
    """The rules of one name from a day on; own: added by the company, else a default."""

    valid_from: date
    own: bool
    body: dict[str, Any]


class RuleBook(Shape):
    """All sets of a name, oldest first."""

    name: str
    title: str
    sets: list[RuleSetForm]


class NewRuleSet(Change):
    """A set to add; the body is that of the sets listed, without valid_from."""

    valid_from: Annotated[date, AfterValidator(sane_day)]
    body: dict[str, Any] = Field(max_length=20)
