"""A result that is taken back takes its follow-up with it."""

import pytest

from tests.unit.crm.followups.world import Office
from tests.unit.crm.visits.test_fitting import lines
from tests.unit.crm.visits.test_told_for_another import told
from tests.unit.crm.visits.world import START, ask, given_visit


@pytest.mark.parametrize("due", [False, True])
async def test_a_follow_up_goes_with_the_result_that_is_taken_back(office: Office, due: bool) -> None:
    """The next result plans another: who is rung once knows how it really ended."""
    lead = office.lead
    visit = await given_visit(lead)
    number = {"contact": {"value": {"number": "13800138000"}}}
    version = (await ask(lead, "GET", f"/tickets/{visit['ticket']}"))["version"]
    await ask(lead, "PATCH", f"/tickets/{visit['ticket']}", version=version, slots=number)
    done = await told(lead, visit, charged_fen=8000, fee_agreed=True)
    assert (await ask(lead, "GET", "/followups?tab=later"))["total"] == 1
    if due:
        await office.forward(days=2)
        await office.tick()
    path = f"/visits/{visit['id']}/revoke"
    await ask(lead, "POST", path, version=done["version"], reason="填错了工单")
    assert "撤销上门结果「修好了」：填错了工单；当时收费 80.00 元，请与客户结清" in await lines(lead, visit)
    assert (await ask(lead, "GET", "/followups?tab=later"))["total"] == 0
    (ended,) = (await ask(lead, "GET", "/followups?tab=done"))["items"]
    assert ended["outcome"] == "reopened"
    shown = await ask(lead, "GET", f"/visits/{visit['id']}")
    assert (shown["charged_fen"], shown["proposed_fen"], shown["charges"]) == (0, None, [])
    people = await ask(lead, "GET", "/engineers")
    when = {"starts_at": "2026-11-25T01:00:00.000Z", "ends_at": "2026-11-25T03:00:00.000Z", "late_reason": "重新上门"}
    second = await ask(lead, "POST", "/visits", 201, ticket=visit["ticket"], engineer=people[0]["id"], **when)
    await told(lead, second, arrived_at=None, result="absent", status=409)
    assert when["starts_at"] > START
    await told(lead, second)
    assert (await ask(lead, "GET", "/followups?tab=later"))["total"] == 1
