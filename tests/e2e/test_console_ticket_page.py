"""The ticket page in a real Chromium: papers are checked with the verdict in sight, a ticket gets its customer later,
and one is opened from a customer's file."""

from datetime import timedelta

from playwright.async_api import Browser, expect

from crm.demo import SERIAL
from tests.e2e.console_crm import Crm, open_at
from tests.e2e.console_world import given_engineers, given_waiting, tomorrow

LEAD, AGENT = "9001", "8001"


async def test_papers_are_checked_with_the_verdict_in_sight(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, AGENT, "/tickets")
    said = {"product": {"value": "boiler"}, "invoice": {"value": "no"}}
    no = (await console.send("POST", "/tickets", kind="repair", slots=said))["no"]
    await console.go(f"/tickets/{no}")
    await page.get_by_role("button", name="核对凭证").press("Enter")
    form = page.get_by_role("form", name="核对凭证")
    await expect(form.get_by_label("发票或凭证")).to_be_focused()
    await form.get_by_label("开票日期").fill("2020-01-06")
    await expect(form.get_by_label("发票或凭证")).to_have_value("yes")
    await expect(form.get_by_role("status").first).to_contain_text("已过保修期，收费维修")
    await expect(form.get_by_text("「超过“三包”时间期限的;」")).to_be_visible()
    await page.reload()
    await page.get_by_role("button", name="核对凭证").click()
    await expect(form.get_by_label("开票日期")).to_have_value("2020-01-06")
    await form.get_by_label("故障原因").select_option(label="自行拆卸")
    await expect(form.get_by_role("status").first).to_contain_text("不属于保修范围")
    await form.get_by_label("故障原因").press("Control+s")
    await expect(form).to_have_count(0)
    await expect(page.get_by_text("按发票日期 2020-01-06 起算（核对时看过）")).to_be_visible()
    assert (await console.get(f"/tickets/{no}"))["warranty"]["line"] == "excluded"
    assert console.errors == []


async def test_a_ticket_gets_its_customer_later_by_keyboard(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, AGENT, "/tickets")
    no = (await console.send("POST", "/tickets", kind="repair", slots={"symptom": {"text": "不打火"}}))["no"]
    await console.go(f"/tickets/{no}")
    await page.get_by_role("button", name="选客户").press("Enter")
    search = page.get_by_role("combobox", name="姓名、电话后四位、地址或序列号，两个字起")
    await expect(search).to_be_focused()
    await search.press_sequentially("国")
    await expect(page.get_by_text("请输入至少两个字或数字")).to_be_visible()
    await search.fill("国强")
    await expect(page.get_by_role("option", name="陈国强")).to_be_visible()
    await search.press("Enter")
    await expect(page.get_by_test_id("attach-file")).to_contain_text("陈国强")
    form = page.get_by_role("form", name="选客户")
    await expect(form.get_by_label("产品")).not_to_have_value("")
    await form.get_by_label("地址", exact=True).select_option(index=1)
    await page.reload()
    await page.get_by_role("button", name="选客户").click()
    await expect(page.get_by_test_id("attach-file")).to_contain_text("陈国强")
    await form.get_by_label("地址", exact=True).press("Control+s")
    await expect(form).to_have_count(0)
    await expect(page.get_by_role("link", name=SERIAL)).to_be_visible()
    await expect(page.get_by_text("客户：改为 陈国强")).to_be_visible()
    ticket = await console.get(f"/tickets/{no}")
    assert (ticket["customer_name"], ticket["region"]) == ("陈国强", "顺德区容桂街道")
    assert console.errors == []


