"""The page of webhooks in a real Chromium: added, its secret told once, failing, switched, told again, removed."""

import re

from playwright.async_api import Browser, expect

from tests.e2e.console_crm import Crm, open_at
from tests.e2e.console_receiver import receiving
from tests.unit.crm.waiting import until

_PATIENCE_S = 60.0
_PATIENCE_MS = _PATIENCE_S * 1000
_TICKET = {"kind": "repair", "slots": {"symptom": {"text": "不打火"}}}


async def test_a_webhook_is_added_fails_is_switched_and_told_again(crm: Crm, browser: Browser) -> None:
    async with receiving() as receiver:
        receiver.answer = 503
        console, page = await open_at(crm, browser, "admin", "/webhooks")
        await page.get_by_role("link", name="新建推送").click()
        form = page.get_by_role("form", name="新建推送")
        await form.get_by_label("地址").fill(f"{receiver.url}/erp")
        await page.reload()  # what was typed is still there
        await expect(form.get_by_label("地址")).to_have_value(f"{receiver.url}/erp")
        await expect(form).to_contain_text("缺：推送什么")
        await form.get_by_label("工单").check()
        await form.get_by_label("地址").press("Control+s")
        await expect(page.get_by_test_id("shown-once")).to_have_text(re.compile(r"^[\w-]{40,}$"))
        panel = page.get_by_role("region", name=f"{receiver.url}/erp")
        await expect(panel).to_contain_text("还没有推送过")

        agent, _ = await open_at(crm, browser, "8001", "/me")
        await agent.send("POST", "/tickets", **_TICKET)
        await expect(panel).to_contain_text("对方的程序出错（HTTP 503）", timeout=_PATIENCE_MS)
        tried = panel.get_by_role("row").filter(has_text="没有送到")
        await expect(tried).to_have_count(1, timeout=_PATIENCE_MS)
        await panel.get_by_role("button", name="马上再试").click()
        await expect(panel.get_by_text("正在再试")).to_be_visible()
        await panel.get_by_role("button", name="停用", exact=True).click()
        await expect(page.get_by_role("row").filter(has_text="/erp")).to_contain_text("停用")
        receiver.answer = 204
        await panel.get_by_role("button", name="启用", exact=True).click()
        number = receiver.numbers[0]
        again = panel.get_by_role("button", name=f"从这条重推：{number} 号")
        await again.click(timeout=_PATIENCE_MS)  # stands only at what was taken

        before = receiver.numbers.count(number)
        await panel.get_by_role("button", name=f"从 {number} 号重推", exact=True).click()
        await until(lambda: receiver.numbers.count(number) > before, _PATIENCE_S)
        await expect(page.get_by_role("row").filter(has_text="/erp")).to_contain_text("正常", timeout=_PATIENCE_MS)
        await page.reload()
        await expect(panel).to_contain_text("已送到")
        await expect(page.get_by_test_id("shown-once")).to_have_count(0)

        await panel.get_by_role("button", name="删除", exact=True).click()
        host = receiver.url.removeprefix("http://")
        await panel.get_by_role("button", name=f"删除 {host}", exact=True).click()
        await expect(page.get_by_text("还没有推送地址")).to_be_visible()
        assert [*console.errors, *agent.errors] == []


async def test_who_is_no_administrator_does_not_see_it(crm: Crm, browser: Browser) -> None:
    _, page = await open_at(crm, browser, "9001", "/webhooks")
    await expect(page.get_by_text("您没有查看此页的权限，需要：管理员")).to_be_visible()
