"""A person's rights on the customer page, a number shown for a reason, a clock that stands for one."""

import asyncio
import json
from pathlib import Path
from typing import Any

from playwright.async_api import Download, expect

from tests.e2e.console_crm import Crm, open_at
from tests.e2e.console_page import chromium

NUMBER = "13800138000"


async def _read(told: Download) -> Any:
    return json.loads(await asyncio.to_thread(Path(await told.path()).read_text, "utf-8"))


async def test_a_person_is_handed_out_and_erased_and_the_ticket_stays(crm: Crm) -> None:
    async with chromium() as browser:
        console, page = await open_at(crm, browser, "9001", "/customers")
        file = await console.send("POST", "/customers", name="陈国强", kind="owner", numbers=[{"number": NUMBER}])
        slots = {"product": {"value": "boiler"}}
        ticket = await console.send("POST", "/tickets", kind="repair", customer=file["id"], slots=slots)
        await console.go(f"/customers/{file['id']}")
        rights = page.get_by_role("region", name="本人要求")
        await rights.get_by_label("原因").fill("本人来电要求")
        await expect(rights.get_by_role("button", name="删除这个人")).to_have_count(0)  # an administrator's
        async with page.expect_download() as told:
            await rights.get_by_role("button", name="导出全部资料").click()
        found = await _read(await told.value)
        assert found["data"]["customer"][0]["name"] == "陈国强"

        admin, page = await open_at(crm, browser, "admin", f"/customers/{file['id']}")
        rights = page.get_by_role("region", name="本人要求")
        await rights.get_by_label("原因").fill("本人来电要求")
        await rights.get_by_role("button", name="删除这个人").click()
        await expect(rights.get_by_role("note")).to_contain_text("不能恢复")
        await expect(rights.get_by_role("button", name="删除 陈国强")).to_be_disabled()
        await rights.get_by_label("请输入「陈国强」").fill("陈国强")
        await rights.get_by_role("button", name="删除 陈国强").click()
        await expect(rights.get_by_role("status").first).to_contain_text("已删除")
        assert (await admin.get(f"/customers/{file['id']}"))["name"] == "未留姓名"
        assert (await admin.get(f"/tickets/{ticket['no']}"))["kind"] == "repair"
        assert [*console.errors, *admin.errors] == []


async def test_a_masked_number_is_shown_for_a_reason_that_is_written_down(crm: Crm) -> None:
    number = await crm.tale.dialogue("masked", 1_000_300)
    async with chromium() as browser:
        console, page = await open_at(crm, browser, "9001", f"/tickets/{number}")
        await page.get_by_role("button", name="看全号").click()
        await page.get_by_label("为什么要看").fill("回拨核实地址")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status").filter(has_text="138 0013 8000")).to_be_visible()
        entries = (await console.get("/audit?action=number_shown"))["items"]
        assert (entries[0]["subject"], entries[0]["reason"]) == (number, "回拨核实地址")
        assert console.errors == []


async def test_a_clock_stands_for_a_reason_and_goes_on(crm: Crm) -> None:
    number = await crm.tale.dialogue("clocked", 1_000_300)
    async with chromium() as browser:
        console, page = await open_at(crm, browser, "9001", f"/tickets/{number}")
        await page.get_by_role("button", name="暂停计时：上门").click()
        form = page.get_by_role("form", name="暂停计时：上门")
        await expect(form.get_by_label("为什么暂停")).to_be_focused()
        await form.get_by_label("为什么暂停").select_option("按用户要求")
        await form.get_by_label("说明").fill("后天才在家")
        await page.reload()
        await page.get_by_role("button", name="暂停计时：上门").click()
        await expect(form.get_by_label("说明")).to_have_value("后天才在家")
        await form.get_by_role("button", name="暂停计时", exact=True).click()
        await expect(page.get_by_text("暂停计时（按用户要求）后天才在家")).to_be_visible()
        await page.get_by_role("button", name="恢复计时：上门").click()
        await expect(page.get_by_text("上门：恢复计时")).to_be_visible()
        found = await console.get(f"/tickets/{number}/clocks")
        assert [pause["reason"] for pause in found["pauses"]] == ["customer_wish"]
        assert console.errors == []


async def test_an_agent_stops_no_clock(crm: Crm) -> None:
    number = await crm.tale.dialogue("own", 1_000_300)
    async with chromium() as browser:
        console, page = await open_at(crm, browser, "8001", f"/tickets/{number}")
        await expect(page.get_by_role("heading", name="承诺")).to_be_visible()
        await expect(page.get_by_role("button", name="暂停计时：上门")).to_have_count(0)
        assert console.errors == []
