"""Accounts by the API: made, changed, disabled, new passwords; an administrator is always left."""

import asyncio
from typing import Any

import httpx

from crm.accounts import repository, service
from crm.accounts.schemas import Role, Viewer
from crm.bootstrap import Process
from ivr.contract import facts
from ivr.contract.commands import CommandName
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock, FakeTelephone, Story, wire
from tests.unit.crm.made import PASSWORD
from tests.unit.crm.tickets_by_hand import API

WANG = {
    "version": 0,
    "name": " 王敏 ",
    "roles": ["supervisor", "agent"],
    "extension": "8003",
    "queues": ["emergency", "repair"],
}


async def given_admin(process: Process, clock: Clock, number: str = "admin") -> None:
    async with process.parts.work() as session:
        await service.ensure_account(
            session, number=number, name="管理员", roles=(Role.ADMIN,), password=PASSWORD, now=clock()
        )


async def saved(admin: httpx.AsyncClient, number: str, **body: Any) -> dict[str, Any]:
    answer = await admin.put(f"{API}/accounts/{number}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_new_account_logs_in_with_the_password_that_is_told_once(
    process: Process, clock: Clock, page: Opener
) -> None:
    await given_admin(process, clock)
    async with page("admin") as admin, page("") as nobody:
        made = await saved(admin, "8003", **WANG)
        account = made["account"]
        assert (account["name"], account["role_names"], account["queue_names"]) == (
            "王敏",
            ["坐席", "班长"],
            ["紧急", "维修"],
        )
        assert [len(part) for part in made["password"].split("-")] == [4, 4, 4]
        logged_in = await nobody.post(f"{API}/session", json={"number": "8003", "password": made["password"]})
        assert (logged_in.status_code, logged_in.json()["extension"]) == (201, "8003")
        listed = {item["number"]: item for item in (await admin.get(f"{API}/accounts")).json()}
        assert listed["8003"]["logged_in"] is True
        assert made["password"] not in str(listed)
        again = await admin.put(f"{API}/accounts/8003", json=WANG)
        assert (again.status_code, again.json()["detail"]) == (409, "这个工号已有人用")
        audit = (await admin.get(f"{API}/audit?subject_kind=account")).json()["items"]
        assert [(item["action_name"], item["subject"], item["detail"]) for item in audit] == [
            ("新建账号", "8003", "王敏：坐席、班长，分机 8003")
        ]


async def test_what_does_not_fit_is_refused_with_the_reason(process: Process, clock: Clock, page: Opener) -> None:
    await given_admin(process, clock)
    async with page("admin") as admin:
        taken = await admin.put(f"{API}/accounts/8009", json={**WANG, "extension": "8001"})
        assert (taken.status_code, taken.json()["fields"][0]["field"]) == (409, "extension")
        assert taken.json()["detail"] == "分机 8001 已给 李明（工号 8001）"
        unknown = await admin.put(f"{API}/accounts/8010", json={**WANG, "version": 3})
        assert unknown.status_code == 404
        wrong: dict[str, Any]
        for wrong in ({"roles": []}, {"queues": ["sales"]}, {"name": "  "}, {"extension": "80a"}):
            assert (await admin.put(f"{API}/accounts/8010", json={**WANG, **wrong})).status_code == 422
        assert (await admin.put(f"{API}/accounts/8010/password")).status_code == 404


async def test_two_administrators_do_not_overwrite_each_other(process: Process, clock: Clock, page: Opener) -> None:
    await given_admin(process, clock)
    body = {"version": 1, "name": "李明", "roles": ["agent"], "extension": "8001", "queues": ["repair"]}
    async with page("admin") as one:
        both = await asyncio.gather(
            *(one.put(f"{API}/accounts/8001", json={**body, "name": name}) for name in ("李明明", "李小明"))
        )
        assert sorted(answer.status_code for answer in both) == [200, 409]


