"""The call-back list in a real Chromium: taken by one, seen by the other, noted, done."""

from playwright.async_api import expect

from tests.e2e.console_crm import Crm
from tests.e2e.console_page import ConsolePage, chromium


async def test_a_callback_is_taken_noted_and_done(crm: Crm) -> None:
    await crm.tale.dialogue("gave-up", 1_000_300)
    await crm.tale.abandon("gave-up")
    async with chromium() as browser:
        first = await ConsolePage.open(browser, crm.url)
        await first.login("8001", crm.passwords["8001"])
        await first.go("/callbacks")
        agent = first.page
        await agent.get_by_role("button", name="138 0013 8000").click()
        await agent.get_by_role("button", name="领取").click()
        await expect(agent.get_by_label("备注")).to_be_focused()
        await agent.get_by_label("备注").fill("下午 3 点后在家")

        other = await ConsolePage.open(browser, crm.url)
        await other.login("9001", crm.passwords["9001"])
        await other.go("/callbacks?tab=abandoned")
        await other.page.get_by_role("button", name="138 0013 8000").click()
        await expect(other.page.get_by_role("row").nth(1)).to_contain_text("李明 正在回拨")
        await expect(other.page.get_by_role("button", name="领取")).to_have_count(0)

        await agent.reload()
        await expect(agent.get_by_label("备注")).to_have_value("下午 3 点后在家")
        await agent.get_by_role("button", name="已接通").click()
        await expect(agent.get_by_text("这个视图里没有回拨")).to_be_visible()
        done = (await first.get("/callbacks?done=true"))["items"][0]
        assert (done["result"], done["note"], done["done_by"]) == ("reached", "下午 3 点后在家", "李明")
        assert [*first.errors, *other.errors] == []


async def test_a_number_not_to_be_called_is_marked_and_taken_with_a_reason(crm: Crm) -> None:
    await crm.tale.dialogue("gave-up", 1_000_300)
    await crm.tale.abandon("gave-up")
    async with chromium() as browser:
        console = await ConsolePage.open(browser, crm.url)
        await console.login("8001", crm.passwords["8001"])
        page = console.page
        customer = (await console.get("/customers?q=13800138000"))["items"][0]["id"]
        await console.go(f"/customers/{customer}")
        fields = page.locator("form.fields")
        await fields.get_by_label("勿呼").check()
        await fields.get_by_label("同意营销").select_option("否")
        await fields.get_by_role("button", name="保存").click()
        await expect(fields.get_by_role("status")).to_have_text("已保存")
        file = await console.get(f"/customers/{customer}")
        assert (file["do_not_call"], file["marketing_consent"], file["recording_consent"]) == (True, "no", "unknown")

        await console.go("/callbacks")
        await expect(page.get_by_role("row").nth(1)).to_contain_text("勿呼")
        await page.get_by_role("button", name="138 0013 8000").click()
        await expect(page.get_by_role("note")).to_contain_text("客户这次没有要求回电")
        await page.get_by_role("button", name="领取").click()
        await expect(page.get_by_label("备注")).to_have_count(0)  # not without a reason
        await page.get_by_label("为什么仍要打").fill("上门时间要改")
        await page.get_by_label("为什么仍要打").press("Enter")
        await expect(page.get_by_label("备注")).to_be_focused()
        assert console.errors == []
