"""Takes the pictures of docs/screenshots from a real crm: `python -m tests.e2e.console_screenshots FOLDER [pages]`.

With `pages` only the lists and boards are taken, else only the agent's desk.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, expect

from crm.migrate import upgrade
from ivr.contract import facts
from tests.e2e.console_crm import Crm, running_crm
from tests.e2e.console_page import COMPACT, WIDE, ConsolePage, chromium
from tests.e2e.console_parts import given_store
from tests.e2e.console_world import given_engineers, given_visit, given_waiting, tomorrow
from tests.unit.crm.postgres import private_cluster

AGENT = "8001"
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


async def _pages(crm: Crm, browser: Browser, folder: Path) -> None:
    world = await ConsolePage.open(browser, crm.url)
    await world.login("9001", crm.passwords["9001"])
    people = await given_engineers(world)
    waiting = await given_waiting(world)
    for name, index, hour in (("李强", 1, 9), ("周立", 3, 10), ("黄海", 4, 14)):
        await given_visit(world, waiting[index], people[name], tomorrow(hour))
    store = await given_store(world)
    shown = (
        ("9001", "/parts/IGN-01", "parts", "form[aria-label=出入库]"),
        ("9001", f"/partners/{next(iter(store.partners.values()))}", "partners", "form.request"),
        ("9001", f"/tickets/{store.open}", "part-request", "#part-add"),
        ("9001", f"/dispatch?date={tomorrow(9):%Y-%m-%d}&ticket={waiting[0]}", "dispatch", "form button.primary"),
        ("admin", "/users/8001", "accounts", "form.account"),
    )
    for number, path, name, ready in shown:
        for size in (COMPACT, WIDE):
            page = await ConsolePage.open(browser, crm.url, size)
            await page.login(number, crm.passwords[number])
            await page.go(path)
            await page.page.wait_for_selector(ready)
            await page.page.wait_for_load_state("networkidle")
            await page.screenshot(str(folder / f"{name}-{size[0]}x{size[1]}.png"))
            await page.page.context.close()


async def _main(folder: Path, pages: bool) -> None:
    with private_cluster() as url, tempfile.TemporaryDirectory() as state:
        upgrade(url)
        async with running_crm(url, Path(state)) as crm, chromium() as browser:
            if pages:
                await _pages(crm, browser, folder)
                return
            await _call(crm, browser, folder, COMPACT, "light", 2_000_001)
            await _call(crm, browser, folder, WIDE, "light", 2_000_002)
            await _call(crm, browser, folder, COMPACT, "dark", 2_000_003)
            await _emergency(crm, browser, folder)
            await _board(crm, browser, folder)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), "pages" in sys.argv[2:]))
