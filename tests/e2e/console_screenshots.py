"""Takes pictures of a real crm: `python -m tests.e2e.console_screenshots FOLDER [pages [NAME ...]]`.

With `pages` every other page is taken, or those that are named; else only the agent's desk.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, FilePayload, Page, expect

from crm.migrate import upgrade
from ivr.contract import facts
from tests.e2e.console_company import Company, given_company, given_floor
from tests.e2e.console_crm import Crm, Tale, running_crm
from tests.e2e.console_followups import given_follow_ups
from tests.e2e.console_page import COMPACT, WIDE, ConsolePage, chromium
from tests.e2e.console_parts import given_store
from tests.e2e.console_receiver import receiving
from tests.e2e.console_world import tomorrow
from tests.unit.crm.postgres import private_cluster

AGENT, LEAD, ADMIN = "8001", "9001", "admin"
MOBILE = (390, 844)
KNOWN = "+8613900139000"  # the demo's customer
Theme = Literal["light", "dark"]


async def _call(crm: Crm, browser: Browser, folder: Path, size: tuple[int, int], theme: Theme, serial: int) -> None:
    page = await ConsolePage.open(browser, crm.url, size, theme)
    tail = f"{size[0]}x{size[1]}{'-dark' if theme == 'dark' else ''}.png"
    contact = f"shot{serial}"
    await page.login(AGENT, crm.passwords[AGENT])
    if await page.state() != "ready":
        await page.go_ready()
    await page.screenshot(str(folder / f"idle-{tail}"))
    await crm.tale.dialogue(contact, serial, KNOWN)
    await crm.tale.ring(contact, AGENT)
    await page.wait_for_card(contact=contact, state="ringing")
    await page.wait_for_ledger(contact, "shown")
    await page.screenshot(str(folder / f"ringing-{tail}"))
    await crm.tale.answer(contact, AGENT)
    card = await page.wait_for_card(contact=contact, state="talking")
    await page.confirm_slot(card, "fault_code")
    await page.type_into("symptom", "不打火，水压正常")
    await expect(page.page.locator("[data-testid=draft-saved]")).to_contain_text("草稿已保存")
    await page.screenshot(str(folder / f"in-call-{tail}"))
    await crm.tale.end(contact, AGENT)
    await page.wait_for_state("wrapup")
    await page.wait_for_card(contact=contact, state="ended")
    await page.screenshot(str(folder / f"after-call-{tail}"))
    await page.finish("报修已受理", "待派单")
    await page.wait_for_state("ready")
    await page.page.context.close()


async def _emergency(crm: Crm, browser: Browser, folder: Path) -> None:
    page = await ConsolePage.open(browser, crm.url)
    await page.login(AGENT, crm.passwords[AGENT])
    await crm.tale.dialogue("danger", 2_000_100, KNOWN)
    await crm.tale.tell("danger", facts.SafetyRaised(1, "gas", "厨房里有煤气味，头有点晕"))
    await crm.tale.phone(AGENT, "ringing")
    await crm.tale.tell("danger", facts.AgentRinging("v-danger", "emergency", AGENT))
    await page.wait_for_state("ringing")
    await page.page.wait_for_selector("[data-testid=emergency]")
    await page.screenshot(str(folder / "emergency-1366x768.png"))
    await page.page.context.close()


async def _board(crm: Crm, browser: Browser, folder: Path) -> None:
    page = await ConsolePage.open(browser, crm.url)
    await page.login("9001", crm.passwords["9001"])
    await page.page.wait_for_selector('[data-queue="repair"]')
    await page.screenshot(str(folder / "board-1366x768.png"))
    await page.page.context.close()


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


async def given_shots(lead: ConsolePage, company: Company, tale: Tale) -> list[Shot]:
    """Say which pages of the company are taken."""
    misheard = await tale.dialogue("misheard", 2_400_001)
    await tale.abandon("misheard")
    store = await given_store(lead)
    day = f"{tomorrow(9):%Y-%m-%d}"
    frame = "tbody tr"
    ticket = f"/tickets/{company.visit['ticket']}"
    return [
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
        Shot("clock-pause", LEAD, f"/tickets/{company.waiting}", "form.pause", _pause),
        Shot("me", AGENT, "/me", "main"),
        Shot("forbidden", AGENT, "/users", "main"),
        Shot("not-found", AGENT, "/nowhere", "main"),
    ]


async def take(crm: Crm, browser: Browser, folder: Path, shots: Sequence[Shot]) -> None:
    """Take the pages at both sizes; each person logs in once a size."""
    for size in (COMPACT, WIDE):
        open_pages: dict[str, ConsolePage] = {}
        for shot in shots:
            if shot.number not in open_pages:
                open_pages[shot.number] = await ConsolePage.open(browser, crm.url, size)
                await open_pages[shot.number].login(shot.number, crm.passwords[shot.number])
            console = open_pages[shot.number]
            await console.go(shot.path)
            if shot.before:
                await shot.before(console.page)
            await console.page.wait_for_selector(shot.ready)
            await console.page.wait_for_load_state("networkidle")
            await console.screenshot(str(folder / f"{shot.name}-{size[0]}x{size[1]}.png"))
        for console in open_pages.values():
            await console.page.context.close()


async def take_mobile(crm: Crm, browser: Browser, folder: Path, lead: ConsolePage, visit: dict[str, Any]) -> None:
    """Take the engineer's page before he leaves, on the way, at the customer's, and a link that is over."""
    phone = await ConsolePage.open(browser, crm.url, MOBILE)
    for step in ("planned", "depart", "arrive"):
        if step != "planned":
            found = await lead.get(f"/visits/{visit['id']}")
            checked = [line["key"] for line in found["checklist"]]
            await lead.send(
                "POST", f"/visits/{visit['id']}/report", version=found["version"], step=step, checked=checked
            )
        await phone.go(visit["link"])
        await phone.page.screenshot(path=str(folder / f"engineer-{step}-390x844.png"), full_page=True)
    await phone.go(f"/v/{'0' * 64}")
    await phone.page.screenshot(path=str(folder / "engineer-over-390x844.png"))
    await phone.page.context.close()


async def given_people(crm: Crm, browser: Browser) -> tuple[ConsolePage, Company]:
    """Make the company and its floor; returns the supervisor's page."""
    lead, admin = await ConsolePage.open(browser, crm.url), await ConsolePage.open(browser, crm.url)
    await lead.login(LEAD, crm.passwords[LEAD])
    await admin.login(ADMIN, crm.passwords[ADMIN])
    company = await given_company(lead, crm.tale, AGENT)
    await given_floor(admin, crm.tale)
    await given_follow_ups(admin, lead)
    await admin.page.context.close()
    return lead, company


