"""The parts pages in a real Chromium: stock and prices, the partners' quota, the parts of a ticket."""

import re

from playwright.async_api import Browser, expect

from tests.e2e.console_crm import Crm, open_at
from tests.e2e.console_page import ConsolePage
from tests.e2e.console_parts import given_request, given_stock, given_store


async def _lead(crm: Crm, browser: Browser) -> ConsolePage:
    console = await ConsolePage.open(browser, crm.url)
    await console.login("9001", crm.passwords["9001"])
    return console


async def test_stock_is_booked_by_keyboard_and_a_refusal_keeps_what_was_typed(crm: Crm, browser: Browser) -> None:
    console = await _lead(crm, browser)
    await given_stock(console)
    await console.go("/parts?q=点火")
    page = console.page
    await page.get_by_role("link", name="IGN-01").press("Enter")
    form = page.get_by_role("form", name="出入库")
    await form.get_by_label("做什么").press("ArrowDown")
    await expect(form.get_by_label("做什么")).to_have_value("out")
    await form.get_by_label("数量").press_sequentially("9")
    await expect(form.get_by_role("alert")).to_have_text("库存只有 3 件，不够出")
    await expect(form.get_by_role("button", name="出库")).to_be_disabled()
    await form.get_by_label("原因").press_sequentially("工单 12345678")
    await page.reload()
    await expect(form.get_by_label("数量")).to_have_value("9")
    await form.get_by_label("数量").fill("2")
    await expect(form.get_by_text("总仓：3 → 1")).to_be_visible()
    await form.get_by_label("原因").press("Enter")
    await expect(form.get_by_role("status")).to_have_text("已记账")
    await expect(page.get_by_role("row").filter(has_text="IGN-01")).to_contain_text("低库存 总仓 1")
    await expect(page.get_by_role("row").filter(has_text="工单 12345678")).to_contain_text("出库 -2")
    await expect(form.get_by_label("数量")).to_have_value("")
    assert console.errors == []


async def test_two_book_one_part_the_second_is_told_and_loses_nothing(crm: Crm, browser: Browser) -> None:
    console = await _lead(crm, browser)
    await given_stock(console)
    other, second = await open_at(crm, browser, "admin", "/parts/FAN-35")
    form = second.get_by_role("form", name="出入库")
    await form.get_by_label("数量").fill("5")
    await form.get_by_label("原因").fill("采购入库")
    await console.send("POST", "/stock/FAN-35/moves", place="main", kind="in", quantity=4, reason="退回", version=2)
    await form.get_by_label("原因").press("Enter")
    await expect(form.get_by_role("alert")).to_contain_text("刚被 张伟 改过，现有 5 件")
    await expect(form.get_by_label("数量")).to_have_value("5")
    await expect(form.get_by_text("总仓：5 → 10")).to_be_visible()
    await form.get_by_label("原因").press("Enter")
    await expect(form.get_by_role("status")).to_have_text("已记账")
    edit = second.get_by_role("form", name="配件 风机 35W")
    await edit.get_by_label("名称").fill("风机 35W（新）")
    await console.send("PUT", "/parts/FAN-35", name="直流风机", swappable=True, version=1)
    await edit.get_by_label("名称").press("Control+s")
    form = second.get_by_role("form", name="配件 直流风机")
    await expect(form.get_by_text("名称 的新值：直流风机")).to_be_visible()
    await expect(form.get_by_label("名称")).to_have_value("风机 35W（新）")
    await form.get_by_label("名称").press("Control+s")
    await expect(second.get_by_role("row").filter(has_text="FAN-35")).to_contain_text("风机 35W（新）")
    assert other.errors == []


