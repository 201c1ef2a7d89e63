"""What was built upon an import before it is taken back: files and machines that stay, or are only partly restored."""

from typing import Any

import httpx
import pytest

from crm.bootstrap import Process
from crm.calls.models import Contact
from crm.customers.models import Customer, PhoneNumber
from crm.parts.models import Partner
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import NOON
from tests.unit.crm.imports.tables_by_hand import CHEN, FIRM, GOOD, HEAD, MACHINES, file_of, names, stays, taken, undone
from tests.unit.crm.tickets_by_hand import API, opened
from tests.unit.crm.visits.world import ask


async def _edited(client: httpx.AsyncClient, file: dict[str, Any], _: Process) -> None:
    await ask(client, "PATCH", f"/customers/{file['id']}", version=file["version"], elder=True)


async def _ticket(client: httpx.AsyncClient, file: dict[str, Any], _: Process) -> None:
    await opened(client, "repair", customer=file["id"])


async def _noted(client: httpx.AsyncClient, file: dict[str, Any], _: Process) -> None:
    await ask(client, "POST", f"/customers/{file['id']}/notes", 201, text="只在晚上接电话")


async def _merged(client: httpx.AsyncClient, file: dict[str, Any], _: Process) -> None:
    other = await ask(client, "POST", "/customers", 201, name="陈太", numbers=[{"number": "13500135000"}])
    await ask(client, "POST", f"/customers/{other['id']}/merges", 201, gone=file["id"], version=other["version"])


async def _merged_and_undone(client: httpx.AsyncClient, file: dict[str, Any], process: Process) -> None:
    await _merged(client, file, process)
    other = await file_of(client, "陈太")
    (merge,) = (await ask(client, "GET", f"/customers/{other['id']}/duplicates"))["merges"]
    await ask(client, "POST", f"/customer-merges/{merge['id']}/undo")


async def _machine(client: httpx.AsyncClient, file: dict[str, Any], _: Process) -> None:
    await ask(client, "POST", "/products", 201, customer=file["id"], serial="2503-01877")


async def _called(_: httpx.AsyncClient, file: dict[str, Any], process: Process) -> None:
    async with process.parts.work() as session:
        session.add(Contact(id="c1", customer_id=file["id"], started_at=NOON))


async def _rung(_: httpx.AsyncClient, __: dict[str, Any], process: Process) -> None:
    async with process.parts.work() as session:
        session.add(Contact(id="c1", caller_e164="+8613800138000", started_at=NOON))


async def _partner(_: httpx.AsyncClient, file: dict[str, Any], process: Process) -> None:
    async with process.parts.work() as session:
        session.add(Partner(customer_id=file["id"], units_bought=3, updated_at=NOON))


async def _learned(_: httpx.AsyncClient, file: dict[str, Any], process: Process) -> None:
    """Add a number as a call does, without a new version of the file."""
    async with process.parts.work() as session:
        session.add(PhoneNumber(customer_id=file["id"], e164="+8613600136000", created_at=NOON))


@pytest.mark.parametrize(
    ("built", "reason"),
    [
        (_edited, "导入后有人改过这份档案"),
        (_ticket, "已有工单"),
        (_noted, "已有备注"),
        (_merged, "已并入别的档案"),
        (_merged_and_undone, "已和别的档案合并过"),
        (_machine, "名下有产品"),
        (_called, "已有通话"),
        (_rung, "已有通话"),
        (_partner, "已登记购机数"),
        (_learned, "导入后有人改过这份档案"),
    ],
)
async def test_a_new_file_that_somebody_built_upon_stays_and_says_why(
    page: Opener, process: Process, built: Any, reason: str
) -> None:
    async with page("9001") as client:
        run = await taken(process, client, GOOD)
        file = await file_of(client, CHEN)
        await built(client, file, process)
        report = await undone(process, client, run["id"])
        assert (report["run"]["undone"], report["run"]["stayed"], stays(report)) == (1, 1, [(2, False, reason)])
        assert report["stayed"][0]["customer"] == file["id"]
        assert await names(client, FIRM) == []
        async with process.parts.work.snapshot() as session:
            assert await session.get(Customer, file["id"]) is not None


MORE = f"{HEAD}\n陈国强,终端用户,13800138000,13700137000,佛山市,顺德区,容桂街道,凤翔路18号,\n"


async def _known(client: httpx.AsyncClient, name: str = "") -> dict[str, Any]:
    numbers = [{"number": "13800138000", "main": True}]
    found: dict[str, Any] = await ask(client, "POST", "/customers", 201, name=name, numbers=numbers)
    return found


