"""Pops: one card per (contact, agent, kind), acknowledged once; snapshot plus messages equals a fresh snapshot."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from crm.accounts import repository
from crm.accounts import service as accounts
from crm.accounts.schemas import Viewer
from crm.bootstrap import Process
from crm.live.schemas import CardMessage, HeartbeatMessage, MeMessage
from crm.web.hub import QUEUE_SIZE, Browser
from ivr.contract import facts
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import CALLER, CONTACT, NUMBER, Clock, Story, dialogue, talk, waiting, wire
from tests.unit.crm.waiting import until

GAVE_UP = facts.QueueLeft("v1", "repair", "abandoned", 42_500)


@pytest.fixture
async def hub(process: Process) -> AsyncIterator[Process]:
    """Run the hub beside the test."""
    running = asyncio.create_task(process.hub.run())
    await until(lambda: process.hub.database_ok)
    yield process
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def forget_heartbeats(browser: Browser) -> None:
    """Take out what was queued while the page joined, which lasts longer than half a second on a busy machine."""
    while not browser.queue.empty():
        assert isinstance(browser.queue.get_nowait(), HeartbeatMessage)


async def viewer(process: Process, number: str) -> Viewer:
    async with process.parts.work() as session:
        account = await repository.by_number(session, number)
        assert account is not None
        return accounts.viewer(account)


async def pops(process: Process) -> list[dict[str, Any]]:
    async with process.parts.work() as session:
        found = await session.execute(text("SELECT * FROM pops ORDER BY created_at, agent"))
        return [dict(row) for row in found.mappings()]


async def test_the_card_is_there_before_the_answer_and_tells_everything(
    process: Process, desk: httpx.AsyncClient, clock: Clock
) -> None:
    story = Story()
    await desk.post("/internal/facts", json=wire(story.tell(*dialogue(), *waiting())))
    clock.forward(minutes=1)
    async with process.parts.work.snapshot() as session:
        snapshot = await process.hub.snapshot(session, await viewer(process, "8001"))
    card = snapshot.cards[0].model_dump(mode="json")
    assert (card["state"], card["queue_name"], card["agent"], card["kind"]) == ("ringing", "维修", "8001", "ring")
    assert card["caller"]["number"] == "138 0013 8000"
    assert card["caller"]["e164"] == CALLER
    assert card["caller"]["customer"]["kind_name"] == "终端用户"
    assert [step["title"] for step in card["path"]] == ["主菜单", "维修申报", "故障代码", "地址"]
    assert card["path"][2]["note"] == "1 次未听清"
    slots = {slot["slot"]: slot for slot in card["slots"]}
    assert list(slots) == ["fault_code", "address", "product", "visit"]
    assert (slots["fault_code"]["text"], slots["fault_code"]["evidence"]) == ("E01", "来电人已确认")
    assert slots["fault_code"]["clip"] == f"/api/v1/clips/{CONTACT}/fault_code-2.wav"
    assert [item["text"] for item in slots["fault_code"]["candidates"]] == ["E01", "F01"]
    assert (slots["product"]["evidence"], slots["visit"]["evidence"]) == ("待核实", "未说")
    assert (card["draft"]["no"], card["default_ticket"]) == (NUMBER, NUMBER)
    assert card["say_next"] == "您好，汉普顿售后服务，工号 8001 为您服务。"
    assert card["ledger"]["sent"] is None
    assert snapshot.me.state == "offline"
    assert snapshot.board is None


@pytest.mark.parametrize(
    ("slot", "value", "tag"),
    [
        ("mood", {"value": "angry", "spoken": "情绪激动"}, "情绪激动"),
        ("category", {"value": "fee", "spoken": "收费", "tag": "impostor"}, "疑似冒充"),
    ],
)
async def test_what_the_agent_must_know_before_the_first_word_is_the_first_mark(
    process: Process, desk: httpx.AsyncClient, slot: str, value: dict[str, str], tag: str
) -> None:
    *said, ticket, over = dialogue()
    marked = facts.SlotFilled(1, slot, value, "unverified", "speech")
    await desk.post("/internal/facts", json=wire(Story().tell(*said, marked, ticket, over, *waiting())))
    async with process.parts.work.snapshot() as session:
        card = (await process.hub.snapshot(session, await viewer(process, "8001"))).cards[0]
    assert card.tags[0].text == tag
    assert tag in [row.text for row in card.slots] or slot == "category"


async def test_who_never_spoke_or_pressed_a_key_is_marked(process: Process, desk: httpx.AsyncClient) -> None:
    story = Story()
    begun = dialogue()[0]
    await desk.post(
        "/internal/facts", json=wire(story.tell(begun, facts.HandedOver("queue", "repair", "silent"), *waiting()))
    )
    async with process.parts.work.snapshot() as session:
        card = (await process.hub.snapshot(session, await viewer(process, "8001"))).cards[0]
    assert [tag.text for tag in card.tags] == ["静默"]


async def test_ringing_twice_makes_no_second_card(process: Process, desk: httpx.AsyncClient) -> None:
    story = Story()
    again: list[facts.Fact] = [
        facts.AgentRingEnded("v1", "repair", "8001", "no_answer", 900),
        facts.AgentRinging("v1", "repair", "8002"),
        facts.AgentRinging("v1", "repair", "8001"),
    ]
    await desk.post("/internal/facts", json=wire(story.tell(*dialogue(), *waiting(), *again, *talk())))
    await desk.post("/internal/facts", json=wire(story.told))
    assert [(pop["agent"], pop["state"]) for pop in await pops(process)] == [("8001", "ended"), ("8002", "missed")]


async def test_two_nodes_that_tell_the_same_ring_make_one_card(process: Process, desk: httpx.AsyncClient) -> None:
    stories = [Story(node="ivr-1"), Story(node="ivr-2")]
    bodies = [wire(story.tell(facts.AgentRinging("v1", "repair", "8001"))) for story in stories]
    answers = await asyncio.gather(*(desk.post("/internal/facts", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await pops(process)) == 1


async def test_an_answer_whose_ring_was_never_told_still_brings_the_card(
    process: Process, desk: httpx.AsyncClient
) -> None:
    answered = facts.AgentAnswered("v1", "repair", "8002", 10, 5)
    await desk.post(
        "/internal/facts", json=wire(Story().tell(*dialogue(), facts.QueueJoined("v1", "repair", 1), answered))
    )
    assert [(pop["agent"], pop["state"]) for pop in await pops(process)] == [("8002", "talking")]


async def test_acknowledgements_count_once_and_only_the_agents_own(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock
) -> None:
    await desk.post("/internal/facts", json=wire(Story().tell(*dialogue(), *waiting())))
    pop = (await pops(process))[0]["id"]
    body = {"page_time": "2026-11-22T04:00:20.5Z"}
    async with page("8001") as own, page("8002") as other:
        assert (await other.post(f"/api/v1/pops/{pop}/shown", json=body)).status_code == 404
        clock.forward(seconds=30)
        assert (await own.post(f"/api/v1/pops/{pop}/shown", json=body)).status_code == 204
        clock.forward(seconds=5)
        assert (await own.post(f"/api/v1/pops/{pop}/shown", json=body)).status_code == 204
        assert (await own.post(f"/api/v1/pops/{pop}/received", json=body)).status_code == 204
        assert (await own.post(f"/api/v1/pops/{pop}/acted", json=body | {"act": "opened"})).status_code == 204
        assert (await own.post(f"/api/v1/pops/{pop}/shown", json={})).status_code == 422
    row = (await pops(process))[0]
    assert row["shown_at"] == row["received_at"] < row["acted_at"]
    assert row["shown_page"].microsecond == 500_000
    assert (row["act"], row["closed"]) == ("opened", False)


async def test_a_dismissed_card_leaves_the_snapshot_only_when_the_call_is_over(
    process: Process, desk: httpx.AsyncClient, page: Opener
) -> None:
    story = Story()
    await desk.post("/internal/facts", json=wire(story.tell(*dialogue(), *waiting())))
    pop = (await pops(process))[0]["id"]
    body = {"page_time": "2026-11-22T04:00:20Z", "act": "dismissed"}
    async with page("8001") as own:
        await own.post(f"/api/v1/pops/{pop}/acted", json=body)
        assert not (await pops(process))[0]["closed"]
        await desk.post("/internal/facts", json=wire(story.tell(*talk())))
        await own.post(f"/api/v1/pops/{pop}/acted", json=body)
    assert (await pops(process))[0]["closed"]


@pytest.mark.parametrize(
    ("ending", "reason", "words"),
    [
        ([facts.AgentRingEnded("v1", "repair", "8001", "no_answer", 20_000)], "no_answer", "未接"),
        ([facts.AgentRingEnded("v1", "repair", "8001", "canceled", 900), GAVE_UP], "caller_hung_up", "等了 42 秒"),
        ([GAVE_UP], "caller_hung_up", "已生成回拨任务"),
        ([facts.AgentAnswered("v1", "repair", "8002", 5, 5)], "answered_elsewhere", "王敏 已接听"),
        ([facts.ContactEnded("cut")], "cut", "中断"),
        (talk(), "talk_ended", "通话已结束"),
    ],
)  # fmt: skip
async def test_a_card_that_is_over_says_why(
    process: Process, desk: httpx.AsyncClient, ending: list[facts.Fact], reason: str, words: str
) -> None:
    await desk.post("/internal/facts", json=wire(Story().tell(*dialogue(), *waiting(), *ending)))
    async with process.parts.work.snapshot() as session:
        card = (await process.hub.snapshot(session, await viewer(process, "8001"))).cards[0]
    assert card.over is not None
    assert (card.over.reason, words in card.over.text) == (reason, True)
    assert card.caller.number == "138****8000"


async def test_an_emergency_wears_its_own_dress_and_replaces_the_plain_card(
    process: Process, desk: httpx.AsyncClient
) -> None:
    again: list[facts.Fact] = [
        facts.AgentRingEnded("v1", "repair", "8001", "canceled"),
        facts.SafetyRaised(1, "gas", "key"),
        facts.QueueJoined("v2", "emergency", 1),
    ]
    ring = facts.AgentRinging("v2", "emergency", "8001")
    await desk.post("/internal/facts", json=wire(Story().tell(*dialogue(), *waiting(), *again, ring)))
    async with process.parts.work.snapshot() as session:
        cards = (await process.hub.snapshot(session, await viewer(process, "8001"))).cards
    assert [card.kind for card in cards] == ["emergency"]
    assert cards[0].emergency is not None
    assert (cards[0].emergency.safety_name, cards[0].emergency.words) == ("疑似燃气泄漏", "按了 9 键")


def shape(cards: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a page shows: cards by pop, without ledger times and lengths that run with the clock."""
    return {card["pop"]: {key: value for key, value in card.items() if key != "ledger"} for card in cards}


