"""Who says 打错了 was promised that the number is put right: marked, not rung, a person asked for another."""

from typing import Any

import pytest

from crm.customers import repository as customers
from crm.customers import wrong_numbers
from crm.tickets import repository as tickets
from tests.unit.crm.asking import get
from tests.unit.crm.fakes import CALLER, NUMBER
from tests.unit.crm.followups.world import Office, completed, taken, told
from tests.unit.crm.tickets_by_hand import API

SAID = "回访：号码打错了，请核对客户的号码，原号码已标为有误"
ASKED = "回访第 1 次：打错了。请找到客户的正确号码，改好档案后办结这张单"


@pytest.fixture
async def due(office: Office) -> dict[str, Any]:
    """Return the day's follow-up of a customer whose repair was completed."""
    await completed(office.desk, office.agent)
    return await office.on_its_day()


async def file_of(office: Office) -> dict[str, Any]:
    """Return the file of the customer, as an agent reads it."""
    ticket = await get(office.agent, f"/tickets/{NUMBER}")
    found: dict[str, Any] = await get(office.agent, f"/customers/{ticket['customer']}")
    return found


async def marked(office: Office, status: int = 200, **marks: bool) -> None:
    """Set marks of the customer's first number."""
    file = await file_of(office)
    path = f"{API}/customers/{file['id']}/numbers/{file['phones'][0]['id']}"
    answer = await office.agent.patch(path, json=marks)
    assert answer.status_code == status, answer.text


async def test_an_agent_who_hears_it_marks_the_number_and_asks_for_the_right_one(
    office: Office, due: dict[str, Any]
) -> None:
    await taken(office.agent, due["id"])
    done = await told(office.agent, due["id"], result="wrong_number")
    assert (done["outcome"], done["attempts"][0]["by"]) == ("wrong_number", "李明")
    file = await file_of(office)
    assert [(bool(item["wrong_at"]), item["wrong_by"]) for item in file["phones"]] == [(True, "李明")]
    assert file["notes"][0]["author"] == "李明"
    assert "标为有误" in file["notes"][0]["text"]
    assert CALLER[3:] not in file["notes"][0]["text"]
    ticket = await get(office.agent, f"/tickets/{NUMBER}")
    assert (ticket["timeline"][0]["text"], ticket["wrong_by"]) == (SAID, "李明")
    own = await get(office.agent, f"/tickets/{due['ticket']}")
    assert (own["state"], own["priority"], own["timeline"][0]["text"]) == ("in_progress", "normal", ASKED)
    assert own["wrong_at"] == ticket["wrong_at"] is not None


async def test_a_marked_number_does_not_tell_who_calls(office: Office, due: dict[str, Any]) -> None:
    await told(office.agent, due["id"], result="wrong_number")
    async with office.process.parts.work() as session:
        assert await customers.by_number(session, CALLER) == []
    await marked(office, wrong=False)
    async with office.process.parts.work() as session:
        assert len(await customers.by_number(session, CALLER)) == 1


async def test_who_calls_by_a_marked_number_is_told_nothing_of_its_former_customers_tickets(
    office: Office, due: dict[str, Any]
) -> None:
    async def found() -> int:
        async with office.process.parts.work() as session:
            return len(await tickets.of_caller(session, customer="", e164=CALLER, only_open=False, limit=9))

    assert await found() > 0
    await told(office.agent, due["id"], result="wrong_number")
    assert await found() == 0
    await marked(office, wrong=False)
    assert await found() > 0


async def test_a_number_marked_before_its_day_is_not_rung_and_another_on_file_is(office: Office) -> None:
    await completed(office.desk, office.agent)
    await marked(office, wrong=True)
    file = await file_of(office)
    path = f"{API}/customers/{file['id']}/numbers"
    assert (await office.agent.put(path, json={"number": "13900139000"})).status_code == 200
    found = await office.on_its_day()
    assert found["e164"] == "+8613900139000"
    assert (await file_of(office))["phones"][0]["number"] == "139 0013 9000"


async def test_without_another_number_nobody_is_rung(office: Office) -> None:
    await completed(office.desk, office.agent)
    await marked(office, wrong=True)
    await office.forward(days=3)
    assert await office.tick() == 1
    (done,) = (await get(office.agent, "/followups?tab=done"))["items"]
    assert (done["outcome"], done["attempts"]) == ("no_number", [])


async def test_a_number_marked_while_it_waits_is_not_rung_until_the_mark_is_gone(
    office: Office, due: dict[str, Any]
) -> None:
    await marked(office, wrong=True)
    found = await taken(office.agent, due["id"])
    assert (found["outcome"], found["done_by"]) == ("no_number", "李明")
    own = await get(office.agent, f"/tickets/{due['ticket']}")
    assert (own["state"], own["timeline"][0]["text"]) == ("closed", "号码标了有误，不回访")


async def test_a_mark_is_taken_away_once_and_who_did_it_is_noted(office: Office, due: dict[str, Any]) -> None:
    await told(office.agent, due["id"], result="wrong_number")
    for _ in range(2):
        await marked(office, wrong=False)
    file = await file_of(office)
    assert (file["phones"][0]["wrong_at"], file["phones"][0]["wrong_by"]) == (None, "")
    texts = [note["text"] for note in file["notes"]]
    assert sum("不再标为有误" in text for text in texts) == 1
    assert (await get(office.agent, f"/tickets/{NUMBER}"))["wrong_at"] is None
    for _ in range(2):
        await marked(office, wrong=True)
    assert sum("坐席核对" in note["text"] for note in (await file_of(office))["notes"]) == 1


async def test_the_mark_is_the_customer_s_own(office: Office, due: dict[str, Any]) -> None:
    other = await office.agent.post(f"{API}/customers", json={"name": "周敏", "numbers": [{"number": CALLER}]})
    await told(office.agent, due["id"], result="wrong_number")
    async with office.process.parts.work() as session:
        assert await wrong_numbers.of(session, other.json()["id"], [CALLER]) == []
        assert [item.name for item in await customers.by_number(session, CALLER)] == ["周敏"]
        assert await wrong_numbers.of(session, None, [CALLER]) == []
        assert not await wrong_numbers.mark(session, "0" * 32, CALLER, "李明", "", office.clock())


async def test_a_number_that_only_the_ticket_had_comes_to_the_file_as_wrong(
    office: Office, due: dict[str, Any]
) -> None:
    file = await file_of(office)
    path = f"{API}/customers/{file['id']}/numbers/{file['phones'][0]['id']}"
    assert (await office.agent.delete(path)).status_code == 200
    await told(office.agent, due["id"], result="wrong_number")
    assert [item["wrong_by"] for item in (await file_of(office))["phones"]] == ["李明"]


async def test_a_call_back_to_a_marked_number_needs_a_reason(office: Office, due: dict[str, Any]) -> None:
    low = {"fixed": "no", "score_visit": 1}
    await told(office.agent, due["id"], result="answered", survey=low)
    await marked(office, wrong=True)
    (task,) = (await get(office.lead, "/callbacks"))["items"]
    assert task["do_not_call"] == "wrong"
    path = f"{API}/callbacks/{task['id']}/take"
    refused = await office.lead.post(path)
    assert (refused.status_code, refused.json()["fields"][0]["field"]) == (422, "reason")
    assert (await office.lead.post(path, json={"reason": "客户来信说可以打"})).status_code == 200
    texts = [item["text"] for item in (await get(office.lead, f"/tickets/{NUMBER}"))["timeline"]]
    assert "号码标了有误，仍要回拨：客户来信说可以打" in texts
