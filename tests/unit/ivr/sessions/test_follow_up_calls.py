"""Calls that ask how work turned out: what is placed or refused, what the session is to ask, how each ended."""

from pathlib import Path
from typing import Any

import pytest

from ivr.contract.commands import Command, CommandName, CommandStatus
from ivr.contract.dialogue import FollowUpAsk, Started
from ivr.contract.facts import FollowUpRang
from ivr.dialplan.limits import Limits
from ivr.sessions.commands import CommandExecutor
from ivr.sessions.follow_up_calls import parse_asks, parse_follow_up
from ivr.sessions.outbound import InvalidPlacement, Outbound
from ivr.sessions.wire import InvalidMessage, input_from_json, input_to_json
from ivr.telephony.events import CallPlaced
from tests.unit.ivr.sessions.fakes import NOW, MemoryPBX
from tests.unit.ivr.sessions.rig import CONTACT, clock, running_journal

ARGS = {
    "contact": CONTACT, "number": "+8613800138000", "attempt": "2", "kind": "install", "visited": "1", "code": "308217",
}  # fmt: skip
ASK = FollowUpAsk("install", visited=True, first=False, code="308217")


def command(name: str, args: dict[str, str]) -> Command:
    return Command(name, CommandName.FOLLOW_UP, NOW.replace(second=NOW.second + 3), args)


async def test_a_customer_is_rung_from_the_landline_and_the_end_becomes_a_fact_of_no_contact(tmp_path: Path) -> None:
    pbx = MemoryPBX(connected=True)
    async with running_journal(tmp_path) as journal:
        outbound = Outbound(pbx, journal, clock, Limits(callback_ring_s=25))
        executor = CommandExecutor(journal, pbx, outbound, clock)
        assert (await executor.execute(command("a", ARGS))).status is CommandStatus.DONE
        ((name, sent),) = pbx.actions
        assert (name, sent["Channel"], sent["Context"]) == ("Originate", "PJSIP/13800138000@carrier", "hl-followup")
        assert (sent["CallerID"], sent["Timeout"]) == ("<075766883358>", "25000")
        assert (sent["HL_CONTACT"], sent["HL_CALLER"], sent["HL_DID"]) == (CONTACT, "13800138000", "075766883358")
        assert parse_asks(sent["HL_ASKS"]) == ASK
        outbound.ended(CallPlaced(NOW, "action-1", "busy"))
        outbound.ended(CallPlaced(NOW, "action-1", "busy"))
        told = [(item.contact, item.fact) for item in journal.state.facts.values()]
        assert told == [("", FollowUpRang(CONTACT, "busy"))]


async def test_nobody_is_rung_while_there_is_no_room(tmp_path: Path) -> None:
    pbx = MemoryPBX(connected=True)
    room = False
    async with running_journal(tmp_path) as journal:
        outbound = Outbound(pbx, journal, clock, Limits())
        executor = CommandExecutor(journal, pbx, outbound, clock, room=lambda: room)
        refused = await executor.execute(command("a", ARGS))
        assert (refused.status, refused.detail) == (CommandStatus.REFUSED, "来电多,先不回访")
        assert not pbx.actions
        room = True
        assert (await executor.execute(command("b", ARGS))).status is CommandStatus.DONE


@pytest.mark.parametrize(
    ("field", "value"),
    [("contact", "x"), ("number", "110"), ("number", "+85221234567"), ("number", ""), ("attempt", "0"),
     ("attempt", "12"), ("kind", "training"), ("kind", "repair,Goto(a)"), ("visited", "2"), ("code", "30821"),
     ("code", "٣٠٨٢١٧")],
)  # fmt: skip
async def test_what_does_not_fit_is_refused(tmp_path: Path, field: str, value: str) -> None:
    with pytest.raises(InvalidPlacement, match=field):
        parse_follow_up({**ARGS, field: value})
    pbx = MemoryPBX(connected=True)
    async with running_journal(tmp_path) as journal:
        executor = CommandExecutor(journal, pbx, Outbound(pbx, journal, clock, Limits()), clock)
        assert (await executor.execute(command("a", {**ARGS, field: value}))).status is CommandStatus.REFUSED
        assert not pbx.actions


def test_a_caller_who_rang_us_is_asked_nothing() -> None:
    assert parse_asks("1:repair:0:308217") == FollowUpAsk("repair", visited=False, first=True, code="308217")
    for text in ("", "1:repair:0", "1:repair:0:308217:x", "0:repair:0:308217", "1:training:0:308217", "x" * 999):
        assert parse_asks(text) is None


def test_what_is_asked_outlives_a_restart() -> None:
    started = Started("c", "+8613800138000", "075766883358", follow_up=ASK)
    assert input_from_json(input_to_json(started)) == started
    assert input_from_json(input_to_json(Started("c", "", ""))) == Started("c", "", "")
    raw = input_to_json(started)
    wrong: Any
    for wrong in ({**raw["data"]["follow_up"], "more": 1}, {"kind": "repair"}, [], "repair"):
        with pytest.raises(InvalidMessage):
            input_from_json({**raw, "data": {**raw["data"], "follow_up": wrong}})
