"""The ticket list in a real Chromium: chips that are taken off one by one, columns, views that a supervisor shares."""

import re

from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.console_crm import Crm, open_at
from tests.e2e.console_world import given_waiting

NUMBER = re.compile(r"^\d{4} \d{4}$")


def chip(page: Page, what: str) -> Locator:
    """Return the chip that says this."""
    return page.get_by_role("button", name=f"去掉“{what}”")


async def test_a_supervisor_shares_a_view_and_an_agent_sees_it_with_its_count(crm: Crm, browser: Browser) -> None:
    console, lead = await open_at(crm, browser, "9001", "/tickets?view=open")
    await given_waiting(console)
    await lead.get_by_role("button", name="+ 条件").press("Enter")
    await lead.get_by_role("checkbox", name="维修", exact=True).press("Space")
    await lead.get_by_role("checkbox", name="普通").press("Space")
    await lead.keyboard.press("Escape")
    await expect(lead.get_by_role("button", name="+ 条件")).to_be_focused()
    await expect(lead.get_by_text("共 3 条")).to_be_visible()
    await lead.get_by_role("button", name="存为视图").press("Enter")
    await lead.keyboard.type("普通维修")
    await lead.get_by_label("谁能看到").select_option(label="共享给坐席")
    await lead.get_by_label("视图名称").press("Enter")
    await expect(lead.get_by_role("link", name=re.compile("普通维修 3"))).to_be_visible()

    agents, agent = await open_at(crm, browser, "8001", "/tickets?view=all")
    shared = agent.get_by_role("link", name=re.compile("普通维修 3"))
    await shared.press("Enter")
    await expect(agent.get_by_role("row")).to_have_count(1 + 3)
    await expect(shared).to_be_focused()
    await expect(agent.get_by_role("link", name=re.compile("未结 6"))).to_be_visible()
    await expect(agent.get_by_role("button", name="删除视图")).to_have_count(0)

    await lead.get_by_role("button", name="删除视图").press("Enter")
    await expect(lead.get_by_role("link", name=re.compile("普通维修"))).to_have_count(0)
    assert [*console.errors, *agents.errors] == []


async def test_conditions_are_taken_off_one_by_one_by_keyboard(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, "9001", "/tickets?view=all")
    await given_waiting(console)
    await console.go("/tickets?view=open&kind=repair,install&priority=high&q=容桂")
    shown = page.get_by_role("group", name="条件").get_by_role("button")
    await expect(shown).to_have_text(
        [
            re.compile(text)
            for text in ("视图：未结", "类型：维修", "类型：安装", "紧急度：高", "查找：容桂", "条件", "清空条件")
        ]
    )
    await expect(page.get_by_role("row")).to_have_count(1 + 1)
    await chip(page, "紧急度：高").press("Enter")
    await expect(page.get_by_role("row")).to_have_count(1 + 2)
    await expect(chip(page, "查找：容桂")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("row")).to_have_count(1 + 6)
    await expect(page.get_by_role("button", name="+ 条件")).to_be_focused()
    await expect(page.get_by_role("searchbox")).to_have_value("")
    await page.get_by_role("button", name="清空条件").press("Enter")
    await expect(page.get_by_role("row")).to_have_count(1 + 6)
    await page.go_back()
    await expect(chip(page, "类型：维修")).to_be_visible()
    assert console.errors == []


async def test_columns_are_chosen_and_outlive_a_reload(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, "9001", "/tickets?view=all")
    await given_waiting(console)
    await console.go("/tickets?view=all")
    await expect(page.get_by_role("columnheader", name="地区")).to_be_visible()
    await page.get_by_role("button", name="列", exact=True).press("Enter")
    await page.get_by_role("checkbox", name="地区").press("Space")
    await page.get_by_role("checkbox", name="电话").press("Space")
    await page.keyboard.press("Escape")
    await page.reload()
    await expect(page.get_by_role("columnheader", name="电话")).to_be_visible()
    await expect(page.get_by_role("columnheader", name="地区")).to_have_count(0)
    await expect(page.get_by_role("cell", name=NUMBER)).to_have_count(6)
    assert console.errors == []
