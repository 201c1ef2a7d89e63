"""Wire forms of engineers."""

from typing import Annotated, Any, Literal

from pydantic import Field

from crm.wire import Change, Shape, Text, example

Skill = Literal["boiler", "other", "install", "electric", "gas"]
_EXAMPLE: Any = {
    "name": "李强", "badge_no": "1026", "number": "13800138001", "outlet": "", "skills": ["boiler", "install"],
    "areas": [{"adcode": "440606101", "name": "容桂街道"}], "capacity": 7, "active": True,
}  # fmt: skip


class EngineerArea(Change):
    """A division an engineer works in."""

    adcode: Annotated[str, Field(pattern=r"^([0-9]{4}|[0-9]{6}|[0-9]{9})$")]
    name: Annotated[Text, Field(min_length=1, max_length=40)]


class EngineerDraft(Change):
    """A new engineer."""

    model_config = example(**_EXAMPLE)
    name: Annotated[Text, Field(min_length=1, max_length=40)]
    badge_no: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,20}$")]
    number: Annotated[Text, Field(max_length=40)] = ""
    outlet: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    skills: list[Skill] = Field(default_factory=list, max_length=10)
    areas: list[EngineerArea] = Field(default_factory=list, max_length=100)
    capacity: int = Field(default=7, ge=1, le=50)
    active: bool = True


class EngineerChange(EngineerDraft):
    """The engineer as he should be; version is the one the editor saw."""

    model_config = example(**_EXAMPLE, version=2)
    version: int = Field(ge=1, le=2**31 - 1)


class EngineerForm(Shape):
    """An engineer."""

    id: str
    name: str
    badge_no: str
    number: str
    outlet: str
    outlet_name: str
    skills: list[str]
    skill_names: list[str]
    areas: list[EngineerArea]
    capacity: int
    active: bool
    version: int
