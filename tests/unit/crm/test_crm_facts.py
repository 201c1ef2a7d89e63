"""What becomes of the facts of a call: rows, tickets, callbacks, dangers."""

from collections.abc import Sequence

import httpx
import pytest

from crm.bootstrap import Process
from ivr.contract import facts
from ivr.contract.facts import Fact
from ivr.contract.ids import is_ticket_number
from tests.unit.crm.asking import everything, one, rows, ship
from tests.unit.crm.fakes import ADDRESS, CALLER, CONTACT, NUMBER, Story, dialogue, talk, waiting

VOICEMAIL = facts.VoicemailRecorded(f"{CONTACT}/vm.wav", 9000, 1)


def opened(outcome: str) -> Fact:
    return facts.TicketOpened(1, NUMBER, "repair", "normal", outcome)


def left(reason: str) -> Fact:
    return facts.QueueLeft("v1", "repair", reason, 5000)


async def test_a_whole_call_becomes_rows(process: Process, desk: httpx.AsyncClient) -> None:
    story = Story()
    assert await ship(desk, story.tell(*dialogue(), *waiting(), *talk())) == len(story.told)
    ticket = await one(process, "SELECT * FROM tickets")
    assert (ticket["no"], ticket["kind"], ticket["state"], ticket["outcome"]) == (NUMBER, "repair", "new", "reported")
    contact = await one(process, "SELECT * FROM contacts")
    assert (contact["outcome"], contact["caller_e164"], contact["handed_to"]) == ("talked", CALLER, "repair")
    customer = await one(process, "SELECT c.id, p.e164 FROM customers c JOIN phone_numbers p ON p.customer_id = c.id")
    assert customer == {"id": ticket["customer_id"], "e164": CALLER}
    assert (await one(process, "SELECT value FROM addresses"))["value"] == ADDRESS
    slot = await one(process, "SELECT * FROM ticket_slots WHERE slot = 'fault_code'")
    assert (slot["status"], slot["clip"], slot["attempts"]) == ("voice_confirmed", f"{CONTACT}/fault_code-2.wav", 1)
    assert len(slot["candidates"]) == 2
    visit = await one(process, "SELECT * FROM visits")
    assert (visit["outcome"], visit["agent"], visit["wait_ms"], visit["talk_ms"]) == ("answered", "8001", 3000, 60_000)
    assert (await one(process, "SELECT owner_id IS NOT NULL AS owned FROM tickets"))["owned"]
    assert await rows(process, "SELECT * FROM callback_tasks") == []
    assert {row["status"] for row in await rows(process, "SELECT status FROM facts")} == {"applied"}


async def test_status_is_written_only_with_a_timeline_entry(process: Process, desk: httpx.AsyncClient) -> None:
    await ship(desk, Story().tell(*dialogue()))
    entries = await rows(process, "SELECT version, text, fields FROM timeline ORDER BY id")
    assert entries[0]["fields"] == ["state"]
    assert "维修申报" in entries[0]["text"]
    assert (await one(process, "SELECT version FROM tickets"))["version"] == len(entries)


@pytest.mark.parametrize(
    ("ending", "outcome", "reasons"),
    [
        ([opened("hung_up"), facts.ContactEnded("hung_up")], "hung_up", ["hung_up"]),
        ([*waiting(), left("abandoned"), facts.ContactEnded("abandoned")], "", ["abandoned"]),
        ([opened("voicemail"), VOICEMAIL, facts.ContactEnded("voicemail")], "voicemail", ["voicemail"]),
        (
            [opened("handed_over"), *waiting(), left("key"), VOICEMAIL, facts.ContactEnded("voicemail")],
            "voicemail",
            ["voicemail"],
        ),
        ([facts.ContactEnded("cut")], "", ["cut"]),
        ([facts.CallbackRequested("asked", 1, "+8675766883358"), facts.ContactEnded("reported")], "", ["asked"]),
    ],
)  # fmt: skip
async def test_who_was_not_served_is_rung_back_once(
    process: Process, desk: httpx.AsyncClient, ending: Sequence[Fact], outcome: str, reasons: list[str]
) -> None:
    await ship(desk, Story().tell(*dialogue()[:13], *ending))
    task = await one(process, "SELECT * FROM callback_tasks")
    assert task["reasons"] == reasons
    assert task["e164"] == ("+8675766883358" if "asked" in reasons else CALLER)
    assert task["ticket_no"] == (NUMBER if outcome else "")
    assert task["done_at"] is None
    assert [row["outcome"] for row in await rows(process, "SELECT outcome FROM tickets")] == [outcome] * bool(outcome)


