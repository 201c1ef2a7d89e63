"""Visits out of the warranty with what they are charged; an entry that was written anew; by the API."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tests.e2e.console_page import ConsolePage
from tests.e2e.console_world import ZONE, given_visit, given_waiting, tomorrow

_AFTER: Final = (
    "badge_shown", "cleaned", "demonstrated", "taught", "no_water", "no_smoking", "no_meal", "no_gift", "no_damage",
)  # fmt: skip
_USED: Final = [{"name": "点火电极 IGN-01", "quantity": 2}, {"name": "风压开关 PRESS-SW", "quantity": 1}]


@dataclass(frozen=True, slots=True)
class Visits:
    """What was made: the ticket of a visit that is done, the visit that is at work, a ticket that was opened again."""

    done: str
    working: dict[str, Any]
    reopened: str


async def given_labor(lead: ConsolePage) -> None:
    """Put the fee for coming and working on the price list."""
    await lead.send("PUT", "/parts/LABOR", name="上门人工费", unit="次")
    await lead.send("POST", "/parts/LABOR/prices", valid_from="2026-01-01", fen=15_000, source="2026 年价目表")


async def given_visits(lead: ConsolePage) -> Visits:
    """Make one visit that was told and charged less than the list asks, and one at work; parts must be in stock."""
    people = [item["id"] for item in await lead.get("/engineers")]
    tickets = await given_waiting(lead)
    told = await _out(lead, tickets[0], people[0])
    now = datetime.now(ZONE)
    done = {"checked": _AFTER, "fee": "out", "fee_agreed": True, "parts": _USED, "parts_from": "main"}
    await lead.send(
        "POST", f"/visits/{told['id']}/report", version=told["version"], step="finish", result="fixed",
        arrived_at=(now - timedelta(hours=2)).isoformat(), at=(now - timedelta(hours=1)).isoformat(),
        charged_fen=20_000, charge_reason="老客户，人工费少收", result_note="换了两根点火电极和风压开关，试机正常",
        code_found="E01", cause="点火电极积碳", signed_by="陈国强", **done,
    )  # fmt: skip
    working = await _out(lead, tickets[1], people[1])
    for step in ("depart", "arrive", "save"):
        lines = [line["key"] for line in working["checklist"] if step == "depart" or line["key"] == "badge_shown"]
        used = {"parts": _USED, "fee": "out", "code_found": "F28"} if step == "save" else {}
        body = {"version": working["version"], "step": step, "checked": lines, **used}
        working |= await lead.send("POST", f"/visits/{working['id']}/report", **body)
    return Visits(tickets[0], working, await _reopened(lead))


async def _reopened(lead: ConsolePage) -> str:
    """Open a ticket that was completed again; returns its number."""
    place = {"province": "广东省", "city": "佛山市", "district": "顺德区", "adcode": "440606", "road": "凤翔路9号"}
    made = await lead.send("POST", "/tickets", kind="repair", slots={"address": place, "product": {"value": "boiler"}})
    for move in ("resolve", "reopen"):
        made = await lead.send("PATCH", f"/tickets/{made['no']}", version=made["version"], move=move)
    return str(made["no"])


async def _out(lead: ConsolePage, ticket: str, engineer: str) -> dict[str, Any]:
    """Plan a visit that the customer pays for."""
    visit = await given_visit(lead, ticket, engineer, tomorrow(19))
    changed: dict[str, Any] = await lead.send("PATCH", f"/visits/{visit['id']}", version=visit["version"], fee="out")
    return visit | changed


async def given_rewritten(lead: ConsolePage, key: str, segments: list[str]) -> None:
    """Write a draft of an article over what is published."""
    entry = await lead.get(f"/knowledge/article/{key}")
    content = {**entry["versions"][0]["content"], "segments": segments}
    await lead.send("PUT", f"/knowledge/article/{key}/draft", revision=entry["revision"], content=content)
