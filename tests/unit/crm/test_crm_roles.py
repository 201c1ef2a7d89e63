"""Who may do what: every operation of the API × every role, and the ways two people or two presses could collide."""

import asyncio
from typing import Any

import httpx
import pytest

from crm.accounts import service as accounts
from crm.accounts.schemas import Role
from crm.bootstrap import Process
from crm.web.app import make_web_app
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.route_roles import EVERYBODY, OPEN, ROLES_OF
from tests.unit.crm.tickets_by_hand import API, given_customer, moved, opened

PATHS = {"no": "00000000", "customer": "f" * 32, "contact": "none", "task": "f" * 32, "pop": "f" * 32, "key": "on_site",
         "code": "PCB", "name": "warranty", "entry": "f" * 32, "version": "1", "kind": "fault_code",
         "outlet": "f" * 32, "engineer": "f" * 32, "visit": "f" * 32, "product": "f" * 32, "number": "f" * 32,
         "merge_id": "f" * 32, "photo": "f" * 32,
         "webhook": "f" * 32, "table": "customers", "account": "nobody", "channel": "f" * 32,
         "place": "main", "follow_up": "f" * 32, "city": "4499"}  # fmt: skip


def operations(process: Process) -> dict[str, tuple[str, str]]:
    paths: dict[str, dict[str, Any]] = make_web_app(process.parts).openapi()["paths"]
    return {
        told["operationId"]: (method.upper(), path)
        for path, methods in paths.items()
        for method, told in methods.items()
    }


async def test_every_operation_has_a_line_in_the_table(process: Process) -> None:
    found = set(operations(process))
    assert found == set(ROLES_OF), "say in tests/unit/crm/route_roles.py who may use a new operation"


@pytest.mark.parametrize("role", [*Role, None], ids=str)
async def test_the_table_of_operations_and_roles(process: Process, clock: Clock, role: Role | None) -> None:
    headers = {}
    if role is not None:
        async with process.parts.work() as session:
            token = await accounts.make_token(session, name=f"t-{role}", role=role, secret="cookie", now=clock())
        headers = {"Authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(make_web_app(process.parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://page", headers=headers) as client:
        wrong = []
        for name, (method, path) in operations(process).items():
            answer = await client.request(method, _filled(path), json=_body(name) if method != "GET" else None)
            if not _as_told(name, role, answer.status_code):
                wrong.append(f"{name} as {role}: {answer.status_code}")
        assert wrong == []


def _filled(path: str) -> str:
    for name, value in PATHS.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def _body(name: str) -> dict[str, Any]:
    """Return a body that reaches the check of the role: it must be well-formed."""
    return BODIES.get(name, {})


def _as_told(name: str, role: Role | None, status: int) -> bool:
    allowed = ROLES_OF[name]
    refused = {403} if name in BODIES or name.startswith(("get", "list", "export")) else {403, 422}
    if allowed is OPEN:
        return status != 500
    if role is None:
        return status in {401, *refused}
    if allowed is EVERYBODY or role in allowed:
        return status not in (401, 500) and (status != 403 or name in SELF_ONLY)
    return status in refused


SELF_ONLY = {"signIn", "signOut", "becomeReady", "pause"}  # a program has no telephone, no page
WHY = {"reason": "按要求"}
BODIES: dict[str, dict[str, Any]] = {
    "openTicket": {"kind": "repair"},
    "changeTicket": {"version": 0},
    "addNote": {"text": "x"},
    "finishCallback": {"result": "reached"},
    "saveGasPhone": {"version": 0, "city": "佛山市", "number": "119", "source": "x", "checked_on": "2026-11-01"},
    "removeGasPhone": {},
    "tellFollowUp": {"result": "no_answer"},
    "changeCustomer": {"version": 1},
    "judgeWarranty": {"product_class": "boiler"},
    "pauseClock": {"reason": "customer_wish"},
    "savePart": {"name": "主板"},
    "addPrice": {"valid_from": "2026-01-01", "fen": 1, "source": "x"},
    "moveStock": {"place": "main", "kind": "in", "quantity": 1, "reason": "x", "version": 0},
    "markStock": {"reorder_at": 1, "version": 0},
    "savePartner": {"version": 0, "units_bought": 1, "environment": "normal"},
    "savePartRequest": {"version": 0, "lines": {}},
    "addRules": {"valid_from": "2026-01-01", "body": {}},
    "saveAccount": {"version": 0, "name": "王敏", "roles": ["agent"]},
    "resetPassword": {},
    "addWebhook": {"url": "https://erp.example/", "kinds": ["ticket"]},
    "removeWebhook": {},
    "switchWebhook": {"active": False},
    "tellWebhookAgain": {"from_event": 1},
    "addChannel": {"name": "微信", "kind": "wechat"},
    "removeChannel": {},
    "exportPerson": WHY,
    "erasePerson": WHY,
    "revealNumber": {"kind": "ticket", "id": "00000000", **WHY},
}


# ---- two people, two presses ----


async def test_two_people_move_one_ticket_one_of_them_is_told(page: Opener) -> None:
    async with page("8001") as first, page("8002") as second:
        ticket = await opened(first, "repair")
        body = {"version": ticket["version"], "move": "accept"}
        both = await asyncio.gather(*(who.patch(f"{API}/tickets/{ticket['no']}", json=body) for who in (first, second)))
        assert sorted(answer.status_code for answer in both) == [200, 409]
        loser = next(answer.json() for answer in both if answer.status_code == 409)
        assert "改了 状态" in loser["detail"]
        assert loser["current"]["state"] == "to_dispatch"


async def test_if_match_merges_nothing(page: Opener) -> None:
    async with page("8001") as first, page("8002") as second:
        ticket = await opened(first, "repair")
        path = f"{API}/tickets/{ticket['no']}"
        seen = (await first.get(path)).headers["etag"]
        await second.post(f"{path}/notes", json={"text": "客户又来电"})
        body = {"version": ticket["version"], "priority": "high"}
        late = await first.patch(path, json=body, headers={"If-Match": seen})
        assert (late.status_code, late.json()["code"]) == (412, "outdated")
        newest = (await first.get(path)).headers["etag"]
        saved = await first.patch(path, json=body, headers={"If-Match": newest})
        assert (saved.status_code, saved.json()["priority"]) == (200, "high")
        assert saved.headers["etag"] != newest


async def test_a_double_press_opens_one_ticket(page: Opener, process: Process, clock: Clock) -> None:
    customer = await given_customer(process, clock)
    async with page("8001") as client:
        body = {"kind": "install", "customer": customer}
        presses = [client.post(f"{API}/tickets", json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
        both = await asyncio.gather(*presses)
        assert [answer.status_code for answer in both] == [201, 201]
        assert len({answer.json()["no"] for answer in both}) == 1
        assert (await client.get(f"{API}/tickets?customer={customer}")).json()["total"] == 1
        other = await client.post(f"{API}/tickets", json={"kind": "repair"}, headers={"Idempotency-Key": "k1"})
        assert other.json()["code"] == "idempotency_key_reused"
        await moved(client, both[0].json(), "resolve")
