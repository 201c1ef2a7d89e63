"""Wire forms of logging in, and who is asking."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, Field


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


class LogIn(BaseModel):
    """工号 and password."""

    number: str = Field(min_length=1, max_length=40)
    password: str = Field(min_length=1, max_length=200)