async def drain(process: Process, browser: Browser, seq: int) -> list[Any]:
    """Return the messages up to the event number `seq`."""
    messages: list[Any] = []
    await until(lambda: process.hub.delivered >= seq)
    while not browser.queue.empty():
        messages.append(browser.queue.get_nowait())
    return messages


async def test_snapshot_and_messages_fold_to_a_fresh_snapshot(
    hub: Process, desk: httpx.AsyncClient, page: Opener
) -> None:
    who = await viewer(hub, "8001")
    browser, first = await hub.hub.join(who)
    story = Story()
    state = shape([card.model_dump(mode="json") for card in first.cards])
    mine = first.me.model_dump(mode="json")
    seen = first.seq
    late = facts.SlotFilled(1, "visit", {"value": "tomorrow"}, "voice_confirmed", "speech")
    steps = [*dialogue(), *waiting(), late, facts.AgentPhoneChanged("8001", "ringing"), *talk()]
    async with page("8001") as own:
        for fact in [*steps, None]:
            if fact is None:
                pop = (await pops(hub))[0]["id"]
                acted = {"page_time": "2026-11-22T04:00:20Z", "act": "saved"}
                await own.post(f"/api/v1/pops/{pop}/acted", json=acted)
            else:
                await desk.post("/internal/facts", json=wire(story.tell(fact)))
            fresh_browser, fresh = await hub.hub.join(who)
            hub.hub.leave(fresh_browser)
            for message in await drain(hub, browser, fresh.seq):
                assert message.seq >= seen
                seen = message.seq
                if isinstance(message, CardMessage):
                    state |= shape([message.card.model_dump(mode="json")])
                    state = {pop: card for pop, card in state.items() if not card["gone"]}
                if isinstance(message, MeMessage):
                    mine = message.me.model_dump(mode="json")
            assert state == shape([card.model_dump(mode="json") for card in fresh.cards])
            assert mine == fresh.me.model_dump(mode="json")
    assert state == {}


