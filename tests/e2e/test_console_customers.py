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
    await agent.get_by_label("备注", exact=True).fill("上午不在家")
    await agent.reload()
    await expect(agent.get_by_label("备注", exact=True)).to_have_value("上午不在家")
    await supervisor.get_by_label("备注", exact=True).fill("请先打电话")
    await supervisor.get_by_label("备注", exact=True).press("Control+s")
    await expect(supervisor.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    await agent.get_by_role("button", name="保存").click()
    await expect(agent.get_by_role("alert")).to_contain_text("刚被别人改过")
    await expect(agent.locator(".newer")).to_contain_text("请先打电话")
    await expect(agent.get_by_label("备注", exact=True)).to_have_value("上午不在家")
    await agent.get_by_role("button", name="采用").click()
    await expect(agent.get_by_label("备注", exact=True)).to_have_value("请先打电话")
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
    await added.get_by_role("button", name="设为主号").click()
    await expect(added.get_by_text("主", exact=True)).to_be_visible()
    no_calls = added.get_by_role("checkbox", name="勿呼")
    await no_calls.click()
    await expect(no_calls).to_be_checked()
    await no_calls.click()
    await expect(no_calls).not_to_be_checked()
    await added.get_by_role("button", name="去掉").click()
    await added.get_by_role("button", name="去掉", exact=True).click()
    await expect(numbers).to_have_count(1)
    assert console.errors == []


async def test_a_wrong_number_is_marked_shown_on_the_ticket_and_made_right_again(crm: Crm, browser: Browser) -> None:
    console, page = await _open(crm, browser, "8001")
    file = page.url.rsplit("/", 1)[1]
    contact = {"contact": {"number": CUSTOMER_NUMBER}}
    ticket = (await console.send("POST", "/tickets", kind="repair", customer=file, slots=contact))["no"]
    number = page.locator(".customer .phone").first
    await number.get_by_role("button", name="标为号码有误").click()
    await expect(number.locator(".tag")).to_contain_text(["号码有误，不再拨打"])
    await console.go(f"/tickets/{ticket}")
    await expect(page.get_by_text("号码有误，不再拨打")).to_be_visible()
    await console.go(f"/customers/{file}")
    await expect(page.locator(".customer")).to_contain_text("标为有误，不再拨打：坐席核对")
    await number.get_by_role("button", name="不再标为有误").click()
    await expect(number.get_by_role("button", name="标为号码有误")).to_be_visible()
    await page.reload()
    await expect(page.locator(".customer")).to_contain_text("不再标为有误")
    await expect(number.locator(".tag.warn")).to_have_count(0)
    assert console.errors == []


async def test_an_address_is_added_changed_and_taken_off_and_no_text_is_lost(crm: Crm, browser: Browser) -> None:
    console, page = await _open(crm, browser, "8001")
    addresses = page.locator(".addresses .one")
    before = await addresses.count()
    await page.get_by_role("button", name="加地址").click()
    await expect(page.get_by_label("省", exact=True)).to_be_focused()
    await page.get_by_label("路和门牌").fill("南国东路8号")
    await page.reload()
    await expect(page.get_by_label("路和门牌")).to_have_value("南国东路8号")
    await page.get_by_label("路和门牌").press("Control+s")
    await expect(page.get_by_role("alert")).to_have_text("地址要有城区")
    await page.get_by_label("市", exact=True).fill("佛山市")
    await page.get_by_label("区县").fill("顺德区")
    await page.get_by_label("区划代码").fill("44x")
    await page.get_by_label("路和门牌").press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("区划代码不对")
    await page.get_by_label("区划代码").fill("440606")
    await page.get_by_label("状态").select_option("待核实")
    await page.get_by_label("路和门牌").press("Enter")
    mine = addresses.filter(has_text="南国东路8号")
    await expect(mine).to_contain_text("待核实")
    await mine.get_by_role("button", name="改").click()
    await mine.get_by_label("区县").fill("禅城区")
    await expect(mine.get_by_label("区划代码")).to_have_value("")
    await page.get_by_label("备注", exact=True).fill("晚上在家")
    await page.get_by_label("备注", exact=True).press("Control+s")
    await expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    await mine.get_by_label("路和门牌").press("Control+s")
    await expect(mine).to_contain_text("佛山市禅城区南国东路8号")
    await mine.get_by_role("button", name="去掉").click()
    await mine.get_by_role("button", name="去掉", exact=True).click()
    await expect(addresses).to_have_count(before)
    assert console.errors == []


async def test_a_note_is_added(crm: Crm, browser: Browser) -> None:
    console, page = await _open(crm, browser, "8001")
    note = page.get_by_label("写一条备注")
    await note.fill("只在晚上接电话")
    await page.reload()
    await expect(note).to_have_value("只在晚上接电话")
    await note.press("Control+s")
    await expect(note).to_have_value("")
    await expect(page.locator(".customer")).to_contain_text("只在晚上接电话")
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
