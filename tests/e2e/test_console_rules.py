"""The rules page in a real Chromium: read by an agent, a set with another figure added by the administrator."""

from playwright.async_api import expect

from tests.e2e.console_crm import Crm
from tests.e2e.console_page import ConsolePage, chromium
from tests.e2e.console_world import tomorrow


async def test_rules_are_read_by_all_and_added_by_the_administrator(crm: Crm) -> None:
    async with chromium() as browser:
        agent = await ConsolePage.open(browser, crm.url)
        await agent.login("8001", crm.passwords["8001"])
        await agent.go("/rules/clocks")
        promise = agent.page.get_by_role("row").filter(has_text="上门 市区")
        await expect(promise).to_contain_text("8 小时")
        await expect(promise).to_contain_text("市区内8小时上门服务")
        await expect(agent.page.get_by_text("只有管理员可以改规则")).to_be_visible()

        admin = await ConsolePage.open(browser, crm.url)
        await admin.login("admin", crm.passwords["admin"])
        await admin.go("/rules/warranty")
        page = admin.page
        await page.get_by_role("button", name="从某天起换新规则").click()
        day = f"{tomorrow(0):%Y-%m-%d}"  # a set that is not in force yet
        await page.get_by_label("从这一天起").fill(day)
        await page.get_by_label("保修 壁挂炉").fill("3")
        await page.reload()
        await expect(page.get_by_label("保修 壁挂炉")).to_have_value("3")
        await page.get_by_role("button", name="启用新规则（改 1 处）").click()
        await expect(page.get_by_role("status").filter(has_text=f"{day} 起生效")).to_be_visible()
        book = await admin.get("/rules/warranty")
        years = [item["body"]["periods"]["repair"]["years"]["boiler"] for item in book["sets"]]
        assert (years, book["sets"][-1]["own"]) == ([2, 3], True)
        await expect(page.get_by_role("heading", name=f"{day} 起")).to_be_visible()
        assert [*agent.errors, *admin.errors] == []
