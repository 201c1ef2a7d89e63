"""The demonstration: a spoken repair call on a real stack, from ring to screen pop, and what came of it."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ops.layout import Layout
from ops.robots.page import AgentPage, PageRefused
from ops.robots.report import CallReport
from ops.robots.scenario import load_scenario
from ops.robots.studio import CarrierAway, Studio
from ops.settings import Settings
from ops.stack import control

CALL = Path(__file__).parent / "data" / "demo_call.yaml"
WANTED = ("call", "ticket", "pop")
_RING_S = 3.0  # the agent looks at the card before answering
Say = Callable[[str], None]


@dataclass
class DemoResult:
    """What the demonstration showed; ok when call, ticket and pop all came.

    pop: with `ahead_ms`, by how much the card was at the agent's page before the agent answered. The page is no browser
    (robots.page): it tells `received`, never `shown`.
    """

    page: str
    accounts: list[dict[str, Any]]
    call: dict[str, Any] = field(default_factory=dict)
    ticket: dict[str, Any] = field(default_factory=dict)
    pop: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Tell whether nothing is missing."""
        return not self.missing

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "ok": self.ok, "missing": self.missing, "page": self.page, "accounts": self.accounts,
            "call": self.call, "ticket": self.ticket, "pop": self.pop,
        }  # fmt: skip


def prepare(layout: Layout) -> tuple[list[dict[str, Any]], str]:
    """Seed the demo accounts and data; returns (accounts with passwords, an API token)."""
    accounts = json.loads(control.run_ours(layout, ["crm", "demo"]))["accounts"]
    token = control.run_ours(layout, ["crm", "token", "--name", "demo"]).strip()
    return accounts, token


async def play(layout: Layout, settings: Settings, accounts: list[dict[str, Any]], token: str, say: Say) -> DemoResult:
    """Run the call with a robot caller, a robot phone and an agent's page; never raises for what did not come."""
    web = f"http://127.0.0.1:{settings.web_port}"
    result = DemoResult(page=f"{web}/", accounts=accounts)
    agent = next(account for account in accounts if account["extension"])
    out = layout.home / "robots"
    report: CallReport | None = None
    try:
        async with (
            AgentPage(web, agent["number"], agent["password"], say) as page,
            Studio(settings, token, out=out, say=say) as studio,
        ):
            studio.start_agents(talk_s=4.0)
            await studio.carrier.ring(agent["extension"], _RING_S)
            await page.ready()
            say(f"agent {agent['number']} is ready; {CALL.name}: the caller rings")
            report = await studio.call(load_scenario(CALL), CALL.parent)
            await page.leave()
    except (PageRefused, CarrierAway) as error:
        say(str(error))
    judge(result, report)
    return result


def judge(result: DemoResult, report: CallReport | None) -> None:
    """Fill in what came of the call (None: there was none) and name what did not.

    call: answered, played to its end, and an agent talked to the caller. ticket: exactly one. pop: a card that was at
    the agent's page before that agent answered, in Asterisk's time.
    """
    if report is None:
        result.missing = list(WANTED)
        return
    result.call = report.to_json()
    result.ticket = report.tickets[0] if len(report.tickets) == 1 else {}
    answers = [datetime.fromisoformat(visit["answered_at"]) for visit in report.visits if visit["answered_at"]]
    result.pop = _pop_before(min(answers), report) if answers else {}
    came = (report.answered and report.ok and bool(answers), bool(result.ticket), bool(result.pop))
    result.missing = [name for name, there in zip(WANTED, came, strict=True) if not there]


def _pop_before(answered: datetime, report: CallReport) -> dict[str, Any]:
    """Return the first pop that reached its page before the answer, with `ahead_ms`; {} for none."""
    for pop in report.pops:
        received = pop["ledger"]["received"]
        ahead = (answered - datetime.fromisoformat(received)).total_seconds() if received else -1.0
        if ahead > 0:
            return {**pop, "ahead_ms": round(ahead * 1000)}
    return {}


def tell(result: DemoResult, say: Say) -> None:
    """Print what the demonstration showed, for people."""
    ticket = result.ticket
    if ticket:
        slots = "; ".join(f"{slot['label']} {slot['text']}（{slot['evidence']}）" for slot in ticket["slots"])
        say(f"ticket {ticket['no'][:4]} {ticket['no'][4:]} {ticket['kind_name']} {ticket['priority_name']}: {slots}")
    if result.pop:
        ahead = result.pop["ahead_ms"] / 1000
        say(f"pop: the card was at the agent's page (no browser) {ahead:.1f} s before the agent answered")
    say("all came: call, ticket, pop" if result.ok else f"did not come: {', '.join(result.missing)}")
    say(f"page: {result.page}")
    for account in result.accounts:
        say(f"  {account['name']} {account['number']} password {account['password']}")


def run(layout: Layout, settings: Settings, say: Say) -> DemoResult:
    """Prepare and play on a stack that is up with its carrier; returns the result."""
    accounts, token = prepare(layout)
    return asyncio.run(play(layout, settings, accounts, token, say))
