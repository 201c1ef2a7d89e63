"""A dispatcher tells a visit for an engineer without a phone, what it cost by the price list, and takes it back."""

from typing import Any

import httpx

from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.stock.test_stock import saved
from tests.unit.crm.visits.test_fitting import lines
from tests.unit.crm.visits.world import AFTER, ask, given_engineer, given_visit

NOON = "2026-11-22T04:00:00.000Z"


async def priced(client: httpx.AsyncClient, code: str, name: str, fen: int) -> None:
    await saved(client, code, name)
    await ask(client, "POST", f"/parts/{code}/prices", 201, valid_from="2026-01-01", fen=fen, source="2026 年价目表")


async def told(client: httpx.AsyncClient, visit: dict[str, Any], status: int = 200, **more: Any) -> Any:
    """Tell a whole visit that nobody has told anything of."""
    body = {"version": visit["version"], "step": "finish", "arrived_at": NOON, "at": NOON, "checked": AFTER,
            "result": "fixed", "signed_by": "陈国强"}  # fmt: skip
    return await ask(client, "POST", f"/visits/{visit['id']}/report", status, **{**body, **more})


async def test_a_visit_is_told_as_a_whole_for_who_came_instead(page: Opener, clock: Clock) -> None:
    async with page("9001") as lead:
        await given_engineer(lead)
        other = await given_engineer(lead, "赵敏", "1027")
        visit = await given_visit(lead)
        refused = await told(lead, visit, 422, engineer="f" * 32)
        assert refused["fields"] == [{"field": "engineer", "detail": "没有这位工程师"}]
        clock.forward(hours=4)
        when: dict[str, Any] = {"arrived_at": "2026-11-22T06:00:00.000Z", "at": "2026-11-22T07:30:00.000Z"}
        done = await told(lead, visit, engineer=other["id"], cause="点火针积碳", **when)
        assert (done["state"], done["engineer_name"], done["arrived_at"]) == ("done", "赵敏", when["arrived_at"])
        texts = await lines(lead, visit)
        assert "已到达（代 赵敏 补报，原派 李强，11-22 14:00 做的）" in texts
        assert "上门结束：修好了；未收费（代 赵敏 补报，原派 李强，11-22 15:30 做的）" in texts
        assert (await ask(lead, "GET", f"/tickets/{visit['ticket']}"))["state"] == "resolved"
        again = await told(lead, visit, 409)
        assert again["detail"] == "这次上门刚被别人改过，请看一下新内容再提交"


async def test_without_the_arrival_a_visit_nobody_began_is_not_finished(page: Opener) -> None:
    async with page("9001") as lead:
        visit = await given_visit(lead)
        body = {"version": visit["version"], "step": "finish", "checked": AFTER, "result": "fixed", "signed_by": "陈"}
        refused = await ask(lead, "POST", f"/visits/{visit['id']}/report", 409, **body)
        assert refused["detail"] == "现在是「已派单」，不能这样提交"


async def test_out_of_the_warranty_the_price_list_says_the_sum(page: Opener) -> None:
    async with page("9001") as lead:
        await priced(lead, "IGN-01", "点火针", 12800)
        await priced(lead, "LABOR", "上门人工费", 15000)
        used = [{"name": "点火针 IGN-01", "quantity": 2}]
        asked = await ask(lead, "POST", "/dispatch/charges", fee="out", parts=used)
        assert (asked["total"], [line["kind_name"] for line in asked["lines"]]) == (40600, ["材料成本费", "上门人工费"])
        assert (await ask(lead, "POST", "/dispatch/charges", fee="in", parts=used))["why"] == "保修期内免费维修"
        visit = await given_visit(lead, fee="out")
        paid: dict[str, Any] = {"parts": used, "fee_agreed": True}
        refused = await told(lead, visit, 422, **paid, charged_fen=30000)
        assert refused["fields"] == [{"field": "charge_reason", "detail": "按价目表是 406.00 元，收得不一样请写原因"}]
        done = await told(lead, visit, **paid, charged_fen=30000, charge_reason="老客户")
        assert (done["charged_fen"], done["proposed_fen"], done["charge_reason"]) == (30000, 40600, "老客户")
        assert [(line["kind"], line["quantity"], line["fen"]) for line in done["charges"]] == [
            ("material", 2, 12800),
            ("labor", 1, 15000),
        ]
        (end,) = [text for text in await lines(lead, visit) if text.startswith("上门结束")]
        assert "收费 300.00 元（价目表 406.00 元：材料成本费 256.00，上门人工费 150.00；改价原因：老客户）" in end


