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
