"""Commands of crm: once, before the deadline, or refused; and the private HTTP in front of them."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.contract.commands import Command, CommandName, CommandStatus
from ivr.dialplan.limits import Limits
from ivr.sessions.commands import CommandExecutor, InvalidCommand, parse_command
from ivr.sessions.commands_http import MAX_BODY, commands_app
from ivr.sessions.live import LiveBoard
from ivr.sessions.outbound import Outbound
from ivr.sessions.ports import PBXRefused, PBXUnavailable
from liveness.http_door import http_server
from tests.unit.ivr.sessions.desk_server import TOKEN, web_server
from tests.unit.ivr.sessions.fakes import NOW, MemoryPBX
from tests.unit.ivr.sessions.rig import clock, running_journal
from tests.unit.liveness.hostile import BODIES, besiege, grace_over, impatient

SOON = NOW + timedelta(seconds=10)
AGENT = {"agent": "8001", "queues": "repair, consult"}


def _command(name: CommandName, args: dict[str, str], command_id: str = "a1", deadline: datetime = SOON) -> Command:
    return Command(command_id, name, deadline, args)


@contextlib.asynccontextmanager
async def _executor(folder: Path) -> AsyncIterator[tuple[CommandExecutor, MemoryPBX]]:
    pbx = MemoryPBX(connected=True)
    async with running_journal(folder) as journal:
        yield CommandExecutor(journal, pbx, Outbound(pbx, journal, clock, Limits()), clock), pbx


async def test_log_in_to_each_queue(tmp_path: Path) -> None:
    async with _executor(tmp_path) as (executor, pbx):
        result = await executor.execute(_command(CommandName.AGENT_LOGIN, AGENT | {"penalty": "2"}))
        assert (result.status, result.detail) == (CommandStatus.DONE, "")
        assert [(name, fields["Queue"]) for name, fields in pbx.actions] == [
            ("QueueAdd", "repair"),
            ("QueueAdd", "consult"),
        ]
        assert pbx.actions[0][1] == {
            "Queue": "repair", "Interface": "PJSIP/8001", "MemberName": "8001", "StateInterface": "PJSIP/8001",
            "Penalty": "2", "Paused": "false",
        }  # fmt: skip


async def test_agents_of_repair_help_who_waits_long_for_consult(tmp_path: Path) -> None:
    async with _executor(tmp_path) as (executor, pbx):
        await executor.execute(_command(CommandName.AGENT_LOGIN, {"agent": "8001", "queues": "repair"}))
        assert [(fields["Queue"], fields["Penalty"]) for _, fields in pbx.actions] == [
            ("repair", "0"),
            ("consult", "100"),
        ]


async def test_who_is_a_member_already_has_the_penalty_of_now(tmp_path: Path) -> None:
    """Who helped consult and now answers it is one of its own."""
    async with _executor(tmp_path) as (executor, pbx):
        pbx.refuses["QueueAdd"] = "Unable to add interface: Already there"
        result = await executor.execute(_command(CommandName.AGENT_LOGIN, {"agent": "8001", "queues": "consult"}))
        assert result.status is CommandStatus.DONE
        assert pbx.actions[1:] == [
            ("QueuePenalty", {"Queue": "consult", "Interface": "PJSIP/8001", "Penalty": "0"}),
        ]


@pytest.mark.parametrize(
    ("name", "args", "actions"),
    [
        (CommandName.AGENT_LOGOUT, {"agent": "8001", "queues": "repair"}, ["QueueRemove"]),
        (CommandName.AGENT_LOGOUT, {"agent": "8001"}, ["QueueRemove"] * 4),
        (CommandName.AGENT_PAUSE, {"agent": "8001", "reason": "用餐"}, ["QueuePause"]),
        (CommandName.AGENT_READY, {"agent": "8001"}, ["QueuePause"]),
        (CommandName.HANGUP, {"linkedid": "hotline-1.1"}, ["Hangup", "Hangup"]),
    ],
)
async def test_the_other_commands(tmp_path: Path, name: CommandName, args: dict[str, str], actions: list[str]) -> None:
    async with _executor(tmp_path) as (executor, pbx):
        pbx.rows = [{"Linkedid": "hotline-1.1", "Channel": f"PJSIP/{index}"} for index in range(2)]
        pbx.rows.append({"Linkedid": "hotline-1.2", "Channel": "PJSIP/other"})
        assert (await executor.execute(_command(name, args))).status is CommandStatus.DONE
        assert [action for action, _ in pbx.actions] == actions
        assert "PJSIP/other" not in str(pbx.actions)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        (CommandName.AGENT_LOGIN, {}),
        (CommandName.AGENT_LOGIN, {"agent": "8001"}),
        (CommandName.AGENT_LOGIN, {"agent": "8001", "queues": "sales"}),
        (CommandName.AGENT_LOGIN, {"agent": "80\r\nAction: Command", "queues": "repair"}),
        (CommandName.AGENT_LOGIN, AGENT | {"penalty": "-1"}),
        (CommandName.HANGUP, {}),
        (CommandName.HANGUP, {"linkedid": "hotline-9.9"}),
        (CommandName.HANGUP, {"linkedid": "a b"}),
    ],
)
async def test_what_cannot_be_done_is_refused_in_chinese(
    tmp_path: Path, name: CommandName, args: dict[str, str]
) -> None:
    async with _executor(tmp_path) as (executor, pbx):
        result = await executor.execute(_command(name, args))
        assert result.status is CommandStatus.REFUSED
        assert result.detail
        assert pbx.actions == []


async def test_a_command_runs_once_even_across_a_restart(tmp_path: Path) -> None:
    async with _executor(tmp_path) as (executor, pbx):
        ready = _command(CommandName.AGENT_READY, {"agent": "8001"})
        assert (await executor.execute(ready)).status is CommandStatus.DONE
        assert (await executor.execute(ready)).status is CommandStatus.REFUSED
        assert len(pbx.actions) == 1
    async with _executor(tmp_path) as (executor, pbx):
        assert (await executor.execute(ready)).status is CommandStatus.REFUSED
        assert pbx.actions == []


@pytest.mark.parametrize(
    ("seconds", "status"), [(0, CommandStatus.EXPIRED), (-5, CommandStatus.EXPIRED), (61, CommandStatus.REFUSED)]
)
async def test_deadlines(tmp_path: Path, seconds: int, status: CommandStatus) -> None:
    async with _executor(tmp_path) as (executor, pbx):
        deadline = NOW + timedelta(seconds=seconds)
        result = await executor.execute(_command(CommandName.AGENT_READY, {"agent": "8001"}, deadline=deadline))
        assert result.status is status
        assert pbx.actions == []


@pytest.mark.parametrize(
    ("error", "name", "status"),
    [
        (PBXUnavailable("not connected"), CommandName.AGENT_READY, CommandStatus.FAILED),
        (PBXRefused("Unable to remove interface: Not there"), CommandName.AGENT_LOGOUT, CommandStatus.DONE),
        (PBXRefused("Interface not found"), CommandName.AGENT_READY, CommandStatus.REFUSED),
        (PBXRefused("Permission denied"), CommandName.AGENT_READY, CommandStatus.FAILED),
        (PBXRefused("Permission denied"), CommandName.AGENT_LOGIN, CommandStatus.FAILED),
    ],
)
async def test_what_asterisk_answers(
    tmp_path: Path, error: Exception, name: CommandName, status: CommandStatus
) -> None:
    async with _executor(tmp_path) as (executor, pbx):
        pbx.error = error
        assert (await executor.execute(_command(name, AGENT))).status is status


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_foreign_commands_are_invalid(raw: Any) -> None:
    with pytest.raises(InvalidCommand):
        parse_command(raw)


GOOD = {"id": "a", "name": "agent_ready", "deadline": SOON.isoformat(), "args": {"agent": "8001"}}


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"id": "a b"},
        {"id": 3},
        {"name": "originate"},
        {"name": 3},
        {"deadline": "soon"},
        {"deadline": 3},
        {"deadline": "2026-11-22T10:00:00"},
        {"args": []},
        {"args": {"agent": 8001}},
        {"foreign": 1},
    ],
)
def test_bad_fields_are_invalid(change: dict[str, Any]) -> None:
    assert parse_command(GOOD).name is CommandName.AGENT_READY
    with pytest.raises(InvalidCommand):
        parse_command(GOOD | change)


# ---- HTTP ----


@contextlib.asynccontextmanager
async def _served(folder: Path) -> AsyncIterator[tuple[httpx.AsyncClient, LiveBoard, MemoryPBX, int]]:
    live = LiveBoard()
    async with _executor(folder) as (executor, pbx):
        app = commands_app(executor, live, lambda: {"calls": 0}, TOKEN)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with web_server(http_server(app, 0, connections=50)) as port:
            url = f"http://127.0.0.1:{port}"
            async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
                yield client, live, pbx, port


async def test_a_command_over_http(tmp_path: Path) -> None:
    async with _served(tmp_path) as (client, _, pbx, _):
        answer = await client.post("/commands", json=GOOD)
        assert answer.json() == {"id": "a", "status": "done", "detail": ""}
        assert (await client.post("/commands", json=GOOD)).json()["status"] == "refused"
        assert len(pbx.actions) == 1
        assert (await client.get("/status")).json() == {"calls": 0}


@pytest.mark.parametrize("path", ["/commands", "/status", "/live/c", "/live"])
async def test_nothing_without_the_token(tmp_path: Path, path: str) -> None:
    async with _served(tmp_path) as (client, _, _, _):
        for token in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer é"):
            answer = await client.get(path, headers=httpx.Headers([(b"Authorization", token.encode())]))
            assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{}", 422),
        (json.dumps(GOOD | {"name": "x"}).encode(), 422),
        (b"x" * (MAX_BODY + 1), 413),
        *((body, 422 if body in (b"null", b"[]", b'{"\\u0000": "\\ud800"}') else 400) for body in BODIES),
    ],
)
async def test_a_bad_body_is_refused_and_nothing_else_harmed(tmp_path: Path, body: bytes, status: int) -> None:
    async with _served(tmp_path) as (client, _, _, _):
        assert (await client.post("/commands", content=body)).status_code == status
        assert (await client.post("/commands", json=GOOD)).json()["status"] == "done"


async def test_whatever_peers_send_commands_are_carried_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    async with _served(tmp_path) as (client, _, _, port):
        numbers = itertools.count()

        async def good() -> None:
            command = GOOD | {"id": f"c{next(numbers)}"}
            assert (await client.post("/commands", json=command)).json()["status"] == "done"

        await besiege(port, "/commands", good, token=TOKEN)


async def test_a_poll_outlasts_the_time_for_a_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    async with _served(tmp_path) as (client, live, _, port):
        await live.begin("c1", "+8613800138000")
        waiting = asyncio.create_task(client.get("/live/c1", params={"after": 1}))
        await grace_over(port)
        await grace_over(port)
        await live.put("c1", "repair", "fault_code", "fault_code", "listen", keys_only=True)
        assert (await waiting).json()["node"] == "fault_code"


async def test_the_live_node_is_polled(tmp_path: Path) -> None:
    async with _served(tmp_path) as (client, live, _, _):
        assert (await client.get("/live/c1", params={"wait": 0})).status_code == 404
        assert (await client.get("/live", params={"caller": "13800138000"})).status_code == 404
        await live.begin("c1", "+8613800138000")
        assert (await client.get("/live", params={"caller": "013800138000"})).status_code in (200, 404)
        assert (await client.get("/live", params={"caller": "13800138000"})).json() == {"contact": "c1"}
        waiting = asyncio.create_task(client.get("/live/c1", params={"after": 1}))
        await live.put("c1", "repair", "fault_code", "fault_code", "listen", keys_only=True)
        node = (await waiting).json()
        assert (node["version"], node["node"], node["listening"], node["keys_only"]) == (
            2,
            "fault_code",
            "listen",
            True,
        )


async def test_the_board_forgets_the_oldest() -> None:
    live = LiveBoard()
    for index in range(600):
        await live.begin(f"c{index}", f"+861380013{index:04d}")
    assert live.newest("+8613800130000") == ""
    assert live.newest("+8613800130599") == "c599"
    assert await live.wait("c0", 0, 0.0) is None
    assert await live.wait("c599", 0, 1.0) is not None
