"""Commands that crm gives ivr: executed once before their deadline or refused; never queued or replayed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CommandName(StrEnum):
    """What ivr can be asked to do with Asterisk."""

    AGENT_LOGIN = "agent_login"  # args: agent, queues (comma separated)
    AGENT_LOGOUT = "agent_logout"  # args: agent
    AGENT_PAUSE = "agent_pause"  # args: agent, reason
    AGENT_READY = "agent_ready"  # args: agent
    CALL_BACK = "call_back"  # args: contact, number (E.164), queue, priority, position, since, attempt, code
    CALL_DUTY = "call_duty"  # args: number (E.164) of somebody in danger, task (id of the call-back), why (a DutyWhy)
    FOLLOW_UP = "follow_up"  # args: contact, number (E.164), attempt, kind, visited (0 | 1), code
    HANGUP = "hangup"  # args: linkedid
    RETRY_FACTS = "retry_facts"  # ship again what crm refused


class DutyWhy(StrEnum):
    """Why the duty phones are rung, and so what is said of the number."""

    WRITTEN = "written"  # a danger was written: ring there
    CUT = "cut"  # the call was cut off, and the hotline got nobody: reach them
    INDOORS = "indoors"  # the call was cut off, and the telephone stands in the house: do not ring there


@dataclass(frozen=True, slots=True)
class Command:
    """POST /commands body. id is unique; deadline is UTC."""

    id: str
    name: CommandName
    deadline: datetime
    args: Mapping[str, str] = field(default_factory=dict)


class CommandStatus(StrEnum):
    """How a command ended."""

    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CommandResult:
    """Answer to a command; detail is Chinese for the page, "" when done."""

    id: str
    status: CommandStatus
    detail: str = ""
