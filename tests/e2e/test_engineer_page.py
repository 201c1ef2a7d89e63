"""The engineer's page in a real Chromium: what is typed stays in the phone, an act waits for the network."""

from playwright.async_api import Browser, Page, expect

from tests.e2e.console_crm import Crm
from tests.e2e.console_page import ConsolePage
from tests.e2e.console_world import given_engineers, given_visit, given_waiting, tomorrow

OFFLINE = "没有网络，已存在手机，有网后自动提交（1 项）"


async def _opened(crm: Crm, browser: Browser) -> Page:
    lead = await ConsolePage.open(browser, crm.url)
    await lead.login("9001", crm.passwords["9001"])
    phone = await ConsolePage.open(browser, crm.url, (390, 844))
    people, tickets = await given_engineers(lead), await given_waiting(lead)
    visit = await given_visit(lead, tickets[0], people["李强"], tomorrow(9))
    await phone.go(visit["link"])
    return phone.page


async def test_ticks_and_acts_wait_for_the_network(crm: Crm, browser: Browser) -> None:
    page = await _opened(crm, browser)
    for line in await page.get_by_role("checkbox").all():
        await line.check()
    await page.reload()
    await expect(page.get_by_role("checkbox", checked=True)).to_have_count(5)
    await page.context.set_offline(True)
    await page.get_by_role("button", name="我出发了").click()
    await expect(page.get_by_role("status")).to_have_text(OFFLINE)
    await page.context.set_offline(False)
    await expect(page.get_by_role("button", name="我到了")).to_be_visible()
    await page.get_by_role("button", name="我到了").click()
    note = page.get_by_label("说明")
    await note.fill("点火针积碳")
    await page.get_by_label("现场故障代码").fill("E01")
    await page.reload()
    await expect(note).to_have_value("点火针积碳")
    await page.get_by_role("button", name="提交完工").click()
    await expect(page.get_by_role("alert")).to_have_text("请选上门结果")
    await expect(note).to_have_value("点火针积碳")
    await page.get_by_role("button", name="先保存").click()
    await expect(page.get_by_role("alert")).to_have_count(0)
    assert await page.evaluate("Object.keys(localStorage)") == []
    await expect(note).to_have_value("点火针积碳")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="发现燃气泄漏").click()
    await expect(page.get_by_role("status")).to_contain_text("紧急还没有报上去")
    await page.context.set_offline(False)
    await expect(page.get_by_role("heading", name="已提交，谢谢")).to_be_visible()
    await expect(page.locator(".error")).to_contain_text("已报紧急")
    assert await page.evaluate("Object.keys(localStorage)") == []


async def test_the_address_is_copied(crm: Crm, browser: Browser) -> None:
    page = await _opened(crm, browser)
    address = await page.locator(".address").inner_text()
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy = page.get_by_role("button", name="复制地址")
    await copy.click()
    await expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == address
    link = await page.get_by_role("link", name="导航").get_attribute("href")
    assert (link or "").startswith("geo:0,0?q=")