async def test_the_number_of_messages_never_falls(hub: Process) -> None:
    browser, snapshot = await hub.hub.join(await viewer(hub, "8001"))
    forget_heartbeats(browser)
    for step in (3, 2, 3):
        browser.put(MeMessage(n=0, seq=snapshot.seq + step, me=snapshot.me))
    assert [browser.queue.get_nowait().seq - snapshot.seq for _ in range(browser.queue.qsize())] == [3, 3]
    async with asyncio.timeout(60):
        assert (await browser.queue.get()).seq - snapshot.seq == 3  # the heartbeat


async def test_what_was_queued_during_the_snapshot_and_is_in_it_is_dropped(hub: Process) -> None:
    who = await viewer(hub, "8001")
    _, snapshot = await hub.hub.join(who)
    browser = Browser(who)
    for seq in (4, 5, 6):
        browser.put(MeMessage(n=0, seq=seq, me=snapshot.me))
    browser.start(5)
    assert [browser.queue.get_nowait().seq for _ in range(browser.queue.qsize())] == [5, 6]


async def test_a_board_never_overtakes_a_card(
    hub: Process, desk: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub.parts.work() as session:
        chief = await repository.by_number(session, "9001")
        assert chief is not None
        chief.extension = "9001"
    browser, snapshot = await hub.hub.join(await viewer(hub, "9001"))
    held = asyncio.Event()
    follow = hub.hub._deliver

    async def later() -> bool:
        await held.wait()
        return await follow()

    monkeypatch.setattr(hub.hub, "_deliver", later)
    await desk.post("/internal/facts", json=wire(Story().tell(facts.AgentRinging("v1", "repair", "9001"))))
    await hub.hub._send_board()
    held.set()
    await until(lambda: hub.hub.delivered > snapshot.seq)
    kinds = [type(message) for message in await drain(hub, browser, snapshot.seq + 1)]
    assert CardMessage in kinds


async def test_a_page_that_does_not_keep_up_is_let_go(hub: Process) -> None:
    browser, snapshot = await hub.hub.join(await viewer(hub, "9001"))
    forget_heartbeats(browser)
    assert snapshot.board is not None
    message = MeMessage(n=0, seq=snapshot.seq + 1, me=snapshot.me)
    for _ in range(QUEUE_SIZE):
        browser.put(message)
    assert not browser.too_slow.is_set()
    browser.put(message)
    assert browser.too_slow.is_set()
    hub.hub.leave(browser)
    hub.hub.leave(browser)
