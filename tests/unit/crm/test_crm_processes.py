"""The processes as people run them: who may, what is needed first, quota, price list, warranty, old part, follow-up."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest

from crm.bootstrap import Process
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.tickets_by_hand import API, given_customer, given_staff, move, moved, opened


@dataclass
class Staff:
    agent: httpx.AsyncClient
    dispatcher: httpx.AsyncClient
    supervisor: httpx.AsyncClient
    admin: httpx.AsyncClient


@pytest.fixture
async def staff(process: Process, page: Opener, clock: Clock) -> AsyncIterator[Staff]:
    await given_staff(process, clock)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(page(number)) for number in ("8001", "7001", "9001", "7004")]
        yield Staff(*clients)


async def test_a_repair_from_report_to_follow_up(staff: Staff) -> None:
    ticket = await opened(staff.agent, "repair")
    assert {item["move"] for item in ticket["moves"]} == {"accept", "resolve", "close", "void"}
    await moved(staff.agent, ticket, "accept")
    refused = await move(staff.agent, ticket, "dispatch")
    assert (refused.status_code, refused.json()["detail"]) == (403, "「派单」要由派单员或班长来做")
    await moved(staff.dispatcher, ticket, "dispatch")
    lacking = await move(staff.agent, ticket, "schedule")
    assert (lacking.status_code, lacking.json()["code"]) == (422, "move_needs")
    assert lacking.json()["fields"] == [{"field": "slots.visit", "detail": "请填上门时间"}]
    await moved(staff.agent, ticket, "schedule", visit={"date": "2026-11-23", "part": "上午"})
    for step in ("depart", "arrive", "need_part", "accept"):
        await moved(staff.agent, ticket, step)
    await moved(staff.dispatcher, ticket, "dispatch")
    await moved(staff.agent, ticket, "arrive")
    done = await moved(staff.agent, ticket, "resolve")
    assert done["state_name"] == "待回访"
    follow_up = await opened(staff.agent, "follow_up")
    await moved(staff.agent, follow_up, "start")
    wrong = await move(staff.agent, follow_up, "not_fixed", survey="没修好", original="00000000")
    assert wrong.json()["detail"] == "现在不能「没修好，原单重开」：没有这张原工单"
    await moved(staff.agent, follow_up, "not_fixed", survey="没修好", original=ticket["no"])
    again = (await staff.agent.get(f"{API}/tickets/{ticket['no']}")).json()
    assert (again["state"], again["timeline"][0]["text"]) == ("to_dispatch", "回访没修好，重开：待回访 → 待派单")


async def test_voiding_needs_a_reason_and_later_a_supervisor(staff: Staff) -> None:
    ticket = await opened(staff.agent, "repair")
    assert (await move(staff.agent, ticket, "void")).status_code == 422
    await moved(staff.agent, ticket, "accept")
    assert (await move(staff.agent, ticket, "void", void_reason="重复")).status_code == 403
    await moved(staff.supervisor, ticket, "void", void_reason="重复")
    assert (await move(staff.agent, ticket, "restore")).status_code == 403
    assert (await moved(staff.supervisor, ticket, "restore"))["state"] == "new"


@pytest.mark.parametrize(
    ("bought", "wanted", "blocked"),
    [("2026-11-20", "refund", ""), ("2026-11-10", "refund", "退货到 2026-11-17 为止"), ("2026-11-10", "exchange", ""),
     ("2026-11-01", "exchange", "换货到 2026-11-16 为止"), ("2020-11-01", "repair", "")],
)  # fmt: skip
async def test_a_return_follows_the_warranty(staff: Staff, bought: str, wanted: str, blocked: str) -> None:
    slots = {
        "product": {"value": "boiler"},
        "purchase": {"date": bought, "precision": "day"},
        "invoice": {"value": "yes"},
    }
    ticket = await opened(staff.agent, "unit_return", slots=slots)
    shown = await moved(staff.agent, ticket, "approve", wanted=wanted)
    assert shown["moves"] == []
    shown = (await staff.supervisor.get(f"{API}/tickets/{ticket['no']}")).json()
    accept = next(item for item in shown["moves"] if item["move"] == "accept")
    assert blocked in accept["blocked"]
    assert bool(accept["blocked"]) == bool(blocked)
    answer = await move(staff.supervisor, ticket, "accept")
    assert answer.status_code == (409 if blocked else 200)
    if blocked:
        assert "三包不支持" in answer.json()["detail"]
        await moved(staff.supervisor, ticket, "accept", approval="客户投诉，破例")
    await moved(staff.agent, ticket, "receive", courier_in="SF123")
    if wanted == "refund":
        assert (await move(staff.agent, ticket, "refund")).status_code == 403
        await moved(staff.supervisor, ticket, "refund")
        done = await moved(staff.supervisor, ticket, "resolve", payment="转账 2026-11-23")
        assert done["state"] == "resolved"
    if wanted == "repair":
        assert (await move(staff.agent, ticket, "exchange", courier_out="SF9", new_serial="N1")).status_code == 409
        await moved(staff.agent, ticket, "repair")
        unpaid = (await move(staff.agent, ticket, "ship", courier_out="SF124")).json()
        assert (unpaid["code"], "请先报价" in unpaid["detail"]) == ("move_blocked", True)
        assert (await move(staff.agent, ticket, "quote")).json()["code"] == "move_needs"
        assert (await moved(staff.agent, ticket, "quote", quote="主板 320 元，人工 80 元"))["state"] == "quoted"
        await moved(staff.agent, ticket, "pay", payment="微信 400 元")
        await moved(staff.agent, ticket, "ship", courier_out="SF124")
        assert (await moved(staff.agent, ticket, "resolve"))["state"] == "resolved"


@pytest.mark.parametrize("kind", ["unit_return", "part_return"])
async def test_within_the_term_the_factory_mends_free_and_who_does_not_want_to_pay_gets_it_back(
    staff: Staff, kind: str
) -> None:
    slots = {"product": {"value": "boiler"}, "purchase": {"date": "2026-10-01"}, "invoice": {"value": "yes"},
             "part": {"value": "主板"}}  # fmt: skip
    for bought, ways in (("2026-10-01", ("ship",)), ("2020-10-01", ("quote", "decline"))):
        ticket = await opened(staff.agent, kind, slots=slots | {"purchase": {"date": bought}})
        await moved(staff.agent, ticket, "approve", wanted="repair")
        await moved(staff.supervisor, ticket, "accept")
        await moved(staff.agent, ticket, "receive", courier_in="SF1")
        await moved(staff.agent, ticket, "repair")
        for name in ways:
            filled = {"quote": "320 元"} if name == "quote" else {"courier_out": "SF2"}
            shown = await moved(staff.agent, ticket, name, **filled)
        assert shown["state"] == "shipped"


async def test_a_swap_waits_for_the_old_part(staff: Staff) -> None:
    slots = {"product": {"value": "boiler"}, "purchase": {"date": "2026-10-01"}, "invoice": {"value": "yes"},
             "part": {"value": "点火针"}}  # fmt: skip
    ticket = await opened(staff.agent, "part_return", slots=slots)
    await moved(staff.agent, ticket, "approve", wanted="swap")
    await moved(staff.dispatcher, ticket, "swap", courier_out="SF1", stock_reason="目录还没建")
    assert (await move(staff.agent, ticket, "receive_old")).json()["code"] == "move_needs"
    assert (await move(staff.agent, ticket, "waive", approval="x")).status_code == 403
    assert (await moved(staff.agent, ticket, "receive_old", courier_in="SF2"))["state"] == "resolved"


async def given_parts(staff: Staff) -> None:
    for code, name in (("PCB", "主板"), ("PIN", "点火针")):
        assert (await staff.dispatcher.put(f"{API}/parts/{code}", json={"name": name})).status_code == 200
    price = {"valid_from": "2026-01-01", "fen": 12800, "source": "2026 年价目表"}
    assert (await staff.dispatcher.post(f"{API}/parts/PCB/prices", json=price)).status_code == 403
    assert (await staff.supervisor.post(f"{API}/parts/PCB/prices", json=price)).json()["fen"] == 12800
    assert (await staff.supervisor.post(f"{API}/parts/PCB/prices", json=price)).status_code == 409
    assert (await staff.supervisor.post(f"{API}/parts/XXX/prices", json=price)).status_code == 422


async def lines(client: httpx.AsyncClient, no: str, **wanted: int) -> httpx.Response:
    version = (await client.get(f"{API}/tickets/{no}")).json()["version"]
    return await client.put(f"{API}/tickets/{no}/parts", json={"version": version, "lines": wanted})


async def test_within_the_quota_issued_over_it_approved(staff: Staff, process: Process, clock: Clock) -> None:
    await given_parts(staff)
    dealer = await given_customer(process, clock, "dealer")
    standing = {"version": 0, "units_bought": 100, "environment": "normal"}
    assert (await staff.agent.put(f"{API}/partners/{dealer}", json=standing)).status_code == 403
    assert (await staff.dispatcher.put(f"{API}/partners/{dealer}", json=standing)).json()["version"] == 1
    assert (await staff.dispatcher.put(f"{API}/partners/{dealer}", json=standing)).status_code == 409
    odd = standing | {"version": 1, "environment": "moon"}
    assert (await staff.dispatcher.put(f"{API}/partners/{dealer}", json=odd)).status_code == 422
    first = await opened(staff.agent, "part_request", customer=dealer)
    assert (await move(staff.agent, first, "issue")).json()["code"] == "move_blocked"
    asked = (await lines(staff.agent, first["no"], PCB=2)).json()
    assert (asked["within_quota"], asked["total_fen"], asked["lines"][0]["quota"]) == (True, 25600, 2)
    assert (await lines(staff.agent, first["no"], NONE=1)).status_code == 422
    await moved(staff.agent, first, "issue")
    assert (await lines(staff.agent, first["no"], PCB=1)).json()["code"] == "not_a_part_request"
    await moved(staff.agent, first, "ship", courier_out="SF3", stock_reason="刚到货，还没入账")
    second = await opened(staff.agent, "part_request", customer=dealer)
    asked = (await lines(staff.agent, second["no"], PCB=1)).json()
    assert (asked["within_quota"], asked["lines"][0]["used"], asked["lines"][0]["over"]) == (False, 2, 1)
    assert "超出 1 件" in (await move(staff.agent, second, "issue")).json()["detail"]
    await moved(staff.agent, second, "approve")
    assert (await move(staff.agent, second, "accept", approval="同意")).status_code == 403
    assert (await moved(staff.supervisor, second, "accept", approval="同意"))["state"] == "waiting_part"


async def test_an_end_user_buys_by_the_price_list(staff: Staff, process: Process, clock: Clock) -> None:
    await given_parts(staff)
    owner = await given_customer(process, clock)
    standing = {"version": 0, "units_bought": 1, "environment": "normal"}
    assert (await staff.dispatcher.put(f"{API}/partners/{owner}", json=standing)).status_code == 422
    assert (await staff.agent.get(f"{API}/partners/{owner}")).json()["units_bought"] == 0
    ticket = await opened(staff.agent, "part_request", customer=owner)
    await lines(staff.agent, ticket["no"], PCB=1, PIN=2)
    assert "价目表里没有：点火针" in (await move(staff.agent, ticket, "quote")).json()["detail"]
    await lines(staff.agent, ticket["no"], PCB=1)
    await moved(staff.agent, ticket, "quote")
    raised = {"valid_from": "2026-11-22", "fen": 99900, "source": "新价目表"}
    await staff.supervisor.post(f"{API}/parts/PCB/prices", json=raised)
    kept = (await staff.agent.get(f"{API}/tickets/{ticket['no']}/parts")).json()
    assert kept["total_fen"] == 12800, "what was quoted stays"
    assert (await move(staff.agent, ticket, "pay")).json()["code"] == "move_needs"
    await moved(staff.agent, ticket, "pay", payment="微信 128 元")
    assert (await move(staff.agent, ticket, "ship")).status_code == 422
    refused = await move(staff.agent, ticket, "ship", courier_out="SF5")
    assert (refused.json()["code"], "主板 只有 0 件，要发 1 件" in refused.json()["detail"]) == ("move_blocked", True)
    booked = {"place": "main", "kind": "in", "quantity": 1, "reason": "到货", "version": 0}
    assert (await staff.supervisor.post(f"{API}/stock/PCB/moves", json=booked)).status_code == 201
    assert (await moved(staff.agent, ticket, "ship", courier_out="SF5"))["state"] == "shipped"


async def test_training_topics_and_support_by_telephone_first(staff: Staff) -> None:
    ticket = await opened(staff.agent, "training", slots={"visit": {"date": "2026-12-01"}})
    wrong = await move(staff.agent, ticket, "schedule", training={"audience": "user", "topics": "u1,d7"})
    assert "工厂实操" in wrong.json()["detail"]
    await moved(staff.agent, ticket, "schedule", training={"audience": "dealer", "topics": "u1,d7"})
    assert (await moved(staff.agent, ticket, "resolve", attendees="12"))["state"] == "resolved"
    support = await opened(staff.agent, "tech_support")
    await moved(staff.agent, support, "start")
    assert (await move(staff.agent, support, "escalate")).status_code == 422
    await moved(staff.agent, support, "escalate", phone_support="指导换点火针，无效")
    assert (await moved(staff.dispatcher, support, "dispatch"))["state_name"] == "已派单"


async def test_the_page_asks_for_the_warranty_and_shows_it_on_the_ticket(staff: Staff) -> None:
    asked = {"product_class": "boiler", "invoice_on": "2026-11-20", "receipt": "yes"}
    verdict = (await staff.agent.post(f"{API}/warranty", json=asked)).json()
    assert (verdict["line"], verdict["spoken"], verdict["until"]) == ("7d", "7d", "2026-11-27")
    assert [item["name"] for item in verdict["rights"]] == ["退货", "换货", "免费维修", "终身上门（收费）"]
    assert verdict["reasons"][1]["sentence"].startswith("产品自售出之日起7日内")
    later = (await staff.agent.post(f"{API}/warranty", json=asked | {"day": "2030-01-01"})).json()
    assert [item["name"] for item in later["fees"]] == ["材料成本费", "上门人工费"]
    slots = {"product": {"value": "other"}, "purchase": {"date": "2025-11"}, "invoice": {"value": "yes"},
             "warranty_check": {"cause": "misuse", "repairs": "2", "serial_matches": "yes"}}  # fmt: skip
    ticket = await opened(staff.agent, "repair", slots=slots)
    assert ticket["warranty"]["line"] == "excluded"
    assert (await opened(staff.agent, "training"))["warranty"] is None


async def test_rules_are_added_from_a_day_on(staff: Staff) -> None:
    book = (await staff.agent.get(f"{API}/rules/warranty")).json()
    assert (len(book["sets"]), book["sets"][0]["own"]) == (1, False)
    body = book["sets"][0]["body"]
    body["periods"]["repair"]["years"]["boiler"] = 3
    new = {"valid_from": "2026-11-01", "body": body}
    assert (await staff.supervisor.post(f"{API}/rules/warranty", json=new)).status_code == 403
    added = await staff.admin.post(f"{API}/rules/warranty", json=new)
    assert [item["own"] for item in added.json()["sets"]] == [False, True]
    assert (await staff.admin.post(f"{API}/rules/warranty", json=new)).status_code == 409
    broken = {"valid_from": "2026-12-01", "body": body | {"periods": {}}}
    assert (await staff.admin.post(f"{API}/rules/warranty", json=broken)).status_code == 422
    asked = {"product_class": "boiler", "invoice_on": "2026-11-02", "receipt": "yes", "day": "2029-11-02"}
    assert (await staff.agent.post(f"{API}/warranty", json=asked)).json()["line"] == "in"
    before = asked | {"invoice_on": "2026-10-31", "day": "2029-10-31"}
    assert (await staff.agent.post(f"{API}/warranty", json=before)).json()["line"] == "out"
    log = (await staff.supervisor.get(f"{API}/audit?action=rules_added")).json()
    assert [item["detail"] for item in log["items"]] == ["2026-11-01"]
