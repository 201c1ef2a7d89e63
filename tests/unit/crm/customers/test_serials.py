"""A serial has one form, however it is typed: on the card, in an import, in the search."""

import pytest

from crm.bootstrap import Process
from crm.products.serials import normal
from tests.unit.crm.asking import get
from tests.unit.crm.conftest import Opener
from tests.unit.crm.imports.tables_by_hand import checked, taken
from tests.unit.crm.visits.world import ask

PHONE = "13800138009"
HEAD = "客户电话,型号,序列号"


@pytest.mark.parametrize("typed", ["SN1", "sn1", "ＳＮ１", " s n\u30001 ", "SN\u200b1"])
def test_width_case_and_blanks_make_no_other_serial(typed: str) -> None:
    assert normal(typed) == "SN1"


async def test_a_machine_is_one_however_its_serial_is_typed(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        owner = await ask(client, "POST", "/customers", 201, name="陈国强", numbers=[{"number": PHONE}])
        card = await ask(client, "POST", "/products", 201, customer=owner["id"], serial="sn 1-a")
        assert card["serial"] == "SN1-A"
        await ask(client, "POST", "/products", 409, customer=owner["id"], serial="ＳＮ１－Ａ")
        run = await taken(process, client, f"{HEAD}\n{PHONE},HP-24,ｓｎ1-a\n", "products")
        assert (run["added"], run["known"]) == (0, 1)
        for q in ("sn1-a", "ＳＮ１－Ａ", "SN1A"):
            assert [item["id"] for item in (await get(client, f"/customers?q={q}"))["items"]] == [owner["id"]], q


async def test_two_lines_of_one_machine_are_told(page: Opener) -> None:
    async with page("9001") as client:
        await ask(client, "POST", "/customers", 201, name="陈国强", numbers=[{"number": PHONE}])
        report = await checked(client, f"{HEAD}\n{PHONE},,SN1\n{PHONE},,sn1\n{PHONE},,\u200b\n", "products")
    told = [(item["line"], item["reason"]) for item in report["problems"]]
    assert told == [(3, "和第 2 行重复"), (4, "没有填序列号")]
