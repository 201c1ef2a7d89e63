"""The ticket page in a real Chromium: papers are checked with the verdict in sight."""

from playwright.async_api import Browser, expect

from tests.e2e.console_crm import Crm, open_at

LEAD, AGENT = "9001", "8001"


async def test_papers_are_checked_with_the_verdict_in_sight(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, AGENT, "/tickets")
    said = {"product": {"value": "boiler"}, "invoice": {"value": "no"}}
    no = (await console.send("POST", "/tickets", kind="repair", slots=said))["no"]
    await console.go(f"/tickets/{no}")
    await page.get_by_role("button", name="核对凭证").press("Enter")
    form = page.get_by_role("form", name="核对凭证")
    await expect(form.get_by_label("发票或凭证")).to_be_focused()
    await form.get_by_label("开票日期").fill("2020-01-06")
    await expect(form.get_by_label("发票或凭证")).to_have_value("yes")
    await expect(form.get_by_role("status")).to_contain_text("已过保修期，收费维修")
    await expect(form.get_by_text("「超过“三包”时间期限的;」")).to_be_visible()
    await page.reload()
    await page.get_by_role("button", name="核对凭证").click()
    await expect(form.get_by_label("开票日期")).to_have_value("2020-01-06")
    await form.get_by_label("故障原因").select_option(label="自行拆卸")
    await expect(form.get_by_role("status")).to_contain_text("不属于保修范围")
    await form.get_by_label("故障原因").press("Control+s")
    await expect(form).to_have_count(0)
    await expect(page.get_by_text("按发票日期 2020-01-06 起算（核对时看过）")).to_be_visible()
    assert (await console.get(f"/tickets/{no}"))["warranty"]["line"] == "excluded"
    assert console.errors == []