async def test_nothing_said_is_a_missed_contact_without_ticket_customer_or_callback(
    process: Process, desk: httpx.AsyncClient
) -> None:
    await ship(desk, Story().tell(*dialogue()[:2], facts.ContactEnded("missed", 16, 4000)))
    assert (await one(process, "SELECT outcome FROM contacts"))["outcome"] == "missed"
    for table in ("tickets", "customers", "callback_tasks"):
        assert (await everything(process))[table] == []


async def test_a_talk_ends_the_callback_that_an_abandoned_visit_made(process: Process, desk: httpx.AsyncClient) -> None:
    second: list[Fact] = [facts.QueueJoined("v2", "repair", 1), facts.AgentAnswered("v2", "repair", "8001", 100, 50)]
    left = facts.QueueLeft("v1", "repair", "abandoned", 5000)
    await ship(desk, Story().tell(*dialogue(), *waiting(), left, *second))
    task = await one(process, "SELECT * FROM callback_tasks")
    assert (task["result"], task["done_at"] is not None) == ("reached", True)


@pytest.mark.parametrize(("safety", "priority"), [("", "normal"), ("gas", "urgent")])
async def test_a_ticket_whose_number_ivr_had_not_is_numbered_here_and_keeps_it(
    process: Process, desk: httpx.AsyncClient, safety: str, priority: str
) -> None:
    danger = [facts.SafetyRaised(1, safety, "有煤气味")] if safety else []
    unnumbered = facts.TicketOpened(1, "", "repair", priority, "hung_up", safety)
    story = Story()
    await ship(desk, story.tell(*dialogue()[:13], *danger, unnumbered))
    ticket = await one(process, "SELECT * FROM tickets")
    assert is_ticket_number(ticket["no"])
    assert (ticket["priority"], ticket["safety"], ticket["outcome"]) == (priority, safety, "hung_up")
    assert (await one(process, "SELECT value FROM ticket_slots WHERE slot = 'address'"))["value"] == ADDRESS
    assert (await one(process, "SELECT ticket_no FROM callback_tasks"))["ticket_no"] == ticket["no"]
    await ship(desk, story.tell(unnumbered))
    assert (await one(process, "SELECT no FROM tickets"))["no"] == ticket["no"]
    assert {row["status"] for row in await rows(process, "SELECT status FROM facts")} == {"applied"}


async def test_an_emergency_is_urgent_everywhere(process: Process, desk: httpx.AsyncClient) -> None:
    danger = facts.SafetyRaised(1, "gas", "有煤气味", f"{CONTACT}/g.wav")
    await ship(desk, Story().tell(*dialogue()[:14], facts.CallbackRequested("asked", 1), danger))
    ticket = await one(process, "SELECT * FROM tickets")
    assert (ticket["priority"], ticket["safety"]) == ("urgent", "gas")
    task = await one(process, "SELECT * FROM callback_tasks")
    assert (task["priority"], task["due_at"]) == ("urgent", task["created_at"])


def recorded(slot: str, **noticed: str) -> Fact:
    value = {"clip": VOICEMAIL.clip, "clips": VOICEMAIL.clip, **noticed}
    return facts.SlotFilled(1, slot, value, "unverified", "speech", clip=VOICEMAIL.clip)


@pytest.mark.parametrize("joined", [False, True])
async def test_a_danger_that_a_machine_heard_in_a_message_presses_and_is_no_emergency_yet(
    process: Process, desk: httpx.AsyncClient, joined: bool
) -> None:
    told = recorded("voicemail", danger="gas", codes="E4")
    story = [opened("hung_up"), told, VOICEMAIL] if joined else [told, VOICEMAIL, opened("voicemail")]
    await ship(desk, Story().tell(*dialogue()[:13], *story, facts.ContactEnded("voicemail")))
    ticket = await one(process, "SELECT * FROM tickets")
    assert (ticket["priority"], ticket["safety"]) == ("urgent", "")
    task = await one(process, "SELECT * FROM callback_tasks")
    assert (task["priority"], task["due_at"], task["e164"]) == ("urgent", task["created_at"], CALLER)
    assert {"voicemail", "danger"} <= set(task["reasons"])
    notes = await rows(process, "SELECT actor, text FROM timeline WHERE actor = '机器听留言' AND kind = 'note'")
    assert [note["text"] for note in notes] == ["疑似危险：燃气泄漏。还没有人核实，请先打电话问清楚有没有危险"]
    slot = await one(process, "SELECT value, status FROM ticket_slots WHERE slot = 'voicemail'")
    assert (slot["status"], slot["value"]["codes"]) == ("unverified", "E4")


