"""Saved views: one's own and those of a role, by name, each with its count."""

from typing import Any

import pytest

from crm.bootstrap import Process
from crm.policy.ticket_filters import VIEWS
from crm.saved_views.routes import MOST
from tests.unit.crm.conftest import Opener
from tests.unit.crm.counting import statements
from tests.unit.crm.fakes import Clock
from tests.unit.crm.tickets_by_hand import API, given_staff, opened

PATH = f"{API}/saved-views"
COUNTS = f"{API}/ticket-counts"
VIEW: dict[str, Any] = {"name": "顺德未结", "view": "open", "q": "顺德"}
SHARED: dict[str, Any] = {
    "name": "待派维修", "role": "agent", "view": "all", "kind": ["repair"], "state": ["to_dispatch", "new"],
    "priority": ["normal"], "owner": "none", "days": 7, "columns": ["region", "clock"],
}  # fmt: skip


async def test_a_view_is_kept_for_its_owner_only(page: Opener) -> None:
    async with page("8001") as owner, page("8002") as other:
        saved = await owner.post(PATH, json={**VIEW, "name": " 顺德未结 "})
        assert saved.status_code == 201, saved.text
        kept = saved.json()
        assert {key: kept[key] for key in VIEW} == VIEW
        assert (await owner.get(PATH)).json() == [kept]
        assert (await other.get(PATH)).json() == []
        gone = await other.delete(f"{PATH}/{kept['id']}")
        assert (gone.status_code, gone.json()["detail"]) == (404, "没有这个视图，可能已经删除")
        assert (await owner.delete(f"{PATH}/{kept['id']}")).status_code == 204
        assert (await owner.get(PATH)).json() == []


async def test_the_same_name_is_the_same_view(page: Opener) -> None:
    async with page("8001") as owner, page("8002") as other:
        first = (await owner.post(PATH, json=VIEW)).json()
        again = (await owner.post(PATH, json={**VIEW, "view": "urgent", "q": ""})).json()
        assert (await other.post(PATH, json=VIEW)).status_code == 201  # names are one's own
        assert (again["id"], again["view"], again["q"]) == (first["id"], "urgent", "")
        assert (await owner.get(PATH)).json() == [again]


async def test_views_have_a_name_and_an_end(page: Opener) -> None:
    async with page("8001") as owner:
        assert (await owner.post(PATH, json={**VIEW, "name": "  "})).json()["fields"][0]["field"] == "name"
        assert (await owner.post(PATH, json={**VIEW, "view": "other"})).json()["fields"][0]["field"] == "view"
        for index in range(MOST):
            assert (await owner.post(PATH, json={**VIEW, "name": f"视图 {index}"})).status_code == 201
        full = await owner.post(PATH, json=VIEW)
        assert (full.status_code, full.json()["detail"]) == (409, "最多保存 30 个视图，请先删除不用的")
        assert (await owner.post(PATH, json={**VIEW, "name": "视图 3", "q": "容桂"})).json()["q"] == "容桂"


async def test_a_lead_shares_a_view_with_a_role(page: Opener, process: Process, clock: Clock) -> None:
    await given_staff(process, clock)
    async with page("9001") as lead, page("8001") as agent, page("7001") as dispatcher, page("7004") as admin:
        shared = (await lead.post(PATH, json=SHARED)).json()
        assert {key: shared[key] for key in SHARED} == SHARED
        assert (shared["role_name"], shared["removable"]) == ("坐席", True)
        assert (await agent.get(PATH)).json() == [{**shared, "removable": False}]
        assert (await dispatcher.get(PATH)).json() == []
        assert (await admin.get(PATH)).json() == [shared]
        changed = (await admin.post(PATH, json={**SHARED, "days": 1})).json()  # the role has one view of a name
        assert (changed["id"], changed["days"]) == (shared["id"], 1)
        assert (await agent.post(PATH, json={**SHARED, "role": ""})).status_code == 201  # and everybody an own one
        gone = await agent.delete(f"{PATH}/{shared['id']}")
        assert (gone.status_code, gone.json()["detail"]) == (404, "共享的视图由班长或管理员删除")
        assert (await admin.delete(f"{PATH}/{shared['id']}")).status_code == 204
        assert [row["role"] for row in (await agent.get(PATH)).json()] == [""]


@pytest.mark.parametrize("number", ["8001", "7001", "7002", "7003"])
async def test_nobody_else_shares(page: Opener, process: Process, clock: Clock, number: str) -> None:
    await given_staff(process, clock)
    async with page(number) as client:
        refused = await client.post(PATH, json=SHARED)
        assert (refused.status_code, "需要：班长或管理员" in refused.json()["detail"]) == (403, True)
        assert (await client.post(PATH, json=VIEW)).status_code == 201


async def test_every_view_has_its_count(page: Opener) -> None:
    async with page("9001") as lead, page("8001") as agent:
        for number in range(3):
            await opened(agent, "repair" if number else "consult")
        shared = (await lead.post(PATH, json={**SHARED, "owner": "", "state": []})).json()["id"]
        own = (await agent.post(PATH, json=VIEW)).json()["id"]
        found = {row["view"]: row for row in (await agent.get(COUNTS)).json()}
        assert list(found) == [*VIEWS, shared, own] or list(found) == [*VIEWS, own, shared]
        assert {key: found[key]["total"] for key in ("mine", "open", "to_dispatch", "urgent", shared)} == {
            "mine": 3, "open": 3, "to_dispatch": 0, "urgent": 0, shared: 2,
        }  # fmt: skip
        assert [key for key, row in found.items() if row["about"]] == [own]  # words are counted by nobody
        assert not any(row["capped"] for row in found.values())
        theirs = {row["view"]: row["total"] for row in (await lead.get(COUNTS)).json()}
        assert (theirs["mine"], theirs["open"], theirs[shared], own in theirs) == (0, 3, 2, False)


async def test_counts_take_as_many_statements_whatever_is_there(page: Opener) -> None:
    async with page("8001") as client:
        sent_by: list[int] = []
        for number in range(2):
            await opened(client, "repair")
            await client.post(PATH, json={**SHARED, "role": "", "name": f"视图 {number}"})
            with statements() as sent:
                assert (await client.get(COUNTS)).status_code == 200
            sent_by.append(len(sent))
        assert sent_by[0] == sent_by[1] <= 6, sent
