"""Wire forms of knowledge."""

from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import Field

from crm.knowledge.content import Content
from crm.wire import Change, Shape, Text, Time, example

EntryKind = Literal["fault_code", "article", "phrase"]
EntryState = Literal["draft", "review", "published", "withdrawn"]
STATE_NAMES = {
    "draft": "草稿", "review": "待审核", "published": "已发布", "superseded": "旧版", "withdrawn": "已下架",
}  # fmt: skip
KEY = r"^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,79}$"
KindPath = Annotated[EntryKind, Path()]
KeyPath = Annotated[str, Path(pattern=KEY)]
StateQuery = Annotated[EntryState | Literal[""], Query()]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1, description="The revision the editor saw.")]

_ARTICLE: Any = {
    "kind": "article",
    "title_zh": "七天内退货、换货或修理",
    "segments": ["自售出之日起七天内,出现性能故障,您可以选择退货、换货,或者修理。"],
    "source": "二.一.(一).1",
}


class EntryRow(Shape):
    """A line of the list. published 0 = nothing of it is in force."""

    kind: str
    key: str
    title: str
    state: str
    state_name: str
    example: bool
    published: int
    newest: int
    revision: int
    updated_at: Time


class SpokenSegment(Shape):
    """A text that callers hear, with how long it takes (estimated)."""

    text: str
    seconds: float
    too_long: bool


class VersionForm(Shape):
    """One version."""

    number: int
    state: str
    state_name: str
    content: Content
    spoken: list[SpokenSegment]
    faults: list[dict[str, str]]
    author: str
    note: str
    reviewed_by: str
    created_at: Time
    published_at: Time | None


class EntryForm(EntryRow):
    """An entry with all its versions, the newest first; used_by names the flows that read it."""

    used_by: list[str]
    versions: list[VersionForm]


class EntryDraft(Change):
    """A new entry; its first version is a draft."""

    model_config = example(key="ans_7d", content=_ARTICLE)
    key: str = Field(pattern=KEY)
    content: Content


class VersionDraft(Change):
    """The draft's content as it should be."""

    model_config = example(revision=3, content=_ARTICLE)
    revision: Revision
    content: Content


class Step(Change):
    """A step of the entry's life; note says why (needed when refusing)."""

    model_config = example(revision=4, note="已与技术部核对")
    revision: Revision
    note: Text = Field(default="", max_length=500)


class RollBack(Step):
    """Begin a draft with the content of an older version."""

    model_config = example(revision=6, version=3)
    version: int = Field(ge=1, le=100_000)


class PackForm(Shape):
    """The pack in force: what the next call speaks. behind: something published is not in it yet (at most 2 s)."""

    version: str
    behind: bool
    articles: int
    codes: int
    outlets: int
    error: str