async def test_a_part_is_made_and_priced(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, "9001", "/parts/+")
    form = page.get_by_role("form", name="新建配件")
    await form.get_by_label("编号").fill("主板")
    await expect(form.get_by_role("alert")).to_contain_text("字母、数字、点、横线")
    await form.get_by_label("编号").fill("PCB-28")
    await form.get_by_label("名称").fill("主控板 28kW")
    await form.get_by_label("名称").press("Control+s")
    price = page.get_by_role("form", name="加价格")
    await price.get_by_label("从这一天起").fill("2026-01-01")
    await price.get_by_label("价格（元）").fill("四百")
    await expect(price.get_by_role("alert")).to_have_text("请填金额，例如 128 或 128.50")
    await price.get_by_label("价格（元）").fill("480.5")
    await price.get_by_label("价目表").fill("2026 年价目表")
    await price.get_by_label("价目表").press("Enter")
    await expect(page.get_by_role("row").filter(has_text="PCB-28")).to_contain_text("¥480.50")
    await price.get_by_label("从这一天起").fill("2026-01-01")
    await price.get_by_label("价格（元）").fill("500")
    await price.get_by_label("价目表").fill("改价")
    await price.get_by_label("价目表").press("Enter")
    await expect(price.get_by_role("alert")).to_have_text("这一天已有价格，请换一个生效日期")
    await expect(price.get_by_label("价格（元）")).to_have_value("500")
    _, agent = await open_at(crm, browser, "8001", "/parts/PCB-28")
    await expect(agent.get_by_text("派单员、班长、管理员可以改")).to_be_visible()
    await expect(agent.get_by_role("form", name="出入库")).to_have_count(0)
    assert console.errors == []


async def test_a_request_beyond_the_quota_is_approved_with_an_opinion(crm: Crm, browser: Browser) -> None:
    console = await _lead(crm, browser)
    store = await given_store(console)
    await console.go("/partners?waiting=true")
    page = console.page
    await page.get_by_role("link", name="佛山暖通设备公司").press("Enter")
    await expect(page.get_by_text("IGN-01 超出 3 件")).to_be_visible()
    await expect(page.get_by_text("根据客户的购机数量和当地使用环境按比例进行配发")).to_be_visible()
    opinion = page.get_by_label("审批意见（同意、不同意都要写）")
    await expect(page.get_by_role("button", name="批准，备货")).to_be_disabled()
    await opinion.press_sequentially("雨季更换多，同意")
    await page.reload()
    await expect(opinion).to_have_value("雨季更换多，同意")
    await opinion.press("Enter")
    await expect(page.get_by_text("没有待审批的申请").first).to_be_visible()
    assert (await console.get(f"/tickets/{store.waiting}"))["state"] == "waiting_part"
    await expect(page.get_by_role("row").filter(has_text=re.compile("^IGN-01"))).to_contain_text("6")
    assert console.errors == []


async def test_a_request_is_refused_and_two_write_down_the_machines(crm: Crm, browser: Browser) -> None:
    console = await _lead(crm, browser)
    store = await given_store(console)
    partner = store.partners["佛山暖通设备公司"]
    await console.go(f"/partners/{partner}")
    page = console.page
    form = page.get_by_role("form", name="购机数量和使用环境")
    await form.get_by_label("购机数量").fill("两百")
    await expect(form.get_by_role("alert")).to_have_text("请填整数，最多 1000000")
    await form.get_by_label("购机数量").fill("200")
    await console.send("PUT", f"/partners/{partner}", version=1, units_bought=190, environment="humid")
    await form.get_by_label("购机数量").press("Control+s")
    await expect(form.get_by_role("alert")).to_contain_text("刚被别人改过")
    await expect(form.get_by_text("购机数量 的新值：190")).to_be_visible()
    await expect(form.get_by_label("购机数量")).to_have_value("200")
    await form.get_by_label("购机数量").press("Control+s")
    row = page.get_by_role("row").filter(has_text="佛山暖通设备公司")
    await expect(row).to_contain_text("200 台")
    await expect(row).to_contain_text("沿海潮湿")
    await page.get_by_label("审批意见（同意、不同意都要写）").fill("本年配额已用完，请按价目购买")
    await page.get_by_role("button", name="不批准").click()
    await expect(page.get_by_text("没有待审批的申请").first).to_be_visible()
    assert (await console.get(f"/tickets/{store.waiting}"))["state"] == "in_progress"
    assert console.errors == []