async def test_a_file_that_was_completed_is_as_before_and_its_notes_tell(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        before = await _known(client)
        run = await taken(process, client, MORE)
        assert (run["completed"], run["written"]) == (1, 1)
        report = await undone(process, client, run["id"])
        assert (report["run"]["undone"], report["stayed"]) == (1, [])
        after = (await client.get(f"{API}/customers/{before['id']}")).json()
        assert (after["name"], after["phones"], after["addresses"]) == (before["name"], before["phones"], [])
        told = "撤销 张伟 的导入（第 2 行）：去掉 1 个号码、1 个地址、1 个姓名"
        assert [(note["author"], note["text"]) for note in after["notes"]] == [("张伟", told)]


async def test_only_what_is_still_what_the_import_wrote_is_restored(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        before = await _known(client)
        run = await taken(process, client, MORE)
        file = await file_of(client, CHEN)
        second = next(item for item in file["phones"] if not item["main"])
        await ask(client, "PATCH", f"/customers/{file['id']}/numbers/{second['id']}", do_not_call=True)
        renamed = (await client.get(f"{API}/customers/{file['id']}")).json()
        await ask(client, "PATCH", f"/customers/{file['id']}", version=renamed["version"], name="陈国强先生")
        report = await undone(process, client, run["id"])
        assert stays(report) == [(2, True, "号码导入后有人改过；姓名导入后有人改过")]
        after = (await client.get(f"{API}/customers/{before['id']}")).json()
        assert (after["name"], len(after["phones"]), after["addresses"]) == ("陈国强先生", 2, [])


async def test_a_completed_file_stays_where_all_of_it_was_changed_or_rung_or_merged(
    page: Opener, process: Process
) -> None:
    async with page("9001") as client:
        await _known(client, CHEN)
        number = f"{HEAD}\n陈国强,,13800138000,13700137000,,,,,\n"
        run = await taken(process, client, number)
        async with process.parts.work() as session:
            session.add(Contact(id="c1", caller_e164="+8613700137000", started_at=NOON))
        assert stays(await undone(process, client, run["id"])) == [(2, False, "号码已来过电话")]
        file = await file_of(client, CHEN)
        place = f"{HEAD}\n陈国强,,13800138000,,佛山市,顺德区,,新路5号,\n"
        second = await taken(process, client, place)
        (held,) = (await file_of(client, CHEN))["addresses"]
        whole = await file_of(client, CHEN)
        value = {"city": "佛山市", "district": "顺德区", "road": "新路6号"}
        changed = await client.put(
            f"{API}/customers/{file['id']}/addresses/{held['id']}",
            json={"value": value, "status": "verified", "version": whole["version"]},
        )
        assert changed.status_code == 200, changed.text
        assert stays(await undone(process, client, second["id"])) == [(2, False, "地址导入后有人改过")]
        third = await taken(process, client, number.replace("13700137000", "13600136000"))
        await _merged(client, await file_of(client, CHEN), process)
        assert stays(await undone(process, client, third["id"])) == [(2, False, "已并入别的档案")]


async def test_what_people_took_off_themselves_is_undone_without_a_word(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        await _known(client, CHEN)
        run = await taken(process, client, f"{HEAD}\n陈国强,,13800138000,13700137000,,,,,\n")
        file = await file_of(client, CHEN)
        second = next(item for item in file["phones"] if not item["main"])
        await ask(client, "DELETE", f"/customers/{file['id']}/numbers/{second['id']}")
        report = await undone(process, client, run["id"])
        assert (report["run"]["undone"], report["stayed"]) == (1, [])
        assert (await file_of(client, CHEN))["notes"] == []


async def test_an_import_stays_where_a_later_one_built_upon_it(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        first = await taken(process, client, GOOD)
        await taken(process, client, f"{HEAD}\n陈国强,,13800138000,13700137000,,,,,\n")
        assert stays(await undone(process, client, first["id"])) == [(2, False, "导入后有人改过这份档案")]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("edited", "导入后有人改过这张产品卡"),
        ("given", "已归到另一位客户"),
        ("ticket", "已有工单、上门或回访"),
    ],
)
async def test_a_machine_that_was_changed_given_away_or_reported_stays(
    page: Opener, process: Process, how: str, reason: str
) -> None:
    async with page("9001") as client:
        await taken(process, client, GOOD)
        run = await taken(process, client, MACHINES, "products")
        file = await file_of(client, CHEN)
        (machine,) = file["products"]
        if how == "ticket":
            product = {"product_id": machine["id"], "value": "HP-24"}
            await opened(client, "repair", customer=file["id"], slots={"product": product})
        else:
            firm = await file_of(client, FIRM)
            owner = firm["id"] if how == "given" else file["id"]
            card = {"customer": owner, "serial": "2503-01877", "model": "HP-28", "version": 1}
            changed = await client.put(f"{API}/products/{machine['id']}", json=card)
            assert changed.status_code == 200, changed.text
        report = await undone(process, client, run["id"])
        assert stays(report) == [(2, False, reason)]
        assert report["stayed"][0]["product"] == machine["id"]
