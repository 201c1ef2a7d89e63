"""Wire forms of logging in, and who is asking."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from crm.wire import Change, Shape, Text, Time, example


class Role(StrEnum):
    """What a person may do; one person may hold several."""

    AGENT = "agent"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    QUALITY = "quality"
    AUDITOR = "auditor"
    ADMIN = "admin"


SEES_PEOPLE = (Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR, Role.QUALITY, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who makes this request. A program (bearer token) has no account and no telephone."""

    id: str
    number: str
    name: str
    roles: frozenset[str]
    extension: str = ""
    queues: tuple[str, ...] = ()
    program: bool = False

    def has(self, *roles: str) -> bool:
        """Tell whether the viewer holds one of the roles."""
        return not self.roles.isdisjoint(roles)


_LOG_IN = {"number": "1026", "password": "一句只有您知道的话"}


class LogIn(Change):
    """工号 and password."""

    model_config = example(**_LOG_IN)
    number: str = Field(min_length=1, max_length=40)
    password: str = Field(min_length=1, max_length=200)


AccountNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,20}$")]
Extension = Annotated[str, Field(pattern=r"^[0-9]{0,20}$")]
QueueName = Literal["emergency", "repair", "complaint", "consult"]


class AccountForm(Shape):
    """An account as administrators see it. phone_state "" = the telephone has never been heard of."""

    number: str
    name: str
    roles: list[str]
    role_names: list[str]
    extension: str
    queues: list[str]
    queue_names: list[str]
    active: bool
    logged_in: bool
    phone_state: str
    phone_state_name: str
    created_at: Time
    version: int


class AccountSaved(Shape):
    """The account; password is the new one, told this once, or "" when there is no new one."""

    account: AccountForm
    password: str


class AccountChange(Change):
    """The account as it should be; version 0 makes a new one, else it is the one the editor saw."""

    model_config = example(version=0, name="王敏", roles=["agent"], extension="8002", queues=["repair", "emergency"])

    version: int = Field(ge=0, le=2**31 - 1)
    name: Text = Field(min_length=1, max_length=40, pattern=r"\S")
    roles: list[Role] = Field(min_length=1, max_length=6)
    extension: Extension = ""
    queues: list[QueueName] = Field(default_factory=list, max_length=4)
    active: bool = True


class PasswordChange(Change):
    """One's own password: the present one, and the new one of 10 characters or more."""

    model_config = example(old="k7mq-x2hd-9vtw", new="shunde-2026-zima")

    old: Text = Field(min_length=1, max_length=200)
    new: Text = Field(min_length=10, max_length=200)
