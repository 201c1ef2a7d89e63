"""The dispatch board in a real Chromium: by keys from the waiting ticket to the engineer, to another, and off."""

import re

from playwright.async_api import Browser, expect

from tests.e2e.console_crm import Crm, open_at
from tests.e2e.console_world import given_engineers, given_waiting, tomorrow

SUPERVISOR, AGENT = "9001", "8001"


async def test_a_ticket_goes_to_the_suggested_engineer_by_keys_and_then_to_another(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, SUPERVISOR, "/dispatch")
    people = await given_engineers(console)
    first = (await given_waiting(console))[0]
    await console.go(f"/dispatch?date={tomorrow(9):%Y-%m-%d}")
    row = page.locator(f'[data-ticket="{first}"]')
    await expect(row).to_contain_text("剩")
    await row.focus()
    await page.keyboard.press("Enter")
    give = page.get_by_role("button", name="派给 李强")
    await expect(give).to_be_visible()
    await expect(page.get_by_role("radio", name="李强")).to_be_checked()
    await expect(page.get_by_role("form")).to_contain_text("负责顺德区容桂街道")
    await expect(give).to_be_disabled()  # nine o'clock tomorrow is after the promised eight hours
    await page.get_by_label("超承诺的原因").fill("客户明天才在家")
    await page.reload()
    await expect(page.get_by_label("超承诺的原因")).to_have_value("客户明天才在家")
    await expect(give).to_be_enabled()  # the reason is there at once, the suggested engineers a request later
    await page.get_by_label("超承诺的原因").press("Enter")
    await expect(page.get_by_role("form")).to_contain_text(re.compile(r"核验码 \d{6}"))
    held = (await console.get(f"/visits?ticket={first}"))["items"][0]
    assert (held["engineer_name"], held["late_reason"]) == ("李强", "客户明天才在家")
    await expect(row).to_have_count(0)
    await expect(page.get_by_role("form")).not_to_contain_text("已有安排")  # his own visit is no reason against him

    await page.get_by_role("radio", name="周立").check()
    await page.get_by_role("button", name="改派给 周立").click()
    await expect(page.get_by_role("form")).not_to_contain_text(held["code"])
    changed = (await console.get(f"/visits?ticket={first}"))["items"][0]
    assert (changed["engineer"], changed["code"] != held["code"]) == (people["周立"], True)
    await page.get_by_role("button", name="取消上门").click()
    await page.get_by_role("button", name="取消这次上门").click()
    await expect(row).to_be_visible()
    await console.go(f"/dispatch?visit={changed['id']}")  # what is over is told, and asks for nothing
    await expect(page.get_by_role("form")).to_contain_text("取消")
    await expect(page.get_by_role("form").get_by_role("radio")).to_have_count(0)
    await expect(page.get_by_role("form")).not_to_contain_text("只有派单员和班长可以派单")
    assert console.errors == []


async def test_an_agent_sees_the_day_and_gives_nothing_away(crm: Crm, browser: Browser) -> None:
    supervisor, _ = await open_at(crm, browser, SUPERVISOR, "/dispatch")
    await given_engineers(supervisor)
    number = (await given_waiting(supervisor))[0]
    _, page = await open_at(crm, browser, AGENT, f"/dispatch?ticket={number}")
    await expect(page.get_by_text("只有派单员和班长可以派单")).to_be_visible()
    await expect(page.get_by_role("button", name="派给")).to_have_count(0)
