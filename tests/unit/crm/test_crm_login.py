"""Log-in, and the agent's state."""

import httpx
import pytest

from ivr.contract import facts
from ivr.contract.commands import CommandName
from tests.unit.crm.asking import get, tell
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock, FakeTelephone, Story
from tests.unit.crm.made import PASSWORD
from tests.unit.crm.tickets_by_hand import API


async def test_logging_in_and_out(page: Opener) -> None:
    async with page("") as client:
        assert (await client.get(f"{API}/me")).status_code == 401
        answer = await client.post(f"{API}/session", json={"number": "8001", "password": PASSWORD})
        assert answer.status_code == 201
        assert answer.json()["name"] == "李明"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert (await get(client, "/me"))["extension"] == "8001"
        assert (await client.delete(f"{API}/session")).status_code == 204
        client.cookies.set("hotline_session", cookie.split("=", 1)[1].split(";")[0])
        assert (await client.get(f"{API}/me")).status_code == 401


async def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(page: Opener, clock: Clock) -> None:
    async with page("") as client:
        said = []
        for _ in range(6):
            answer = await client.post(f"{API}/session", json={"number": "8001", "password": "wrong"})
            said.append((answer.status_code, answer.json()["detail"]))
        assert said[1] == (401, "工号或密码不对，还可以试 3 次")
        assert said[4] == said[5] == (429, "连续输错 5 次，已锁定 15 分钟（12:15 解锁）。急用请找班长")
        right = {"number": "8001", "password": PASSWORD}
        assert (await client.post(f"{API}/session", json=right)).status_code == 429
        clock.forward(minutes=15, seconds=1)
        assert (await client.post(f"{API}/session", json=right)).status_code == 201


async def test_an_unknown_number_is_answered_like_a_wrong_password(page: Opener) -> None:
    async with page("") as client:
        answer = await client.post(f"{API}/session", json={"number": "nobody", "password": "x"})
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_password")
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/session", "/me/ready", "/tickets"])
async def test_a_request_without_the_pages_header_is_refused(page: Opener, path: str) -> None:
    async with page("8001") as client:
        del client.headers["X-Hotline"]
        body = {"number": "8001", "password": PASSWORD} if path == "/session" else {"kind": "repair"}
        assert (await client.post(f"{API}{path}", json=body)).json()["code"] == "csrf"


async def test_a_log_in_ends_after_twelve_hours(page: Opener, clock: Clock) -> None:
    async with page("8001") as client:
        clock.forward(hours=12, seconds=1)
        assert (await client.get(f"{API}/me")).status_code == 401


async def test_signing_in_tells_the_telephone_and_the_fact_brings_the_state(
    page: Opener, telephone: FakeTelephone, desk: httpx.AsyncClient
) -> None:
    async with page("8001") as client:
        answer = await client.post(f"{API}/me/sign-in", json={"queues": ["repair", "consult"]})
        assert answer.json()["state"] == "offline"
        assert telephone.told == [(CommandName.AGENT_LOGIN, {"agent": "8001", "queues": "repair,consult"})]
        await tell(desk, Story(), facts.AgentPhoneChanged("8001", "ready"))
        me = await get(client, "/me")
        assert (me["state_name"], me["signed_in"], me["queues"]) == ("就绪", True, ["repair", "consult"])
        await client.post(f"{API}/me/pause", json={"reason": "用餐"})
        await client.post(f"{API}/me/ready")
        await client.post(f"{API}/me/sign-out")
        assert [name for name, _ in telephone.told[1:]] == [
            CommandName.AGENT_PAUSE, CommandName.AGENT_READY, CommandName.AGENT_LOGOUT,
        ]  # fmt: skip
        assert (await client.post(f"{API}/me/pause", json={"reason": "别的"})).status_code == 422


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [("refused", 409, "telephony_refused"), ("away", 503, "telephony_unavailable")],
)
async def test_a_telephone_that_does_not_obey_is_told_in_chinese(
    page: Opener, telephone: FakeTelephone, answer: str, status: int, code: str
) -> None:
    telephone.answer = answer
    async with page("8001") as client:
        told = await client.post(f"{API}/me/sign-in", json={"queues": ["consult"]})
        assert (told.status_code, told.json()["code"]) == (status, code)
        assert (await get(client, "/me"))["queues"] == ["repair"]


async def test_a_telephone_belongs_to_one_account(page: Opener) -> None:
    async with page("8001") as client:
        taken = await client.post(f"{API}/me/sign-in", json={"extension": "8002"})
        assert (taken.status_code, taken.json()["detail"]) == (409, "分机 8002 正由 王敏 使用")
        moved = await client.post(f"{API}/me/sign-in", json={"extension": "8003"})
        assert moved.json()["extension"] == "8003"
    async with page("9001") as supervisor:
        assert (await supervisor.post(f"{API}/me/ready")).json()["code"] == "no_telephone"
