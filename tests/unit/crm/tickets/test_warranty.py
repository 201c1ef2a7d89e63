"""A ticket's verdict: its machine's card is read, a check is judged before it is written down."""

from typing import Any

import httpx

from crm.bootstrap import Process
from tests.unit.crm.asking import get
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.tickets_by_hand import API, given_customer, given_staff, move, opened
from tests.unit.crm.visits.world import AFTER, BEFORE, ask, given_engineer, given_visit

SAID = {"purchase": {"date": "2020-05-01"}, "invoice": {"value": "no"}}


async def given_card(client: httpx.AsyncClient, customer: str, **more: Any) -> dict[str, Any]:
    fields = {"customer": customer, "product_class": "boiler", "invoice_on": "2025-12-01", "invoice_no": "04512233"}
    made: dict[str, Any] = await ask(client, "POST", "/products", 201, **{**fields, **more})
    return made


async def test_the_card_of_the_tickets_machine_goes_before_the_callers_words(
    process: Process, clock: Clock, page: Opener
) -> None:
    owner = await given_customer(process, clock)
    async with page("8001") as agent:
        card = await given_card(agent, owner)
        ticket = await opened(agent, "repair", slots={**SAID, "product": {"product_id": card["id"]}})
        assert (ticket["warranty"]["line"], ticket["warranty"]["until"]) == ("in", "2027-12-01")
        assert ticket["warranty"]["reasons"][0]["text"] == "按发票日期 2025-12-01 起算（产品卡登记）"
        unknown = await opened(agent, "repair", slots={**SAID, "product": {"product_id": "0" * 32}})
        assert unknown["warranty"]["line"] == "no_proof"


async def test_a_check_is_judged_before_and_after_it_is_saved_alike(page: Opener) -> None:
    check = {"invoice_on": "2025-12-01", "receipt": "yes", "serial_matches": "yes", "cause": "dismantled"}
    async with page("8001") as agent:
        ticket = await opened(agent, "repair", slots={**SAID, "product": {"value": "boiler"}})
        before = await ask(agent, "POST", f"/tickets/{ticket['no']}/warranty", value=check)
        assert (before["line"], before["line_name"]) == ("excluded", "不属于保修范围，收费维修")
        barred = next(reason for reason in before["reasons"] if reason["code"] == "man_made")
        assert barred["sentence"] == "人为损坏或自行拆卸的;"
        assert (await get(agent, f"/tickets/{ticket['no']}"))["version"] == ticket["version"]
        body = {"version": ticket["version"], "slots": {"warranty_check": {"value": check}}}
        saved = (await agent.patch(f"{API}/tickets/{ticket['no']}", json=body)).json()
        assert saved["warranty"] == before
        assert saved["timeline"][0]["text"] == (
            "改正 保修核对：发票 2025-12-01；有发票或售货凭证；机器与凭证相符；自行拆卸"
        )


async def test_nothing_is_judged_of_what_is_no_matter_of_the_warranty(
    process: Process, clock: Clock, page: Opener
) -> None:
    await given_staff(process, clock)
    async with page("8001") as agent, page("7003") as auditor:
        ticket = await opened(agent, "training")
        path = f"/tickets/{ticket['no']}/warranty"
        assert (await ask(agent, "POST", path, 422, value={}))["detail"] == "培训不判三包"
        assert (await ask(agent, "POST", "/tickets/00000000/warranty", 404, value={}))["detail"] == "没有这张工单"
        await ask(auditor, "POST", path, 403, value={})


async def test_repairs_of_the_machine_are_counted_from_its_visits(process: Process, clock: Clock, page: Opener) -> None:
    owner = await given_customer(process, clock)
    async with page("9001") as client:
        card = await given_card(client, owner)
        await given_engineer(client)
        for _ in range(2):
            visit = await given_visit(client, product=card["id"])
            path = f"/visits/{visit['id']}/report"
            started = await ask(client, "POST", path, version=visit["version"], step="arrive")
            await ask(
                client, "POST", path, version=started["version"], step="finish", result="fixed", signed_by="陈国强",
                checked=[*BEFORE, *AFTER],
            )  # fmt: skip
            clock.forward(hours=1)
        ticket = await opened(client, "repair", slots={"product": {"product_id": card["id"]}})
        review = next(reason for reason in ticket["warranty"]["reasons"] if reason["code"] == "review")
        assert review["text"].startswith("已修过 2 次（产品卡登记）")


async def test_a_right_that_the_card_proves_can_be_accepted(process: Process, clock: Clock, page: Opener) -> None:
    owner = await given_customer(process, clock)
    async with page("9001") as client:
        card = await given_card(client, owner, invoice_on="2026-11-20")
        said = {**SAID, "product": {"product_id": card["id"], "value": "boiler"}, "wanted": {"value": "refund"}}
        ticket = await opened(client, "unit_return", slots=said)
        assert (await move(client, ticket, "approve")).status_code == 200
        assert (await move(client, ticket, "accept")).status_code == 200
        bare = await opened(client, "unit_return", slots={**said, "product": {"value": "boiler"}})
        assert (await move(client, bare, "approve")).status_code == 200
        assert "三包不支持退货" in (await move(client, bare, "accept")).json()["detail"]
