"""Imports by the API: checked first, taken over in batches, never doubled; exports that come in again."""

import pytest

from crm.bootstrap import Process
from crm.tables import XLSX
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.imports.tables_by_hand import (
    BAD,
    GOOD,
    HEAD,
    MACHINES,
    checked,
    handed_in,
    names,
    taken,
    to_the_end,
    told,
)
from tests.unit.crm.tickets_by_hand import API, given_staff


async def test_a_file_is_checked_then_taken_over_and_found(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        report = await checked(client, GOOD)
        assert (report["lines"], report["new"], report["known"], report["problems"]) == (2, 2, 0, [])
        assert (report["before"], report["run"], await names(client)) == (None, None, [])
        done = await taken(process, client, GOOD, name="客户.csv")
        assert (done["added"], done["known"], done["left_out"], done["by"]) == (2, 0, 0, "张伟")
        assert await names(client, "顺德 容桂") == ["陈国强"]
        file = (await client.get(f"{API}/customers?q=66883358")).json()["items"][0]
        whole = (await client.get(f"{API}/customers/{file['id']}")).json()
        assert [(item["main"], item["number"]) for item in whole["phones"]] == [
            (True, "138****8000"), (False, "0757-6688 33**"),
        ]  # fmt: skip
        assert (whole["addresses"][0]["status"], whole["note"]) == ("unverified", "老客户")
        listed = (await client.get(f"{API}/imports")).json()["items"]
        assert [(item["file_name"], item["kind"], item["added"]) for item in listed] == [("客户.csv", "customers", 2)]
        log = (await client.get(f"{API}/audit?action=table_imported")).json()["items"]
        assert log[0]["detail"] == "customers 共 2 行"


async def test_a_second_time_doubles_nothing(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        await taken(process, client, GOOD)
        again = await handed_in(client, GOOD)
        await to_the_end(process)
        run = (await told(client, again["run"]["id"]))["run"]
        assert (again["before"]["added"], run["added"], run["known"]) == (2, 0, 2)
        more = f"{HEAD}\n陈国强,终端用户,13800138000,13700137000,,,,,\n"
        assert (await taken(process, client, more))["completed"] == 1
        assert sorted(await names(client)) == ["陈国强", "顺德暖通"]
        assert await names(client, "13700137000") == ["陈国强"]


async def test_nothing_is_half_imported(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        report = await checked(client, BAD)
        assert (report["lines"], report["new"], report["left_out"]) == (3, 2, 1)
        assert report["problems"] == [{"line": 4, "column": "电话", "value": "12", "reason": "电话号码不对"}]
        refused = await handed_in(client, BAD, status=409)
        assert (refused["code"], "什么都没有导入" in refused["detail"]) == ("has_problems", True)
        assert (await names(client), (await client.get(f"{API}/imports")).json()["items"]) == ([], [])
        run = await taken(process, client, BAD, skip_problems=True)
        assert run["left_out"] == 1
        assert (await told(client, run["id"]))["problems"] == [{"line": 4, "column": "电话", "reason": "电话号码不对"}]
        assert len(await names(client)) == 2


async def test_another_file_than_was_checked_is_refused(page: Opener) -> None:
    async with page("9001") as client:
        digest = (await checked(client, GOOD))["digest"]
        answer = await client.post(f"{API}/imports/customers", content=BAD.encode(), params={"checked": digest})
        assert (answer.status_code, answer.json()["code"]) == (409, "not_checked")
        broken = await client.post(f"{API}/imports/customers/check", content=b"")
        assert (broken.status_code, broken.json()["detail"]) == (422, "文件是空的")
        huge = await client.post(f"{API}/imports/customers/check", content=b"a" * 6_000_001)
        assert huge.status_code == 413


async def test_a_caller_without_a_name_gets_it_and_nobody_is_renamed(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        for name in ("", "陈太"):
            number = "13800138000" if not name else "13900139000"
            await client.post(f"{API}/customers", json={"name": name, "numbers": [{"number": number}]})
        done = await taken(process, client, GOOD)
        assert (done["added"], done["completed"]) == (1, 1)
        assert sorted(await names(client)) == ["陈国强", "陈太", "顺德暖通"]
        assert await names(client, "国强") == ["陈国强"]


async def test_machines_go_to_the_customer_of_their_number(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        report = await checked(client, MACHINES, "products")
        assert [(item["column"], item["reason"]) for item in report["problems"]] == [
            ("客户电话", "没有这个电话的客户，请先导入客户")
        ]
        await taken(process, client, GOOD)
        assert (await taken(process, client, MACHINES, "products"))["added"] == 1
        assert (await taken(process, client, MACHINES, "products"))["known"] == 1
        assert await names(client, "2503-01877") == ["陈国强"]
        other = MACHINES.replace("13800138000", "13900139000")
        assert [item["reason"] for item in (await checked(client, other, "products"))["problems"]] == [
            "序列号已登记在另一位客户名下"
        ]
        await client.post(f"{API}/customers", json={"name": "陈太", "numbers": [{"number": "13800138000"}]})
        shared = MACHINES.replace("2503-01877", "2503-01878")
        assert [item["reason"] for item in (await checked(client, shared, "products"))["problems"]] == [
            "这个电话有几位客户，请填客户姓名"
        ]
        named = shared.replace("13800138000,,", "13800138000,陈太,")
        assert (await taken(process, client, named, "products"))["added"] == 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_what_goes_out_comes_in_again(page: Opener, process: Process, clock: Clock, form: str) -> None:
    await given_staff(process, clock)
    async with page("7004") as admin, page("9001") as supervisor, page("8001") as agent:
        await taken(process, admin, GOOD.replace("老客户", "=HYPERLINK(1)"))
        await taken(process, admin, MACHINES, "products")
        asked = {"format": form, "reason": "换系统"}
        for kind, lines in (("customers", 2), ("products", 1)):
            out = await admin.get(f"{API}/exports/{kind}", params=asked)
            assert out.headers["content-type"].startswith(XLSX if form == "xlsx" else "text/csv")
            back = await checked(admin, out.content, kind)
            assert (back["lines"], back["known"], back["problems"]) == (lines, lines, [])
            assert (await supervisor.get(f"{API}/exports/{kind}", params=asked)).status_code == 403
            assert (await agent.get(f"{API}/exports/{kind}")).status_code == 403
        masked = await supervisor.get(f"{API}/exports/customers?q=容桂")
        assert "138****8000" in masked.text
        assert "13800138000" not in masked.text
        assert "'=HYPERLINK(1)" in masked.text
        log = (await supervisor.get(f"{API}/audit?action=list_exported")).json()["items"]
        assert [(item["subject"], item["detail"], item["reason"]) for item in log][:2] == [
            ("customers", "1", ""), ("products", "1", "换系统"),
        ]  # fmt: skip


@pytest.mark.parametrize("kind", ["customers", "products"])
async def test_the_template_has_the_columns(page: Opener, kind: str) -> None:
    async with page("9001") as client:
        columns = (await client.get(f"{API}/imports/{kind}/columns")).json()
        template = await client.get(f"{API}/imports/{kind}/template?format=csv")
        assert template.text.removeprefix("\ufeff").strip().split(",") == [item["heading"] for item in columns]


async def test_an_extension_goes_in_and_out_with_its_number(page: Opener, process: Process, clock: Clock) -> None:
    await given_staff(process, clock)
    async with page("9001") as lead, page("7004") as admin:
        await taken(process, lead, "姓名,类型,电话\n容桂物业,工程商,0757-12345678 转 801\n")
        (file,) = (await lead.get(f"{API}/customers?q=0757-12345678")).json()["items"]
        (held,) = (await lead.get(f"{API}/customers/{file['id']}")).json()["phones"]
        assert (held["number"], held["extension"]) == ("0757-1234 56**", "801")
        asked = {"format": "csv", "reason": "换系统"}
        assert "075712345678 转 801" in (await admin.get(f"{API}/exports/customers", params=asked)).text
        assert "0757-1234 56** 转 801" in (await lead.get(f"{API}/exports/customers")).text
