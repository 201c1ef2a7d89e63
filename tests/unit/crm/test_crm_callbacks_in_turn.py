"""Call-backs that keep their place: dialled in turn, bounded, never to who wants no calls, and told everywhere."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from crm.agents import repository as agents
from crm.bootstrap import Process
from crm.callbacks import service as callbacks
from crm.callbacks.turns import place_due
from crm.customers import repository as customers
from crm.customers import wrong_numbers
from crm.policy.turns import AGAIN_AFTER, RECALL_AFTER, REFUSED_AFTER, UNTOLD_AFTER
from ivr.contract import facts
from ivr.contract.commands import CommandName
from ivr.contract.facts import Fact
from tests.unit.crm.asking import one, rows, ship
from tests.unit.crm.fakes import CALLER, CONTACT, NOON, RECORDING, Clock, FakeTelephone, Story, dialogue
from tests.unit.crm.test_crm_pops import viewer

READY = facts.AgentPhoneChanged("8001", "ready")
ASKED = facts.CallbackRequested("asked", 1, queue="repair", priority=10)
LEG = facts.ContactStarted("hotline-2.1", "13800138000", CALLER, "075766883358", "f" * 32, "v1", callback=True)
LEFT: Sequence[Fact] = (
    facts.QueueJoined("v1", "repair", 3),
    facts.QueueLeft("v1", "repair", "key", 30_000),
    ASKED,
    facts.ContactEnded("callback", 16, 90_000),
)


async def signed_in(process: Process, *queues: str) -> None:
    async with process.parts.work() as session:
        phone = await agents.get_or_add(session, "8001")
        phone.queues = list(queues)


async def tick(process: Process, telephone: FakeTelephone, clock: Clock) -> list[tuple[CommandName, dict[str, str]]]:
    """Let the job look once; return what it told ivr."""
    telephone.told.clear()
    await place_due(process.parts.work, telephone, clock(), process.parts.settings.zone)
    return list(telephone.told)


async def asked(process: Process, desk: httpx.AsyncClient, *more: Fact) -> Story:
    """A caller who kept the place; 8001 is ready for repair."""
    story = Story()
    await ship(desk, story.tell(*dialogue(), *LEFT, READY, *more))
    await signed_in(process, "repair")
    return story


async def task_of(process: Process) -> dict[str, Any]:
    return dict(await one(process, "SELECT * FROM callback_tasks"))


async def test_the_hotline_calls_when_an_agent_is_free(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = await asked(process, desk)
    clock.forward(minutes=1)
    ((name, args),) = await tick(process, telephone, clock)
    assert name is CommandName.CALL_BACK
    assert args.pop("code").isdigit()
    assert datetime.fromtimestamp(float(args.pop("since")), UTC) == NOON + timedelta(seconds=16)  # when they joined
    assert args == {
        "contact": CONTACT, "number": CALLER, "queue": "repair", "priority": "10", "position": "1", "attempt": "1",
    }  # fmt: skip
    assert await tick(process, telephone, clock) == []  # it rings
    await ship(desk, story.tell(facts.CallbackRang("answered"), LEG))
    row = await one(process, "SELECT * FROM contacts")
    assert (row["outcome"], row["ended_at"], row["linkedids"]) == ("", None, ["hotline-1.1", "hotline-2.1"])
    clock.forward(minutes=20)
    assert await tick(process, telephone, clock) == []  # on the line
    talk: list[Fact] = [
        facts.QueueJoined("v2", "repair", 1),
        facts.AgentAnswered("v2", "repair", "8001", 900, 500),
        facts.TalkEnded("v2", "repair", "8001", "caller", 60_000),
        facts.ContactEnded("talked", 16, 70_000),
    ]
    await ship(desk, story.tell(*talk))
    row = await one(process, "SELECT * FROM contacts")
    assert (row["outcome"], row["duration_ms"], row["recording"]) == ("talked", 160_000, RECORDING)
    done = await task_of(process)
    assert (done["result"], done["reasons"]) == ("reached", ["asked"])
    ledger = await one(process, "SELECT count(*) AS n FROM recordings")
    assert ledger["n"] == 2
    told = await one(process, "SELECT text FROM timeline WHERE kind = 'callback'")
    assert told["text"] == "按次序回电，已接通"


async def test_the_agent_s_card_says_that_it_is_a_call_back(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = await asked(process, desk)
    clock.forward(minutes=1)
    await tick(process, telephone, clock)
    ring: list[Fact] = [LEG, facts.QueueJoined("v2", "repair", 1), facts.AgentRinging("v2", "repair", "8001")]
    await ship(desk, story.tell(*ring))
    async with process.parts.work.snapshot() as session:
        snapshot = await process.hub.snapshot(session, await viewer(process, "8001"))
    assert [tag.key for tag in snapshot.cards[0].tags][:1] == ["callback"]


async def test_nobody_free_or_other_queues_or_somebody_before_means_not_yet(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = await asked(process, desk, facts.AgentPhoneChanged("8001", "talking"))
    assert await tick(process, telephone, clock) == []
    await ship(desk, story.tell(READY))
    await signed_in(process, "consult")
    assert await tick(process, telephone, clock) == []


async def test_who_is_held_for_a_caller_in_danger_is_free_for_nobody_else(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = await asked(process, desk, facts.AgentPhoneChanged("8001", "ready", facts.HELD))
    clock.forward(minutes=1)
    assert await tick(process, telephone, clock) == []
    await ship(desk, story.tell(READY))
    assert len(await tick(process, telephone, clock)) == 1


async def test_who_waits_longer_with_the_same_priority_is_not_overtaken(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = await asked(process, desk)  # priority 10
    for contact, priority in (("a" * 32, 10), ("b" * 32, 0)):
        waits: list[Fact] = [
            facts.ContactStarted(f"hotline-{contact[0]}.1", "13800138009", "+8613800138009", "4001726011", "", "v1"),
            facts.HandedOver("queue", "repair", "", priority),
            facts.QueueJoined(f"v-{contact}", "repair", 1),
        ]
        early = Story(node=f"ivr-{contact[0]}", contact=contact)
        await ship(desk, early.tell(*waits))
    clock.forward(minutes=1)
    assert await tick(process, telephone, clock) == []  # the only agent is for who came before
    async with process.parts.work() as session:
        await agents.get_or_add(session, "8002")
    await ship(desk, story.tell(facts.AgentPhoneChanged("8002", "ready")))
    async with process.parts.work() as session:
        (await agents.get_or_add(session, "8002")).queues = ["repair"]
    ((_, args),) = await tick(process, telephone, clock)
    assert args["position"] == "2"  # and before who has less priority


async def test_not_before_the_time_they_said(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = Story()
    later = facts.CallbackRequested("asked", 1, queue="repair", after="2026-11-22T18:00")
    await ship(desk, story.tell(*dialogue(), later, READY))
    await signed_in(process, "repair")
    clock.forward(hours=5, minutes=59)  # noon in the hotline's zone
    assert await tick(process, telephone, clock) == []
    clock.forward(minutes=1)
    assert len(await tick(process, telephone, clock)) == 1


async def test_three_attempts_then_people(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = await asked(process, desk)
    for attempt, end in enumerate(("busy", "no_answer", "failed"), 1):
        assert [args["attempt"] for _, args in await tick(process, telephone, clock)] == [str(attempt)]
        story.at = clock()
        await ship(desk, story.tell(facts.CallbackRang(end)))
        assert await tick(process, telephone, clock) == []
        clock.forward(seconds=AGAIN_AFTER.total_seconds() + 5)
    assert await tick(process, telephone, clock) == []
    held = await task_of(process)
    assert (held["queue"], held["done_at"], held["attempts"]) == ("", None, 3)
    assert held["note"] == "按次序回电第 3 次：没有打通，转人工回电"


async def test_who_is_not_to_be_called_is_left_to_people(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    await asked(process, desk)
    async with process.parts.work() as session:
        (customer,) = await customers.by_number(session, CALLER)
        customer.do_not_call = True
    assert await tick(process, telephone, clock) == []
    held = await task_of(process)
    assert (held["queue"], held["done_at"], held["note"]) == ("", None, "客户档案标了勿呼，请先确认再打")


async def test_a_number_that_is_not_the_customer_s_is_left_to_people(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    await asked(process, desk)
    async with process.parts.work() as session:
        (customer,) = await customers.by_number(session, CALLER)
        assert await wrong_numbers.mark(session, customer.id, CALLER, "自动回访", "回访时对方说打错了", clock())
    assert await tick(process, telephone, clock) == []
    held = await task_of(process)
    assert (held["queue"], held["done_at"], held["note"]) == ("", None, "号码标了有误，请先核对客户的号码")


async def test_a_refused_command_does_not_count_and_is_tried_again(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    await asked(process, desk)
    telephone.answer = "refused"
    assert await tick(process, telephone, clock) == []
    assert (await task_of(process))["attempts"] == 0
    telephone.answer = "done"
    assert await tick(process, telephone, clock) == []
    clock.forward(seconds=REFUSED_AFTER.total_seconds() + 1)
    assert len(await tick(process, telephone, clock)) == 1


async def test_an_attempt_of_which_nobody_tells_is_over_after_a_while(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    await asked(process, desk)
    telephone.answer = "away"  # it may have been placed
    assert await tick(process, telephone, clock) == []
    telephone.answer = "done"
    clock.forward(seconds=UNTOLD_AFTER.total_seconds() + 1)
    assert await tick(process, telephone, clock) == []
    held = await task_of(process)
    assert (held["attempts"], held["placed_at"]) == (1, None)
    clock.forward(seconds=AGAIN_AFTER.total_seconds() + 1)
    assert [args["attempt"] for _, args in await tick(process, telephone, clock)] == ["2"]


async def test_who_answers_and_meets_nobody_is_left_to_people(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = await asked(process, desk)
    clock.forward(minutes=1)
    await tick(process, telephone, clock)
    gone: list[Fact] = [
        facts.CallbackRang("answered"),
        LEG,
        facts.QueueJoined("v2", "repair", 1),
        facts.QueueLeft("v2", "repair", "abandoned", 9000),
        facts.ContactEnded("abandoned"),
    ]
    await ship(desk, story.tell(*gone))
    held = await task_of(process)
    assert (held["done_at"], held["queue"], held["reasons"]) == (None, "", ["asked", "abandoned"])
    assert (await one(process, "SELECT outcome FROM contacts"))["outcome"] == "abandoned"


async def test_a_queue_nobody_knows_is_refused(process: Process, desk: httpx.AsyncClient) -> None:
    await ship(desk, Story().tell(*dialogue(), facts.CallbackRequested("asked", 1, queue="sales")))
    row = await one(process, "SELECT status, reason FROM facts WHERE kind = 'callback_requested'")
    assert (row["status"], row["reason"]) == ("rejected", "unknown_queue")


# ---- who was in danger and was cut off ----


async def cut_off(desk: httpx.AsyncClient, caller: str = CALLER) -> Story:
    """A caller who named a danger and was cut off before anybody answered; no agent is there."""
    story = Story()
    _, *said = dialogue()
    started = facts.ContactStarted("hotline-1.1", "", caller, "4001726011", RECORDING, "v1")
    await ship(desk, story.tell(started, *said, facts.SafetyRaised(1, "gas", "key"), facts.ContactEnded("abandoned")))
    return story


async def test_who_was_cut_off_in_danger_is_rung_after_three_minutes_for_the_emergency_queue(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = await cut_off(desk)
    async with process.parts.work() as session:
        (customer,) = await customers.by_number(session, CALLER)
        customer.do_not_call = True  # does not stand against a danger, nor does the other mark
        await wrong_numbers.mark(session, customer.id, CALLER, "李明", "坐席核对", clock())
    clock.forward(minutes=2, seconds=50)
    assert await tick(process, telephone, clock) == []
    clock.forward(minutes=1)
    ((name, args),) = await tick(process, telephone, clock)  # nobody is ready: the duty phones are behind the queue
    assert (name, args["number"], args["queue"], args["attempt"]) == (
        CommandName.CALL_BACK, CALLER, "emergency", "1",
    )  # fmt: skip
    story.at = clock()
    await ship(desk, story.tell(facts.CallbackRang("no_answer")))
    assert await tick(process, telephone, clock) == []
    clock.forward(seconds=RECALL_AFTER.total_seconds() + 5)
    assert [args["attempt"] for _, args in await tick(process, telephone, clock)] == ["2"]
    story.at = clock()
    talk: list[Fact] = [facts.CallbackRang("answered"), LEG, facts.ContactEnded("talked", 16, 70_000)]
    await ship(desk, story.tell(*talk))  # on a duty phone: no agent answered
    held = await task_of(process)
    assert (held["result"], held["done_at"] is not None) == ("reached", True)
    told = await rows(process, "SELECT text FROM timeline WHERE kind = 'callback' ORDER BY id")
    assert [row["text"] for row in told] == ["紧急自动回电第 1 次：无人接听", "紧急自动回电，已接通"]


async def test_a_telephone_indoors_is_never_rung(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    await cut_off(desk, "+8675766883358")
    clock.forward(hours=1)
    assert await tick(process, telephone, clock) == []
    assert (await task_of(process))["queue"] == ""


async def test_a_telephone_indoors_that_was_named_later_is_left_to_people(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    story = await cut_off(desk)
    await ship(desk, story.tell(facts.CallbackRequested("asked", 1, "+8675766883358")))
    clock.forward(minutes=4)
    assert await tick(process, telephone, clock) == []
    held = await task_of(process)
    assert (held["queue"], held["done_at"]) == ("", None)
    assert held["note"] == "登记的是座机，人可能还在屋里，没有自动回拨"


async def test_a_person_who_rang_in_vain_is_not_followed_at_once(
    process: Process, desk: httpx.AsyncClient, telephone: FakeTelephone, clock: Clock
) -> None:
    await cut_off(desk)
    clock.forward(minutes=4)
    async with process.parts.work() as session:
        task_id = (await task_of(process))["id"]
        await callbacks.finish(session, task_id, result="no_answer", note="", actor="王芳", now=clock())
    assert await tick(process, telephone, clock) == []
    clock.forward(seconds=RECALL_AFTER.total_seconds() + 1)
    assert len(await tick(process, telephone, clock)) == 1
