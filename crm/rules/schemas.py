"""Wire forms of dated rules."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from crm.wire import Change, Shape, example, sane_day

_QUOTAS: Any = {
    "source": "设定，可改",
    "sentence": {"place": "五.二", "text": "根据客户的购机数量和当地使用环境按比例进行配发"},
    "who": ["dealer", "contractor", "outlet"],
    "environments": {"normal": "一般", "cold": "严寒"},
    "quotas": [
        {"part": "*", "environment": "*", "pieces": 1, "per_units": 50},
        {"part": "*", "environment": "cold", "pieces": 1, "per_units": 25},
    ],
}


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

    model_config = example(valid_from="2027-01-01", body=_QUOTAS)
    valid_from: Annotated[date, AfterValidator(sane_day)]
    body: dict[str, Any] = Field(max_length=20)
