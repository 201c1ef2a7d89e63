"""The schemas of what crm and the packs answer to consult, ticket and visit questions."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

BUILT_IN = "0"  # version of an article that no editor has changed


class ArticleAnswer(BaseModel):
    """One article: at most three sentences, as they are spoken."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    segments: list[str] = Field(min_length=1, max_length=3)
    source: str = Field(min_length=1, max_length=200)
    version: str = Field(default=BUILT_IN, max_length=40)


class ArticlesAnswer(BaseModel):
    """The articles that an editor has changed; the others are the built-in ones."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    articles: dict[str, ArticleAnswer] = Field(max_length=200)


class TicketAnswer(BaseModel):
    """ivr.contract.tickets.TicketStatus as JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    number: str = Field(pattern=r"^[0-9]{8}$")
    kind: str = Field(max_length=40)
    line: Literal[
        "new", "registered", "assigned", "scheduled", "on_the_way", "waiting_parts", "factory", "quoted",
        "waiting_customer", "waiting_return", "shipped", "done", "overdue",
    ]  # fmt: skip
    reported_on: str = Field(max_length=10)
    engineer: str = Field(default="", max_length=40)
    window: str = Field(default="", max_length=40)
    done_on: str = Field(default="", max_length=10)
    urges: int = Field(default=0, ge=0, le=1000)


class TicketsAnswer(BaseModel):
    """The caller's open tickets, newest first."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    tickets: list[TicketAnswer] = Field(max_length=3)


class FoundAnswer(BaseModel):
    """ivr.contract.tickets.FoundTicket as JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    exists: bool
    status: TicketAnswer | None = None


class CodeVerdictAnswer(BaseModel):
    """ivr.contract.desk.VisitCodeAnswer as JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    verdict: Literal["ok", "callback", "bad"]
    engineer: str = Field(default="", max_length=40)
    badge_no: str = Field(default="", max_length=20)
    window: str = Field(default="", max_length=40)
    fee: str = Field(default="", max_length=10)
    date: str = Field(default="", max_length=10)
    reason: str = Field(default="", max_length=20)
