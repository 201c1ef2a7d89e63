"""Wire forms of the product tracking card (产品跟踪信息卡)."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from crm.products.serials import normal
from crm.wire import Change, Shape, Text, Time, example, sane_day

Day = Annotated[date, AfterValidator(sane_day)]
_EXAMPLE: Any = {
    "customer": "0" * 32, "product_class": "boiler", "model": "HP-24", "serial": "2503-01877", "invoice_no": "04512233",
    "invoice_on": "2025-03-10", "warranty_card": "yes", "installer": "顺德网点", "commissioned_on": "2025-03-15",
}  # fmt: skip


class CardFields(Change):
    """What a card holds."""

    product_class: Literal["boiler", "other", "unknown"] = "unknown"
    model: Annotated[Text, Field(max_length=60)] = ""
    serial: Annotated[Text, Field(max_length=60), AfterValidator(normal)] = ""
    purchased_on: Day | None = None
    invoice_no: Annotated[Text, Field(max_length=40)] = ""
    invoice_on: Day | None = None
    warranty_card: Literal["yes", "no", "unknown"] = "unknown"
    sold_by: Annotated[Text, Field(max_length=80)] = ""
    installer: Annotated[Text, Field(max_length=80)] = ""
    installed_on: Day | None = None
    commissioned_on: Day | None = None
    note: Annotated[Text, Field(max_length=1000)] = ""


class ProductDraft(CardFields):
    """A new card."""

    model_config = example(**_EXAMPLE)
    customer: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class ProductChange(CardFields):
    """The card as it should be; version is the one the editor saw."""

    model_config = example(**_EXAMPLE, version=3)
    customer: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    version: int = Field(ge=1, le=2**31 - 1)


class CodeSeen(Shape):
    """A fault code of this machine. again: the same code within 30 days before."""

    code: str
    at: Time
    ticket: str
    again: bool


class FittedPart(Shape):
    """A part that was fitted."""

    name: str
    quantity: int
    at: Time
    visit: str


class CardVisit(Shape):
    """A visit at this machine."""

    visit: str
    ticket: str
    at: Time
    state: str
    result_name: str
    fee: str


class CardFollowUp(Shape):
    """A follow-up about this machine: its answers, or why there are none."""

    ticket: str
    at: Time
    outcome: str
    text: str
    remark: str


class ProductCard(Shape):
    """The whole card. counts_from: what the warranty counts from, invoice before sale (二.一.(一).4)."""

    id: str
    customer: str
    customer_name: str
    product_class: str
    product_class_name: str
    model: str
    serial: str
    purchased_on: date | None
    invoice_no: str
    invoice_on: date | None
    counts_from: date | None
    warranty_card: str
    sold_by: str
    installer: str
    installed_on: date | None
    commissioned_on: date | None
    note: str
    codes: list[CodeSeen]
    visits: list[CardVisit]
    parts: list[FittedPart]
    follow_ups: list[CardFollowUp]
    version: int
