"""Which pages of the console are photographed, whose they are and what is done on them before."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import FilePayload, Page

from tests.e2e.console_company import Company
from tests.e2e.console_crm import Tale
from tests.e2e.console_page import ConsolePage
from tests.e2e.console_parts import given_store
from tests.e2e.console_visits import Visits, given_labor, given_rewritten, given_visits
from tests.e2e.console_world import tomorrow

AGENT, LEAD, ADMIN = "8001", "9001", "admin"


@dataclass(frozen=True, slots=True)
class Shot:
    """A page to take: whose, at which address, what stands there once it is ready, what is done before."""

    name: str
    number: str
    path: str
    ready: str
    before: Callable[[Page], Awaitable[None]] | None = None


async def _wrong_file(page: Page) -> None:
    lines = [
        f"批量{index:03d},终端用户,{'手机丢了' if index % 3 == 0 else f'1370013{index:04d}'}" for index in range(60)
    ]
    content = "\r\n".join(["姓名,类型,电话,微信昵称", *lines, "林小红,亲戚,13922334455"]).encode()
    name = "顺德网点客户资料（2026 年 11 月整理，含旧表）.csv"
    await page.set_input_files("input[type=file]", FilePayload(name=name, mimeType="text/csv", buffer=content))


async def _undo_import(page: Page) -> None:
    button = page.get_by_role("button", name="撤销本次导入").first
    await page.wait_for_load_state("networkidle")
    if await button.count() == 0:
        await _wrong_file(page)
        await page.get_by_role("button", name="只导入没有问题的").click()
    await button.click()


async def _compare(page: Page) -> None:
    await page.get_by_role("button", name="比较并合并").last.click()


async def _check(page: Page) -> None:
    await page.get_by_role("button", name="核对凭证").click()
    await page.get_by_label("开票日期").fill("2025-12-01")
    await page.get_by_label("故障原因").select_option("dismantled")


async def _first_row(page: Page) -> None:
    await page.locator("tbody a").first.click()
    await page.locator("form.one").wait_for()


async def _gas_phone(page: Page) -> None:
    if await page.locator("form.form").count() == 0:
        await page.get_by_role("button", name="填一个城市").click()
    await page.get_by_role("textbox", name="城市").fill("佛山市")


async def _rights(page: Page) -> None:
    await page.get_by_label("原因").last.fill("本人来电要求")
    if await page.locator(".rights .warning").count() == 0:
        await page.get_by_role("button", name="删除这个人").click()


async def _pause(page: Page) -> None:
    await page.get_by_role("button", name="暂停计时").first.click()


async def _follow_up(page: Page) -> None:
    await page.locator("tbody button").first.click()
    await page.locator(".one .btn.primary, .asking").first.wait_for()
    if await page.locator(".asking").count() == 0:
        await page.get_by_role("button", name="领取").click()
    await page.get_by_role("radio", name="好了").first.check()


async def _correct(page: Page) -> None:
    await page.get_by_role("button", name="改正内容").click()


async def _attach(page: Page) -> None:
    await page.get_by_role("button", name="换客户或产品").click()
    await page.get_by_role("combobox", name="姓名").press_sequentially("容桂")
    await page.wait_for_selector("[role=option]")


async def _tell(page: Page) -> None:
    await page.get_by_role("button", name="补报上门结果").first.click()
    form = page.locator("form.tell")
    await form.get_by_role("radio", name="修好了").check()
    await form.get_by_label("费用").select_option("out")
    if await form.get_by_label("配件 1", exact=True).count() == 0:
        await form.get_by_role("button", name="加一种配件").click()
    await form.get_by_label("配件 1", exact=True).fill("点火针 IGN-01")
    await form.get_by_role("button", name="补报上门结果").click()
    await form.locator("[role=alert]").first.wait_for()
    await form.evaluate("form => form.scrollIntoView()")


async def _misheard(page: Page) -> None:
    if await page.locator(".sample").count() == 0:
        await _correct(page)
        await page.get_by_label("故障代码").fill("E10")
        await page.get_by_label("故障代码").press("Control+s")


async def _revoke(page: Page) -> None:
    await page.get_by_role("button", name="撤销结果").click()
    await page.get_by_label("撤销的原因").fill("填错了工单，应该是隔壁 503 室")


async def _older(page: Page) -> None:
    await page.get_by_text("历次版本").click()
    await page.get_by_role("button", name="看这一版").first.click()


async def _away(page: Page) -> None:
    await page.wait_for_load_state("networkidle")
    await page.context.set_offline(True)
    note = page.get_by_role("textbox", name=re.compile("写备注"))
    await note.fill("客户说下午三点以后都在家")
    await note.press("Control+Enter")
    await page.locator(".acting .problem").wait_for()


async def _stale(page: Page) -> None:
    await page.wait_for_load_state("networkidle")
    await page.context.set_offline(True)
    await page.get_by_text("数据停在").first.wait_for()


async def _overtaken(page: Page) -> None:
    box = page.get_by_label("备注").first
    await box.fill("客户改口：周末也可以上门")
    path = page.url.replace("/customers", "/api/v1/customers")
    file = await (await page.request.get(path)).json()
    await page.request.patch(path, headers={"X-Hotline": "1"}, data={"version": file["version"], "note": "上午不在家"})
    await box.press("Control+s")
    await page.get_by_role("button", name="采用").wait_for()


async def given_shots(lead: ConsolePage, company: Company, tale: Tale) -> tuple[list[Shot], Visits]:
    """Say which pages of the company are taken, and the visits for the engineer's."""
    misheard = await tale.dialogue("misheard", 2_400_001)
    await tale.abandon("misheard")
    store = await given_store(lead)
    await given_labor(lead)
    visits = await given_visits(lead)
    await given_rewritten(lead, "ans_7d", ["自售出之日起七天内,出现性能故障,您可以选择退货、换货,或者请我们修理。"])
    day = f"{tomorrow(9):%Y-%m-%d}"
    frame = "tbody tr"
    ticket = f"/tickets/{company.visit['ticket']}"
    shots = [
        Shot("customers", AGENT, "/customers", frame),
        Shot("customers-none", AGENT, "/customers?q=没有这个人", ".nothing"),
        Shot("customer", AGENT, f"/customers/{company.rich}", ".customer"),
        Shot("customer-new", AGENT, "/customers/new", "form"),
        Shot("customer-same", LEAD, f"/customers/{company.rich}", ".compare", _compare),
        Shot("customer-bare", AGENT, f"/customers/{company.bare}", ".customer"),
        Shot("customer-firm", AGENT, f"/customers/{company.firm}", ".customer"),
        Shot("product", AGENT, f"/products/{company.product}", "[role=status] details"),
        Shot("product-new", AGENT, f"/products/new?customer={company.firm}", "[role=status] details"),
        Shot("tickets", LEAD, "/tickets", frame),
        Shot("ticket", LEAD, ticket, "main"),
        Shot("ticket-attach", LEAD, ticket, ".attach [data-testid=attach-file]", _attach),
        Shot("ticket-new", AGENT, f"/tickets/new?customer={company.rich}", "form.new"),
        Shot("ticket-correct", LEAD, ticket, ".correct", _correct),
        Shot("ticket-sample", AGENT, f"/tickets/{misheard}", ".sample", _misheard),
        Shot("ticket-tell", LEAD, ticket, "form.tell", _tell),
        Shot("ticket-check", LEAD, ticket, ".check .verdict", _check),
        Shot("calls", LEAD, "/calls", frame),
        Shot("call", LEAD, f"/calls/{company.contact}", "main"),
        Shot("board", LEAD, "/board", '[data-queue="repair"]'),
        Shot("callbacks", AGENT, "/callbacks?tab=abandoned", frame),
        Shot("followups", AGENT, "/followups", "form.asking", _follow_up),
        Shot("followup-figures", LEAD, "/followups?tab=figures", ".tile"),
        Shot("dispatch", LEAD, f"/dispatch?date={day}&ticket={company.waiting}", "form button.primary"),
        Shot("dispatch-none", LEAD, "/dispatch?date=2027-03-01", "main"),
        Shot("visit", LEAD, f"/dispatch?date={day}&visit={company.visit['id']}", "form button.primary"),
        Shot("parts", LEAD, "/parts/IGN-01", "form[aria-label=出入库]"),
        Shot("partners", LEAD, f"/partners/{next(iter(store.partners.values()))}", "form.request"),
        Shot("part-request", LEAD, f"/tickets/{store.open}", "#part-add"),
        Shot("fault-code", LEAD, "/knowledge/fault_code/E01", ".fields"),
        Shot("article", LEAD, "/knowledge/article/ans_7d", ".fields"),
        Shot("phrases", AGENT, "/knowledge/phrase", frame),
        Shot("entry-new", LEAD, "/knowledge/fault_code/+", ".fields"),
        Shot("imports", LEAD, "/imports", "main"),
        Shot("import-undo", LEAD, "/imports", ".sure", _undo_import),
        Shot("imports-wrong", LEAD, "/imports", "[data-testid=sum]", _wrong_file),
        Shot("rules-warranty", ADMIN, "/rules/warranty", "main"),
        Shot("rules-clocks", AGENT, "/rules/clocks", "main"),
        Shot("accounts", ADMIN, "/users/8001", "form.account"),
        Shot("audit", ADMIN, "/audit", frame),
        Shot("notices", LEAD, "/notices", "main"),
        Shot("outlets", LEAD, "/outlets", frame, _first_row),
        Shot("engineers", LEAD, "/engineers", frame, _first_row),
        Shot("channels", ADMIN, "/channels", "form.new"),
        Shot("gas-phones", ADMIN, "/gas-phones", "form.form", _gas_phone),
        Shot("rights", ADMIN, f"/customers/{company.rich}", ".rights .warning", _rights),
    ]
    return [*shots, *_later(company, visits)], visits


def _later(company: Company, visits: Visits) -> list[Shot]:
    """Say what is taken of results, older versions, a lost link and what another changed meanwhile."""
    return [
        Shot("ticket-done", LEAD, f"/tickets/{visits.done}", ".visits"),
        Shot("ticket-reopened", LEAD, f"/tickets/{visits.reopened}", "main"),
        Shot("ticket-revoke", LEAD, f"/tickets/{visits.done}", "form.revoke", _revoke),
        Shot("entry-older", LEAD, "/knowledge/article/ans_7d", ".old", _older),
        Shot("ticket-away", LEAD, f"/tickets/{company.visit['ticket']}", "main", _away),
        Shot("board-away", LEAD, "/board", "main", _stale),
        Shot("customer-overtaken", LEAD, f"/customers/{company.firm}", ".customer", _overtaken),
        Shot("me", AGENT, "/me", "main"),
        Shot("forbidden", AGENT, "/users", "main"),
        Shot("not-found", AGENT, "/nowhere", "main"),
        Shot("clock-pause", LEAD, f"/tickets/{company.waiting}", "form.pause", _pause),
    ]
