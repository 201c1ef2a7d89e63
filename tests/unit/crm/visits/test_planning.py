"""Planning by the API: outlets, engineers, suggestion, appointment, other time, other engineer, board."""

from typing import Any

import httpx
from sqlalchemy import event

from crm.bootstrap import Process
from crm.database import milliseconds
from crm.products.models import Product
from crm.visits.models import EngineerVisit
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import ADDRESS, Clock
from tests.unit.crm.tickets_by_hand import given_customer, moved
from tests.unit.crm.visits.world import END, START, ask, given_engineer, given_ticket, given_visit


async def test_the_suggested_engineer_gets_the_ticket(page: Opener) -> None:
    async with page("9001") as client:
        engineer = await given_engineer(client)
        await given_engineer(client, "陈工", "1027")
        ticket = await given_ticket(client)
        asked = {"ticket": ticket["no"], "starts_at": START, "ends_at": END}
        found = await ask(client, "POST", "/dispatch/suggestions", **asked)
        assert found[0]["reasons"] == ["负责顺德区容桂街道", "会修壁挂炉", "17:00 起有空", "当天 0/7"]
        visit = await ask(client, "POST", "/visits", 201, **asked, engineer=engineer["id"], fee="in")
        assert (visit["state_name"], visit["engineer_name"], visit["fee_name"]) == (
            "已派单", "李强", "保修期内，免费维修",
        )  # fmt: skip
        assert len(visit["code"]) == 6
        assert visit["link"].startswith("/v/")
        told = await ask(client, "GET", f"/tickets/{ticket['no']}")
        assert told["state"] in ("dispatched", "scheduled")
        assert "派给 李强（工号 1026），约 11月22日 17:00–19:00" in [line["text"] for line in told["timeline"]]
        again = await ask(client, "POST", "/visits", 409, **asked, engineer=engineer["id"])
        assert again["detail"] == "这张工单已经派了师傅，请改派或改约"
        second = await given_ticket(client)
        busy = await ask(client, "POST", "/dispatch/suggestions", ticket=second["no"], starts_at=START, ends_at=END)
        assert [item["name"] for item in busy] == ["陈工", "李强"]
        assert busy[1]["against"] == ["17:00–19:00 已有安排"]


async def test_beyond_the_promise_a_reason_is_needed(page: Opener) -> None:
    async with page("9001") as client:
        engineer, ticket = await given_engineer(client), await given_ticket(client)
        body = {"ticket": ticket["no"], "engineer": engineer["id"], "starts_at": START, "ends_at": END,
                "promised_by": "2026-11-22T08:20:00.000Z"}  # fmt: skip
        late = await ask(client, "POST", "/visits", 409, **body)
        assert (late["code"], late["detail"]) == ("late", "将超承诺 40 分，请填原因")
        made = await ask(client, "POST", "/visits", 201, **body, late_reason="客户要求晚点来")
        assert made["late_reason"] == "客户要求晚点来"


async def test_another_engineer_means_another_code(page: Opener) -> None:
    async with page("9001") as client:
        visit = await given_visit(client)
        other = await given_engineer(client, "陈工", "1027")
        path = f"/visits/{visit['id']}"
        changed = await ask(client, "PATCH", path, version=visit["version"], engineer=other["id"])
        assert changed["engineer_name"] == "陈工"
        assert changed["code"] != visit["code"]
        stale = await ask(client, "PATCH", path, 409, version=visit["version"], cancel=True)
        assert stale["detail"] == "这次上门刚被别人改过，请看一下新内容再提交"
        moved = await ask(
            client, "PATCH", path, version=changed["version"], starts_at="2026-11-23T01:00:00Z",
            ends_at="2026-11-23T03:00:00Z", note="客户不在",
        )  # fmt: skip
        await ask(client, "PATCH", path, 422, version=moved["version"], ends_at="2026-11-20T01:00:00Z")
        off = await ask(client, "PATCH", path, version=moved["version"], cancel=True, note="客户自己修好了")
        assert (off["state"], off["code"], off["link"]) == ("cancelled", "", "")
        await ask(client, "PATCH", path, 409, version=off["version"], cancel=True)
        told = [line["text"] for line in (await ask(client, "GET", f"/tickets/{visit['ticket']}"))["timeline"]]
        assert "改约 11月23日 09:00–11:00：客户不在" in told
        assert "改派 陈工（工号 1027）" in told


