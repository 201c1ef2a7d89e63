"""The demonstration: a spoken repair call on a real stack, from ring to screen pop, and what came of it."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
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
_POP_S = 5.0
Say = Callable[[str], None]


@dataclass
class DemoResult:
    """What the demonstration showed; ok when call, ticket and pop all came."""

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
    try:
        async with (
            AgentPage(web, agent["number"], agent["password"], say) as page,
            Studio(settings, token, out=out, say=say) as studio,
        ):
            studio.start_agents(talk_s=4.0)
            await page.ready()
            say(f"agent {agent['number']} is ready; {CALL.name}: the caller rings")
            report = await studio.call(load_scenario(CALL), CALL.parent)
            await page.wait(lambda: any(card["contact"] == report.contact for card in page.cards.values()), _POP_S)
            await page.leave()
    except (PageRefused, CarrierAway) as error:
        result.missing = ["call", "ticket", "pop"]
        say(str(error))
        return result
    judge(result, report)
    return result


def judge(result: DemoResult, report: CallReport) -> None:
    """Fill in what came of the call and name what did not."""
    result.call = report.to_json()
    result.ticket = report.tickets[0] if len(report.tickets) == 1 else {}
    result.pop = next((pop for pop in report.pops if pop["ledger"]["received"]), {})
    came = {
        "call": report.answered and report.ok,
        "ticket": bool(result.ticket),
        "pop": bool(result.pop),
    }
    result.missing = [name for name, there in came.items() if not there]


def tell(result: DemoResult, say: Say) -> None:
    """Print what the demonstration showed, for people."""
    ticket = result.ticket
    if ticket:
        slots = "; ".join(f"{slot['label']} {slot['text']}（{slot['evidence']}）" for slot in ticket["slots"])
        say(f"ticket {ticket['no'][:4]} {ticket['no'][4:]} {ticket['kind_name']} {ticket['priority_name']}: {slots}")
    if result.pop:
        ledger = result.pop["ledger"]
        say(f"pop: sent {ledger['sent']}, received {ledger['received']}, shown {ledger['shown']}")
    say("all came: call, ticket, pop" if result.ok else f"did not come: {', '.join(result.missing)}")
    say(f"page: {result.page}")
    for account in result.accounts:
        say(f"  {account['name']} {account['number']} password {account['password']}")


def run(layout: Layout, settings: Settings, say: Say) -> DemoResult:
    """Prepare and play on a stack that is up with its carrier; returns the result."""
    accounts, token = prepare(layout)
    return asyncio.run(play(layout, settings, accounts, token, say))
