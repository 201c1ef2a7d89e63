"""The rows of the ticket list in a real Chromium: walked and marked by keyboard, changed many at once, undone."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.e2e.console_crm import Crm, open_at
from tests.e2e.console_page import ConsolePage
from tests.e2e.console_world import given_waiting

_WATCH_TINTS = """() => {
  window.tinted = []
  const seen = (changes) => {
    const rows = changes.map(({ target }) => target)
    window.tinted.push(...rows.filter((row) => row.classList.contains('fresh')).map((row) => row.dataset.row))
  }
  new MutationObserver(seen).observe(document.querySelector('tbody'), { attributeFilter: ['class'], subtree: true })
}"""


def row_of(page: Page, no: str) -> Locator:
    """Return a ticket's row."""
    return page.locator(f'tr[data-row="{no}"]')


def link(page: Page, index: int) -> Locator:
    """Return the link that opens the row at this place, 0 = the first."""
    return page.locator("tbody tr").nth(index).get_by_role("link")


async def owner(console: ConsolePage, no: str) -> tuple[str, int]:
    """Return who has the ticket, and how often that was changed."""
    ticket: dict[str, Any] = await console.get(f"/tickets/{no}")
    return ticket["owner_name"], sum("owner" in entry["fields"] for entry in ticket["timeline"])


async def given_list(crm: Crm, browser: Browser) -> tuple[ConsolePage, Page, list[str]]:
    """Show a supervisor the open tickets; returns their numbers from the first row on."""
    console, page = await open_at(crm, browser, "9001", "/tickets?view=all")
    await given_waiting(console)
    await console.go("/tickets?view=open")
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(6)
    return console, page, [str(await rows.nth(index).get_attribute("data-row")) for index in range(6)]


async def test_rows_are_walked_opened_and_found_again(crm: Crm, browser: Browser) -> None:
    console, page, numbers = await given_list(crm, browser)
    await page.keyboard.press("j")
    await expect(link(page, 0)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Shift+J")
    await expect(link(page, 1)).to_be_focused()  # a capital is no key of the list
    await page.keyboard.press("k")
    await page.keyboard.press("ArrowUp")
    await expect(link(page, 0)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(numbers[1]))
    await page.go_back()
    await expect(link(page, 1)).to_be_focused()
    await page.keyboard.press("/")
    await page.keyboard.type("xjk")
    await expect(page.get_by_role("searchbox")).to_have_value("xjk")
    await expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    assert console.errors == []


async def test_what_another_changes_is_tinted_and_takes_no_focus(crm: Crm, browser: Browser) -> None:
    console, page, numbers = await given_list(crm, browser)
    other, _ = await open_at(crm, browser, "8001", "/tickets?view=all")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.evaluate(_WATCH_TINTS)
    held = await other.get(f"/tickets/{numbers[1]}")
    await other.send("PATCH", f"/tickets/{numbers[1]}", version=held["version"], priority="low")
    await page.wait_for_function("no => window.tinted.includes(no)", arg=numbers[1])
    await expect(row_of(page, numbers[1])).to_contain_text("低")
    await expect(link(page, 1)).to_be_focused()

    held = await other.get(f"/tickets/{numbers[1]}")
    reason = {"void_reason": {"value": {"text": "重复"}}}
    await console.send("PATCH", f"/tickets/{numbers[1]}", version=held["version"], move="void", slots=reason)
    await expect(page.get_by_role("button", name="有 1 条更新")).to_be_visible()
    await expect(link(page, 1)).to_be_focused()
    await page.keyboard.press("r")
    await expect(page.locator("tbody tr")).to_have_count(5)
    await expect(row_of(page, numbers[2]).get_by_role("link")).to_be_focused()
    assert [*console.errors, *other.errors] == []


async def test_marked_tickets_are_given_away_at_once_and_taken_back(crm: Crm, browser: Browser) -> None:
    console, page, numbers = await given_list(crm, browser)
    before, _ = await owner(console, numbers[0])
    stays, _ = await owner(console, numbers[3])
    people = {item["name"]: item["account"] for item in await console.get("/ticket-owners")}
    other = next(name for name in people if name != before)

    async def refuse(route: Route) -> None:
        await route.abort()

    await page.route("**/api/v1/tickets?*", refuse)  # the page keeps the versions that it has read
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Shift+X")
    bar = page.get_by_role("region", name="选中的工单")
    await expect(bar).to_contain_text("已选 3 条")
    third = await console.get(f"/tickets/{numbers[2]}")
    await console.send("PATCH", f"/tickets/{numbers[2]}", version=third["version"], owner="")
    await page.clock.install()
    await page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))  # taking back is offered for ten seconds

    await bar.get_by_role("button", name="指派", exact=True).click()
    await bar.get_by_role("button", name=other, exact=True).evaluate("button => { button.click(); button.click() }")
    await expect(bar).to_contain_text(f"指派给 {other}：2 条成功")
    await expect(bar).to_contain_text(re.compile(r"1 条未改：\d{4} \d{4} .*改了 承办"))
    await expect(bar).to_contain_text("已选 1 条")
    assert await owner(console, numbers[0]) == (other, 1)
    assert (await owner(console, numbers[2]))[0] == ""
    assert (await owner(console, numbers[3]))[0] == stays

    await bar.get_by_role("button", name="撤销").click()
    await expect(bar).to_contain_text(f"撤销指派给 {other}：2 条成功")
    assert await owner(console, numbers[0]) == (before, 2)
    await page.mouse.move(1, 1)  # under the pointer it would stay
    await page.clock.run_for(9_000)
    await expect(bar.get_by_role("button", name="撤销")).to_be_visible()
    await page.clock.run_for(1_500)
    await expect(bar).to_have_count(0)
    assert console.errors == []


async def test_a_condition_is_found_by_its_initials(crm: Crm, browser: Browser) -> None:
    console, page, _ = await given_list(crm, browser)
    await page.get_by_role("button", name="+ 条件").press("Enter")
    await page.keyboard.type("az")
    await expect(page.get_by_role("group", name="类型").get_by_role("checkbox")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="去掉“类型：安装”")).to_be_visible()
    await expect(page.locator("tbody tr")).to_have_count(1)
    assert console.errors == []


async def test_rows_stand_closer_and_stay_so(crm: Crm, browser: Browser) -> None:
    console, page, _ = await given_list(crm, browser)
    cell = page.locator("tbody td").first
    assert await cell.evaluate("cell => cell.offsetHeight") == 36
    await page.get_by_role("button", name="密度").press("Enter")
    await page.get_by_role("radio", name="紧凑").check()
    await page.reload()
    await expect(page.locator("tbody tr")).to_have_count(6)
    assert await cell.evaluate("cell => cell.offsetHeight") == 32
    assert console.errors == []
