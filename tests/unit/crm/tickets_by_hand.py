"""Opening and moving tickets as the pages do; what the tests of processes share."""

from typing import Any

import httpx

from crm.accounts import service as accounts
from crm.accounts.schemas import Role
from crm.bootstrap import Process
from crm.customers.models import Customer
from crm.database import milliseconds
from tests.unit.crm.fakes import ADDRESS, Clock
from tests.unit.crm.made import PASSWORD

API = "/api/v1"


async def given_staff(process: Process, clock: Clock) -> None:
    """Make the roles that the shared fixtures do not have: dispatcher 7001, quality 7002, auditor 7003, admin 7004."""
    async with process.parts.work() as session:
        for number, role in (("7001", Role.DISPATCHER), ("7002", Role.QUALITY), ("7003", Role.AUDITOR),
                             ("7004", Role.ADMIN)):  # fmt: skip
            await accounts.ensure_account(
                session, number=number, name=f"某{number}", roles=(role,), password=PASSWORD, now=clock()
            )


async def given_customer(process: Process, clock: Clock, kind: str = "owner") -> str:
    """Make a customer and return the id."""
    async with process.parts.work() as session:
        row = Customer(name="顺德暖通", kind=kind, created_at=milliseconds(clock()))
        session.add(row)
        await session.flush()
        return row.id


async def opened(client: httpx.AsyncClient, kind: str, **more: Any) -> dict[str, Any]:
    """Open a ticket by hand with the address known."""
    slots = {"address": ADDRESS, **more.pop("slots", {})}
    answer = await client.post(f"{API}/tickets", json={"kind": kind, "slots": slots, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def move(client: httpx.AsyncClient, ticket: dict[str, Any], name: str, **slots: Any) -> httpx.Response:
    """Ask for a move with the ticket's newest version, filling slots with it."""
    current = (await client.get(f"{API}/tickets/{ticket['no']}")).json()
    values = {key: {"value": value if isinstance(value, dict) else {"value": value}} for key, value in slots.items()}
    body = {"version": current["version"], "move": name, "slots": values}
    return await client.patch(f"{API}/tickets/{ticket['no']}", json=body)


async def moved(client: httpx.AsyncClient, ticket: dict[str, Any], name: str, **slots: Any) -> dict[str, Any]:
    """Make a move that must succeed."""
    answer = await move(client, ticket, name, **slots)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
