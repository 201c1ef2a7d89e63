"""The notices page in a real Chromium: the supervisor gives one, the card carries it, and it is ended at once."""

import httpx
from playwright.async_api import expect

from tests.e2e.console_crm import Crm
from tests.e2e.console_page import ConsolePage, chromium


async def surge(desk: httpx.AsyncClient) -> bool:
    """Return whether a caller would be told that many call."""
    answer = await desk.post("/internal/identify", json={"caller_e164": ""})
    return bool(answer.raise_for_status().json()["surge"])


async def test_a_notice_is_given_heard_and_ended(crm: Crm) -> None:
    async with chromium() as browser:
        agent = await ConsolePage.open(browser, crm.url)
        await agent.login("8001", crm.passwords["8001"])
        await agent.go("/notices")
        await expect(agent.page.get_by_text("只有班长和管理员可以发公告")).to_be_visible()
        await expect(agent.page.get_by_role("button", name="发公告")).to_have_count(0)

        admin = await ConsolePage.open(browser, crm.url)
        await admin.login("admin", crm.passwords["admin"])
        await admin.go("/notices")
        page = admin.page
        await page.get_by_role("button", name="发公告").click()
        await page.get_by_label("区域名称").fill("容桂街道")
        await expect(page.get_by_role("button", name="发出")).to_be_disabled()
        await page.get_by_label("区划代码").fill("440606003")
        await page.get_by_label("发生了什么").fill("今天停气")
        await page.reload()
        await expect(
            page.get_by_text("「容桂街道今天停气，我们已经知道，正在处理。不是这件事，请继续。」")
        ).to_be_visible()
        await page.get_by_role("button", name="发出").click()
        row = page.get_by_role("row").filter(has_text="容桂街道今天停气")
        await expect(row).to_contain_text("正在播")
        await expect(row).to_contain_text("440606003")

        assert not await surge(crm.tale.desk)
        await page.get_by_role("button", name="发公告").click()
        await page.get_by_label("来电高峰").check()
        await page.get_by_role("button", name="发出").click()
        many = page.get_by_role("row").filter(has_text="现在来电较多")
        await expect(many).to_contain_text("正在播")
        assert await surge(crm.tale.desk)
        await page.get_by_role("button", name="现在结束：现在来电较多").click()
        await expect(many).to_contain_text("已结束")
        assert not await surge(crm.tale.desk)
        assert [*agent.errors, *admin.errors] == []