async def given_webhooks(crm: Crm, browser: Browser, url: str) -> list[Shot]:
    """Add a program that takes what it is told, one that does not, and one that is off; say what is taken of them."""
    admin = await ConsolePage.open(browser, crm.url)
    await admin.login(ADMIN, crm.passwords[ADMIN])
    made = {}
    for path, kinds in (
        ("erp/hotline", ["ticket", "contact", "customer"]),
        ("down/wechat-work/service-messages/notify-group-of-the-branch", ["ticket", "clock", "alarm"]),
        ("report", ["contact", "callback"]),
    ):
        made[path] = (await admin.send("POST", "/webhooks", url=f"{url}/{path}", kinds=kinds))["id"]
    erp, down, off = made.values()
    await admin.page.request.patch(
        f"{crm.url}/api/v1/webhooks/{off}", headers={"X-Hotline": "1"}, data={"active": False}
    )
    await admin.page.context.close()
    return [
        Shot("webhooks", ADMIN, f"/webhooks/{down}", ".webhook .tag.bad"),
        Shot("webhook-well", ADMIN, f"/webhooks/{erp}", ".webhook tbody .tag.ok"),
        Shot("webhook-new", ADMIN, "/webhooks/+", "form.new"),
    ]


async def _pages(crm: Crm, browser: Browser, folder: Path, named: Sequence[str]) -> None:
    async with receiving() as other:
        hooks = await given_webhooks(crm, browser, other.url)
        lead, company = await given_people(crm, browser)
        shots = [*await given_shots(lead, company, crm.tale), *hooks]
        await take(crm, browser, folder, [shot for shot in shots if not named or shot.name in named])
    if not named or "engineer" in named:
        await take_mobile(crm, browser, folder, lead, company.visit)


async def _main(folder: Path, pages: Sequence[str]) -> None:
    with private_cluster() as url, tempfile.TemporaryDirectory() as state:
        upgrade(url)
        async with running_crm(url, Path(state)) as crm, chromium() as browser:
            if pages:
                await _pages(crm, browser, folder, pages[1:])
                return
            await _call(crm, browser, folder, COMPACT, "light", 2_000_001)
            await _call(crm, browser, folder, WIDE, "light", 2_000_002)
            await _call(crm, browser, folder, COMPACT, "dark", 2_000_003)
            await _emergency(crm, browser, folder)
            await _board(crm, browser, folder)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), sys.argv[2:]))
