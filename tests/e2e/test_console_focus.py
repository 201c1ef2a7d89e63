"""Lists that are read anew leave the person where they were, in a real Chromium: focus, caret, typed text, rows."""

from playwright.async_api import Browser, FilePayload, Page, expect

from ivr.contract import facts
from tests.e2e.console_crm import Crm, Tale, open_at
from tests.e2e.console_world import given_waiting

POLL_MS = 60_000  # the longest wait for a page's own reading, which it does every ten seconds
SLICE = 50
_NUMBERS = "rows => rows.map((row) => row.dataset.row)"


async def read_anew(page: Page, path: str) -> None:
    """Wait until the page has read a list of itself and shown it."""
    async with page.expect_response(lambda answer: f"/api/v1/{path}" in answer.url, timeout=POLL_MS) as answer:
        pass
    await (await answer.value).finished()
    await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


async def gave_up(tale: Tale, index: int) -> None:
    """Tell of a caller who waited and hung up."""
    contact, caller = f"lost{index}", f"+86138{index:08d}"
    await tale.tell(
        contact,
        facts.ContactStarted(f"hotline-1.{index}", caller, caller, "4001726011", "", "v1"),
        facts.QueueJoined(f"v-{contact}", "repair", 1),
        facts.QueueLeft(f"v-{contact}", "repair", "abandoned", 42_000),
        facts.ContactEnded("abandoned"),
        ago_s=600 - index,
    )


async def test_a_reading_of_the_callbacks_leaves_focus_and_text(crm: Crm, browser: Browser) -> None:
    for index in range(SLICE + 2):
        await gave_up(crm.tale, index)
    console, page = await open_at(crm, browser, "8001", "/callbacks?tab=abandoned")
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(SLICE)
    further = page.get_by_role("button", name="下一页")
    await further.press("Enter")
    await expect(rows).to_have_count(2)
    await expect(further).to_be_focused()  # though it leads nowhere now
    await read_anew(page, "callbacks")
    await expect(further).to_be_focused()

    await rows.first.get_by_role("button").press("Enter")
    await page.get_by_role("button", name="领取").press("Enter")
    await expect(page.get_by_label("备注")).to_be_focused()
    await page.keyboard.type("下午 3 点后在家")
    await page.keyboard.press("ArrowLeft")
    before = await console.focus()
    await gave_up(crm.tale, SLICE + 2)
    await read_anew(page, "callbacks")
    await expect(rows).to_have_count(3)
    assert await console.focus() == before
    assert (before.text, before.caret) == ("下午 3 点后在家", 8)
    assert console.errors == []


async def test_the_import_is_done_by_keyboard_and_the_focus_is_where_its_report_is(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, "9001", "/imports")
    lines = "姓名,类型,电话\r\n周志明,终端用户,13922334455\r\n佛山暖通工程,工程商,0757-22334400"
    file: FilePayload = {"name": "客户.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    await page.set_input_files("input[type=file]", file)
    report = page.get_by_role("heading", name="2 检查")
    await expect(report).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="导入 2 行")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("progress")).to_contain_text("新建 2")
    await expect(page.get_by_role("listitem").filter(has_text="客户.csv")).to_be_visible()  # the runs were read anew
    await expect(page.get_by_role("heading", name="3 导入")).to_be_focused()
    assert console.errors == []


async def test_a_reading_of_the_tickets_moves_nothing_until_it_is_asked_for(crm: Crm, browser: Browser) -> None:
    others, _ = await open_at(crm, browser, "9001", "/me")
    await given_waiting(others)
    console, page = await open_at(crm, browser, "8001", "/tickets?view=open")
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(6)
    order = await rows.evaluate_all(_NUMBERS)
    await page.keyboard.press("/")
    box = page.get_by_role("searchbox")
    await expect(box).to_be_focused()
    await page.keyboard.type("R 顺德")  # a letter in a field is a letter
    await page.keyboard.press("ArrowLeft")
    before = await console.focus()

    came = await others.send("POST", "/tickets", kind="repair", slots={})
    first = order[0]
    version = (await others.get(f"/tickets/{first}"))["version"]
    await others.send("PATCH", f"/tickets/{first}", version=version, priority="low")
    await expect(page.get_by_role("button", name="有 1 条更新")).to_be_visible(timeout=POLL_MS)
    assert await rows.evaluate_all(_NUMBERS) == order
    await expect(rows.first).to_contain_text("低")  # what stands there changes in place
    assert await console.focus() == before
    assert (before.text, before.caret) == ("R 顺德", 3)

    link = rows.nth(2).get_by_role("link")
    text = await link.inner_text()
    await link.focus()
    await page.keyboard.press("r")
    await expect(rows).to_have_count(7)
    await expect(page.get_by_role("link", name=text)).to_be_focused()
    await expect(page.get_by_role("link", name=f"{came['no'][:4]} {came['no'][4:]}")).to_be_visible()
    await expect(box).to_have_value("R 顺德")
    assert [*console.errors, *others.errors] == []