async def test_who_may_plan_and_what_does_not_exist(page: Opener) -> None:
    nothing: Any = "0" * 32
    async with page("9001") as client:
        visit = await given_visit(client)
        ticket = await given_ticket(client)
        body: dict[str, Any] = {"starts_at": START, "ends_at": END, "engineer": visit["engineer"]}
        await ask(client, "POST", "/visits", 404, **body, ticket="00000000")
        await ask(client, "POST", "/visits", 422, **{**body, "engineer": nothing}, ticket=ticket["no"])
        await ask(client, "POST", "/visits", 422, **{**body, "ends_at": START}, ticket=ticket["no"])
        await ask(client, "POST", "/visits", 422, **body, ticket=ticket["no"], product=nothing)
        await ask(client, "POST", "/dispatch/suggestions", 404, ticket="00000000", starts_at=START, ends_at=END)
        await ask(client, "GET", f"/visits/{nothing}", 404)
        await ask(client, "PATCH", f"/visits/{nothing}", 404, version=1)
        await ask(client, "PUT", f"/engineers/{nothing}", 404, name="x", badge_no="1", version=1)
        await ask(client, "PUT", f"/outlets/{nothing}", 404, name="x", version=1)
        for wrong in ({"badge_no": "1026"}, {"badge_no": "5", "number": "12"}, {"badge_no": "5", "outlet": nothing}):
            assert (await client.post("/api/v1/engineers", json={"name": "乙", **wrong})).status_code in (409, 422)
        await ask(client, "POST", "/outlets", 409, name="顺德网点")
        wrong = await ask(client, "POST", "/outlets", 422, name="南海网点", number="没有电话")
        assert wrong["fields"] == [{"field": "number", "detail": "电话号码不对"}]
        outlet = (await ask(client, "GET", "/outlets"))[0]
        changed = await ask(client, "PUT", f"/outlets/{outlet['id']}", name="顺德一店", version=outlet["version"])
        assert changed["version"] == 2
        await ask(client, "PUT", f"/outlets/{outlet['id']}", 409, name="顺德二店", version=1)
        person = (await ask(client, "GET", "/engineers"))[0]
        wanted: dict[str, Any] = {"name": "李强", "badge_no": "1026", "capacity": 5, "active": False}
        assert (await ask(client, "PUT", f"/engineers/{person['id']}", **wanted, version=1))["capacity"] == 5
        await ask(client, "PUT", f"/engineers/{person['id']}", 409, **wanted, version=1)
        await ask(client, "POST", "/visits", 422, **body, ticket=ticket["no"])  # he is not active any more
    async with page("8001") as agent:
        await ask(agent, "POST", "/visits", 403, **body, ticket=ticket["no"])
        await ask(agent, "POST", "/outlets", 403, name="x")


async def test_the_board_and_the_list_take_a_fixed_number_of_statements(process: Process, page: Opener) -> None:
    async with page("9001") as client:
        first = await given_visit(client)
        few = await _statements(process, client)
        for number in range(4):
            await given_engineer(client, f"师傅{number}", f"20{number}")
            await given_visit(client)
        assert await _statements(process, client) == few
        board = await ask(client, "GET", "/dispatch/board?day=2026-11-22")
        line = next(item for item in board["engineers"] if item["engineer"] == first["engineer"])
        assert (line["load"], line["full"], line["silent"]) == (5, False, False)
        assert line["visits"][0]["place"] == "顺德区容桂街道"
        part = await ask(client, "GET", f"/visits?ticket={first['ticket']}")
        assert [item["id"] for item in part["items"]] == [first["id"]]
        seen: list[str] = []
        cursor = ""
        for _ in range(3):
            part = await ask(client, "GET", f"/visits?size=2&cursor={cursor}&state=planned")
            seen += [item["id"] for item in part["items"]]
            cursor = part["next"]
        assert len(set(seen)) == 5
        assert cursor == ""


async def test_what_waits_stands_by_time_left_with_what_is_known(page: Opener, clock: Clock) -> None:
    async with page("9001") as client:
        await given_engineer(client)
        numbers = []
        for _ in range(2):
            ticket = await given_ticket(client)
            await ask(client, "PATCH", f"/tickets/{ticket['no']}", version=ticket["version"], move="accept")
            numbers.append(ticket["no"])
            clock.forward(minutes=10)
        waiting = (await ask(client, "GET", "/dispatch/board"))["waiting"]
        assert [line["ticket"] for line in waiting] == numbers
        first = waiting[0]
        assert (first["kind_name"], first["priority_name"]) == ("维修申报", "普通")
        assert first["summary"] == "E01"
        assert first["place"] == "顺德区容桂街道"
        assert (first["clock"]["label"], first["clock"]["scope_name"]) == ("上门", "市区")
        assert first["clock"]["due_at"] == "2026-11-22T12:00:00.123Z"
        held = await ask(client, "GET", f"/tickets/{numbers[1]}")
        await ask(client, "PATCH", f"/tickets/{numbers[1]}", version=held["version"], priority="urgent")
        assert (await ask(client, "GET", "/dispatch/board"))["waiting"][0]["ticket"] == numbers[1]


