"""Shipped parts leave the stock where whoever ships says, back there when they come back, below nothing only with a
word why; the old part of an exchange lies apart."""

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


async def outlet_with(keeper: httpx.AsyncClient, name: str, code: str, quantity: int) -> str:
    outlet: str = (await keeper.post(f"{API}/outlets", json={"name": name})).json()["id"]
    assert (await book(keeper, code, "in", quantity, place=outlet)).status_code == 201
    return outlet


async def shipped_from(keeper: httpx.AsyncClient, ticket: dict[str, Any], name: str, place: str) -> httpx.Response:
    """Ask for a move that ships out of this place."""
    version = (await keeper.get(f"{API}/tickets/{ticket['no']}")).json()["version"]
    body = {"version": version, "move": name, "ship_from": place, "slots": {"courier_out": {"value": {"text": "SF7"}}}}
    return await keeper.patch(f"{API}/tickets/{ticket['no']}", json=body)


def levels(file: dict[str, Any]) -> dict[str, int]:
    return {place["place_name"]: place["quantity"] for place in file["places"]}


async def test_whoever_ships_chooses_where_it_leaves_from_and_it_comes_back_there(
    page: Opener, process: Process, clock: Clock
) -> None:
    async with page("9001") as keeper:
        await saved(keeper, "PCB", "主板")
        await book(keeper, "PCB", "in", 1)
        outlet = await outlet_with(keeper, "顺德网点", "PCB", 2)
        ticket = await waiting(keeper, process, clock, PCB=2)
        shown = (await keeper.get(f"{API}/tickets/{ticket['no']}")).json()
        sources = next(item["sources"] for item in shown["moves"] if item["move"] == "ship")
        assert [(item["place"], item["place_name"], item["lacks"] == "") for item in sources] == [
            ("main", "总仓", False), (outlet, "顺德网点", True),
        ]  # fmt: skip
        assert (await shipped_from(keeper, ticket, "ship", "main")).json()["code"] == "move_blocked"
        for nowhere in ("old", "f" * 32):
            refused = await shipped_from(keeper, ticket, "ship", nowhere)
            assert (refused.status_code, refused.json()["detail"]) == (422, "没有这个仓库或网点，不能从那里发货")
        shipped = await shipped_from(keeper, ticket, "ship", outlet)
        assert shipped.json()["timeline"][0]["text"] == "出顺德网点：PCB ×2（余 0）"
        assert levels(await stock(keeper, "PCB")) == {"总仓": 1, "顺德网点": 0}
        back = await moved(keeper, ticket, "returned")
        assert back["timeline"][0]["text"] == "入顺德网点：PCB ×2（余 2）"
        assert levels(await stock(keeper, "PCB")) == {"总仓": 1, "顺德网点": 2}


async def returning(keeper: httpx.AsyncClient, part: str, wanted: str) -> dict[str, Any]:
    """Bring a return of this part, bought lately, to where it is approved."""
    slots = {"product": {"value": "boiler"}, "purchase": {"date": "2026-11-20"}, "invoice": {"value": "yes"},
             "part": {"text": part}}  # fmt: skip
    ticket = await opened(keeper, "part_return", slots=slots)
    return await moved(keeper, ticket, "approve", wanted=wanted)


