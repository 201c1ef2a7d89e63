"""Who was cut off in danger and is not rung by the hotline: the duty phones hear of it, unless a person takes it."""

from datetime import timedelta

import httpx
import pytest

from crm.bootstrap import Process
from crm.callbacks import service as callbacks
from crm.callbacks.duty import MOST_RINGS, call_duty
from ivr.contract import facts
from ivr.contract.commands import CommandName
from ivr.contract.facts import DutyTaken
from tests.unit.crm.asking import one, rows, ship
from tests.unit.crm.fakes import CALLER, Clock, FakeTelephone, Story
from tests.unit.crm.test_crm_callbacks_in_turn import cut_off, task_of, tick
from tests.unit.crm.test_crm_pops import viewer

WAIT = timedelta(minutes=5)
LANDLINE = "+8675766883358"


async def rung(process: Process, telephone: FakeTelephone, clock: Clock) -> list[tuple[str, str]]:
    """Let the job look once; return the number and the reason of each round."""
    telephone.told.clear()
    await call_duty(process.parts.work, telephone, clock(), WAIT)
    assert {name for name, _ in telephone.told} <= {CommandName.CALL_DUTY}
    return [(args["number"], args["why"]) for _, args in telephone.told]


async def test_of_a_telephone_indoors_the_duty_phones_hear_after_three_minutes_and_again(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    await cut_off(desk, LANDLINE)
    clock.forward(minutes=2, seconds=50)
    assert await rung(process, telephone, clock) == []
    clock.forward(seconds=40)
    for _ in range(MOST_RINGS):
        assert await rung(process, telephone, clock) == [(LANDLINE, "indoors")]
        assert await rung(process, telephone, clock) == []
        clock.forward(minutes=5)
    assert await rung(process, telephone, clock) == []
    assert await tick(process, telephone, clock) == []  # the hotline itself never rings there
    told = await rows(process, "SELECT text FROM timeline WHERE kind = 'callback' ORDER BY id")
    assert told[0]["text"] == "还没有客服接手，第 1 次打值班电话"


async def test_a_mobile_is_rung_by_the_hotline_and_no_duty_phone(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    await cut_off(desk)
    clock.forward(minutes=30)
    assert await rung(process, telephone, clock) == []


async def test_a_mobile_that_the_hotline_rang_in_vain_is_the_duty_phones(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = await cut_off(desk)
    for _ in range(3):
        clock.forward(minutes=4)
        assert len(await tick(process, telephone, clock)) == 1
        assert await rung(process, telephone, clock) == []
        story.at = clock()
        await ship(desk, story.tell(facts.CallbackRang("no_answer")))
    clock.forward(seconds=5)
    assert await rung(process, telephone, clock) == [(CALLER, "cut")]


async def test_who_takes_it_keeps_the_duty_phones_quiet(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    await cut_off(desk, LANDLINE)
    task = (await task_of(process))["id"]
    clock.forward(minutes=4)
    async with process.parts.work() as session:
        await callbacks.take(session, task, await viewer(process, "8001"), clock())
    assert await rung(process, telephone, clock) == []
    clock.forward(minutes=11)  # taken and then forgotten
    assert await rung(process, telephone, clock) == [(LANDLINE, "indoors")]
    async with process.parts.work() as session:
        await callbacks.finish(session, task, result="reached", note="", actor="李明", now=clock())
    clock.forward(minutes=6)
    assert await rung(process, telephone, clock) == []


async def test_a_duty_phone_that_took_it_is_rung_no_more(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = await cut_off(desk, LANDLINE)
    clock.forward(minutes=4)
    assert await rung(process, telephone, clock) == [(LANDLINE, "indoors")]
    task = await task_of(process)
    await ship(desk, story.tell(DutyTaken(task["id"], "13900000002"), contact=""))
    held = await task_of(process)
    assert (held["taken_name"], held["done_at"]) == ("值班电话 139****0002", None)
    clock.forward(minutes=30)
    assert await rung(process, telephone, clock) == []


async def test_who_rings_in_again_and_talks_needs_no_duty_phone(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = await cut_off(desk, LANDLINE)
    async with process.parts.work() as session:
        await callbacks.talked(session, story.contact, clock() + timedelta(minutes=1))
    clock.forward(minutes=5)
    assert await rung(process, telephone, clock) == []


@pytest.mark.parametrize("raised", [True, False])
async def test_without_a_number_or_without_a_danger_no_duty_phone_is_rung(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock, raised: bool
) -> None:
    started = facts.ContactStarted("hotline-1.1", "", "" if raised else LANDLINE, "4001726011", "", "v1")
    danger = [facts.SafetyRaised(0, "unknown", "key")] if raised else []
    await ship(desk, Story().tell(started, *danger, facts.ContactEnded("abandoned")))
    assert (await task_of(process))["danger"] is raised
    clock.forward(hours=1)
    assert await rung(process, telephone, clock) == []


async def test_a_danger_of_an_outage_has_no_ticket_and_is_rung_all_the_same(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    found = facts.CallFound("hotline-7.1", LANDLINE, LANDLINE, "4001726011", "", "", "abandoned", "", danger=True)
    await ship(desk, Story(at=clock() - timedelta(hours=1)).tell(found))
    assert await rung(process, telephone, clock) == [(LANDLINE, "indoors")]
    assert (await task_of(process))["duty_rings"] == 1


@pytest.mark.parametrize("trouble", ["refused", "away"])
async def test_a_round_that_did_not_go_out_is_tried_again_soon(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock, trouble: str
) -> None:
    await cut_off(desk, LANDLINE)
    clock.forward(minutes=4)
    telephone.answer = trouble
    for _ in range(3):
        assert await rung(process, telephone, clock) == []
        clock.forward(seconds=31)
    telephone.answer = "done"
    assert await rung(process, telephone, clock) == [(LANDLINE, "indoors")]
    assert (await one(process, "SELECT duty_rings FROM callback_tasks"))["duty_rings"] == 1
