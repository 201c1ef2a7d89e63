"""A danger that was written: rung back at once, before all others; the duty phones when nobody takes it."""

from datetime import timedelta
from typing import Any

import pytest

from crm.bootstrap import Process
from crm.callbacks.duty import MOST_RINGS, call_duty
from ivr.contract.commands import CommandName
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock, FakeTelephone
from tests.unit.crm.messages.test_messages import dangers_on_board, left, tickets
from tests.unit.crm.test_crm_facts import one
from tests.unit.crm.tickets_by_hand import API, given_staff

WAIT = timedelta(minutes=5)
GAS = "厨房里闻到煤气味"
NUMBER = "+8613800138000"


async def written(page: Opener, **body: Any) -> None:
    async with page("") as visitor:
        await left(visitor, kind="consult", **{"text": GAS, **body})


async def callbacks(page: Opener, query: str = "") -> list[dict[str, Any]]:
    async with page("8001") as agent:
        answer = await agent.get(f"{API}/callbacks{query}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found


async def rung(process: Process, telephone: FakeTelephone, clock: Clock) -> list[dict[str, str]]:
    telephone.told.clear()
    await call_duty(process.parts.work, telephone, clock(), WAIT)
    assert {name for name, _ in telephone.told} <= {CommandName.CALL_DUTY}
    return [args for _, args in telephone.told]


async def test_it_is_a_call_back_at_once_before_all_others(page: Opener, clock: Clock) -> None:
    await written(page)
    (task,) = await callbacks(page)
    (ticket,) = await tickets(page)
    assert (task["reason"], task["reason_name"], task["priority"]) == ("danger", "留言说有危险", "urgent")
    assert (task["e164"], task["ticket"], task["contact"], task["due_at"]) == (
        NUMBER, ticket["no"], "", task["created_at"],
    )  # fmt: skip
    assert ticket["callback"]["id"] == task["id"]
    clock.forward(minutes=1)
    await written(page, text="炉子着火了", phone="13900139000")
    seen: list[dict[str, Any]] = []
    async with page("8001") as agent:
        cursor = ""
        for _ in range(2):
            answer = (await agent.get(f"{API}/callbacks?size=1&cursor={cursor}")).json()
            seen, cursor = [*seen, *answer["items"]], answer["next"]
    assert ([row["e164"] for row in seen], cursor) == ([NUMBER, "+8613900139000"], "")


async def test_without_a_number_nobody_can_be_rung(
    page: Opener, process: Process, telephone: FakeTelephone, clock: Clock
) -> None:
    await written(page, phone="")
    assert await callbacks(page) == []
    clock.forward(minutes=6)
    assert await rung(process, telephone, clock) == []
    async with page("9001") as supervisor:
        assert len(await dangers_on_board(supervisor)) == 1


async def test_the_duty_phones_are_rung_when_nobody_takes_it(
    page: Opener, process: Process, telephone: FakeTelephone, clock: Clock
) -> None:
    await written(page)
    clock.forward(minutes=4.9)
    assert await rung(process, telephone, clock) == []
    for _ in range(MOST_RINGS):
        clock.forward(minutes=5)
        assert await rung(process, telephone, clock) == [{"number": NUMBER}]
        assert await rung(process, telephone, clock) == []
    clock.forward(minutes=5)
    assert await rung(process, telephone, clock) == []
    (ticket,) = await tickets(page)
    assert ticket["timeline"][0]["text"] == "还没有客服接手，第 3 次打值班电话"
    async with page("9001") as supervisor:
        assert len(await dangers_on_board(supervisor)) == 1  # it stands until somebody takes it


async def test_who_takes_it_keeps_the_duty_phones_quiet_for_ten_minutes(
    page: Opener, process: Process, telephone: FakeTelephone, clock: Clock
) -> None:
    await written(page)
    (task,) = await callbacks(page)
    async with page("8001") as agent, page("9001") as supervisor:
        assert (await agent.post(f"{API}/callbacks/{task['id']}/take")).status_code == 200
        assert await dangers_on_board(supervisor) == []
        clock.forward(minutes=9)
        assert await rung(process, telephone, clock) == []
        clock.forward(minutes=2)  # taken and then forgotten
        assert len(await dangers_on_board(supervisor)) == 1
        assert await rung(process, telephone, clock) == [{"number": NUMBER}]
        assert (await agent.post(f"{API}/callbacks/{task['id']}/take")).status_code == 200
        done = await agent.post(f"{API}/callbacks/{task['id']}/done", json={"result": "reached"})
        assert done.status_code == 200
        assert await dangers_on_board(supervisor) == []
    clock.forward(minutes=30)
    assert await rung(process, telephone, clock) == []


@pytest.mark.parametrize("trouble", ["refused", "away"])
async def test_a_round_that_did_not_go_out_is_tried_again_soon(
    page: Opener, process: Process, telephone: FakeTelephone, clock: Clock, trouble: str
) -> None:
    await written(page)
    clock.forward(minutes=5)
    telephone.answer = trouble
    assert await rung(process, telephone, clock) == []
    telephone.answer = "done"
    (ticket,) = await tickets(page)
    assert ticket["timeline"][0]["text"].startswith("值班电话没有打出去：")
    assert await rung(process, telephone, clock) == []
    clock.forward(seconds=31)
    assert await rung(process, telephone, clock) == [{"number": NUMBER}]


async def test_an_erased_writer_is_rung_by_nobody(page: Opener, process: Process, clock: Clock) -> None:

    await given_staff(process, clock)
    await written(page)
    (ticket,) = await tickets(page)
    async with page("7004") as admin:
        erased = await admin.post(f"{API}/customers/{ticket['customer']}/erase", json={"reason": "本人要求"})
        assert erased.is_success, erased.text
    assert (await one(process, "SELECT e164 FROM callback_tasks"))["e164"] == ""
