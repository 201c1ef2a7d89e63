"""Commands of crm: executed once before their deadline or refused; never queued, never replayed."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from ivr.contract.commands import Command, CommandName, CommandResult, CommandStatus
from ivr.contract.facts import HELD
from ivr.dialplan.queues import OVERFLOW, OVERFLOW_PENALTY, QUEUE_NAMES
from ivr.sessions.follow_up_calls import parse_follow_up
from ivr.sessions.journal import Journal, JournalUnavailable
from ivr.sessions.outbound import InvalidPlacement, Outbound, duty_why, parse_placement, told
from ivr.sessions.ports import PBX, PBXRefused, PBXUnavailable

log = structlog.get_logger(__name__)

MAX_AHEAD = timedelta(seconds=60)
_LIMIT_S = 5.0
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_AGENT = re.compile(r"[0-9A-Za-z_-]{1,32}")
_LINKEDID = re.compile(r"[0-9A-Za-z._-]{1,64}")
_TASK = re.compile(r"[0-9a-f]{32}")
_MAX_REASON = 80


class InvalidCommand(ValueError):
    """A command that does not fit its shape; the text names the field."""


class _Refused(Exception):
    """The command cannot be done now; the text is for the page."""


def parse_command(raw: Any) -> Command:
    """Parse a POST body; raises InvalidCommand."""
    if not isinstance(raw, dict) or not raw.keys() <= {"id", "name", "deadline", "args"}:
        raise InvalidCommand("not a command")
    command_id, args = raw.get("id"), raw.get("args", {})
    if not isinstance(command_id, str) or not _ID.fullmatch(command_id):
        raise InvalidCommand("id")
    if not isinstance(args, dict) or not all(isinstance(key, str) and isinstance(args[key], str) for key in args):
        raise InvalidCommand("args")
    try:
        name = CommandName(raw.get("name", ""))
        deadline = datetime.fromisoformat(raw.get("deadline", ""))
    except (TypeError, ValueError) as error:
        raise InvalidCommand("name or deadline") from error
    if deadline.tzinfo is None:
        raise InvalidCommand("deadline: no zone")
    return Command(command_id, name, deadline, args)


class CommandExecutor:
    """Executes commands by AMI. An id that was seen is refused, also after a restart: it is journalled first."""

    def __init__(
        self,
        journal: Journal,
        pbx: PBX,
        outbound: Outbound,
        clock: Callable[[], datetime],
        pauses: asyncio.Lock | None = None,
        room: Callable[[], bool] = lambda: True,
    ) -> None:
        """pauses: whoever else pauses agents takes it too, so that nobody undoes what they have not seen. room: nobody
        waits and lines are left, so that a call which can be made another time may be made now."""
        self._room = room
        self._pauses = pauses or asyncio.Lock()
        self._journal = journal
        self._pbx = pbx
        self._outbound = outbound
        self._clock = clock
        self._verbs: Mapping[CommandName, Callable[[Mapping[str, str]], Awaitable[None]]] = {
            CommandName.AGENT_LOGIN: self._login,
            CommandName.AGENT_LOGOUT: self._logout,
            CommandName.AGENT_PAUSE: self._pause,
            CommandName.AGENT_READY: self._ready,
            CommandName.CALL_BACK: self._call_back,
            CommandName.CALL_DUTY: self._call_duty,
            CommandName.FOLLOW_UP: self._follow_up,
            CommandName.HANGUP: self._hangup,
            CommandName.RETRY_FACTS: self._retry_facts,
        }

    async def execute(self, command: Command) -> CommandResult:
        """Do it once; every end is a result."""
        now = self._clock()
        if command.deadline <= now:
            return CommandResult(command.id, CommandStatus.EXPIRED, "已过时限,没有执行")
        if command.deadline > now + MAX_AHEAD:
            return CommandResult(command.id, CommandStatus.REFUSED, "时限太长,没有执行")
        if command.id in self._journal.state.commands:
            return CommandResult(command.id, CommandStatus.REFUSED, "同一个命令已经收到过")
        self._journal.command(command.id, command.deadline, now)
        status, detail = await self._run(command, min(_LIMIT_S, (command.deadline - now).total_seconds()))
        log.info("command_done", command=command.name.value, id=command.id, status=status.value)
        return CommandResult(command.id, status, detail)

    async def _run(self, command: Command, limit_s: float) -> tuple[CommandStatus, str]:
        try:
            async with asyncio.timeout(limit_s):
                await self._journal.durable()
                await self._verbs[command.name](command.args)
        except _Refused as refused:
            return CommandStatus.REFUSED, str(refused)
        except PBXRefused as error:
            log.warning("command_refused_by_pbx", command=command.name.value, reason=str(error))
            return CommandStatus.FAILED, "电话系统没有执行"
        except (PBXUnavailable, TimeoutError):
            return CommandStatus.FAILED, "电话系统没有应答,请再试一次"
        except JournalUnavailable:
            return CommandStatus.FAILED, "磁盘写不进去,没有执行"
        return CommandStatus.DONE, ""

    # ---- agents ----

    async def _login(self, args: Mapping[str, str]) -> None:
        agent = _agent(args)
        member = {"Interface": f"PJSIP/{agent}", "MemberName": agent, "StateInterface": f"PJSIP/{agent}"}
        penalty = args.get("penalty", "0")
        if not penalty.isascii() or not penalty.isdigit() or len(penalty) > 2:
            raise _Refused("等级不对")
        queues = _queues(args, default=())
        for queue in queues:
            await self._join(queue, member, penalty)
        waits, helps = OVERFLOW
        if helps in queues and waits not in queues:
            await self._join(waits, member, str(OVERFLOW_PENALTY))

    async def _join(self, queue: str, member: Mapping[str, str], penalty: str) -> None:
        """Make the agent a member with this penalty, also where they are one with another."""
        try:
            await self._pbx.action("QueueAdd", {"Queue": queue, **member, "Penalty": penalty, "Paused": "false"})
        except PBXRefused as error:
            if "already there" not in str(error).lower():
                raise
            fields = {"Queue": queue, "Interface": member["Interface"], "Penalty": penalty}
            await self._pbx.action("QueuePenalty", fields)

    async def _logout(self, args: Mapping[str, str]) -> None:
        interface = f"PJSIP/{_agent(args)}"
        for queue in _queues(args, default=QUEUE_NAMES):
            await self._idempotent("QueueRemove", {"Queue": queue, "Interface": interface}, "not there")

    async def _pause(self, args: Mapping[str, str]) -> None:
        reason = args.get("reason", "")[:_MAX_REASON]
        if reason == HELD:
            raise _Refused("这个原因由系统使用")
        await self._set_paused(_agent(args), "true", reason)

    async def _ready(self, args: Mapping[str, str]) -> None:
        await self._set_paused(_agent(args), "false", "")

    async def _set_paused(self, agent: str, paused: str, reason: str) -> None:
        fields = {"Interface": f"PJSIP/{agent}", "Paused": paused}
        try:
            async with self._pauses:
                await self._pbx.action("QueuePause", fields | ({"Reason": reason} if reason else {}))
        except PBXRefused as error:
            if "not found" in str(error).lower():
                raise _Refused("您还没有签入队列") from error
            raise

    async def _idempotent(self, name: str, fields: Mapping[str, str], done_already: str) -> None:
        """Run an action; the refusal that says it was so before is success."""
        try:
            await self._pbx.action(name, fields)
        except PBXRefused as error:
            if done_already not in str(error).lower():
                raise

    # ---- calls ----

    async def _call_back(self, args: Mapping[str, str]) -> None:
        try:
            placement = parse_placement(args)
        except InvalidPlacement as error:
            raise _Refused(f"不能回电:{error} 不对") from error
        await self._outbound.place(placement)

    async def _call_duty(self, args: Mapping[str, str]) -> None:
        try:
            number = told(args.get("number", ""))
            task = args.get("task", "")
            if not _TASK.fullmatch(task):
                raise InvalidPlacement("task")
            why = duty_why(args.get("why", ""))
        except InvalidPlacement as error:
            raise _Refused(f"不能通知值班电话:{error} 不对") from error
        await self._outbound.call_duty(number, task, why)

    async def _follow_up(self, args: Mapping[str, str]) -> None:
        try:
            placement = parse_follow_up(args)
        except InvalidPlacement as error:
            raise _Refused(f"不能回访:{error} 不对") from error
        if not self._room():
            raise _Refused("来电多,先不回访")
        await self._outbound.ask(placement.contact, placement.number, placement.variables())

    async def _hangup(self, args: Mapping[str, str]) -> None:
        linkedid = args.get("linkedid", "")
        if not _LINKEDID.fullmatch(linkedid):
            raise _Refused("没有这通电话")
        rows = [row for row in await self._pbx.channels() if row.get("Linkedid") == linkedid]
        if not rows:
            raise _Refused("这通电话已经结束")
        for row in rows:
            await self._idempotent("Hangup", {"Channel": row["Channel"], "Cause": "16"}, "no such channel")

    # ---- facts ----

    async def _retry_facts(self, _: Mapping[str, str]) -> None:
        if not self._journal.release(self._clock()):
            raise _Refused("没有被退回的资料")


def _agent(args: Mapping[str, str]) -> str:
    agent = args.get("agent", "")
    if not _AGENT.fullmatch(agent):
        raise _Refused("分机号不对")
    return agent


def _queues(args: Mapping[str, str], default: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(name for part in args.get("queues", "").split(",") if (name := part.strip())) or default
    if not names or not set(names) <= set(QUEUE_NAMES):
        raise _Refused("队列不对")
    return names
