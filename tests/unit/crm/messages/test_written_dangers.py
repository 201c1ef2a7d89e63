"""A danger that was written: rung back at once, before all others; the duty phones when nobody takes it."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from crm.bootstrap import Process
from crm.callbacks.duty import MOST_RINGS, call_duty
from crm.database import milliseconds
from ivr.contract.commands import CommandName
from ivr.contract.envelope import Envelope
from ivr.contract.facts import DutyTaken
from ivr.contract.ids import ContactId
from tests.unit.crm.asking import one
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock, FakeTelephone, wire
from tests.unit.crm.messages.test_messages import dangers_on_board, left, tickets
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
    assert all(len(args["task"]) == 32 for _, args in telephone.told)
    return [{"number": args["number"]} for _, args in telephone.told]


async def took(desk: httpx.AsyncClient, task: str, at: datetime, seq: int = 1) -> httpx.Response:
    """Tell crm, as ivr does, that a duty phone took the round."""
    fact = Envelope("ivr-1", seq, at, ContactId(""), DutyTaken(task, "13900000002"))
    return await desk.post("/internal/facts", json=wire([fact]))


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


async def test_a_duty_phone_that_took_it_is_rung_no_more_and_named_in_the_timeline(
    page: Opener, desk: httpx.AsyncClient, process: Process, telephone: FakeTelephone, clock: Clock
) -> None:
    await written(page)
    (task,) = await callbacks(page)
    clock.forward(minutes=5)
    assert await rung(process, telephone, clock) == [{"number": NUMBER}]
    for _ in range(2):  # ivr tells it again when the answer is lost
        assert (await took(desk, task["id"], clock())).status_code == 200
    assert (await took(desk, task["id"], clock(), seq=2)).status_code == 200  # and after a restart as another fact
    (ticket,) = await tickets(page)
    told = [entry["text"] for entry in ticket["timeline"] if entry["kind"] == "callback"]
    assert told == ["值班电话 139****0002 已接手", "还没有客服接手，第 1 次打值班电话"]
    (task,) = await callbacks(page)
    assert (task["taken_name"], task["done_at"]) == ("值班电话 139****0002", None)
    async with page("8001") as agent, page("9001") as supervisor:
        refused = await agent.post(f"{API}/callbacks/{task['id']}/take")
        assert (refused.status_code, refused.json()["detail"]) == (409, "值班电话 139****0002 正在回拨")
        assert await dangers_on_board(supervisor) == []
        clock.forward(minutes=11)
        assert await rung(process, telephone, clock) == []
        assert len(await dangers_on_board(supervisor)) == 1  # until somebody wrote down how it went
        assert (await agent.post(f"{API}/callbacks/{task['id']}/take")).status_code == 200
        done = await agent.post(f"{API}/callbacks/{task['id']}/done", json={"result": "reached"})
        assert done.status_code == 200
        assert await dangers_on_board(supervisor) == []


async def test_an_agent_who_has_it_keeps_it_when_a_duty_phone_takes_the_round_too(
    page: Opener, desk: httpx.AsyncClient, process: Process, telephone: FakeTelephone, clock: Clock
) -> None:
    await written(page)
    clock.forward(minutes=5)
    await rung(process, telephone, clock)
    (task,) = await callbacks(page)
    async with page("8001") as agent:
        assert (await agent.post(f"{API}/callbacks/{task['id']}/take")).status_code == 200
    await took(desk, task["id"], clock())
    (task,) = await callbacks(page)
    assert task["taken_name"] == "李明"
    clock.forward(minutes=30)
    assert await rung(process, telephone, clock) == []


async def test_a_round_for_what_crm_does_not_know_is_kept_as_refused(
    desk: httpx.AsyncClient, process: Process, clock: Clock
) -> None:
    assert (await took(desk, "f" * 32, clock())).status_code == 200
    held = await one(process, "SELECT status, reason FROM facts")
    assert (held["status"], held["reason"]) == ("rejected", "no_such_task")


async def test_nobody_answering_leaves_who_is_in_danger_for_minutes_only(
    page: Opener, process: Process, telephone: FakeTelephone, clock: Clock
) -> None:
    await written(page)
    (task,) = await callbacks(page)
    async with page("8001") as agent, page("9001") as supervisor:
        assert (await agent.post(f"{API}/callbacks/{task['id']}/take")).status_code == 200
        done = await agent.post(f"{API}/callbacks/{task['id']}/done", json={"result": "no_answer"})
        again = datetime.fromisoformat(done.json()["due_at"]) - milliseconds(clock())
        assert (again, done.json()["again_min"]) == (timedelta(minutes=3), 3)
        assert len(await dangers_on_board(supervisor)) == 1
    clock.forward(minutes=5)
    assert await rung(process, telephone, clock) == [{"number": NUMBER}]


@pytest.mark.parametrize("trouble", ["refused", "away"])
async def test_a_round_that_did_not_go_out_is_tried_again_soon(
    page: Opener, process: Process, telephone: FakeTelephone, clock: Clock, trouble: str
) -> None:
    await written(page)
    clock.forward(minutes=5)
    telephone.answer = trouble
    (before,) = await tickets(page)
    for _ in range(3):
        assert await rung(process, telephone, clock) == []
        clock.forward(seconds=31)
    telephone.answer = "done"
    assert await rung(process, telephone, clock) == [{"number": NUMBER}]
    assert await rung(process, telephone, clock) == []
    (ticket,) = await tickets(page)
    rang, failed = [entry["text"] for entry in ticket["timeline"][:2]]
    assert (rang, failed[:10]) == ("还没有客服接手，第 1 次打值班电话", "值班电话没有打出去：")
    assert ticket["version"] == before["version"] + 2  # who works at it meanwhile is not told every time


async def test_an_erased_writer_is_rung_by_nobody(page: Opener, process: Process, clock: Clock) -> None:

    await given_staff(process, clock)
    await written(page)
    (ticket,) = await tickets(page)
    async with page("7004") as admin:
        erased = await admin.post(f"{API}/customers/{ticket['customer']}/erase", json={"reason": "本人要求"})
        assert erased.is_success, erased.text
    assert (await one(process, "SELECT e164 FROM callback_tasks"))["e164"] == ""
