"""Addresses of imported files get their division where it is certain, as those that people type do."""

from pathlib import Path

import pytest

from crm.bootstrap import Process
from crm.settings import Settings
from speech.packs import write_pack
from tests.unit.crm.asking import get
from tests.unit.crm.conftest import Opener
from tests.unit.crm.imports.tables_by_hand import HEAD, checked, taken
from tests.unit.speech.slots.samples import PACK

CERTAIN = f"{HEAD}\n陈国强,终端用户,13800138000,,佛山市,顺德区,容桂街道,凤翔路18号,\n"
OPEN = f"{HEAD}\n王敏,终端用户,13900139000,,,西湖区,,文三路5号,\n"


@pytest.fixture(autouse=True)
def pack(settings: Settings) -> None:
    rows = [[item.code, item.name, item.level, item.parent] for item in PACK.divisions.values()]
    write_pack(Path(settings.packs_dir), {"codes": {}, "divisions": rows, "aliases": dict(PACK.aliases)})


@pytest.mark.parametrize(("table", "number", "adcode"), [(CERTAIN, "13800138000", "440606"), (OPEN, "13900139000", "")])
async def test_an_address_has_its_division_only_where_it_is_certain(
    page: Opener, process: Process, table: str, number: str, adcode: str
) -> None:
    async with page("9001") as client:
        await taken(process, client, table)
        (found,) = (await get(client, f"/customers?q={number}"))["items"]
        (address,) = (await get(client, f"/customers/{found['id']}"))["addresses"]
        assert address["value"].get("adcode", "") == adcode
        again = await taken(process, client, table)
        assert (again["added"], again["completed"]) == (0, 0)


ONE_COLUMN = "姓名,电话,地址,房号\n陈国强,13800138000,广东省佛山市顺德区容桂街道新发路5号,3栋502室\n"


async def test_an_address_in_one_column_is_taken_with_its_divisions(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        await taken(process, client, ONE_COLUMN)
        (found,) = (await get(client, "/customers?q=13800138000"))["items"]
        (address,) = (await get(client, f"/customers/{found['id']}"))["addresses"]
        assert address["text"] == "广东省佛山市顺德区容桂街道新发路5号3栋502室"
        value = address["value"]
        assert [value.get(name) for name in ("province", "city", "district", "road", "room")] == [
            "广东省", "佛山市", "顺德区", "新发路5号", "3栋502室",
        ]  # fmt: skip
        assert value["adcode"].startswith("440606")
        again = await taken(process, client, f"{ONE_COLUMN}\n")
        assert (again["added"], again["completed"], again["known"]) == (0, 0, 1)


async def test_an_address_in_one_column_whose_place_is_not_certain_is_told(page: Opener) -> None:
    async with page("9001") as client:
        report = await checked(client, "姓名,电话,地址\n陈国强,13800138000,凤翔路18号\n")
    assert [item["reason"] for item in report["problems"]] == ["地址要有省、市、区县或镇街"]
