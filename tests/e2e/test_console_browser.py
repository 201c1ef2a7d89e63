"""The console in a real Chromium on a real crm: the pop, the desk's manners, drafts, lost links."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from tests.e2e.console_crm import Crm
from tests.e2e.console_page import ConsolePage, chromium
from tests.e2e.console_parts import given_stock

AGENT = "8001"


@pytest.fixture
async def desk(crm: Crm) -> AsyncIterator[ConsolePage]:
    """An agent who is logged in and ready."""
    async with chromium() as browser:
        page = await ConsolePage.open(browser, crm.url)
        await page.login(AGENT, crm.passwords[AGENT])
        await page.go_ready()
        yield page
        assert page.errors == []


async def test_the_card_is_shown_and_says_so_before_the_answer(crm: Crm, desk: ConsolePage) -> None:
    number = await crm.tale.dialogue("pop", 1_000_001)
    await crm.tale.ring("pop", AGENT)
    card = await desk.wait_for_card(contact="pop", state="ringing")
    said = await desk.card_text(card)
    for word in (
        "138 0013 8000",
        "E01",
        "待核实",
        "来电人已确认",
        "新发路",
        f"{number[:4]} {number[4:]}",
        "1 次未听清",
    ):
        assert word in said
    assert (await desk.title()).startswith("【振铃】维修")
    ledger = await desk.wait_for_ledger("pop", "shown")
    assert ledger.received is not None
    assert ledger.shown is not None
    assert ledger.created <= ledger.received <= ledger.shown
    await crm.tale.answer("pop", AGENT)
    await desk.wait_for_card(contact="pop", state="talking")
    assert await desk.field("fault_code").input_value() == "E01"


async def test_three_pops_leave_the_writing_alone(crm: Crm, desk: ConsolePage) -> None:
    await desk.page.get_by_role("button", name="新建草稿").click()
    await desk.type_into("note", "客户上午要送孩子，")
    before = await desk.focus()
    assert before.element == "note"
    for index in range(3):
        name = f"focus{index}"
        await crm.tale.dialogue(name, 1_000_010 + index, caller=f"+861380013810{index}")
        await crm.tale.ring(name, AGENT)
        await desk.wait_for_ledger(name, "shown") if index == 0 else await desk.wait_for_ledger(name, "received")
        assert await desk.focus() == before
    await crm.tale.answer("focus0", AGENT)
    await desk.page.wait_for_selector('[data-tab="focus0"]')
    assert await desk.focus() == before
    await desk.page.keyboard.type("下午在")
    assert await desk.field("note").input_value() == "客户上午要送孩子，下午在"


async def test_on_another_page_the_card_floats_and_counts_as_shown(crm: Crm, desk: ConsolePage) -> None:
    await desk.page.click('nav a[href="/tickets"]')
    search = desk.page.locator("input[type=search]")
    await search.fill("1000")
    await crm.tale.dialogue("float", 1_000_060)
    await crm.tale.ring("float", AGENT)
    await desk.wait_for_card(contact="float", state="ringing")
    await desk.wait_for_ledger("float", "shown")
    await expect(search).to_be_focused()
    assert desk.page.url.endswith("/tickets")


async def test_typed_text_reaches_the_server_and_survives_a_reload(crm: Crm, desk: ConsolePage) -> None:
    number = await crm.tale.dialogue("newer", 1_000_020)
    await crm.tale.ring("newer", AGENT)
    await crm.tale.answer("newer", AGENT)
    await desk.wait_for_card(contact="newer", state="talking")
    await desk.field("address").fill("广东省佛山市顺德区容桂街道新华路6号")
    await expect(desk.page.locator("[data-testid=draft-saved]")).to_contain_text("草稿已保存")
    ticket = await desk.get(f"/tickets/{number}")
    saved = {slot["slot"]: slot for slot in ticket["slots"]}
    assert "新华路6号" in saved["address"]["text"]
    await desk.page.reload()
    await desk.open_call_tab("newer")
    assert (await desk.field("address").input_value()).endswith("新华路6号")


async def test_a_whole_call_ends_ready(crm: Crm, desk: ConsolePage) -> None:
    number = await crm.tale.dialogue("whole", 1_000_030)
    await crm.tale.ring("whole", AGENT)
    await crm.tale.answer("whole", AGENT)
    card = await desk.wait_for_card(contact="whole", state="talking")
    await desk.confirm_slot(card, "fault_code")
    await desk.type_into("symptom", "不打火")
    await crm.tale.end("whole", AGENT)
    await desk.wait_for_state("wrapup")
    await desk.finish("报修已受理", "待派单")
    await desk.wait_for_state("ready")
    ticket = await desk.get(f"/tickets/{number}")
    assert ticket["state"] == "to_dispatch"
    assert any("小结：报修已受理" in entry["text"] for entry in ticket["timeline"])
    await expect(desk.page.locator("[data-testid=card]")).to_have_count(0)


async def test_a_lost_link_is_told_and_comes_back_by_itself(crm: Crm, desk: ConsolePage) -> None:
    await crm.tale.dialogue("lost", 1_000_040)
    await crm.tale.ring("lost", AGENT)
    await desk.wait_for_card(contact="lost")
    await crm.kill()
    await desk.page.wait_for_selector("[data-testid=link-lost]")
    await desk.page.wait_for_selector("[data-region=card].stale")
    await crm.start()
    await desk.page.wait_for_selector("[data-testid=link-lost]", state="detached")
    await expect(desk.page.locator('[data-testid=card][data-contact="lost"]')).to_have_count(1)


async def test_the_supervisor_sees_who_waits_and_who_talks(crm: Crm) -> None:
    await crm.tale.phone(AGENT, "ready")
    await crm.tale.dialogue("board", 1_000_050)
    async with chromium() as browser:
        page = await ConsolePage.open(browser, crm.url)
        await page.login("9001", crm.passwords["9001"])
        await page.page.wait_for_selector('[data-queue="repair"]')
        await expect(page.page.locator('[data-queue="repair"] [data-testid=waiting]')).not_to_have_text("0")
        await expect(page.page.locator('[data-queue="repair"] [data-testid=longest]')).to_have_text(
            re.compile(r"\d\d:\d\d")
        )
        await crm.tale.ring("board", AGENT)
        await page.page.wait_for_selector(f'[data-agent="{AGENT}"][data-state=ringing]')
        await page.page.locator('[data-queue="repair"]').get_by_role("link", name="今日进队").click()
        await expect(page.page.get_by_label("日期")).not_to_have_value("")
        await expect(page.page.locator("tbody tr").first).to_be_visible()


async def test_a_wrong_password_is_told_in_words(crm: Crm) -> None:
    async with chromium() as browser:
        page = await ConsolePage.open(browser, crm.url)
        await page.go("/tickets")
        await page.page.fill("[name=number]", AGENT)
        await page.page.fill("[name=password]", "wrong")
        await page.page.click("button[type=submit]")
        await expect(page.page.locator("[role=alert]")).to_contain_text("工号或密码不对")
        assert page.page.url.endswith("/login?to=/tickets")


async def test_a_move_asks_for_what_it_needs_and_keeps_what_was_typed(crm: Crm, desk: ConsolePage) -> None:
    number = await crm.tale.dialogue("void", 1_000_070)
    await desk.go(f"/tickets/{number}")
    page, reason = desk.page, "客户在别处已报修"
    await expect(page.get_by_role("heading", name="判定")).to_be_visible()
    await page.locator(".reasons summary").first.click()
    await expect(page.locator(".reasons details[open] p")).to_contain_text("「")
    await page.get_by_role("button", name="作废").click()
    form = page.get_by_role("form", name="作废")
    await expect(form.get_by_role("button", name="作废")).to_be_disabled()
    await expect(form.get_by_label("作废原因")).to_be_focused()
    await page.keyboard.type(reason)
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    await page.keyboard.press("Enter")  # the keys went back to the button that opened it
    await expect(form.get_by_label("作废原因")).to_have_value(reason)
    await page.reload()
    await page.get_by_role("button", name="作废").click()
    await expect(form.get_by_label("作废原因")).to_have_value(reason)
    await form.get_by_role("button", name="作废").click()
    await expect(page.locator(".ticket .head")).to_contain_text("作废")
    await expect(form).to_have_count(0)
    ticket = await desk.get(f"/tickets/{number}")
    assert ticket["state"] == "void"
    assert {slot["slot"]: slot["text"] for slot in ticket["slots"]}["void_reason"] == reason


async def test_a_result_that_needs_something_asks_for_it_in_the_wrap_up(crm: Crm, desk: ConsolePage) -> None:
    number = await crm.tale.dialogue("wrapneed", 1_000_080)
    await crm.tale.ring("wrapneed", AGENT)
    await crm.tale.answer("wrapneed", AGENT)
    await desk.wait_for_card(contact="wrapneed", state="talking")
    await crm.tale.end("wrapneed", AGENT)
    await desk.wait_for_state("wrapup")
    wrap = desk.page.locator("[data-testid=wrap-up]")
    await wrap.locator(".el-select").click()
    await desk.page.get_by_role("option", name=re.compile("作废")).click()
    await expect(wrap).to_contain_text("缺：小结、作废原因")
    await wrap.get_by_label("作废原因").fill("打错电话")
    await desk.finish("打错", "作废")
    assert (await desk.get(f"/tickets/{number}"))["state"] == "void"


async def test_the_wrap_up_ships_from_the_place_that_is_chosen(crm: Crm, desk: ConsolePage) -> None:
    number = await crm.tale.dialogue("wrapship", 1_000_090)
    async with chromium() as browser:
        lead = await ConsolePage.open(browser, crm.url)
        await lead.login("9001", crm.passwords["9001"])
        await given_stock(lead)
        path = f"/tickets/{number}"
        made = await lead.send("PATCH", path, version=(await lead.get(path))["version"], kind="part_request")
        await lead.send("PUT", f"{path}/parts", version=made["version"], lines={"PRESS-SW": 2})
        for step, slots in (("quote", {}), ("pay", {"payment": {"value": {"text": "微信 84 元"}}})):
            await lead.send("PATCH", path, version=(await lead.get(path))["version"], move=step, slots=slots)
    await crm.tale.ring("wrapship", AGENT)
    await crm.tale.answer("wrapship", AGENT)
    await desk.wait_for_card(contact="wrapship", state="talking")
    await crm.tale.end("wrapship", AGENT)
    await desk.wait_for_state("wrapup")
    wrap = desk.page.locator("[data-testid=wrap-up]")
    await wrap.locator(".el-select").click()
    await desk.page.get_by_role("option", name=re.compile("发货")).click()
    await wrap.get_by_label("从哪里发货").select_option("容桂网点")
    await wrap.get_by_label("寄出单号").fill("SF1234567890")
    await desk.finish("报修已受理", "发货")
    told = [line["text"] for line in (await desk.get(path))["timeline"]]
    assert "出容桂网点：PRESS-SW ×2（余 0）" in told


async def test_a_correction_on_the_card_asks_there_whether_it_was_misheard(crm: Crm, desk: ConsolePage) -> None:
    await crm.tale.dialogue("misheard", 1_000_090)
    await crm.tale.ring("misheard", AGENT)
    await crm.tale.answer("misheard", AGENT)
    card = await desk.wait_for_card(contact="misheard", state="talking")
    await desk.correct_slot(card, "fault_code", "E10")
    row = await desk.slot(card, "fault_code")
    misheard, changed = (row.get_by_role("button", name=name) for name in ("系统听错", "来电人改口"))
    await expect(misheard).to_have_attribute("aria-pressed", "true")
    await expect(row).to_contain_text("已留作识别样本")
    await changed.press("Enter")
    await expect(changed).to_have_attribute("aria-pressed", "true")
    await expect(row).not_to_contain_text("已留作识别样本")


async def test_a_page_that_cannot_be_fetched_says_so_and_opens_later(desk: ConsolePage) -> None:
    await desk.page.context.set_offline(True)
    await desk.page.get_by_role("link", name="知识").click()
    told = desk.page.get_by_text("这个页面没有打开")
    await expect(told).to_be_visible()
    await desk.page.context.set_offline(False)
    await expect(desk.page.get_by_text("心跳")).to_be_visible()
    await desk.page.get_by_role("button", name="重新打开").press("Enter")
    await expect(desk.page.get_by_role("heading", name="知识")).to_be_visible()
    await expect(told).to_have_count(0)


async def test_the_call_s_form_asks_which_of_several_machines_it_is(crm: Crm, desk: ConsolePage) -> None:
    customer = (await desk.send("POST", "/customers", name="周敏", numbers=[{"number": "13800138077"}]))["id"]
    for serial in ("2503-01877X", "2609-11420"):
        await desk.send(
            "POST", "/products", customer=customer, product_class="boiler", model="HP-24", serial=serial
        )  # fmt: skip
    number = await crm.tale.dialogue("machines", 1_000_090, caller="+8613800138077")
    await crm.tale.ring("machines", AGENT)
    await crm.tale.answer("machines", AGENT)
    await desk.wait_for_card(contact="machines", state="talking")
    await desk.open_call_tab("machines")
    which = desk.page.get_by_role("radiogroup", name="哪台机器")
    await expect(which.get_by_role("radio")).to_have_count(3)
    await expect(which.get_by_role("radio", checked=True)).to_have_count(0)
    await expect(
        desk.page.get_by_text("来电说的")
    ).to_be_visible()  # two rows called 产品 would not tell which is which
    await expect(desk.page.locator("[data-testid=submit]")).to_be_in_viewport()
    await desk.type_into("product", " 厨房 260911420")
    await expect(which.locator("label", has_text="2609-11420")).to_contain_text("可能是这台")
    await desk.type_into("note", "客户下午在家")
    await desk.page.click("[data-testid=submit]")
    await expect(which.get_by_role("alert")).to_have_text("请选是哪台机器，或选「还没有登记的机器」")
    assert await desk.field("note").input_value() == "客户下午在家"
    await which.get_by_role("radio", name=re.compile("2609-11420")).check()
    await desk.submit()
    held = await desk.get(f"/tickets/{number}")
    assert held["product"]["text"].endswith("2609-11420")
    said = [entry["text"] for entry in held["timeline"]]
    assert any("厨房 260911420" in text for text in said), "what was typed of the product is in the timeline"
    assert next(slot["text"] for slot in held["slots"] if slot["slot"] == "note") == "客户下午在家"
    await expect(desk.page.locator('[data-testid=ticket-form] [data-field="product"]')).to_have_count(0)
    await which.get_by_role("radio", name="还没有登记的机器").check()
    await desk.submit()
    await expect(desk.field("product")).to_have_value(re.compile("厨房 260911420"))
    assert (await desk.get(f"/tickets/{number}"))["product"] is None
