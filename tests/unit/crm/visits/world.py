"""A ticket, an outlet and engineers to plan visits with."""

from typing import Any

import httpx

from tests.unit.crm.fakes import ADDRESS, NOON

API = "/api/v1"
START, END = "2026-11-22T09:00:00.000Z", "2026-11-22T11:00:00.000Z"
BEFORE = ["address_confirmed", "route_confirmed", "wish_asked", "tools_ready", "parts_ready"]
AFTER = [
    "badge_shown",
    "cleaned",
    "demonstrated",
    "taught",
    "no_water",
    "no_smoking",
    "no_meal",
    "no_gift",
    "no_damage",
]
assert NOON.isoformat() < START


async def ask(client: httpx.AsyncClient, method: str, path: str, status: int = 200, **body: Any) -> Any:
    """Send JSON and return the answer's."""
    answer = await client.request(method, f"{API}{path}", json=body or None)
    assert answer.status_code == status, answer.text
    return answer.json()


async def given_engineer(client: httpx.AsyncClient, name: str = "李强", badge: str = "1026") -> dict[str, Any]:
    """Make an outlet (once) and an engineer of it."""
    outlets = await ask(client, "GET", "/outlets")
    area = {"adcode": "440606", "name": "顺德区"}
    outlet = (
        outlets[0]
        if outlets
        else await ask(client, "POST", "/outlets", 201, name="顺德网点", areas=[{**area, "city": True}])
    )
    made: dict[str, Any] = await ask(
        client, "POST", "/engineers", 201, name=name, badge_no=badge, number="13800138001", outlet=outlet["id"],
        skills=["boiler", "install"], areas=[area],
    )  # fmt: skip
    return made


async def given_ticket(client: httpx.AsyncClient, kind: str = "repair") -> dict[str, Any]:
    """Open a ticket with an address, a code and a machine."""
    slots = {"address": ADDRESS, "fault_code": {"canonical": "E01", "raw": "E01"}, "product": {"value": "boiler"}}
    made: dict[str, Any] = await ask(client, "POST", "/tickets", 201, kind=kind, slots=slots)
    return made


async def given_visit(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    """Plan a visit for a new ticket."""
    people = await ask(client, "GET", "/engineers")
    engineer = people[0] if people else await given_engineer(client)
    ticket = await given_ticket(client)
    body = {"ticket": ticket["no"], "engineer": engineer["id"], "starts_at": START, "ends_at": END, **more}
    made: dict[str, Any] = await ask(client, "POST", "/visits", 201, **body)
    return made