@pytest.mark.parametrize("way", ["swap", "exchange"])
async def test_a_new_part_goes_out_and_the_old_one_lies_apart(page: Opener, way: str) -> None:
    async with page("9001") as keeper:
        await saved(keeper, "PIN", "点火针")
        await book(keeper, "PIN", "in", 3)
        outlet = await outlet_with(keeper, "顺德网点", "PIN", 1)
        ticket = await returning(keeper, "点火针 PIN", way)
        if way == "swap":
            assert (await shipped_from(keeper, ticket, "swap", outlet)).status_code == 200
            assert levels(await stock(keeper, "PIN")) == {"总仓": 3, "顺德网点": 0}
            done = await moved(keeper, ticket, "receive_old", courier_in="SF2")
            assert done["timeline"][0]["text"] == "入旧件库：PIN ×1（余 1）"
        else:
            await moved(keeper, ticket, "accept")
            await moved(keeper, ticket, "receive", courier_in="SF2")
            done = (await shipped_from(keeper, ticket, "exchange", outlet)).json()
            assert done["timeline"][0]["text"] == "出顺德网点：PIN ×1（余 0）；入旧件库：PIN ×1（余 1）"
        held = await stock(keeper, "PIN")
        assert levels(held) == {"总仓": 3, "顺德网点": 0, "旧件库": 1}
        assert held["part"]["total"] == 3  # nobody ships a broken one
        assert {item["kind_name"] for item in held["moves"]} == {"入库", "发货", "旧件收回"}
        assert {item["ticket"] for item in held["moves"] if item["kind"] != "in"} == {ticket["no"]}
        mended = await book(keeper, "PIN", "out", 1, place="old", version=1, reason="修好")
        assert levels(mended.json())["旧件库"] == 0


@pytest.mark.parametrize("way", ["swap", "exchange"])
async def test_the_new_part_of_a_void_exchange_is_at_the_customer_and_not_in_stock(page: Opener, way: str) -> None:
    async with page("9001") as keeper:
        await saved(keeper, "PIN", "点火针")
        await book(keeper, "PIN", "in", 3)
        ticket = await returning(keeper, "点火针 PIN", way)
        if way == "exchange":
            await moved(keeper, ticket, "accept")
            await moved(keeper, ticket, "receive", courier_in="SF2")
        await moved(keeper, ticket, way, courier_out="SF1")
        void = await moved(keeper, ticket, "void", void_reason="客户不还旧件")
        told = "新件已寄给客户，没有入库：PIN ×1。收回实物后请在「备件」里入库"
        assert told in [line["text"] for line in void["timeline"]]
        assert levels(await stock(keeper, "PIN"))["总仓"] == 2
        await moved(keeper, ticket, "restore")
        again = await moved(keeper, ticket, "void", void_reason="开错了")
        assert [line["text"] for line in again["timeline"]].count(told) == 1
        assert levels(await stock(keeper, "PIN"))["总仓"] == 2


async def test_a_part_that_is_repaired_moves_no_stock(page: Opener) -> None:
    async with page("9001") as keeper:
        await saved(keeper, "PIN", "点火针")
        await book(keeper, "PIN", "in", 3)
        ticket = await returning(keeper, "点火针 PIN", "repair")
        await moved(keeper, ticket, "accept")
        for step, slots in (("receive", {"courier_in": "SF2"}), ("repair", {}), ("ship", {"courier_out": "SF3"})):
            await moved(keeper, ticket, step, **slots)
        assert levels(await stock(keeper, "PIN")) == {"总仓": 3}


async def test_a_swap_needs_the_part_of_the_catalogue_or_a_word_why(page: Opener) -> None:
    async with page("9001") as keeper:
        await saved(keeper, "PIN", "点火针")
        ticket = await returning(keeper, "点火的那根针", "swap")
        refused = (await move(keeper, ticket, "swap", courier_out="SF1")).json()
        why = "配件「点火的那根针」不在备件目录里：请从目录里选，实物已在手上请填库存说明"
        assert (refused["code"], refused["detail"]) == ("move_blocked", f"现在不能「保内更换，先寄新件」：{why}")
        empty = await move(keeper, ticket, "swap", courier_out="SF1", part={"text": "点火针 PIN"})
        assert "总仓账上不够：点火针 只有 0 件，要发 1 件" in empty.json()["detail"]
        done = await moved(keeper, ticket, "swap", courier_out="SF1", stock_reason="老型号")
        assert done["timeline"][0]["text"] == "目录里没有「点火的那根针」，没有动库存：老型号"
        await moved(keeper, ticket, "receive_old", courier_in="SF2")
        assert levels(await stock(keeper, "PIN")) == {"总仓": 0}
