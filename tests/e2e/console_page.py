"""Page object of the console: what a person at the agent's desk does and sees, in a real headless Chromium."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = (
    "--headless",
    "--lang=zh-CN",  # dates and times in fields as people here have them
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
expect.set_options(timeout=60_000)  # as long as every other wait of a page
COMPACT: Final = (1366, 768)
WIDE: Final = (1920, 1080)
_RETRIES: Final = 3  # of a connection that the server closed while it was idle


@dataclass(frozen=True, slots=True)
class Ledger:
    """A pop's times as crm keeps them, None = not yet."""

    created: datetime
    sent: datetime | None
    received: datetime | None
    shown: datetime | None
    acted: datetime | None


@dataclass(frozen=True, slots=True)
class Focus:
    """Where the person is writing: the focused field, its text, the caret, the tab in front, how far it is scrolled."""

    element: str
    text: str
    caret: int
    tab: str
    scroll: float


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start Debian's Chromium with a fresh profile; it ends with the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


class ConsolePage:
    """One browser tab of one person. Every wait ends with playwright's TimeoutError or an AssertionError."""

    def __init__(self, page: Page, base_url: str, timeout_ms: int = 60_000) -> None:
        self.page = page
        self.errors: list[str] = []
        self._base = base_url
        self._timeout = timeout_ms
        page.set_default_timeout(timeout_ms)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @classmethod
    async def open(
        cls,
        browser: Browser,
        base_url: str,
        size: tuple[int, int] = COMPACT,
        theme: Literal["light", "dark"] = "light",
        timeout_ms: int = 60_000,
    ) -> "ConsolePage":
        """Open a tab of its own profile; base_url is crm's, e.g. "http://127.0.0.1:8080"."""
        width, height = size
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", color_scheme=theme
        )
        return cls(await context.new_page(), base_url, timeout_ms)

    async def login(self, number: str, password: str) -> None:
        """Log in and wait for the shell."""
        await self.page.goto(f"{self._base}/login")
        await self.page.fill("[name=number]", number)
        await self.page.fill("[name=password]", password)
        await self.page.click("button[type=submit]")
        await self.page.wait_for_selector("header[data-region=callbar]")

    async def go(self, path: str) -> None:
        """Open an address of the console by the rail or the address bar."""
        await self.page.goto(f"{self._base}{path}")

    async def state(self) -> str:
        """Return the agent's own state: ready, ringing, talking, wrapup, paused, unreachable, offline."""
        return await self.page.get_attribute("[data-testid=state]", "data-state") or ""

    async def wait_for_state(self, state: str) -> None:
        """Wait until the page shows this own state."""
        await self.page.wait_for_selector(f"[data-testid=state][data-state={state}]")

    async def go_ready(self) -> None:
        """Press 就绪 in the state menu (signs in if need be) and wait until the telephone system says so."""
        await self.page.click("[data-testid=state]")
        await self.page.click("[data-testid=go-ready]")
        await self.wait_for_state("ready")

    async def pause(self, reason: str) -> None:
        """Ask for a pause, e.g. "用餐"."""
        await self.page.click("[data-testid=state]")
        await self.page.get_by_role("button", name=reason, exact=True).click()

    async def wait_for_card(self, *, linkedid: str = "", contact: str = "", state: str = "") -> Locator:
        """Wait for the card of a call (by linkedid or contact; neither = any), in a state if one is named."""
        selector = "[data-testid=card]"
        for name, value in (("linkedid", linkedid), ("contact", contact), ("state", state)):
            if value:
                selector += f'[data-{name}="{value}"]'
        card = self.page.locator(selector)
        await card.wait_for(timeout=self._timeout)
        return card

    async def card_text(self, card: Locator) -> str:
        """Return all that the card says, blanks joined."""
        return re.sub(r"\s+", " ", await card.inner_text()).strip()

    async def slot(self, card: Locator, name: str) -> Locator:
        """Return the row of a slot ("fault_code", "address", ...)."""
        row = card.locator(f'[data-slot="{name}"]')
        await row.wait_for()
        return row

    async def confirm_slot(self, card: Locator, name: str) -> None:
        """Press 确认 at a slot and wait until the server says that it is verified."""
        await (await self.slot(card, name)).get_by_role("button", name="确认", exact=True).click()
        await card.locator(f'[data-slot="{name}"][data-status=verified]').wait_for()

    async def correct_slot(self, card: Locator, name: str, text: str) -> None:
        """Press 改正, type, save."""
        row = await self.slot(card, name)
        await row.get_by_role("button", name="改正", exact=True).click()
        await row.locator("input").fill(text)
        await row.locator("input").press("Enter")

    def field(self, name: str) -> Locator:
        """Return the input of a field of the ticket form in front ("symptom", "note", ...)."""
        return self.page.locator(f'[data-testid=ticket-form] [data-field="{name}"]').locator("input, textarea").first

    async def open_call_tab(self, contact: str) -> None:
        """Bring the call's work tab to the front."""
        await self.page.click(f'[data-tab="{contact}"]')

    async def type_into(self, name: str, text: str) -> None:
        """Type into a field key by key."""
        await self.field(name).click()
        await self.page.keyboard.type(text)

    async def newer_value(self, name: str) -> str:
        """Return what stands under a touched field as its newer value, "" = nothing."""
        row = self.page.locator(f'[data-testid=ticket-form] [data-field="{name}"] .newer')
        return (await row.inner_text()).strip() if await row.count() else ""

    async def submit(self) -> None:
        """Press 提交 and wait until the form says that the ticket is in."""
        await self.page.click("[data-testid=submit]")
        await expect(self.page.locator("[data-testid=draft-saved]")).to_contain_text("已提交")

    async def finish(self, code: str, result: str) -> None:
        """Fill the wrap-up (小结 and 处理结果 by their words) and press 完成并就绪."""
        wrap = self.page.locator("[data-testid=wrap-up]")
        await wrap.get_by_role("button", name=re.compile(re.escape(code))).click()
        await wrap.locator(".el-select").click()
        await self.page.get_by_role("option", name=re.compile(re.escape(result))).click()
        await self.page.click("[data-testid=finish]")
        await wrap.wait_for(state="detached")

    async def focus(self) -> Focus:
        """Return where the person is writing."""
        found = await self.page.evaluate(
            """() => {
              const e = document.activeElement, scroller = document.querySelector('[data-region=work] .body')
              const tab = document.querySelector('[data-region=work] [role=tab][aria-selected=true]')
              return { element: e?.closest('[data-field]')?.dataset.field ?? e?.tagName ?? '', text: e?.value ?? '',
                       caret: e?.selectionStart ?? -1, tab: tab?.dataset.tab ?? '', scroll: scroller?.scrollTop ?? 0 }
            }"""
        )
        return Focus(**found)

    async def title(self) -> str:
        """Return the browser tab's title."""
        return await self.page.title()

    async def get(self, path: str) -> Any:
        """Return JSON of the REST API as this person sees it, e.g. "/tickets/60214831"."""
        answer = await self.page.request.get(f"{self._base}/api/v1{path}", max_retries=_RETRIES)
        assert answer.ok, f"{path}: {answer.status}"
        return await answer.json()

    async def send(self, method: str, path: str, **body: Any) -> Any:
        """Ask the REST API as this person would and return the JSON it answers with."""
        answer = await self.page.request.fetch(
            f"{self._base}/api/v1{path}", method=method, headers={"X-Hotline": "1"}, data=body, max_retries=_RETRIES
        )
        assert answer.ok, f"{method} {path}: {answer.status} {await answer.text()}"
        return await answer.json()

    async def ledger(self, contact: str, agent: str = "") -> Ledger:
        """Return the ledger of a call's pop (the only one, or that of one extension)."""
        call = await self.get(f"/calls/{contact}")
        times = [pop["ledger"] for pop in call["pops"] if not agent or pop["agent"] == agent]
        assert len(times) == 1, f"{len(times)} pops"
        return Ledger(**{name: value and datetime.fromisoformat(value) for name, value in times[0].items()})

    async def wait_for_ledger(self, contact: str, step: Literal["sent", "received", "shown", "acted"]) -> Ledger:
        """Wait until crm has this time of the pop; polls, because the ledger is not sent to pages."""
        deadline = self._timeout
        while True:
            found = await self.ledger(contact)
            if getattr(found, step) is not None:
                return found
            assert deadline > 0, f"pop was not {step}"
            await self.page.wait_for_timeout(50)
            deadline -= 50

    async def screenshot(self, path: str) -> None:
        """Write a PNG of what is in view, with nothing under the pointer."""
        await self.page.mouse.move(0, 0)
        await self.page.screenshot(path=path)
