"""The tracking card in a real Chromium: dates make the verdict, what is typed survives, a serial stands on one card."""

from datetime import datetime, timedelta

from playwright.async_api import Browser, expect

from crm.demo import CUSTOMER_NUMBER, SERIAL
from tests.e2e.console_crm import Crm, open_at
from tests.e2e.console_world import ZONE

AGENT = "8001"


async def test_the_invoice_makes_the_verdict_and_the_card_is_kept(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, AGENT, f"/customers?q={CUSTOMER_NUMBER[-4:]}")
    await page.get_by_role("link", name="陈国强").click()
    await page.get_by_role("link", name="HP-24").click()
    await expect(page.get_by_role("heading", name="HP-24")).to_be_visible()
    verdict = page.locator(".result .verdict")
    invoiced = f"{datetime.now(ZONE).date() - timedelta(days=30)}"
    await expect(verdict).not_to_contain_text(invoiced)
    await page.get_by_label("开票日期").fill(invoiced)
    await expect(verdict).to_contain_text(f"自 {invoiced} 起算")
    await page.get_by_label("故障原因").select_option(label="人为损坏")
    await expect(page.locator(".result")).to_contain_text("上门")
    await page.reload()
    await expect(page.get_by_label("开票日期")).to_have_value(invoiced)
    await page.get_by_label("开票日期").press("Control+s")
    await expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    card = await console.get(f"/products/{page.url.rsplit('/', 1)[1]}")
    assert (card["invoice_on"], card["counts_from"], card["serial"]) == (invoiced, invoiced, SERIAL)
    assert console.errors == []


async def test_a_new_machine_is_registered_with_a_serial_of_its_own(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, AGENT, f"/customers?q={CUSTOMER_NUMBER[-4:]}")
    await page.get_by_role("link", name="陈国强").click()
    await page.get_by_role("link", name="登记产品").click()
    await page.get_by_label("型号").fill("HP-28")
    await page.get_by_label("序列号", exact=True).fill(SERIAL)
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("alert")).to_have_text("已登记")
    await page.get_by_label("序列号", exact=True).fill("2611-00001")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("heading", name="HP-28")).to_be_visible()
    card = await console.get(f"/products/{page.url.rsplit('/', 1)[1]}")
    assert (card["model"], card["serial"], card["customer_name"]) == ("HP-28", "2611-00001", "陈国强")
    await page.get_by_role("link", name="陈国强").click()
    await expect(page.get_by_role("link", name="HP-28")).to_be_visible()
    assert console.errors == []
