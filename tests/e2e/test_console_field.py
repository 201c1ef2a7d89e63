"""Outlets, engineers, channels and gas companies' numbers in a real Chromium: written, kept over a reload, saved."""

from playwright.async_api import expect

from tests.e2e.console_crm import Crm, open_at
from tests.e2e.console_page import chromium


async def test_an_outlet_and_its_engineer_are_written_and_switched_off(crm: Crm) -> None:
    async with chromium() as browser:
        console, page = await open_at(crm, browser, "9001", "/outlets")
        await page.get_by_role("link", name="新建网点").click()
        await page.get_by_label("名称").fill("顺德网点")
        await page.get_by_role("button", name="加区域").click()
        await expect(page.get_by_label("第 1 个区域的区划代码")).to_be_focused()
        await page.keyboard.type("440606")
        await page.reload()
        await expect(page.get_by_label("第 1 个区域的区划代码")).to_have_value("440606")
        await expect(page.get_by_role("button", name="新建 Ctrl+S")).to_be_disabled()  # the area has no name yet
        await page.get_by_label("第 1 个区域的地名").fill("顺德区")
        await page.get_by_label("算市区", exact=True).check()
        await page.keyboard.press("Control+s")
        await expect(page.get_by_role("heading", name="顺德网点")).to_be_visible()
        assert (await console.get("/outlets"))[0]["areas"] == [{"adcode": "440606", "name": "顺德区", "city": True}]

        await page.get_by_role("link", name="工程师", exact=True).click()
        await page.get_by_role("link", name="新建工程师").click()
        for label, text in (("姓名", "李强"), ("工号", "1026"), ("电话", "13800138001")):
            await page.get_by_label(label).fill(text)
        await page.get_by_label("服务网点").select_option("顺德网点")
        await page.get_by_label("壁挂炉").check()
        await page.keyboard.press("Control+s")
        await expect(page.get_by_role("heading", name="1026 李强")).to_be_visible()
        await page.get_by_label("在用").uncheck()
        await page.get_by_role("button", name="保存").click()
        await expect(page.locator("tbody tr").filter(has_text="李强")).to_contain_text("停用")
        (engineer,) = await console.get("/engineers")
        assert (engineer["active"], engineer["skills"], engineer["outlet_name"]) == (False, ["boiler"], "顺德网点")
        assert console.errors == []


async def test_an_agent_reads_them_only(crm: Crm) -> None:
    async with chromium() as browser:
        console, page = await open_at(crm, browser, "8001", "/outlets")
        await expect(page.get_by_text("还没有网点")).to_be_visible()
        await expect(page.get_by_role("link", name="新建网点")).to_have_count(0)
        assert console.errors == []


async def test_a_channel_shows_its_secret_once_and_is_removed(crm: Crm) -> None:
    async with chromium() as browser:
        console, page = await open_at(crm, browser, "admin", "/channels")
        await page.get_by_role("textbox", name="新建渠道").fill("微信公众号")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("shown-once")).not_to_be_empty()
        row = page.locator("tbody tr").filter(has_text="微信公众号")
        (channel,) = await console.get("/channels")
        await expect(row).to_contain_text(f"/api/v1/channels/{channel['id']}/messages")
        assert channel["secret"] == ""
        await page.reload()
        await expect(page.get_by_test_id("shown-once")).to_have_count(0)
        await page.get_by_role("button", name="删除渠道 微信公众号").click()
        await row.get_by_role("button", name="删除", exact=True).click()
        await expect(page.get_by_text("还没有渠道")).to_be_visible()
        assert console.errors == []


async def test_a_gas_company_s_number_is_entered_changed_and_taken_out(crm: Crm) -> None:
    async with chromium() as browser:
        console, page = await open_at(crm, browser, "admin", "/gas-phones")
        await page.get_by_role("button", name="填一个城市").click()
        await expect(page.get_by_label("城市")).to_be_focused()
        for label, text in (("城市", "佛山市"), ("区划代码", "4406"), ("抢修电话", "0757-2288 1000")):
            await page.get_by_role("textbox", name=label).fill(text)
        await page.reload()
        await expect(page.get_by_role("textbox", name="抢修电话")).to_have_value("0757-2288 1000")
        await page.get_by_role("textbox", name="来源").fill("佛山燃气官网")
        await page.keyboard.press("Enter")
        row = page.locator("tbody tr").filter(has_text="佛山市")
        await expect(row).to_contain_text("075722881000")
        await page.get_by_role("button", name="改 佛山市的号码").click()
        await page.get_by_role("textbox", name="抢修电话").fill("96118")
        await page.get_by_role("button", name="保存").click()
        await expect(row).to_contain_text("96118")
        await page.get_by_role("button", name="删除 佛山市的号码").click()
        await row.get_by_role("button", name="删除", exact=True).click()
        await expect(page.get_by_text("还没有填。没有填的城市不报号码")).to_be_visible()
        assert await console.get("/gas-phones") == []
        assert console.errors == []
