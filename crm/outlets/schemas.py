"""Wire forms of outlets."""

from typing import Annotated, Any

from pydantic import Field

from crm.wire import Change, Shape, Text, example

Adcode = Annotated[str, Field(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})?$")]
_EXAMPLE: Any = {
    "name": "顺德网点", "adcode": "440606", "address": "佛山市顺德区容桂街道", "number": "0757-66883358",
    "areas": [{"adcode": "440606", "name": "顺德区", "city": True}], "active": True,
}  # fmt: skip


class AreaForm(Change):
    """A division that is served. city: counts as 市区, 8 hours on site (四.一.2)."""

    adcode: Annotated[str, Field(pattern=r"^([0-9]{4}|[0-9]{6}|[0-9]{9})$")]
    name: Annotated[Text, Field(min_length=1, max_length=40)]
    city: bool = False


class OutletDraft(Change):
    """A new outlet."""

    model_config = example(**_EXAMPLE)
    name: Annotated[Text, Field(min_length=1, max_length=60)]
    adcode: Adcode = ""
    address: Annotated[Text, Field(max_length=200)] = ""
    number: Annotated[Text, Field(max_length=40)] = ""
    areas: list[AreaForm] = Field(default_factory=list, max_length=200)
    active: bool = True


class OutletChange(OutletDraft):
    """The outlet as it should be; version is the one the editor saw."""

    model_config = example(**_EXAMPLE, version=2)
    version: int = Field(ge=1, le=2**31 - 1)


class OutletForm(Shape):
    """An outlet."""

    id: str
    name: str
    adcode: str
    address: str
    number: str
    areas: list[AreaForm]
    active: bool
    example: bool
    version: int
