"""A clerk corrects what a ticket says; its kind only while nothing is under way."""

import pytest

from crm.policy import ticket_states as policy
from tests.unit.crm.asking import get
from tests.unit.crm.conftest import Opener
from tests.unit.crm.tickets_by_hand import API, moved, opened


def test_the_kind_stays_once_something_is_under_way() -> None:
    for state in ("new", "in_progress", "to_dispatch"):
        assert policy.kinds_from("repair", state) == tuple(policy.KINDS)
    for state in ("dispatched", "on_site", "approving", "shipped", "resolved", "closed", "void"):
        assert policy.kinds_from("repair", state) == ("repair",)


@pytest.mark.parametrize("kind", ["complaint", "install"])
async def test_a_ticket_under_way_keeps_its_kind_and_says_why(page: Opener, kind: str) -> None:
    async with page("9001") as lead:
        ticket = await opened(lead, "repair")
        assert kind in ticket["kinds"]
        ticket = await moved(lead, ticket, "accept")
        ticket = await moved(lead, ticket, "dispatch")
        assert ticket["kinds"] == ["repair"]
        body = {"version": ticket["version"], "kind": kind, "priority": "high"}
        answer = await lead.patch(f"{API}/tickets/{ticket['no']}", json=body)
        assert answer.status_code == 422
        assert answer.json()["fields"][0]["detail"] == ("工单已经是「已派单」，不能再改类型；要办别的事，请开新工单")
        assert (await get(lead, f"/tickets/{ticket['no']}"))["priority"] == "normal"
        same = {"version": ticket["version"], "kind": "repair", "priority": "high"}
        assert (await lead.patch(f"{API}/tickets/{ticket['no']}", json=same)).status_code == 200
