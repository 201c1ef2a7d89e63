"""A ticket gets its customer, machine and address later: found by two characters, told in timeline and audit log."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from crm.bootstrap import Process
from crm.calls.models import Contact
from ivr.contract import facts
from tests.unit.crm.asking import get, tell
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import ADDRESS, Clock, Story, dialogue
from tests.unit.crm.tickets_by_hand import API, given_staff, opened
from tests.unit.crm.visits.world import ask, given_engineer, given_visit


async def given_file(client: httpx.AsyncClient, name: str = "欧阳志明", **more: Any) -> str:
    made = await ask(client, "POST", "/customers", 201, **{"name": name, "kind": "owner", **more})
    return str(made["id"])


async def given_machine(client: httpx.AsyncClient, customer: str, serial: str = "2503-01877") -> str:
    card = {"customer": customer, "product_class": "boiler", "model": "HP-24", "serial": serial}
    return str((await ask(client, "POST", "/products", 201, **card))["id"])


async def changed(client: httpx.AsyncClient, ticket: dict[str, Any], **what: Any) -> dict[str, Any]:
    """Change the ticket as it stands now."""
    current = await get(client, f"/tickets/{ticket['no']}")
    found: dict[str, Any] = await ask(client, "PATCH", f"/tickets/{ticket['no']}", version=current["version"], **what)
    return found


async def refused(client: httpx.AsyncClient, ticket: dict[str, Any], **what: Any) -> tuple[str, str]:
    """Try to change the ticket; returns the field that is wrong and why."""
    current = await get(client, f"/tickets/{ticket['no']}")
    body = {"version": current["version"], **what}
    answer = await client.patch(f"{API}/tickets/{ticket['no']}", json=body)
    assert answer.status_code == 422, answer.text
    wrong = answer.json()["fields"][0]
    return wrong["field"], wrong["detail"]


async def test_a_ticket_of_nobody_gets_customer_and_machine(process: Process, clock: Clock, page: Opener) -> None:
    await given_staff(process, clock)
    async with page("8001") as agent, page("9001") as lead, page("7003") as auditor:
        owner = await given_file(agent)
        machine = await given_machine(agent, owner)
        found = await get(agent, "/customers?q=志明")
        assert [row["id"] for row in found["items"]] == [owner]
        ticket = await opened(agent, "repair")
        after = await changed(agent, ticket, customer=owner, product=machine)
        assert (after["customer"], after["customer_name"]) == (owner, "欧阳志明")
        assert after["product"] == {"id": machine, "text": "壁挂炉 HP-24 2503-01877"}
        assert [entry["text"] for entry in after["timeline"][:2]] == [
            "产品：壁挂炉 HP-24 2503-01877",
            "客户：改为 欧阳志明",
        ]
        assert [row["no"] for row in (await get(agent, "/tickets?q=志明"))["items"]] == [ticket["no"]]
        assert ADDRESS["road"] in (await get(agent, f"/customers/{owner}"))["addresses"][0]["text"]
        log = await get(lead, "/audit?action=ticket_given")
        assert [(item["subject"], item["subject_name"], item["detail"]) for item in log["items"]] == [
            (owner, "欧阳志明", ticket["no"])
        ]
        covered = await get(auditor, f"/tickets/{ticket['no']}")
        assert (covered["product"], covered["timeline"][1]["text"]) == (None, "（无权查看）")


async def test_another_customer_takes_the_ticket_without_the_machine(page: Opener) -> None:
    async with page("9001") as lead:
        first, second = await given_file(lead), await given_file(lead, "陈国强")
        machine, other = await given_machine(lead, first), await given_machine(lead, second, "2609-11420")
        ticket = await opened(lead, "repair", customer=first, product=machine)
        assert ticket["product"]["id"] == machine
        assert await refused(lead, ticket, product=other) == ("product", "这台产品登记在别的客户名下，请先选客户")
        after = await changed(lead, ticket, customer=second)
        assert (after["product"], after["customer_name"]) == (None, "陈国强")
        assert next(slot["text"] for slot in after["slots"] if slot["slot"] == "product") == "壁挂炉"
        log = (await get(lead, "/audit?action=ticket_taken"))["items"]
        assert [(item["subject"], item["detail"]) for item in log] == [(first, ticket["no"])]
        assert (await changed(lead, ticket, product=other))["product"]["id"] == other
        assert (await changed(lead, ticket, product=""))["product"] is None
        nobody = await changed(lead, ticket, customer="")
        assert (nobody["customer"], nobody["timeline"][0]["text"]) == ("", "客户：去掉")
        same = await changed(lead, ticket, customer="")
        assert same["version"] == nobody["version"]


async def test_what_cannot_be_attached_is_refused_at_its_field(page: Opener) -> None:
    async with page("9001") as lead:
        kept, gone = await given_file(lead), await given_file(lead, "欧阳先生")
        version = (await get(lead, f"/customers/{kept}"))["version"]
        await ask(lead, "POST", f"/customers/{kept}/merges", 201, gone=gone, version=version)
        ticket = await opened(lead, "repair")
        assert await refused(lead, ticket, customer="0" * 32) == ("customer", "没有这位客户")
        assert await refused(lead, ticket, customer=gone) == ("customer", "这份档案已并入另一份，请选另一份")
        assert await refused(lead, ticket, product="0" * 32) == ("product", "没有这台产品")


async def test_parts_that_left_are_not_moved_to_another_quota(page: Opener) -> None:
    async with page("9001") as lead:
        first, second = await given_file(lead), await given_file(lead, "陈国强")
        await ask(lead, "PUT", "/parts/PCB", name="主板")
        ticket = await opened(lead, "part_request", customer=first)
        ticket = await ask(lead, "PUT", f"/tickets/{ticket['no']}/parts", version=ticket["version"], lines={"PCB": 1})
        await ask(lead, "PATCH", f"/tickets/{ticket['ticket']}", version=ticket["version"], move="approve")
        which = {"no": ticket["ticket"]}
        assert await refused(lead, which, customer=second) == ("customer", "备件已送审、报价或发出，不能换客户")


@pytest.mark.parametrize(("caller", "follows"), [("", True), ("+8613800138000", False)])
async def test_a_withheld_call_follows_its_ticket_and_one_from_an_own_number_does_not(
    process: Process, page: Opener, desk: httpx.AsyncClient, caller: str, follows: bool
) -> None:
    async with page("8001") as agent:
        await given_file(agent, "陈国强", numbers=[{"number": "13800138000"}])
        wanted = await given_file(agent)
        started, *rest = dialogue()
        assert isinstance(started, facts.ContactStarted)
        await tell(desk, Story(), replace(started, caller_raw=caller, caller_e164=caller), *rest)
        ticket = (await get(agent, "/tickets"))["items"][0]
        assert bool(ticket["customer"]) is not follows
        await changed(agent, ticket, customer=wanted)
        async with process.parts.work() as session:
            contact = await session.get(Contact, ticket["contact"])
            assert contact is not None
            assert (contact.customer_id == wanted) is follows


async def test_a_planned_visit_goes_to_the_machine_that_is_chosen(page: Opener) -> None:
    async with page("9001") as lead:
        owner = await given_file(lead)
        machine = await given_machine(lead, owner)
        await given_engineer(lead)
        visit = await given_visit(lead)
        await changed(lead, {"no": visit["ticket"]}, customer=owner, product=machine)
        card = await get(lead, f"/products/{machine}")
        assert [item["visit"] for item in card["visits"]] == [visit["id"]]


async def test_two_who_attach_at_once_do_not_undo_each_other(page: Opener) -> None:
    async with page("8001") as first, page("8002") as second:
        one, other = await given_file(first), await given_file(first, "陈国强")
        ticket = await opened(first, "repair")
        await changed(first, ticket, customer=one)
        body = {"version": ticket["version"], "customer": other}
        clash = await second.patch(f"{API}/tickets/{ticket['no']}", json=body)
        assert clash.status_code == 409
        assert [item["label"] for item in clash.json()["changed"]] == ["客户"]
