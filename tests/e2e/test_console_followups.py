"""The day's follow-ups in a real Chromium: answered with keys, kept over a reload, what an answer brings about."""

from playwright.async_api import expect

from tests.e2e.console_crm import Crm
from tests.e2e.console_followups import given_follow_ups
from tests.e2e.console_page import ConsolePage, chromium


async def test_the_list_is_worked_through_with_keys(crm: Crm) -> None:
    async with chromium() as browser:
        admin, lead, agent = [await ConsolePage.open(browser, crm.url) for _ in range(3)]
        for console, number in ((admin, "admin"), (lead, "9001"), (agent, "8001")):
            await console.login(number, crm.passwords[number])
        repair, install, complaint = await given_follow_ups(admin, lead)
        await agent.go("/callbacks")
        page = agent.page
        await page.get_by_role("link", name="回访").click()
        await expect(page.locator("tbody tr")).to_have_count(3)  # the tick opens them, the list is read again
        await page.get_by_role("button", name="139 2233 0001").click()
        await page.get_by_role("button", name="领取").click()
        form = page.get_by_role("form", name="回访结果")
        await expect(form.get_by_role("radio").first).to_be_focused()
        await expect(form).to_contain_text("报过修")
        await page.keyboard.press("1")
        await page.keyboard.press("2")
        await expect(page.get_by_label("您还有什么意见和建议")).to_be_focused()
        await page.keyboard.type("电话等太久")
        await expect(form.get_by_role("note")).to_have_text("保存后：将请主管回电")
        await page.reload()
        await expect(page.get_by_label("您还有什么意见和建议")).to_have_value("电话等太久")
        await page.get_by_label("您还有什么意见和建议").press("Control+Enter")

        # the next one is opened by itself
        await expect(page.get_by_role("button", name="领取")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="无人接听").click()
        await expect(page.locator("tbody tr")).to_have_count(1)
        await expect(page.get_by_role("button", name="领取")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(form.get_by_role("radio").first).to_be_focused()
        await page.keyboard.press("2")
        await expect(form.get_by_role("note")).to_have_text("保存后：将重开原工单并请主管回电")
        await page.get_by_role("button", name="保存").click()
        await expect(page.get_by_text("今天没有要回访的客户")).to_be_visible()

        states = [(await lead.get(f"/tickets/{no}"))["state"] for no in (repair, install, complaint)]
        assert states == ["resolved", "resolved", "new"]
        await lead.go("/callbacks")
        await expect(lead.page.locator("tbody tr").filter(has_text="主管回电")).to_have_count(2)
        await lead.go("/followups?tab=figures")
        tile = lead.page.locator(".tile")
        await expect(tile.filter(has_text="答了的").first).to_contain_text("2")
        await expect(tile.filter(has_text="电话服务平均分")).to_contain_text("2.00")
        assert [*admin.errors, *lead.errors, *agent.errors] == []
