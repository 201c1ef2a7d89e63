"""Stock of parts and partners' quota: booked with a reason, never below nothing, two writers, lists of any length."""

import asyncio
from typing import Any

import httpx
import pytest

from crm.bootstrap import Process
from tests.unit.crm.conftest import Opener
from tests.unit.crm.counting import statements
from tests.unit.crm.fakes import Clock
from tests.unit.crm.tickets_by_hand import API, given_customer, given_staff, moved, opened


async def saved(client: httpx.AsyncClient, code: str, name: str, **more: Any) -> dict[str, Any]:
    answer = await client.put(f"{API}/parts/{code}", json={"name": name, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def book(client: httpx.AsyncClient, code: str, kind: str, quantity: int, **more: Any) -> httpx.Response:
    body = {"place": "main", "kind": kind, "quantity": quantity, "reason": "采购入库", "version": 0, **more}
    return await client.post(f"{API}/stock/{code}/moves", json=body)


async def test_stock_is_booked_counted_and_every_step_is_kept(page: Opener) -> None:
    async with page("9001") as keeper:
        await saved(keeper, "PCB", "主板")
        outlet = (await keeper.post(f"{API}/outlets", json={"name": "顺德网点"})).json()["id"]
        assert (await book(keeper, "PCB", "in", 10)).status_code == 201
        assert (await book(keeper, "PCB", "out", 3, version=1, reason="工单 12345678")).status_code == 201
        assert (await book(keeper, "PCB", "count", 6, version=2, reason="盘点少一件")).status_code == 201
        held = (await book(keeper, "PCB", "in", 2, place=outlet)).json()
        assert held["part"]["total"] == 8
        assert [(place["place_name"], place["quantity"]) for place in held["places"]] == [("总仓", 6), ("顺德网点", 2)]
        steps = [(item["kind_name"], item["change"], item["quantity"], item["reason"]) for item in held["moves"]]
        assert sorted(steps) == sorted(
            [
                ("入库", 10, 10, "采购入库"),
                ("出库", -3, 7, "工单 12345678"),
                ("盘点", -1, 6, "盘点少一件"),
                ("入库", 2, 2, "采购入库"),
            ]
        )
        noted = (await keeper.get(f"{API}/audit?action=stock_moved&subject=PCB")).json()["items"]
        assert len(noted) == 4
        assert "盘点少一件" in {item["reason"] for item in noted}
        assert all(item["detail"].startswith(("总仓 ", "顺德网点 ")) for item in noted), noted


@pytest.mark.parametrize(
    ("change", "status", "field", "said"),
    [
        ({"kind": "out", "quantity": 5, "version": 1}, 422, "quantity", "库存只有 4 件，不够出 5 件"),
        ({"kind": "in", "quantity": 999_999, "version": 1}, 422, "quantity", "最多 1000000 件"),
        ({"kind": "in", "quantity": 1, "version": 1, "reason": " "}, 422, "reason", ""),
        ({"kind": "in", "quantity": 1, "version": 0}, 409, "", "刚被 张伟 改过，现有 4 件"),
        ({"kind": "in", "quantity": 1, "version": 0, "place": "f" * 32}, 422, "place", "没有这个仓库或网点"),
    ],
)
async def test_what_is_refused_changes_nothing(
    page: Opener, change: dict[str, Any], status: int, field: str, said: str
) -> None:
    async with page("9001") as keeper:
        await saved(keeper, "PCB", "主板")
        await book(keeper, "PCB", "in", 4)
        answer = await book(keeper, "PCB", **change)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert [item["field"] for item in told.get("fields", [])] == ([field] if field else [])
        assert said in told["detail"] or said in told["fields"][0]["detail"]
        assert (await keeper.get(f"{API}/stock/PCB")).json()["part"]["total"] == 4
        assert (await book(keeper, "NONE", "in", 1)).status_code == 422
        assert (await keeper.get(f"{API}/stock/NONE")).status_code == 404


async def test_two_who_book_at_once_one_is_told(page: Opener) -> None:
    async with page("9001") as keeper:
        await saved(keeper, "PCB", "主板")
        both = await asyncio.gather(*(book(keeper, "PCB", "in", count) for count in (1, 2)))
        assert sorted(answer.status_code for answer in both) == [201, 409]
        held = (await keeper.get(f"{API}/stock/PCB")).json()
        assert held["part"]["total"] in (1, 2)
        assert len(held["moves"]) == 1


async def test_a_double_press_books_once(page: Opener) -> None:
    async with page("9001") as keeper:
        await saved(keeper, "PCB", "主板")
        keeper.headers["Idempotency-Key"] = "k1"
        answers = [await book(keeper, "PCB", "in", 5) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[1].json()["part"]["total"] == 5


async def test_low_stock_is_marked_found_and_counted(page: Opener) -> None:
    async with page("9001") as keeper, page("8001") as agent:
        for code in ("PCB", "PIN"):
            await saved(keeper, code, f"备件{code}")
            await book(keeper, code, "in", 3)
        path = f"{API}/stock/PCB/main"
        assert (await agent.put(path, json={"reorder_at": 3, "version": 1})).status_code == 403
        assert (await keeper.put(path, json={"reorder_at": 3, "version": 1})).json()["part"]["low"] is True
        assert (await keeper.put(path, json={"reorder_at": 9, "version": 1})).json()["code"] == "stock_changed"
        listed = (await agent.get(f"{API}/stock?low=true")).json()
        assert ([item["code"] for item in listed["items"]], listed["low_parts"]) == (["PCB"], 1)
        await book(keeper, "PCB", "in", 1, version=2)
        assert (await agent.get(f"{API}/stock")).json()["low_parts"] == 0


async def test_the_list_says_whether_the_fee_for_coming_has_a_price_today(page: Opener) -> None:
    async def labor() -> str:
        found: str = (await keeper.get(f"{API}/stock")).json()["labor"]
        return found

    async with page("9001") as keeper:
        assert await labor() == "missing"
        await saved(keeper, "LABOR", "上门人工费", unit="次")
        price = {"fen": 15_000, "source": "2026 年价目表"}
        await keeper.post(f"{API}/parts/LABOR/prices", json={"valid_from": "2099-01-01", **price})
        assert await labor() == "unpriced"
        await keeper.post(f"{API}/parts/LABOR/prices", json={"valid_from": "2026-01-01", **price})
        assert await labor() == "priced"


async def test_parts_are_searched_and_read_on_by_code(page: Opener) -> None:
    async with page("9001") as keeper:
        for number in range(5):
            await saved(keeper, f"P{number}", f"水泵 {number}号", active=number != 4)
        seen, cursor = [], ""
        while True:
            part = (await keeper.get(f"{API}/stock?size=2&q=水泵&cursor={cursor}")).json()
            seen += [item["code"] for item in part["items"]]
            cursor = part["next"]
            if not cursor:
                break
        assert seen == ["P0", "P1", "P2", "P3", "P4"]
        assert [item["code"] for item in (await keeper.get(f"{API}/stock?q=水泵 3号")).json()["items"]] == ["P3"]
        assert (await keeper.get(f"{API}/stock?q=%25")).json()["items"] == []
        assert "P4" not in {item["code"] for item in (await keeper.get(f"{API}/stock?active=true")).json()["items"]}
        assert (await keeper.get(f"{API}/stock?cursor=x")).json()["fields"][0]["field"] == "cursor"


async def test_a_part_is_changed_by_one_at_a_time(page: Opener) -> None:
    async with page("9001") as keeper:
        first = await saved(keeper, "PCB", "主板")
        again = await keeper.put(f"{API}/parts/PCB", json={"name": "另一块"})
        assert (again.status_code, again.json()["fields"][0]) == (
            409,
            {"field": "code", "detail": "备件目录里已有 PCB"},
        )
        await saved(keeper, "PCB", "主控板", version=first["version"])
        late = await keeper.put(f"{API}/parts/PCB", json={"name": "主板二", "version": first["version"]})
        assert (late.status_code, late.json()["code"]) == (409, "part_changed")


async def test_lists_need_no_more_statements_for_more_lines(page: Opener, process: Process, clock: Clock) -> None:
    async with page("9001") as keeper:

        async def counted(path: str) -> int:
            with statements() as sent:
                assert (await keeper.get(f"{API}{path}")).status_code == 200
            return len(sent)

        await saved(keeper, "P0", "主板")
        await book(keeper, "P0", "in", 1)
        await given_customer(process, clock, "dealer")
        before = [await counted(path) for path in ("/stock", "/partners")]
        for number in range(1, 6):
            await saved(keeper, f"P{number}", "主板")
            await book(keeper, f"P{number}", "in", 1)
            await given_customer(process, clock, "contractor")
        assert [await counted(path) for path in ("/stock", "/partners")] == before


async def test_a_partner_s_quota_and_what_waits(page: Opener, process: Process, clock: Clock) -> None:
    await given_staff(process, clock)
    dealer = await given_customer(process, clock, "dealer")
    await given_customer(process, clock, "owner")
    async with page("9001") as lead, page("8001") as agent, page("7003") as auditor:
        await saved(lead, "PCB", "主板")
        await book(lead, "PCB", "in", 7)
        await lead.put(f"{API}/partners/{dealer}", json={"version": 0, "units_bought": 100, "environment": "normal"})
        for quantity, step in ((2, "issue"), (1, "approve")):
            ticket = await opened(agent, "part_request", customer=dealer)
            body = {"version": ticket["version"], "lines": {"PCB": quantity}}
            asked = (await agent.put(f"{API}/tickets/{ticket['no']}/parts", json=body)).json()
            assert asked["lines"][0]["in_stock"] == 7
            await moved(agent, ticket, step)
        listed = (await agent.get(f"{API}/partners")).json()
        row = listed["items"][0]
        assert (len(listed["items"]), listed["waiting_total"]) == (1, 1)
        assert (row["units_bought"], row["environment_name"], row["issued"], row["waiting"]) == (100, "一般", 2, 1)
        assert len((await agent.get(f"{API}/partners?waiting=true&q=暖通")).json()["items"]) == 1
        assert (await agent.get(f"{API}/partners?q=没有")).json()["items"] == []
        quota = (await agent.get(f"{API}/partners/{dealer}/quota")).json()
        assert [(line["quota"], line["used"], line["left"]) for line in quota["lines"]] == [(2, 2, 0)]
        assert "根据客户的购机数量和当地使用环境按比例进行配发" in quota["sentence"]
        assert [item["reason"] for item in quota["waiting"]] == ["购机 100 台，环境：一般；PCB 超出 1 件"]
        await moved(lead, ticket, "refuse", approval="本年配额已用完")
        assert (await lead.get(f"{API}/partners/{dealer}/quota")).json()["waiting"] == []
        assert (await auditor.get(f"{API}/partners")).status_code == 403
        assert (await agent.get(f"{API}/partners/{'f' * 32}/quota")).status_code == 404