async def test_a_ticket_is_opened_from_the_customers_file(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, AGENT, "/customers?q=国强")
    await page.get_by_role("link", name="陈国强").click()
    await page.get_by_role("link", name="新工单").click()
    await expect(page.get_by_role("heading", name="给 陈国强 开新工单")).to_be_visible()
    await page.get_by_label("现象").fill("热水忽冷忽热")
    await page.reload()
    await expect(page.get_by_label("现象")).to_have_value("热水忽冷忽热")
    await page.get_by_label("故障代码").fill("e 05")
    await page.get_by_label("故障代码").press("Control+s")
    await expect(page.get_by_role("link", name=SERIAL)).to_be_visible()
    ticket = await console.get(f"/tickets/{page.url.rsplit('/', 1)[1]}")
    assert (ticket["customer_name"], ticket["summary"], ticket["region"]) == (
        "陈国强",
        "E05 热水忽冷忽热",
        "顺德区容桂街道",
    )
    await console.go("/tickets/new")
    await page.get_by_role("combobox", name="姓名").fill(SERIAL[:4])
    await page.get_by_role("option", name="陈国强").click()
    await expect(page.get_by_label("现象")).to_have_value("")
    assert console.errors == []


async def test_a_clerk_corrects_a_ticket_and_meets_another_who_did(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, AGENT, "/tickets")
    said = {"fault_code": {"raw": "E01", "canonical": "E01"}, "symptom": {"text": "不打火"}}
    no = (await console.send("POST", "/tickets", kind="consult", slots=said))["no"]
    await console.go(f"/tickets/{no}")
    await page.get_by_role("button", name="改正内容").press("Enter")
    form = page.get_by_role("form", name="改正内容")
    await expect(form.get_by_label("类型")).to_be_focused()
    await form.get_by_label("类型").select_option(label="维修申报")
    await form.get_by_label("紧急度").select_option(label="高")
    await form.get_by_label("承办").select_option(label="张伟")
    await form.get_by_label("承办").press("Control+s")
    await expect(form).to_have_count(0)
    await expect(page.get_by_text("类型：咨询 → 维修申报")).to_be_visible()
    await page.get_by_role("button", name="改正内容").press("Enter")
    await form.get_by_label("故障代码").fill("f 28")
    await form.get_by_label("联系电话").fill("13800138000")
    await page.reload()
    await page.get_by_role("button", name="改正内容").click()
    await expect(form.get_by_label("故障代码")).to_have_value("f 28")
    version = (await console.get(f"/tickets/{no}"))["version"]
    await console.send(
        "PATCH", f"/tickets/{no}", version=version, slots={"fault_code": {"value": {"raw": "E05", "canonical": "E05"}}}
    )
    await form.get_by_label("联系电话").press("Control+s")
    await expect(form.get_by_role("alert")).to_contain_text("改了 故障代码")
    await expect(form.get_by_text("E05")).to_be_visible()
    await expect(form.get_by_label("故障代码")).to_have_value("f 28")
    await form.get_by_label("故障代码").press("Control+s")
    await expect(form).to_have_count(0)
    ticket = await console.get(f"/tickets/{no}")
    held = {slot["slot"]: slot["text"] for slot in ticket["slots"]}
    assert (held["fault_code"], held["contact"], ticket["owner_name"]) == ("F28", "138 0013 8000", "张伟")
    assert (ticket["kind"], ticket["priority"]) == ("repair", "high")


async def test_a_spoken_code_that_was_corrected_is_kept_as_a_sample_unless_the_caller_changed_his_mind(
    crm: Crm, browser: Browser
) -> None:
    no = await crm.tale.dialogue("misheard", 2_400_001)
    await crm.tale.abandon("misheard")
    console, page = await open_at(crm, browser, AGENT, f"/tickets/{no}")
    await page.get_by_role("button", name="改正内容").click()
    form = page.get_by_role("form", name="改正内容")
    await form.get_by_label("故障代码").fill("e 10")
    await form.get_by_label("故障代码").press("Control+s")
    why = page.get_by_role("group", name="故障代码 这次改正是因为")
    await expect(why.get_by_role("button", name="系统听错")).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_text("已留作识别样本")).to_be_visible()
    await why.get_by_role("button", name="来电人改口").press("Enter")
    await expect(page.get_by_text("已留作识别样本")).to_have_count(0)
    await page.reload()
    await expect(why.get_by_role("button", name="来电人改口")).to_have_attribute("aria-pressed", "true")
    assert console.errors == []


