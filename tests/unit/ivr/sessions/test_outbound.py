"""Calling back in turn: what is placed, what is refused, and what became of it as a fact."""

from pathlib import Path

import pytest

from ivr.contract.commands import Command, CommandName, CommandStatus
from ivr.contract.facts import CallbackRang
from ivr.dialplan.limits import Limits
from ivr.sessions.commands import CommandExecutor
from ivr.sessions.outbound import InvalidPlacement, Outbound, dialled, parse_placement
from ivr.telephony.events import CallPlaced
from ivr.telephony.translate import translate
from tests.unit.ivr.sessions.fakes import NOW, MemoryPBX
from tests.unit.ivr.sessions.rig import CONTACT, clock, running_journal

TASK = "f" * 32
ARGS = {
    "contact": CONTACT,
    "number": "+8613800138000",
    "queue": "complaint",
    "priority": "20",
    "position": "2",
    "attempt": "1",
    "code": "308217",
    "since": "1764216000.500",
}


async def test_a_call_is_placed_and_its_end_becomes_a_fact(tmp_path: Path) -> None:
    pbx = MemoryPBX(connected=True)
    async with running_journal(tmp_path) as journal:
        outbound = Outbound(pbx, journal, clock, Limits(callback_ring_s=25))
        executor = CommandExecutor(journal, pbx, outbound, clock)
        command = Command("a", CommandName.CALL_BACK, NOW.replace(second=NOW.second + 3), ARGS)
        assert (await executor.execute(command)).status is CommandStatus.DONE
        ((name, sent),) = pbx.actions
        assert (name, sent["Channel"], sent["Context"]) == ("Originate", "PJSIP/13800138000@carrier", "hl-callback")
        assert (sent["CallerID"], sent["Timeout"]) == ("<075766883358>", "25000")
        assert {
            key: sent[key] for key in ("HL_CONTACT", "HL_CALLER", "HL_QUEUE", "QUEUE_PRIO", "HL_POSITION", "HL_SINCE")
        } == {
            "HL_CONTACT": CONTACT,
            "HL_CALLER": "13800138000",
            "HL_QUEUE": "complaint",
            "QUEUE_PRIO": "20",
            "HL_POSITION": "2",
            "HL_SINCE": "1764216000.500",
        }
        outbound.ended(CallPlaced(NOW, "somebody-else", "busy"))
        outbound.ended(CallPlaced(NOW, "action-1", "busy"))
        outbound.ended(CallPlaced(NOW, "action-1", "busy"))
        assert [(item.contact, item.fact) for item in journal.state.facts.values()] == [(CONTACT, CallbackRang("busy"))]


async def test_the_duty_phones_are_rung_and_told_whom_to_call(tmp_path: Path) -> None:
    pbx = MemoryPBX(connected=True)
    async with running_journal(tmp_path) as journal:
        executor = CommandExecutor(journal, pbx, Outbound(pbx, journal, clock, Limits()), clock)
        deadline = NOW.replace(second=NOW.second + 3)
        args = {"number": "+8675766883358", "task": TASK, "why": "indoors"}
        told = Command("a", CommandName.CALL_DUTY, deadline, args)
        assert (await executor.execute(told)).status is CommandStatus.DONE
        ((name, sent),) = pbx.actions
        assert (name, sent["Channel"], sent["Context"]) == ("Originate", "Local/s@hl-duty-ring/n", "hl-duty-told")
        assert (sent["HL_CALLER"], sent["CallerID"]) == ("075766883358", "<075766883358>")
        assert (sent["HL_TASK"], sent["HL_WHY"]) == (TASK, "indoors")
        bad = ("number", ""), ("number", "110"), ("number", "+33x"), ("task", "x,Goto(a)"), ("why", ""), ("why", "x")
        for place, (field, value) in enumerate(bad):
            wrong = Command(f"b{place}", CommandName.CALL_DUTY, deadline, {**args, field: value})
            assert (await executor.execute(wrong)).status is CommandStatus.REFUSED
        assert len(pbx.actions) == 1
        assert not journal.state.facts


@pytest.mark.parametrize(("number", "said"), [("+8666883358", "66883358"), ("+85221234567", "0085221234567")])
async def test_the_duty_phones_are_told_also_a_number_that_no_trunk_dials(
    tmp_path: Path, number: str, said: str
) -> None:
    """Without its area code, or of another country: somebody is in danger, and it is only said."""
    pbx = MemoryPBX(connected=True)
    async with running_journal(tmp_path) as journal:
        executor = CommandExecutor(journal, pbx, Outbound(pbx, journal, clock, Limits()), clock)
        deadline = NOW.replace(second=NOW.second + 3)
        command = Command("a", CommandName.CALL_DUTY, deadline, {"number": number, "task": TASK, "why": "written"})
        assert (await executor.execute(command)).status is CommandStatus.DONE
        assert pbx.actions[0][1]["HL_CALLER"] == said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("contact", "c0ffee"),
        ("number", "+33123456789"),
        ("number", "13800138000"),
        ("number", "+8613800138000&Local"),
        ("queue", "sales"),
        ("priority", "1,2"),
        ("position", "0"),
        ("attempt", ""),
        ("code", "12345a"),
        ("since", "1764216000,x"),
    ],
)
async def test_what_must_not_be_dialled_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(InvalidPlacement, match=name):
        parse_placement(ARGS | {name: value})
    pbx = MemoryPBX(connected=True)
    async with running_journal(tmp_path) as journal:
        executor = CommandExecutor(journal, pbx, Outbound(pbx, journal, clock, Limits()), clock)
        command = Command("a", CommandName.CALL_BACK, NOW.replace(second=NOW.second + 3), ARGS | {name: value})
        assert (await executor.execute(command)).status is CommandStatus.REFUSED
        assert not pbx.actions


@pytest.mark.parametrize(("e164", "text"), [("+8613800138000", "13800138000"), ("+8675766883358", "075766883358")])
def test_numbers_are_dialled_as_at_home(e164: str, text: str) -> None:
    assert dialled(e164) == text


@pytest.mark.parametrize(
    ("response", "reason", "end"),
    [
        ("Success", "4", "answered"),
        ("Failure", "5", "busy"),
        ("Failure", "3", "no_answer"),
        ("Failure", "1", "no_answer"),
        ("Failure", "0", "failed"),
        ("Failure", "8", "failed"),
    ],
)
def test_how_asterisk_says_it(response: str, reason: str, end: str) -> None:
    raw = {"Event": "OriginateResponse", "ActionID": "1/2-3", "Response": response, "Reason": reason}
    assert translate(raw, NOW) == CallPlaced(NOW, "1/2-3", end)
