"""Shipped parts leave the stock: booked by the move, back when they come back, below nothing only with a word why."""

from typing import Any

import httpx
import pytest

from crm.bootstrap import Process
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.stock.test_stock import book, saved
from tests.unit.crm.tickets_by_hand import API, given_customer, given_staff, move, moved, opened


async def waiting(keeper: httpx.AsyncClient, process: Process, clock: Clock, **lines: int) -> dict[str, Any]:
    """Bring a request of these parts to where it may be shipped."""
    dealer = await given_customer(process, clock, "dealer")
    ticket = await opened(keeper, "part_request", customer=dealer)
    wanted = {"version": ticket["version"], "lines": lines}
    assert (await keeper.put(f"{API}/tickets/{ticket['no']}/parts", json=wanted)).status_code == 200
    await moved(keeper, ticket, "approve")
    clock.forward(seconds=1)  # movements are listed by their time
    return await moved(keeper, ticket, "accept", approval="同意")


async def stock(keeper: httpx.AsyncClient, code: str) -> dict[str, Any]:
    found: dict[str, Any] = (await keeper.get(f"{API}/stock/{code}")).json()
    return found


async def quantity(keeper: httpx.AsyncClient, code: str) -> int:
    total: int = (await stock(keeper, code))["part"]["total"]
    return total


async def test_shipping_takes_the_parts_out_and_says_so(page: Opener, process: Process, clock: Clock) -> None:
    async with page("9001") as keeper:
        for code, held in (("PCB", 5), ("PIN", 1)):
            await saved(keeper, code, f"备件{code}")
            await book(keeper, code, "in", held)
        ticket = await waiting(keeper, process, clock, PCB=2, PIN=1)
        shipped = await moved(keeper, ticket, "ship", courier_out="SF1")
        assert shipped["timeline"][0]["text"] == "出总仓：PCB ×2（余 3），PIN ×1（余 0）"
        newest = (await stock(keeper, "PCB"))["moves"][0]
        assert (newest["kind_name"], newest["change"], newest["quantity"], newest["ticket"], newest["actor"]) == (
            "发货", -2, 3, ticket["no"], "张伟",
        )  # fmt: skip
        noted = (await keeper.get(f"{API}/audit?action=stock_moved&subject=PCB")).json()["items"][0]
        assert (noted["detail"], noted["reason"]) == ("总仓 -2 → 3", f"工单 {ticket['no']} 发货")
        assert (await move(keeper, ticket, "ship", courier_out="SF1")).status_code == 409  # pressed twice
        await moved(keeper, ticket, "resolve")
        assert await quantity(keeper, "PCB") == 3


@pytest.mark.parametrize(("undone", "slots"), [("returned", {}), ("void", {"void_reason": "发错了"})])
async def test_what_comes_back_lies_there_again_once(
    page: Opener, process: Process, clock: Clock, undone: str, slots: dict[str, str]
) -> None:
    async with page("9001") as keeper:
        await saved(keeper, "PCB", "主板")
        await book(keeper, "PCB", "in", 5)
        ticket = await waiting(keeper, process, clock, PCB=2)
        await moved(keeper, ticket, "ship", courier_out="SF1")
        clock.forward(seconds=1)
        back = await moved(keeper, ticket, undone, **slots)
        assert back["timeline"][0]["text"] == "入总仓：PCB ×2（余 5）"
        assert [item["change"] for item in (await stock(keeper, "PCB"))["moves"]][:2] == [2, -2]
        if undone == "returned":
            await moved(keeper, ticket, "void", void_reason="不要了")
        assert await quantity(keeper, "PCB") == 5


async def test_a_lost_parcel_stays_out_and_the_next_one_goes_out_too(
    page: Opener, process: Process, clock: Clock
) -> None:
    async with page("9001") as keeper:
        await saved(keeper, "PCB", "主板")
        await book(keeper, "PCB", "in", 5)
        ticket = await waiting(keeper, process, clock, PCB=2)
        await moved(keeper, ticket, "ship", courier_out="SF1")
        await moved(keeper, ticket, "lost")
        await moved(keeper, ticket, "approve")
        await moved(keeper, ticket, "accept", approval="补发")
        await moved(keeper, ticket, "ship", courier_out="SF2")
        assert await quantity(keeper, "PCB") == 1


async def test_more_than_lies_there_goes_out_only_with_a_word_why(page: Opener, process: Process, clock: Clock) -> None:
    await given_staff(process, clock)
    async with page("9001") as keeper, page("8001") as agent:
        await saved(keeper, "PCB", "主板")
        await book(keeper, "PCB", "in", 1)
        ticket = await waiting(keeper, process, clock, PCB=2)
        shown = (await agent.get(f"{API}/tickets/{ticket['no']}")).json()
        why = "总仓账上不够：主板 只有 1 件，要发 2 件。实物已在手上请填库存说明，否则先入库"
        assert next(item["blocked"] for item in shown["moves"] if item["move"] == "ship") == why
        refused = await move(agent, ticket, "ship", courier_out="SF1")
        assert (refused.status_code, refused.json()["code"]) == (409, "move_blocked")
        assert await quantity(keeper, "PCB") == 1
        shipped = await moved(agent, ticket, "ship", courier_out="SF1", stock_reason="新到的还没入账")
        assert "stock_reason" not in [item["slot"] for item in shipped["slots"]]  # said for this parcel alone
        held = await stock(keeper, "PCB")
        assert (held["part"]["total"], held["part"]["low"]) == (-1, True)
        assert held["moves"][0]["reason"] == f"工单 {ticket['no']} 发货，账上不够：新到的还没入账"
        late = await book(keeper, "PCB", "in", 1, version=2)
        assert (late.status_code, late.json()["part"]["total"]) == (201, 0)
        assert (await book(keeper, "PCB", "out", 1, version=3)).status_code == 422