async def test_the_customers_finish_code_stands_on_the_ticket_and_the_fee_follows_the_verdict(
    crm: Crm, browser: Browser
) -> None:
    console, page = await open_at(crm, browser, LEAD, "/tickets")
    await given_engineers(console)
    no = (await given_waiting(console))[0]
    check = {"invoice_on": "2015-01-06", "receipt": "yes", "serial_matches": "yes"}
    version = (await console.get(f"/tickets/{no}"))["version"]
    await console.send("PATCH", f"/tickets/{no}", version=version, slots={"warranty_check": {"value": check}})
    await console.go(f"/dispatch?date={tomorrow(9):%Y-%m-%d}&ticket={no}")
    form = page.get_by_role("form")
    await expect(form.get_by_label("费用")).to_have_value("out")
    await expect(form.get_by_text("按工单的三包判定预填，可以改")).to_be_visible()
    await expect(page.get_by_role("radio", name="李强")).to_be_checked()
    await page.get_by_label("超承诺的原因").fill("客户明天才在家")
    await page.get_by_label("超承诺的原因").press("Enter")
    await expect(form).to_contain_text("核验码")
    visit = (await console.get(f"/visits?ticket={no}"))["items"][0]
    assert visit["fee"] == "out"
    await console.go(f"/tickets/{no}")
    await expect(page.get_by_text(f"完工码 {visit['finish_code']}")).to_be_visible()
    await expect(page.get_by_text("再告诉客户本人；完工码不告诉工程师")).to_be_visible()
    assert console.errors == []


async def test_a_dispatcher_tells_a_visit_for_an_engineer_and_takes_it_back(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, LEAD, "/tickets")
    people = await given_engineers(console)
    await console.send("PUT", "/parts/LABOR", name="上门人工费", unit="次")
    await console.send("POST", "/parts/LABOR/prices", valid_from="2026-01-01", fen=15000, source="2026 年价目表")
    no = (await given_waiting(console))[0]
    begin = tomorrow(9)
    when = {"starts_at": begin.isoformat(), "ends_at": (begin + timedelta(hours=2)).isoformat()}
    await console.send("POST", "/visits", ticket=no, engineer=people["李强"], fee="out", late_reason="客户要求", **when)
    await console.go(f"/tickets/{no}")
    await page.get_by_role("button", name="补报上门结果").press("Enter")
    form = page.get_by_role("form", name="补报上门结果")
    await expect(form.get_by_label("实际上门")).to_be_focused()
    await expect(form.get_by_label("收费（元）")).to_have_value("150.00")
    await form.get_by_role("button", name="补报上门结果").click()
    await expect(form.get_by_text("请选上门结果")).to_be_visible()
    await form.get_by_role("radio", name="修好了").check()
    await form.get_by_label("故障原因").fill("点火针积碳")
    await form.get_by_label("收费（元）").fill("100")
    await page.reload()
    await page.get_by_role("button", name="补报上门结果").click()
    await expect(form.get_by_label("故障原因")).to_have_value("点火针积碳")
    await form.get_by_label("故障原因").press("Control+s")
    await expect(form.get_by_text("还没做：")).to_be_visible()
    for group in range(3):
        await form.get_by_role("button", name="都做到了").nth(group).click()
    await form.get_by_label("故障原因").press("Control+s")
    await expect(form.get_by_text("收费要先报价，客户同意后再修")).to_be_visible()
    await form.get_by_label("先报了价，客户同意").check()
    await form.get_by_label("故障原因").press("Control+s")
    await expect(form.get_by_text("按价目表是 150.00 元，收得不一样请写原因")).to_be_visible()
    await form.get_by_label("改价原因").fill("老客户")
    await form.get_by_label("客户签名").fill("陈国强")
    await form.get_by_label("客户签名").press("Control+s")
    await expect(form).to_have_count(0)
    await expect(page.get_by_text("补报", exact=False).first).to_be_visible()
    ticket = await console.get(f"/tickets/{no}")
    assert ticket["state"] == "resolved"
    assert any("改价原因：老客户" in entry["text"] and "补报" in entry["text"] for entry in ticket["timeline"])
    await page.get_by_role("button", name="撤销结果").press("Enter")
    revoke = page.get_by_role("form", name="撤销结果")
    await expect(revoke.get_by_role("button", name="撤销结果")).to_be_disabled()
    await revoke.get_by_label("撤销的原因").fill("填错了工单")
    await revoke.get_by_label("撤销的原因").press("Enter")
    await expect(page.get_by_text("撤销上门结果「修好了」：填错了工单")).to_be_visible()
    assert (await console.get(f"/tickets/{no}"))["state"] == "to_dispatch"


