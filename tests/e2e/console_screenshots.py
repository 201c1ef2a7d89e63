"""Takes pictures of a real crm: `python -m tests.e2e.console_screenshots FOLDER [pages [NAME ...]]`.

With `pages` every other page is taken, or those that are named; else only the agent's desk. A name may be a size,
e.g. 1366x768: then no other is taken.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, expect
from playwright.async_api import Error as PlaywrightError

from crm.migrate import upgrade
from ivr.contract import facts
from tests.e2e.console_company import Company, given_company, given_floor
from tests.e2e.console_crm import Crm, running_crm
from tests.e2e.console_followups import given_follow_ups
from tests.e2e.console_page import COMPACT, WIDE, ConsolePage, chromium
from tests.e2e.console_receiver import receiving
from tests.e2e.console_shots import ADMIN, AGENT, LEAD, Shot, given_shots
from tests.unit.crm.postgres import private_cluster

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


async def _corrected(crm: Crm, browser: Browser, folder: Path) -> None:
    page = await ConsolePage.open(browser, crm.url)
    await page.login(AGENT, crm.passwords[AGENT])
    await crm.tale.dialogue("misheard", 2_000_050, KNOWN)
    await crm.tale.ring("misheard", AGENT)
    await crm.tale.answer("misheard", AGENT)
    card = await page.wait_for_card(contact="misheard", state="talking")
    await page.correct_slot(card, "fault_code", "E10")
    await page.page.wait_for_selector(".sample")
    await page.screenshot(str(folder / "corrected-1366x768.png"))
    await crm.tale.end("misheard", AGENT)
    await page.wait_for_state("wrapup")
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


async def take(
    crm: Crm, browser: Browser, folder: Path, shots: Sequence[Shot], sizes: Sequence[tuple[int, int]]
) -> None:
    """Take the pages at these sizes; each person logs in once a size. What does not become ready is told."""
    for size in sizes:
        open_pages: dict[str, ConsolePage] = {}
        for shot in shots:
            if shot.number not in open_pages:
                open_pages[shot.number] = await ConsolePage.open(browser, crm.url, size)
                await open_pages[shot.number].login(shot.number, crm.passwords[shot.number])
            console = open_pages[shot.number]
            try:
                await console.go(shot.path)
                if shot.before:
                    await shot.before(console.page)
                await console.page.wait_for_selector(shot.ready)
                await console.page.wait_for_load_state("networkidle")
            except (PlaywrightError, AssertionError) as error:
                sys.stderr.write(f"{shot.name}: {str(error).splitlines()[0]}\n")
            await console.screenshot(str(folder / f"{shot.name}-{size[0]}x{size[1]}.png"))
            await console.page.context.set_offline(False)
        for console in open_pages.values():
            await console.page.context.close()


async def take_mobile(
    crm: Crm, browser: Browser, folder: Path, lead: ConsolePage, visit: dict[str, Any], working: dict[str, Any]
) -> None:
    """Take the engineer's page at every step, with what the customer pays, and a link that is over."""
    phone = await ConsolePage.open(browser, crm.url, MOBILE)
    await phone.go(working["link"])
    await phone.page.screenshot(path=str(folder / "engineer-charge-390x844.png"), full_page=True)
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
        made, visits = await given_shots(lead, company, crm.tale)
        sizes = [size for size in (COMPACT, WIDE) if f"{size[0]}x{size[1]}" in named]
        names = [name for name in named if name[0].isalpha()]
        if not names or "engineer" in names:
            await take_mobile(crm, browser, folder, lead, company.visit, visits.working)
        shots = [shot for shot in (*made, *hooks) if not names or shot.name in names]
        await take(crm, browser, folder, shots, sizes or (COMPACT, WIDE))


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
            await _corrected(crm, browser, folder)
            await _emergency(crm, browser, folder)
            await _board(crm, browser, folder)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), sys.argv[2:]))
