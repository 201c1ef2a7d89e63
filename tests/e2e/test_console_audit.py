"""The record of who looked at what, in a real Chromium: seen, narrowed by a press, kept in the address."""

import re

from playwright.async_api import Browser, expect

from crm.demo import CUSTOMER_NUMBER
from tests.e2e.console_crm import Crm
from tests.e2e.console_page import ConsolePage


async def test_who_looked_at_a_file_is_found_and_narrowed(crm: Crm, browser: Browser) -> None:
    looks = await ConsolePage.open(browser, crm.url)
    await looks.login("8001", crm.passwords["8001"])
    await looks.go("/customers")
    await looks.page.get_by_role("searchbox").fill(CUSTOMER_NUMBER[-4:])
    await looks.page.keyboard.press("Enter")
    await looks.page.get_by_role("link", name="陈国强").click()
    await expect(looks.page.locator(".customer")).to_contain_text("2503-01877")

    console = await ConsolePage.open(browser, crm.url)
    await console.login("9001", crm.passwords["9001"])
    await console.go("/audit")
    page = console.page
    seen = page.get_by_role("row").filter(has_text="看客户档案").filter(has_text="李明")
    await expect(seen).to_have_count(1)
    await seen.get_by_role("button", name="看客户档案").press("Enter")
    await expect(page).to_have_url(f"{crm.url}/audit?action=customer_seen")
    await expect(page.get_by_role("row").filter(has_text="看审计记录")).to_have_count(0)
    await page.get_by_label("工号", exact=True).fill("9001")
    await page.get_by_label("工号", exact=True).press("Enter")
    await expect(page.locator(".nothing")).to_be_visible()
    await page.get_by_label("工单号等对象").fill("1000 0008")  # as pages write a ticket's number
    await page.get_by_label("工单号等对象").press("Enter")
    await expect(page).to_have_url(re.compile(r"subject=10000008"))
    await page.go_back()
    await page.go_back()
    await expect(seen).to_have_count(1)
    await seen.get_by_role("link").press("Enter")
    await expect(page.locator(".customer")).to_contain_text("陈国强")
    assert [*looks.errors, *console.errors] == []
