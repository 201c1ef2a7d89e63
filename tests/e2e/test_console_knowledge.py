"""The knowledge page in a real Chromium: what a supervisor writes and publishes is what the next call speaks."""

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from speech.contract import shown
from tests.e2e.console_crm import Crm, open_at
from tests.next_dialogue import answer

SUPERVISOR, REVIEWER, AGENT = "9001", "admin", "8001"
SAID = "自售出之日起七天内,出现性能故障,您可以选择退货、换货,或者请我们修理。"


async def _press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name).click()


def _spoken(crm: Crm) -> list[str]:
    """Return what the next caller who asks for it hears."""
    return [shown(segment.text) for segment in answer(Path(crm.environment["HOTLINE_PACKS_DIR"]), "几天能退")]


async def test_what_is_written_survives_a_reload_and_is_spoken_once_another_published_it(
    crm: Crm, browser: Browser
) -> None:
    console, page = await open_at(crm, browser, SUPERVISOR, "/knowledge/article/ans_7d")
    await page.fill("#knowledge-segments", SAID)
    await page.reload()
    await expect(page.locator("#knowledge-segments")).to_have_value(SAID)
    await page.press("#knowledge-segments", "Control+s")
    await expect(page.locator(".entry .top")).to_contain_text("草稿")
    await _press(page, "提交审核")
    await _press(page, "审核通过并发布")
    await expect(page.get_by_role("alert")).to_contain_text("请另一位审核")
    assert _spoken(crm) != [SAID]
    other, reviewing = await open_at(crm, browser, REVIEWER, "/knowledge/article/ans_7d")
    in_force = reviewing.locator(".pack")
    await expect(in_force).to_contain_text("文章")
    before = await in_force.get_attribute("data-version")
    assert before
    # people read words: no key of an entry, no version that is a sum
    await expect(reviewing.locator(".entry h2")).to_have_text("七天内退货、换货或修理")
    shown = await reviewing.locator("main").inner_text()
    assert not [code for code in ("ans_", before[:8]) if code in shown]
    await _press(reviewing, "审核通过并发布")
    await expect(reviewing.locator(".entry .top")).to_contain_text("已发布")
    await expect(in_force).not_to_have_attribute("data-version", before)
    assert _spoken(crm) == [SAID]
    await reviewing.get_by_text("历次版本").click()
    await reviewing.get_by_role("button", name="看这一版").first.press("Enter")
    await expect(reviewing.locator(".old")).to_contain_text("和现在不同")
    await expect(reviewing.locator(".old")).not_to_contain_text(SAID)
    await _press(reviewing, "用这一版重写")
    await expect(reviewing.locator(".entry .top")).to_contain_text("草稿")
    await expect(reviewing.locator("#knowledge-segments")).not_to_have_value(SAID)
    assert _spoken(crm) == [SAID]
    assert [*console.errors, *other.errors] == []


async def test_what_keeps_it_from_being_published_stands_at_its_field(crm: Crm, browser: Browser) -> None:
    _, page = await open_at(crm, browser, SUPERVISOR, "/knowledge/fault_code/+")
    await page.get_by_label("编号").fill("E77")
    await page.fill("#knowledge-code_printed", "E77")
    await page.fill("#knowledge-meaning_zh", "水压传感器故障")
    await page.fill("#knowledge-self_check_zh", "打开机壳看看里面的阀门。")
    await _press(page, "存草稿")
    await expect(page.locator(".fault").first).to_be_visible()
    await _press(page, "提交审核")
    await expect(page.get_by_role("alert")).to_be_visible()


async def test_an_agent_reads_and_searches_but_changes_nothing(crm: Crm, browser: Browser) -> None:
    _, page = await open_at(crm, browser, AGENT, "/knowledge/fault_code?q=E01")
    await page.get_by_role("link", name="E01").click()
    await expect(page.locator("#knowledge-meaning_zh")).to_have_value("点火失败")
    await expect(page.locator("#knowledge-meaning_zh")).not_to_be_editable()
    await expect(page.get_by_text("只有班长和管理员可以修改")).to_be_visible()
    await expect(page.get_by_role("button", name="存草稿")).to_have_count(0)