@pytest.mark.parametrize("told", [recorded("voicemail", codes="E4"), recorded("symptom_clip", danger="gas")])
async def test_a_code_in_a_message_and_what_is_told_in_the_dialogue_are_hints_only(
    process: Process, desk: httpx.AsyncClient, told: Fact
) -> None:
    await ship(desk, Story().tell(*dialogue()[:13], told, opened("hung_up")))
    assert (await one(process, "SELECT priority FROM tickets"))["priority"] == "normal"
    assert (await one(process, "SELECT reasons FROM callback_tasks"))["reasons"] == ["hung_up"]


async def test_danger_outside_the_dialogue_raises_the_ticket_and_never_overrides(
    process: Process, desk: httpx.AsyncClient
) -> None:
    by_key = facts.SafetyRaised(0, "unknown", "key")
    story = Story()
    await ship(desk, story.tell(*dialogue()[:14], by_key))
    ticket = await one(process, "SELECT * FROM tickets")
    assert (ticket["priority"], ticket["safety"]) == ("urgent", "unknown")
    await ship(desk, story.tell(facts.SafetyRaised(1, "gas", "有煤气味"), by_key))
    assert (await one(process, "SELECT safety FROM tickets"))["safety"] == "gas"
    assert (await one(process, "SELECT safety FROM contacts"))["safety"] == "gas"


async def test_a_false_alarm_is_taken_back_everywhere(process: Process, desk: httpx.AsyncClient) -> None:
    danger = facts.SafetyRaised(1, "unknown", "key")
    await ship(desk, Story().tell(*dialogue()[:14], danger, facts.SafetyCleared(1), facts.SafetyCleared(1)))
    ticket = await one(process, "SELECT * FROM tickets")
    assert (ticket["priority"], ticket["safety"]) == ("normal", "")
    assert (await one(process, "SELECT safety FROM contacts"))["safety"] == ""
    texts = [row["text"] for row in await rows(process, "SELECT text FROM timeline")]
    assert texts.count("误报：来电人确认没有危险") == 1


async def test_a_consult_that_becomes_a_repair_stays_one_ticket(process: Process, desk: httpx.AsyncClient) -> None:
    start = dialogue()[0]
    story = Story()
    consult = facts.TicketOpened(1, NUMBER, "consult", "low", "handed_over")
    await ship(desk, story.tell(start, facts.MatterOpened(1, "consult"), consult, facts.MatterOpened(1, "repair")))
    assert (await one(process, "SELECT kind FROM tickets"))["kind"] == "repair"
    await ship(desk, story.tell(facts.MatterOpened(1, "consult")))
    assert (await one(process, "SELECT kind FROM tickets"))["kind"] == "repair"
    assert any("还提到" in row["text"] for row in await rows(process, "SELECT text FROM timeline"))


async def test_a_resumed_contact_gets_the_second_linkedid(process: Process, desk: httpx.AsyncClient) -> None:
    again = facts.ContactStarted("hotline-1.9", "", CALLER, "4001726011", "", "v1", resumed=True)
    await ship(desk, Story().tell(*dialogue()[:3], again))
    contact = await one(process, "SELECT * FROM contacts")
    assert (contact["linkedids"], contact["resumed"]) == (["hotline-1.1", "hotline-1.9"], 1)


async def test_an_old_phone_state_does_not_overwrite_a_newer_one(process: Process, desk: httpx.AsyncClient) -> None:
    newer, older = Story(), Story(node="ivr-2")
    newer.at = newer.at.replace(hour=6)
    await ship(desk, newer.tell(facts.AgentPhoneChanged("8001", "ready")))
    await ship(desk, older.tell(facts.AgentPhoneChanged("8001", "offline")))
    assert (await one(process, "SELECT state FROM agent_phones"))["state"] == "ready"