async def _statements(process: Process, client: Any) -> list[int]:
    counts = []
    noted: list[str] = []

    def note(*arguments: Any) -> None:
        noted.append(arguments[2])

    engine = process.health.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    for path in ("/dispatch/board?day=2026-11-22", "/visits?size=200"):
        noted.clear()
        await ask(client, "GET", path)
        counts.append(len(noted))
    event.remove(engine, "before_cursor_execute", note)
    return counts


async def test_nobody_is_sent_for_a_ticket_that_has_no_visits_or_is_over(page: Opener) -> None:
    async with page("9001") as client:
        engineer = await given_engineer(client)
        body = {"engineer": engineer["id"], "starts_at": START, "ends_at": END}
        asked = await given_ticket(client, "consult")
        refused = await ask(client, "POST", "/visits", 409, **body, ticket=asked["no"])
        assert refused["detail"] == "「咨询」工单不派师傅上门，要上门请先改工单类型"
        over = await given_ticket(client)
        void = {"version": over["version"], "move": "void", "slots": {"void_reason": {"value": {"value": "重复"}}}}
        await ask(client, "PATCH", f"/tickets/{over['no']}", **void)
        refused = await ask(client, "POST", "/visits", 409, **body, ticket=over["no"])
        assert "要派师傅请先恢复工单" in refused["detail"]


async def test_a_visit_is_for_the_machine_of_its_ticket(process: Process, page: Opener, clock: Clock) -> None:
    async with page("9001") as client:
        await given_engineer(client)
        customer = await given_customer(process, clock)
        boiler = await given_machine(process, clock, customer, "boiler")
        assert await machine_of(process, client, customer, {"value": "boiler"}) == boiler
        assert await machine_of(process, client, customer, {"value": "other"}) is None
        other = await given_machine(process, clock, customer, "other")
        assert await machine_of(process, client, customer, {"value": "boiler"}) == boiler
        assert await machine_of(process, client, customer, {"value": "unknown"}) is None  # which of the two nobody said
        assert await machine_of(process, client, customer, {"value": "boiler", "product_id": other}) == other
        assert await machine_of(process, client, customer, {"value": "boiler", "product_id": "0" * 32}) == boiler
        assert await machine_of(process, client, customer, {"value": "boiler"}, product=other) == other


async def given_machine(process: Process, clock: Clock, customer: str, product_class: str) -> str:
    async with process.parts.work() as session:
        row = Product(customer_id=customer, product_class=product_class, created_at=milliseconds(clock()))
        session.add(row)
        await session.flush()
        return row.id


async def machine_of(
    process: Process, client: httpx.AsyncClient, customer: str, told: dict[str, str], **more: str
) -> str | None:
    """Plan a visit for a new ticket of the customer; returns the machine it is for."""
    ticket = await ask(client, "POST", "/tickets", 201, kind="repair", customer=customer,
                       slots={"address": ADDRESS, "product": told})  # fmt: skip
    engineer = (await ask(client, "GET", "/engineers"))[0]
    visit = await ask(client, "POST", "/visits", 201, ticket=ticket["no"], engineer=engineer["id"], starts_at=START,
                      ends_at=END, **more)  # fmt: skip
    async with process.parts.work() as session:
        row = await session.get(EngineerVisit, visit["id"])
        assert row is not None
        return row.product_id


async def test_what_headquarters_were_told_waits_on_the_board_and_somebody_is_sent(page: Opener) -> None:
    """二.三.2: what the telephone does not solve; 总部派人."""
    async with page("9001") as client:
        engineer, ticket = await given_engineer(client), await given_ticket(client, "tech_support")
        await moved(client, ticket, "start")
        assert (await ask(client, "GET", "/dispatch/board?date=2026-11-22"))["waiting"] == []
        await moved(client, ticket, "escalate", phone_support="换过点火针仍不着")
        (waits,) = (await ask(client, "GET", "/dispatch/board?date=2026-11-22"))["waiting"]
        assert (waits["ticket"], waits["kind_name"]) == (ticket["no"], "技术支持")
        assert (await ask(client, "GET", "/tickets?view=to_dispatch"))["total"] == 1
        body = {"ticket": ticket["no"], "engineer": engineer["id"], "starts_at": START, "ends_at": END}
        visit = await ask(client, "POST", "/visits", 201, **body)
        assert (await ask(client, "GET", f"/tickets/{ticket['no']}"))["state"] == "dispatched"
        assert (await ask(client, "GET", "/dispatch/board?date=2026-11-22"))["waiting"] == []
        await ask(client, "PATCH", f"/visits/{visit['id']}", version=visit["version"], cancel=True)
        assert (await ask(client, "GET", f"/tickets/{ticket['no']}"))["state"] == "escalated"
