"""Saved views of the ticket list in a real Chromium: named by keyboard, the name outlives a reload, one press away."""

from playwright.async_api import Browser, expect

from tests.e2e.console_crm import Crm
from tests.e2e.console_page import ConsolePage


async def test_a_filter_is_kept_under_a_name_by_keyboard(crm: Crm, browser: Browser) -> None:
    console = await ConsolePage.open(browser, crm.url)
    await console.login("8001", crm.passwords["8001"])
    await console.go("/tickets?view=open&q=顺德")
    page = console.page
    await page.get_by_role("button", name="存为视图").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("视图名称")).to_be_focused()
    await page.keyboard.type("顺德未结")
    await page.reload()
    await expect(page.get_by_label("视图名称")).to_have_value("顺德未结")
    await page.get_by_label("视图名称").press("Enter")
    view = page.get_by_role("link", name="顺德未结")
    await expect(view).to_be_visible()
    await expect(page.get_by_role("button", name="存为视图")).to_be_focused()
    await console.go("/tickets?view=all")
    await view.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("searchbox")).to_have_value("顺德")
    await page.get_by_role("button", name="删除视图").press("Enter")
    await expect(view).to_have_count(0)
    await expect(page.get_by_role("button", name="存为视图")).to_be_focused()
    assert console.errors == []