async def test_who_is_disabled_is_out_at_once_page_and_telephone(
    process: Process, clock: Clock, page: Opener, desk: httpx.AsyncClient, telephone: FakeTelephone
) -> None:
    await given_admin(process, clock)
    told = Story().tell(facts.AgentPhoneChanged("8001", "ready", ""))
    (await desk.post("/internal/facts", json=wire(told))).raise_for_status()
    body = {"version": 1, "name": "李明", "roles": ["agent"], "extension": "8001", "queues": ["repair"]}
    async with page("admin") as admin, page("8001") as agent:
        browser, _ = await process.parts.hub.join(await _viewer(process, "8001"))
        moved = await admin.put(f"{API}/accounts/8001", json={**body, "extension": "8004"})
        assert (moved.status_code, moved.json()["detail"]) == (409, "分机 8001 正签入着，请先签出再换分机")
        telephone.answer = "away"
        assert (await admin.put(f"{API}/accounts/8001", json={**body, "active": False})).status_code == 503
        assert (await agent.get(f"{API}/me")).status_code == 200
        telephone.answer = "done"
        await saved(admin, "8001", **{**body, "active": False})
        assert telephone.told == [(CommandName.AGENT_LOGOUT, {"agent": "8001"})]
        assert (await agent.get(f"{API}/me")).status_code == 401
        assert browser.too_slow.is_set()
        refused = await agent.post(f"{API}/session", json={"number": "8001", "password": PASSWORD})
        assert refused.status_code == 401
        await saved(admin, "8001", **{**body, "version": 2})
        assert (await agent.post(f"{API}/session", json={"number": "8001", "password": PASSWORD})).status_code == 201


async def _viewer(process: Process, number: str) -> Viewer:
    async with process.parts.work() as session:
        account = await repository.by_number(session, number)
        assert account is not None
        return service.viewer(account)


async def test_the_last_administrator_stays_one(process: Process, clock: Clock, page: Opener) -> None:
    await given_admin(process, clock)
    body = {"version": 1, "name": "管理员", "roles": ["admin"]}
    async with page("admin") as admin:
        own = await admin.put(f"{API}/accounts/admin", json={**body, "active": False})
        assert own.json()["detail"] == "不能停用自己的账号"
        last = await admin.put(f"{API}/accounts/admin", json={**body, "roles": ["supervisor"]})
        assert (last.status_code, last.json()["detail"]) == (409, "这是最后一个管理员，请先设另一个管理员")
        await given_admin(process, clock, "boss")
        assert (await saved(admin, "admin", **{**body, "roles": ["supervisor"]}))["account"]["roles"] == ["supervisor"]
        assert (await admin.get(f"{API}/accounts")).status_code == 403


async def test_a_reset_ends_every_log_in_and_gives_another_password(
    process: Process, clock: Clock, page: Opener
) -> None:
    await given_admin(process, clock)
    async with page("admin") as admin, page("8001") as agent:
        answer = await admin.put(f"{API}/accounts/8001/password")
        password = answer.json()["password"]
        assert (await agent.get(f"{API}/me")).status_code == 401
        assert (await agent.post(f"{API}/session", json={"number": "8001", "password": PASSWORD})).status_code == 401
        assert (await agent.post(f"{API}/session", json={"number": "8001", "password": password})).status_code == 201


async def test_ones_own_password(process: Process, page: Opener) -> None:
    assert process.parts.hub
    async with page("8001") as agent, page("8001") as elsewhere:
        path = f"{API}/me/password"
        for body, field in (
            ({"old": "wrong", "new": "shunde-2026-zima"}, "old"),
            ({"old": PASSWORD, "new": "agent-8001-zima"}, "new"),
            ({"old": PASSWORD, "new": PASSWORD}, "new"),
        ):
            refused = await agent.put(path, json=body)
            assert (refused.status_code, refused.json()["fields"][0]["field"]) == (422, field)
        assert (await agent.put(path, json={"old": PASSWORD, "new": "short"})).status_code == 422
        assert (await agent.put(path, json={"old": PASSWORD, "new": "shunde-2026-zima"})).status_code == 204
        assert (await agent.get(f"{API}/me")).status_code == 200
        assert (await elsewhere.get(f"{API}/me")).status_code == 401
        for _ in range(5):
            await agent.put(path, json={"old": "wrong", "new": "shunde-2027-zima"})
        locked = await agent.put(path, json={"old": "shunde-2026-zima", "new": "shunde-2027-zima"})
        assert (locked.status_code, locked.json()["code"]) == (429, "locked")
