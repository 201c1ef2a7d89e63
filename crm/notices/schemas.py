"""Wire forms of notices."""

from typing import Annotated, Any, Literal

from pydantic import Field

from crm.wire import Change, PageTime, Shape, Time, example

Adcode = Annotated[str, Field(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})?$")]
# as a voice can say them: no signs that a synthesiser would take for an order
Area = Annotated[str, Field(pattern=r"^[一-鿿]{0,12}$")]
Words = Annotated[str, Field(pattern=r"^[一-鿿0-9、,，]{0,14}$")]
_EXAMPLE: Any = {
    "kind": "area", "adcode": "440606003", "area": "容桂街道", "event": "今天停气",
    "starts_at": "2026-11-22T00:00:00Z", "ends_at": "2026-11-22T16:00:00Z",
}  # fmt: skip


class NoticeDraft(Change):
    """A new notice. area: adcode (2 to 9 digits), area and event are needed; surge: they are empty."""

    model_config = example(**_EXAMPLE)
    kind: Literal["area", "surge"]
    adcode: Adcode = ""
    area: Area = ""
    event: Words = ""
    starts_at: PageTime
    ends_at: PageTime


class NoticeChange(NoticeDraft):
    """The notice as it should be; version is the one the editor saw."""

    model_config = example(**_EXAMPLE, version=2)
    version: int = Field(ge=1, le=2**31 - 1)


class NoticeForm(Shape):
    """A notice. state: coming | lasting | over. spoken: what callers hear."""

    id: str
    kind: str
    adcode: str
    area: str
    event: str
    starts_at: Time
    ends_at: Time
    state: str
    spoken: str
    version: int
    changed_by: str
