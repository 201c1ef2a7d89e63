"""The machines of a file tell themselves apart: what each is, where it was seen, how its warranty stands."""

from typing import Any

import httpx

from crm.bootstrap import Process
from tests.unit.crm.conftest import Opener
from tests.unit.crm.counting import statements
from tests.unit.crm.fakes import ADDRESS, Clock
from tests.unit.crm.tickets_by_hand import given_customer, opened
from tests.unit.crm.visits.world import ask


async def machine(client: httpx.AsyncClient, customer: str, serial: str, invoice_on: str = "", **more: Any) -> str:
    days = {"invoice_on": invoice_on, "warranty_card": "yes"} if invoice_on else {}
    card = {"customer": customer, "product_class": "boiler", "model": "HP-24", "serial": serial, **days, **more}
    made = await ask(client, "POST", "/products", 201, **card)
    return str(made["id"])


async def test_each_machine_says_where_it_stands_and_whether_it_is_under_warranty(
    page: Opener, process: Process, clock: Clock
) -> None:
    customer = await given_customer(process, clock)
    async with page("8001") as client:
        young = await machine(client, customer, "A-1", "2025-03-10")
        await machine(client, customer, "A-2", "2020-03-10")
        await machine(client, customer, "A-3")
        elsewhere = {**ADDRESS, "road": "新路9号"}
        for address in (ADDRESS, elsewhere):  # the newest ticket tells where the machine is
            await opened(client, "repair", customer=customer, product=young, slots={"address": address})
            clock.forward(minutes=1)
        held = (await ask(client, "GET", f"/customers/{customer}"))["products"]
        found = {item["serial"]: (item["warranty"], item["warranty_until"]) for item in held}
        assert found == {
            "A-1": ("保修期内，免费维修", "2027-03-10"),
            "A-2": ("已过保修期，收费维修", "2022-03-10"),
            "A-3": ("保不保修，以凭证和检查为准", None),
        }
        places = {item["serial"]: item["place"] for item in held}
        assert "新路9号" in places["A-1"]
        assert (places["A-2"], places["A-3"]) == ("", "")


async def test_a_ticket_is_opened_with_the_machine_that_was_picked_and_only_with_ones_own(
    page: Opener, process: Process, clock: Clock
) -> None:
    customer, other = await given_customer(process, clock), await given_customer(process, clock)
    async with page("8001") as client:
        await machine(client, customer, "A-1")
        second = await machine(client, customer, "A-2")
        strange = await machine(client, other, "B-1")
        ticket = await opened(client, "repair", customer=customer, product=second)
        assert (ticket["product"]["id"], ticket["product"]["text"]) == (second, "壁挂炉 HP-24 A-2")
        assert (await opened(client, "repair", customer=customer, product=""))["product"] is None
        refused = await ask(client, "POST", "/tickets", 422, kind="repair", customer=customer, product=strange)
        assert refused["fields"][0]["field"] == "product"


async def test_the_file_takes_as_many_statements_for_many_machines_as_for_one(
    page: Opener, process: Process, clock: Clock
) -> None:
    customer = await given_customer(process, clock)
    async with page("8001") as client:
        counted: list[int] = []
        for upto in (1, 9):
            for number in range(upto - len(counted)):
                await machine(client, customer, f"C-{upto}-{number}", "2025-03-10")
            with statements() as sent:
                await ask(client, "GET", f"/customers/{customer}")
            counted.append(len(sent))
        assert counted[0] == counted[1]
