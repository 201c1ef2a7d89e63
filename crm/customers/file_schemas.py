"""Wire forms of editing a customer's file."""

from typing import Annotated, Any, Literal

from pydantic import Field

from crm.customers.schemas import CustomerKind, CustomerRow
from crm.wire import Change, Shape, Text, Time, example

Consent = Literal["yes", "no", "unknown"]
AddressStatus = Literal["verified", "crm_confirmed", "voice_confirmed", "unverified"]
_ADDRESS: Any = {"city": "佛山市", "district": "顺德区", "town": "容桂街道", "road": "新发路5号", "adcode": "440606101"}
_EXAMPLE: Any = {
    "name": "陈国强", "kind": "owner", "numbers": [{"number": "13800138000", "main": True}],
    "addresses": [{"value": _ADDRESS}],
}  # fmt: skip


class NumberDraft(Change):
    """A number as written by people; stored in E.164. extension: 分机."""

    model_config = example(number="0757-66883358", extension="801")
    number: Annotated[Text, Field(min_length=3, max_length=40)]
    extension: Annotated[str, Field(pattern=r"^[0-9]{0,8}$")] = ""
    main: bool = False
    do_not_call: bool = False


class NumberMarks(Change):
    """What to change of a number that is on file; it may be read masked, so it is named by its id."""

    model_config = example(do_not_call=True)
    main: bool | None = None
    do_not_call: bool | None = None
    wrong: bool | None = None


class AddressDraft(Change):
    """An address by the fields of the slot `address`, with its division code."""

    model_config = example(value=_ADDRESS)
    value: dict[Annotated[Text, Field(max_length=40)], Annotated[Text, Field(max_length=200)]] = Field(max_length=30)
    status: AddressStatus = "verified"


class AddressChange(AddressDraft):
    """The new fields of an address on file; version: of the file that was read."""

    model_config = example(version=3, value=_ADDRESS, status="verified")
    version: int = Field(ge=0, le=2**31 - 1)


class CustomerDraft(Change):
    """A new file."""

    model_config = example(**_EXAMPLE)
    name: Annotated[Text, Field(max_length=80)] = ""
    kind: CustomerKind = "owner"
    organization: bool = False
    elder: bool = False
    note: Annotated[Text, Field(max_length=2000)] = ""
    numbers: list[NumberDraft] = Field(default_factory=list, max_length=20)
    addresses: list[AddressDraft] = Field(default_factory=list, max_length=20)


class CustomerNoteDraft(Change):
    """A note."""

    model_config = example(text="白天在上班,请下午六点以后联系")
    text: Annotated[Text, Field(min_length=1, max_length=4000)]


class MergeDraft(Change):
    """Take the file `gone` over into this one."""

    model_config = example(gone="0" * 32, version=3)
    gone: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    version: int = Field(ge=0, le=2**31 - 1)


class MergeForm(Shape):
    """A merge that can be undone until `undo_until`."""

    id: str
    kept: str
    gone: str
    gone_name: str
    by: str
    at: Time
    undo_until: Time


class LikeCustomer(CustomerRow):
    """A file that may be the same customer, and what both have in common, "" for none."""

    same_number: str
    same_address: str


class Duplicates(Shape):
    """Files that may be the same customer, and merges that may be undone."""

    candidates: list[LikeCustomer]
    merges: list[MergeForm]
