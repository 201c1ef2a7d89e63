"""An address that somebody typed or sent: its division is found, so that the promises and areas of its place hold."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm import places
from crm.bootstrap import Process
from crm.settings import Settings
from speech.packs import write_pack
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.tickets_by_hand import API, given_customer, opened
from tests.unit.speech.slots.samples import PACK

UNKNOWN = "没有认出区县，时限按其他算，请补全"


def put_pack(folder: Path) -> str:
    rows = [[item.code, item.name, item.level, item.parent] for item in PACK.divisions.values()]
    return write_pack(folder, {"codes": {}, "divisions": rows, "aliases": dict(PACK.aliases)})


@pytest.fixture(autouse=True)
def pack(settings: Settings) -> None:
    put_pack(settings.packs_dir)


def address_of(ticket: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in ticket["slots"] if row["slot"] == "address")
    return found


def clocks_of(ticket: dict[str, Any]) -> dict[str, int | None]:
    return {item["key"]: item["left_ms"] for item in ticket["clocks"] if item["state"] == "running"}


async def by_hand(client: httpx.AsyncClient, line: str, **more: Any) -> dict[str, Any]:
    return await opened(client, "repair", slots={"address": {"raw_text": line, "text": line}}, **more)


async def test_a_ticket_by_hand_has_the_eight_hours_of_its_city(page: Opener) -> None:
    async with page("8001") as client:
        ticket = await by_hand(client, "佛山顺德容桂街道文海西路5号")
    address = address_of(ticket)
    assert address["text"] == "广东省佛山市顺德区容桂街道文海西路5号"
    assert (address["value"]["adcode"], address["hint"], address["candidates"]) == ("440606", "", [])
    assert clocks_of(ticket) == {"on_site": 8 * 3600 * 1000}


async def test_what_is_not_certain_stays_and_is_told_until_it_is_completed(page: Opener) -> None:
    async with page("8001") as client:
        ticket = await by_hand(client, "西湖区文三路5号")
        address = address_of(ticket)
        assert address["text"] == "西湖区文三路5号"
        assert address["hint"] == f"{UNKNOWN}。可能是：浙江省杭州市西湖区、江西省南昌市西湖区"
        assert set(clocks_of(ticket)) == {"contact"}
        line = "广东番禺区文三路5号"
        change = {"version": ticket["version"], "slots": {"address": {"value": {"raw_text": line, "text": line}}}}
        ticket = (await client.patch(f"{API}/tickets/{ticket['no']}", json=change)).json()
        assert (address_of(ticket)["hint"], address_of(ticket)["candidates"]) == ("", [])
        assert ticket["timeline"][0]["text"] == "改正 地址：广东省广州市番禺区文三路5号"
        assert clocks_of(ticket) == {"response": 24 * 3600 * 1000}
        ticket = await by_hand(client, "不存在路5号")
        assert address_of(ticket)["hint"] == UNKNOWN


async def test_an_address_in_a_message_is_recognized(page: Opener) -> None:
    async with page("") as visitor:
        body = {"kind": "repair", "text": "不出热水", "phone": "13800138000", "address": "顺德区北滘镇人昌路1号"}
        assert (await visitor.post(f"{API}/message-board", json=body)).status_code == 202
    async with page("8001") as client:
        (row,) = (await client.get(f"{API}/tickets")).json()["items"]
        ticket = (await client.get(f"{API}/tickets/{row['no']}")).json()
    assert (address_of(ticket)["text"], address_of(ticket)["status"]) == (
        "广东省佛山市顺德区北滘镇人昌路1号", "unverified",
    )  # fmt: skip
    assert "on_site" in clocks_of(ticket)


async def test_an_address_on_file_gets_its_code_or_says_that_it_has_none(
    process: Process, page: Opener, clock: Clock
) -> None:
    customer = await given_customer(process, clock)
    path = f"{API}/customers/{customer}/addresses"
    async with page("8001") as client:
        for value in ({"district": "顺德区", "road": "新发路5号"}, {"district": "西湖区", "road": "文三路5号"}):
            answer = await client.put(path, json={"value": value})
            assert answer.status_code == 200, answer.text
        found = {item["text"]: (item["adcode"], item["hint"]) for item in answer.json()["addresses"]}
    assert found == {"顺德区新发路5号": ("440606", ""), "西湖区文三路5号": ("", UNKNOWN)}


async def test_a_new_pack_is_read_and_a_broken_one_leaves_the_last(settings: Settings) -> None:
    known = places.Places(settings.packs_dir)
    session = AsyncSession(info={places.INFO: known})
    value = {"text": "佛山市顺德区"}
    assert (await places.recognize(session, value))[0]["adcode"] == "440606"
    (settings.packs_dir / "current").write_text("0123456789abcdef")
    assert (await places.recognize(session, value))[0]["adcode"] == "440606"
    write_pack(settings.packs_dir, {"codes": {}, "divisions": [], "aliases": {}})
    assert await places.recognize(session, value) == (value, [])


async def test_without_a_pack_an_address_stays_as_it_was_written(tmp_path: Path) -> None:
    for info in ({}, {places.INFO: places.Places(tmp_path)}):
        assert await places.recognize(AsyncSession(info=info), {"text": "佛山市"}) == ({"text": "佛山市"}, [])
