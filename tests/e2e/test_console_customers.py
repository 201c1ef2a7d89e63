"""The customers' pages in a real Chromium: found by number, changed by one, not overwritten by another; merged."""

from playwright.async_api import Browser, Page, expect

from crm.demo import CUSTOMER_NUMBER
from tests.e2e.console_crm import Crm
from tests.e2e.console_page import ConsolePage


async def _open(crm: Crm, browser: Browser, number: str) -> tuple[ConsolePage, Page]:
    console = await ConsolePage.open(browser, crm.url)
    await console.login(number, crm.passwords[number])
    await console.go("/customers")
    await console.page.get_by_role("searchbox").fill(CUSTOMER_NUMBER[-4:])
    await console.page.keyboard.press("Enter")
    await console.page.get_by_role("link", name="陈国强").click()
    await expect(console.page.locator(".customer")).to_contain_text("2503-01877")
    return console, console.page


async def test_a_file_is_found_and_nobody_overwrites_what_another_wrote(crm: Crm, browser: Browser) -> None:
    first, agent = await _open(crm, browser, "8001")
    second, supervisor = await _open(crm, browser, "9001")
    await agent.get_by_label("备注").fill("上午不在家")
    await agent.reload()
    await expect(agent.get_by_label("备注")).to_have_value("上午不在家")
    await supervisor.get_by_label("备注").fill("请先打电话")
    await supervisor.get_by_label("备注").press("Control+s")
    await expect(supervisor.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    await agent.get_by_role("button", name="保存").click()
    await expect(agent.get_by_role("alert")).to_contain_text("刚被别人改过")
    await expect(agent.locator(".newer")).to_contain_text("请先打电话")
    await expect(agent.get_by_label("备注")).to_have_value("上午不在家")
    await agent.get_by_role("button", name="采用").click()
    await expect(agent.get_by_label("备注")).to_have_value("请先打电话")
    assert [*first.errors, *second.errors] == []


async def test_a_double_is_merged_by_a_supervisor_and_given_back(crm: Crm, browser: Browser) -> None:
    console, page = await _open(crm, browser, "9001")
    file = page.url.rsplit("/", 1)[1]
    await console.send("POST", "/customers", name="陈先生", kind="owner", numbers=[{"number": CUSTOMER_NUMBER}])
    await page.reload()
    await expect(page.get_by_role("heading", name="可能重复 1 人")).to_be_visible()
    await page.get_by_role("button", name="比较并合并").click()
    await expect(page.locator(".compare")).to_contain_text("陈先生")
    await page.get_by_role("button", name="合并到这份档案").click()
    await expect(page.get_by_role("status").filter(has_text="已合并")).to_be_visible()
    await expect(page.get_by_role("heading", name="可能重复")).to_have_count(0)
    assert (await console.get(f"/customers/{file}/duplicates"))["merges"][0]["gone_name"] == "陈先生"
    await page.get_by_role("button", name="撤销合并").click()
    await expect(page.get_by_role("heading", name="可能重复 1 人")).to_be_visible()
    assert console.errors == []


async def test_a_number_is_added_and_taken_off(crm: Crm, browser: Browser) -> None:
    console, page = await _open(crm, browser, "8001")
    numbers = page.locator(".customer .phone")
    await expect(numbers).to_have_count(1)
    await page.get_by_label("新号码").fill("手机丢了")
    await page.get_by_role("button", name="加号码").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("新号码").fill("0757-22881066")
    await page.get_by_label("分机", exact=True).fill("8012")
    await page.get_by_role("button", name="加号码").click()
    await expect(numbers).to_have_count(2)
    added = numbers.filter(has_text="转 8012")
    await added.get_by_role("button", name="去掉").click()
    await added.get_by_role("button", name="去掉", exact=True).click()
    await expect(numbers).to_have_count(1)
    assert console.errors == []


async def test_a_new_customer_is_filed_and_a_wrong_number_told(crm: Crm, browser: Browser) -> None:
    console = await ConsolePage.open(browser, crm.url)
    await console.login("8001", crm.passwords["8001"])
    await console.go("/customers")
    page = console.page
    await page.get_by_role("link", name="新建客户").click()
    await expect(page.get_by_role("heading", name="新建客户")).to_be_visible()  # the list's search box is named alike
    await page.get_by_label("姓名").fill("周志明")
    await page.get_by_label("号码").fill("手机丢了")
    await page.reload()
    await expect(page.get_by_label("姓名")).to_have_value("周志明")
    await page.get_by_role("button", name="建档").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("号码").fill("13922334455")
    await page.get_by_role("button", name="建档").click()
    await expect(page.get_by_role("heading", name="周志明")).to_be_visible()
    await expect(page.locator(".customer .phone")).to_have_count(1)
    assert console.errors == []