async def test_the_very_sum_needs_no_reason_and_free_work_has_no_lines(page: Opener) -> None:
    async with page("9001") as lead:
        await priced(lead, "LABOR", "上门人工费", 15000)
        visit = await given_visit(lead, fee="out")
        done = await told(lead, visit, charged_fen=15000, fee_agreed=True, charge_reason="多余的")
        assert (done["proposed_fen"], done["charge_reason"]) == (15000, "")
        visit = await given_visit(lead, fee="unknown")
        done = await told(lead, visit)
        assert (done["charged_fen"], done["proposed_fen"], done["charges"]) == (0, 0, [])


async def test_the_engineers_page_proposes_and_asks_why(page: Opener) -> None:
    async with page("9001") as lead, page("") as phone:
        await priced(lead, "IGN-01", "点火针", 12800)
        await priced(lead, "LABOR", "上门人工费", 15000)
        visit = await given_visit(lead, fee="out")
        await ask(lead, "POST", f"/visits/{visit['id']}/report", version=1, step="arrive")
        shown = await phone.get(visit["link"])
        assert "上门人工费</dt><dd>150.00 元" in shown.text
        assert 'name="charged_yuan" value="150.00"' in shown.text
        kept = {"version": "2", "step": "save", "work": "1", "fee": "out", "part_1": "点火针 IGN-01", "count_1": "2",
                "charged_yuan": "150.00", "asked_yuan": "150.00"}  # fmt: skip
        assert (await phone.post(visit["link"], data=kept)).status_code == 303
        shown = await phone.get(visit["link"])
        assert "点火针 IGN-01 ×2</dt><dd>256.00 元" in shown.text
        assert 'name="charged_yuan" value="406.00"' in shown.text
        form = {"version": "3", "step": "finish", "work": "1", "checked": AFTER, "fee": "out", "charged_yuan": "100",
                "fee_agreed": "1", "result": "fixed", "signed_by": "陈国强"}  # fmt: skip
        refused = await phone.post(visit["link"], data=form)
        assert refused.status_code == 422
        assert "按价目表是 150.00 元，收得不一样请写原因" in refused.text
        assert 'value="100"' in refused.text
        taken = await phone.post(visit["link"], data={**form, "charge_reason": "等了两小时，少收"})
        assert taken.status_code == 303
        done = await ask(lead, "GET", f"/visits/{visit['id']}")
        assert (done["charged_fen"], done["charge_reason"]) == (10000, "等了两小时，少收")
        (end,) = [text for text in await lines(lead, visit) if text.startswith("上门结束")]
        assert "补报" not in end


async def test_an_engineer_who_finds_the_warranty_over_is_shown_where_to_write_the_sum(page: Opener) -> None:
    async with page("9001") as lead, page("") as phone:
        await priced(lead, "LABOR", "上门人工费", 15000)
        visit = await given_visit(lead, fee="in")
        await ask(lead, "POST", f"/visits/{visit['id']}/report", version=1, step="arrive")
        assert 'name="charged_yuan"' not in (await phone.get(visit["link"])).text
        form = {"version": "2", "step": "finish", "work": "1", "checked": AFTER, "fee": "out", "result": "fixed",
                "signed_by": "陈国强"}  # fmt: skip
        refused = await phone.post(visit["link"], data=form)
        assert refused.status_code == 422
        assert 'name="charged_yuan" value="150.00"' in refused.text


async def test_who_may_ask_for_prices_and_places(page: Opener) -> None:
    async with page("9001") as lead, page("8001") as agent:
        visit = await given_visit(lead)
        places = await ask(lead, "GET", f"/visits/{visit['id']}/places")
        assert [item["name"] for item in places["places"]][:2] == ["总仓", "顺德网点"]
        assert places["usual"] == places["places"][1]["id"]
        await ask(lead, "GET", f"/visits/{'f' * 32}/places", 404)
        await ask(agent, "GET", f"/visits/{visit['id']}/places", 403)
        await ask(agent, "POST", "/dispatch/charges", 403, fee="out")