async def test_of_several_machines_one_is_picked_by_keys_and_none_is_guessed(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, AGENT, "/customers")
    number = {"number": "13655556666", "main": True}
    made = await console.send("POST", "/customers", name="两台用户", numbers=[number])
    for serial, day in (("M-0001", "2019-03-10"), ("M-0002", "2026-03-10")):
        card = {
            "product_class": "boiler",
            "model": "HP-24",
            "serial": serial,
            "invoice_on": day,
            "warranty_card": "yes",
        }
        await console.send("POST", "/products", customer=made["id"], **card)
    await console.go(f"/tickets/new?customer={made['id']}")
    group = page.get_by_role("radiogroup", name="哪台机器")
    await expect(group.get_by_role("radio", checked=True)).to_have_count(0)
    await expect(group.get_by_text("M-0001")).to_be_visible()
    await expect(group).to_contain_text("已过保修期，收费维修")
    await page.get_by_label("现象").fill("不打火")
    await page.keyboard.press("Control+s")
    await expect(group.get_by_role("alert")).to_have_text("请选是哪台机器，或选「还没有登记的机器」")
    await expect(group.get_by_role("radio").first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(group.get_by_role("alert")).to_have_count(0)
    chosen = group.locator(".here")
    await page.reload()
    await expect(page.get_by_label("现象")).to_have_value("不打火")
    serial = "M-0002" if "M-0002" in await chosen.inner_text() else "M-0001"
    await page.get_by_label("现象").press("Control+s")
    await expect(page.get_by_role("link", name=serial)).to_be_visible()
    await console.go(f"/tickets/new?customer={made['id']}")
    await page.get_by_role("radio", name="还没有登记的机器").check()
    await page.get_by_label("现象").fill("漏水")
    await page.get_by_label("现象").press("Control+s")
    await expect(page.get_by_text("漏水").first).to_be_visible()
    ticket = await console.get(f"/tickets/{page.url.rsplit('/', 1)[1]}")
    assert (ticket["customer_name"], ticket["product"]) == ("两台用户", None)
    assert console.errors == []


async def test_a_ticket_opened_again_shows_the_kept_promise_and_the_new_one(crm: Crm, browser: Browser) -> None:
    console, page = await open_at(crm, browser, AGENT, "/tickets")
    place = {"province": "广东省", "city": "佛山市", "district": "顺德区", "town": "容桂街道", "road": "新发路5号"}
    ticket = await console.send("POST", "/tickets", kind="repair", slots={"address": place})
    for move in ("resolve", "reopen"):
        ticket = await console.send("PATCH", f"/tickets/{ticket['no']}", version=ticket["version"], move=move)
    await console.go(f"/tickets/{ticket['no']}")
    promises = page.locator(".promises dl")
    await expect(promises.locator("dt", has_text="上门")).to_have_text(["上门", "上门（第 2 次）"])
    await expect(promises.locator("dt:text-is('上门') + dd")).to_contain_text("按时完成")
    await expect(promises.locator("dt:text-is('上门（第 2 次）') + dd").get_by_test_id("clock")).to_contain_text(
        "7时59分"
    )
    assert console.errors == []