async def test_parts_of_a_ticket_are_chosen_by_keyboard_and_sold_by_the_list(crm: Crm, browser: Browser) -> None:
    lead = await _lead(crm, browser)
    await given_stock(lead)
    owner = await lead.send("POST", "/customers", name="何桂英", kind="owner")
    number = await given_request(lead, owner["id"], {})
    console, page = await open_at(crm, browser, "8001", f"/tickets/{number}")
    add = page.get_by_role("combobox", name="加备件：打名称或编号")
    await add.press_sequentially("水泵")
    await expect(page.get_by_role("option", name="PUMP-15")).to_contain_text("¥520.00，库存 8")
    await add.press("Enter")
    quantity = page.get_by_label("循环水泵 15-6 的数量")
    await expect(quantity).to_be_focused()
    await quantity.fill("0")
    await expect(page.get_by_role("alert")).to_contain_text("循环水泵 15-6：请填大于 0 的整数")
    await quantity.fill("2")
    await page.reload()
    await expect(quantity).to_have_value("2")
    await lead.send("POST", f"/tickets/{number}/notes", text="客户又来电")
    await quantity.press("Control+s")
    await expect(page.get_by_role("alert")).to_contain_text("工单刚被别人改过")
    await expect(quantity).to_have_value("2")
    await quantity.press("Control+s")
    await expect(page.get_by_text("¥1,040.00")).to_be_visible()
    await expect(page.get_by_role("form", name="备件").get_by_role("status")).to_have_text("已保存")
    await page.get_by_role("button", name="报价，待付款", exact=True).press("Enter")
    await page.get_by_role("button", name="已付款，备货").press("Enter")
    await page.get_by_label("付款 *").fill("微信 1040 元")
    await page.get_by_role("form", name="已付款，备货").get_by_label("付款 *").press("Enter")
    await expect(page.get_by_text("微信 1040 元").first).to_be_visible()
    await expect(page.get_by_text("已送审、报价或备货，备件不再改")).to_be_visible()
    assert console.errors == []


async def test_the_part_that_comes_back_is_chosen_from_the_list(crm: Crm, browser: Browser) -> None:
    lead = await _lead(crm, browser)
    await given_stock(lead)
    made = await lead.send("POST", "/tickets", kind="part_return")
    console, page = await open_at(crm, browser, "8001", f"/tickets/{made['no']}")
    await page.get_by_role("button", name="送审").press("Enter")
    await page.get_by_label("配件 *").press_sequentially("点火")
    await expect(page.get_by_role("option", name="IGN-01")).to_be_visible()
    await page.get_by_label("配件 *").press("Enter")
    await page.get_by_label("客户要求 *").select_option("swap")
    await expect(page.get_by_label("配件 *")).to_have_value("点火电极 IGN-01")
    await page.get_by_role("form", name="送审").get_by_role("button", name="送审").press("Enter")
    await expect(page.get_by_text("点火电极 IGN-01").first).to_be_visible()
    assert console.errors == []


async def test_a_price_list_without_the_fee_for_coming_says_so_to_those_who_keep_prices(
    crm: Crm, browser: Browser
) -> None:
    console = await _lead(crm, browser)
    await given_stock(console)
    _, agent = await open_at(crm, browser, "8001", "/parts")
    await expect(agent.get_by_role("row").filter(has_text="IGN-01")).to_be_visible()
    await expect(agent.get_by_text("LABOR")).to_have_count(0)
    await console.go("/parts")
    page = console.page
    note = page.get_by_text("价目表里还没有上门人工费（编号 LABOR）")
    await expect(note).to_be_visible()
    await page.get_by_role("link", name="建上门人工费").press("Enter")
    form = page.get_by_role("form", name="新建配件")
    await expect(form.get_by_label("编号")).to_have_value("LABOR")
    await expect(form.get_by_label("名称")).to_have_value("上门人工费")
    await form.get_by_role("button", name="建配件").press("Enter")
    await expect(page.get_by_text("上门人工费（编号 LABOR）还没有今天能用的价格")).to_be_visible()
    price = page.get_by_role("form", name="加价格")
    await price.get_by_label("从这一天起").fill("2026-01-01")
    await price.get_by_label("价格（元）").fill("150")
    await price.get_by_label("价目表").fill("2026 年价目表")
    await price.get_by_label("价目表").press("Enter")
    await expect(page.get_by_text("编号 LABOR）")).to_have_count(0)
    await expect(page.get_by_role("row").filter(has_text="LABOR")).to_contain_text("¥150.00")
    assert console.errors == []
