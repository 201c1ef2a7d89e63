"""Wire forms of customers."""

from datetime import date
from typing import Literal

from pydantic import Field

from crm.calls.schemas import CallRow
from crm.customers.models import Customer as CustomerFile
from crm.tickets.schemas import TicketRow
from crm.wire import Change, Shape, Text, Time, example
from crm.words import CUSTOMER_KINDS, word

CustomerKind = Literal["owner", "dealer", "contractor", "outlet"]


class Person(Shape):
    """A customer in short."""

    id: str
    name: str
    kind: str
    kind_name: str
    elder: bool


class CustomerRow(Person):
    """A line of the list."""

    number: str
    address: str
    tickets_open: int


class Phone(Shape):
    """A number, masked unless the viewer may see it. main: 主; do_not_call: 勿呼.

    wrong_at: since when it is known not to be the customer's, told by wrong_by; null = it is.
    """

    id: str
    number: str
    extension: str
    main: bool
    do_not_call: bool
    wrong_at: Time | None
    wrong_by: str


class AddressForm(Shape):
    """An address on file."""

    id: str
    text: str
    status: str
    adcode: str
    value: dict[str, str]
    hint: str


class ProductForm(Shape):
    """A machine on file. place: where its newest ticket went, "" for none; warranty: how it stands today, in words."""

    id: str
    product_class: str
    product_class_name: str
    model: str
    serial: str
    purchased_on: str
    place: str
    warranty: str
    warranty_until: date | None


class CustomerNoteForm(Shape):
    """A note."""

    id: str
    at: Time
    author: str
    text: str


class CustomerForm(Person):
    """The whole file."""

    note: str
    organization: bool
    recording_consent: str
    marketing_consent: str
    do_not_call: bool
    merged_into: str
    version: int
    created_at: Time
    phones: list[Phone]
    notes: list[CustomerNoteForm]
    addresses: list[AddressForm]
    products: list[ProductForm]
    tickets: list[TicketRow]
    calls: list[CallRow]


class CustomerChange(Change):
    """What to change; version is the one the agent saw."""

    model_config = example(version=3, name="陈国强", recording_consent="yes")
    version: int = Field(ge=0, le=2**31 - 1)
    name: Text | None = Field(default=None, max_length=80)
    kind: CustomerKind | None = None
    elder: bool | None = None
    organization: bool | None = None
    recording_consent: Literal["yes", "no", "unknown"] | None = None
    marketing_consent: Literal["yes", "no", "unknown"] | None = None
    do_not_call: bool | None = None
    note: Text | None = Field(default=None, max_length=2000)


def person(customer: CustomerFile) -> Person:
    """Return the customer in short."""
    return Person(
        id=customer.id,
        name=customer.name or "未留姓名",
        kind=customer.kind,
        kind_name=word(CUSTOMER_KINDS, customer.kind),
        elder=customer.elder,
    )
