"""Parts that a visit used leave the stock; a shortage is told; what is revoked lies there again."""

from typing import Any

import httpx
import pytest

from tests.unit.crm.conftest import Opener
from tests.unit.crm.stock.test_stock import book, saved
from tests.unit.crm.visits.world import AFTER, BEFORE, ask, given_engineer, given_visit


async def held(client: httpx.AsyncClient, code: str, place: str) -> int:
    """Return how many lie there."""
    found = await ask(client, "GET", f"/stock/{code}")
    return int(next(level["quantity"] for level in found["places"] if level["place"] == place))


async def on_site(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    """Plan a visit and arrive."""
    visit = await given_visit(client, **more)
    path = f"/visits/{visit['id']}/report"
    arrived: dict[str, Any] = await ask(client, "POST", path, version=visit["version"], step="arrive", checked=BEFORE)
    return arrived


async def finish(client: httpx.AsyncClient, visit: dict[str, Any], *parts: tuple[str, int], **more: Any) -> Any:
    told = {"version": visit["version"], "step": "finish", "checked": BEFORE + AFTER, "result": "fixed",
            "parts": [{"name": name, "quantity": count} for name, count in parts], "signed_by": "陈国强"}  # fmt: skip
    return await ask(client, "POST", f"/visits/{visit['id']}/report", **{**told, **more})


async def lines(client: httpx.AsyncClient, visit: dict[str, Any]) -> list[str]:
    ticket = await ask(client, "GET", f"/tickets/{visit['ticket']}")
    return [entry["text"] for entry in ticket["timeline"]]


async def test_what_was_used_leaves_the_engineers_outlet_and_comes_back_when_revoked(page: Opener) -> None:
    async with page("9001") as lead:
        outlet = (await given_engineer(lead))["outlet"]
        await saved(lead, "IGN-01", "点火针")
        await book(lead, "IGN-01", "in", 3, place=outlet)
        visit = await on_site(lead)
        done = await finish(lead, visit, ("点火针 IGN-01", 2), ("自带的螺丝", 4))
        assert [part["name"] for part in done["parts"]] == ["点火针 IGN-01", "自带的螺丝"]
        assert await held(lead, "IGN-01", outlet) == 1
        assert "出顺德网点：IGN-01 ×2（余 1）" in await lines(lead, visit)
        moves = (await ask(lead, "GET", "/stock/IGN-01"))["moves"]
        assert {(item["kind_name"], item["ticket"]) for item in moves} == {("入库", ""), ("上门用掉", visit["ticket"])}

        path = f"/visits/{visit['id']}/revoke"
        await ask(lead, "POST", path, 409, version=visit["version"], reason="填错了工单")
        revoked = await ask(lead, "POST", path, version=done["version"], reason="填错了工单")
        assert (revoked["state"], revoked["result"], revoked["parts"]) == ("cancelled", "", [])
        assert await held(lead, "IGN-01", outlet) == 3
        told = await lines(lead, visit)
        assert "撤销上门结果「修好了」：填错了工单" in told
        assert "配件退回：IGN-01 ×2 入顺德网点" in told
        assert (await ask(lead, "GET", f"/tickets/{visit['ticket']}"))["state"] == "to_dispatch"
        again = await ask(lead, "POST", path, 409, version=revoked["version"], reason="再撤一次")
        assert again["detail"] == "「已取消」的上门没有结果可以撤销"


async def test_a_part_that_the_books_lack_is_fitted_all_the_same_and_told(page: Opener) -> None:
    async with page("9001") as lead:
        await saved(lead, "PCB", "主板")
        visit = await on_site(lead)
        await finish(lead, visit, ("主板 PCB", 1), parts_from="main")
        assert await held(lead, "PCB", "main") == -1
        told = "出总仓：PCB ×1（余 -1）。主板 账上只有 0 件，用了 1 件，请盘点"
        assert told in await lines(lead, visit)


async def test_words_that_are_no_part_move_nothing(page: Opener) -> None:
    async with page("9001") as lead:
        visit = await on_site(lead)
        done = await finish(lead, visit, ("点火电极", 1))
        revoked = await ask(lead, "POST", f"/visits/{visit['id']}/revoke", version=done["version"], reason="填错了")
        assert revoked["parts"] == []
        assert not [text for text in await lines(lead, visit) if text.startswith(("出", "配件退回"))]


@pytest.mark.parametrize("place", ["0" * 32])
async def test_a_place_that_there_is_not_is_refused(page: Opener, place: str) -> None:
    async with page("9001") as lead:
        await saved(lead, "PCB", "主板")
        visit = await on_site(lead)
        told = {"version": visit["version"], "step": "finish", "checked": BEFORE + AFTER, "result": "fixed",
                "parts": [{"name": "主板 PCB"}], "signed_by": "陈国强", "parts_from": place}  # fmt: skip
        refused = await ask(lead, "POST", f"/visits/{visit['id']}/report", 422, **told)
        assert refused["detail"] == "没有这个仓库或网点"
        assert (await ask(lead, "GET", f"/visits/{visit['id']}"))["state"] == "on_site"


async def test_the_engineer_chooses_from_the_catalogue_with_stock_and_price(page: Opener) -> None:
    async with page("9001") as lead, page("") as phone:
        outlet = (await given_engineer(lead))["outlet"]
        await saved(lead, "IGN-01", "点火针")
        await book(lead, "IGN-01", "in", 3, place=outlet)
        await ask(lead, "POST", "/parts/IGN-01/prices", 201, valid_from="2026-01-01", fen=12800, source="2026 年价目表")
        visit = await given_visit(lead)
        path = f"/visits/{visit['id']}/report"
        await ask(lead, "POST", path, version=visit["version"], step="arrive", checked=BEFORE)
        text = (await phone.get(visit["link"])).text
        assert '<option value="点火针 IGN-01">余 3 · 128.00 元</option>' in text
        assert f'<option value="{outlet}" selected>顺德网点</option>' in text
        form = {"version": "2", "step": "finish", "work": "1", "checked": BEFORE + AFTER, "result": "fixed",
                "part_1": "点火针 IGN-01", "count_1": "1", "parts_from": outlet, "signed_by": "陈国强"}  # fmt: skip
        assert (await phone.post(visit["link"], data=form)).status_code == 303
        assert await held(lead, "IGN-01", outlet) == 2
