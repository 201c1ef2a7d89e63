"""ivr is lost at any point of a call: the second session goes on at the same question and no fact is written twice."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from ivr.contract.dialogue import (
    HungUp,
    Input,
    LookedUp,
    Lookup,
    Perform,
    Resumed,
    Returned,
    Save,
    Started,
    TurnDone,
)
from ivr.contract.facts import NodeEntered
from ivr.dialplan.variables import Back
from ivr.sessions.machine_flow import MachineFlow
from ivr.sessions.ports import FlowBroken
from ivr.sessions.records import CallInfo, OpenContact
from ivr.sessions.resume import dialogue_end, finish, fold, is_elder, split
from ivr.telephony.calls import DialogueEnd
from speech.contract import Cause, Mode, TurnResult, prompt_file
from tests.unit.ivr.flows.play import Driver, program
from tests.unit.ivr.sessions.fake_channel import HANG_UP, WAIT, FakeChannel
from tests.unit.ivr.sessions.fakes import NOW
from tests.unit.ivr.sessions.rig import CONTACT, rig, running_journal
from tests.unit.ivr.sessions.small_flow import TEXTS, SmallFlow

ANSWERS = {"menu": "3", "code": "12#"}
BY_SOUND = {prompt_file(Path(), TEXTS[name]).stem: keys for name, keys in ANSWERS.items()}
LINES = 22  # records of the whole repair call: every one is a crash point


async def _whole_call(folder: Path) -> list[bytes]:
    """Run the repair without a crash; return the journal's lines after the head."""
    async with rig(folder) as ivr:
        await ivr.call(FakeChannel(BY_SOUND))
        assert ivr.kinds().count("ticket_opened") == 1
    files = sorted((folder / "journal").glob("*.jsonl"))
    return b"".join(path.read_bytes() for path in files).splitlines(keepends=True)


def _crashed(folder: Path, lines: list[bytes]) -> None:
    (folder / "journal").mkdir(parents=True)
    (folder / "journal" / f"{0:015d}-1-0.jsonl").write_bytes(b"".join(lines))


@pytest.mark.parametrize("crash", range(2, LINES))
async def test_resume_after_a_crash_at_any_record(tmp_path: Path, crash: int) -> None:
    lines = await _whole_call(tmp_path / "whole")
    assert len(lines) == LINES
    async with rig(tmp_path / "whole") as ivr:
        expected = Counter(ivr.kinds())
    _crashed(tmp_path / "crashed", [*lines[:crash], lines[crash][: len(lines[crash]) // 2]])
    async with rig(tmp_path / "crashed") as ivr:
        channel = await ivr.call(FakeChannel(BY_SOUND, variables={"HL_ATTEMPT": "2"}))
        assert channel.variables["IVR_NEXT"] == "end"
        seen = Counter(ivr.kinds())
        again = seen - expected
        assert set(again) <= {"node_entered"}  # the question that is asked again
        assert again["node_entered"] <= 1
        assert expected - seen == Counter()
        assert [envelope.seq for envelope in ivr.facts()] == list(range(1, len(ivr.facts()) + 1))


async def test_a_resumed_dialogue_shows_the_question_it_asks_again(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        first = FakeChannel(["3", WAIT])
        call = first.start(ivr.port)
        await first.stuck.wait()
        before = await ivr.services.live.wait(CONTACT, 0, 1.0)
        assert before is not None
        lines = b"".join(path.read_bytes() for path in sorted((tmp_path / "journal").glob("*.jsonl")))
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
    _crashed(tmp_path / "crashed", lines.splitlines(keepends=True))
    async with rig(tmp_path / "crashed") as ivr:
        second = FakeChannel([WAIT], variables={"HL_ATTEMPT": "2"})
        call = second.start(ivr.port)
        await second.stuck.wait()
        again = await ivr.services.live.wait(CONTACT, 0, 1.0)
        assert again is not None
        assert (again["flow"], again["node"]) == (before["flow"], before["node"])
        assert again["slot"] == before["slot"] == "fault_code"
        assert again["listening"] == "listen"
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)


@pytest.mark.parametrize("crash", range(2, LINES))
async def test_a_caller_who_is_gone_after_the_crash_leaves_one_ticket(tmp_path: Path, crash: int) -> None:
    lines = await _whole_call(tmp_path / "whole")
    _crashed(tmp_path / "crashed", lines[:crash])
    async with running_journal(tmp_path / "crashed" / "journal") as journal:
        contact = journal.state.contacts.get(CONTACT)
        if contact is None:
            return
        finish(SmallFlow(), journal, contact, NOW)
        finish(SmallFlow(), journal, contact, NOW)  # a second time changes nothing
        kinds = Counter(envelope.fact.KIND for envelope in journal.state.facts.values())
        assert kinds["ticket_opened"] == min(1, kinds["matter_opened"])
        assert kinds["callback_requested"] <= kinds["ticket_opened"]
        assert contact.over
        await journal.durable()


async def test_a_caller_comes_back_from_the_queue_and_is_called_later(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        waiting = await ivr.call(FakeChannel(["0"]))
        assert waiting.variables["IVR_NEXT"] == "queue"
        back = {"HL_ATTEMPT": "2", "HL_BACK": "callback"}
        channel = await ivr.call(FakeChannel([], variables=back))
        assert channel.variables["IVR_NEXT"] == "end"
        assert ivr.kinds().count("callback_requested") == 1
        again = await ivr.call(FakeChannel([], variables=back))  # lost before it could say so
        assert again.variables["IVR_NEXT"] == "end"
        assert ivr.kinds().count("callback_requested") == 1
        known = ivr.journal.state.contacts[CONTACT]
        assert known.over
        assert dialogue_end(ivr.flow, known) is DialogueEnd.CALLBACK


@pytest.mark.parametrize("why", [why.value for why in Back])
async def test_why_a_caller_comes_back_from_the_queue_is_told_to_the_flow(tmp_path: Path, why: str) -> None:
    async with rig(tmp_path) as ivr:
        await ivr.call(FakeChannel(["0"]))
        await ivr.call(FakeChannel([], variables={"HL_ATTEMPT": "2", "HL_BACK": why}))
        told = [item.why for item in ivr.journal.state.contacts[CONTACT].inputs if isinstance(item, Returned)]
        assert told == [why]


@pytest.mark.parametrize("back", ["", "else"])
async def test_a_caller_who_never_got_to_the_queue_is_sent_there_again(tmp_path: Path, back: str) -> None:
    async with rig(tmp_path) as ivr:
        await ivr.call(FakeChannel(["0"]))
        channel = await ivr.call(FakeChannel([], variables={"HL_ATTEMPT": "2", "HL_BACK": back}))
        assert (channel.variables["IVR_NEXT"], channel.variables["HL_QUEUE"]) == ("queue", "consult")


async def test_a_broken_flow_still_leaves_a_call_back(tmp_path: Path) -> None:
    lines = await _whole_call(tmp_path / "whole")
    _crashed(tmp_path / "crashed", lines[:16])
    flow = SmallFlow()
    flow.broken_at = "menu"
    async with running_journal(tmp_path / "crashed" / "journal") as journal:
        contact = journal.state.contacts[CONTACT]
        finish(flow, journal, contact, NOW)
        kinds = [envelope.fact.KIND for envelope in journal.state.facts.values()]
        assert kinds[-1] == "callback_requested"
        assert contact.over
        await journal.durable()


async def test_a_second_session_takes_over_from_the_first(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        first = FakeChannel({**BY_SOUND, prompt_file(Path(), TEXTS["code"]).stem: WAIT})
        stuck = first.stuck
        call = first.start(ivr.port)
        await stuck.wait()
        second = await ivr.call(FakeChannel(BY_SOUND, variables={"HL_ATTEMPT": "2"}))
        await call
        assert second.variables["IVR_NEXT"] == "end"
        assert "IVR_NEXT" not in first.variables
        assert Counter(ivr.kinds())["ticket_opened"] == 1
        assert "callback_requested" not in ivr.kinds()


async def test_a_caller_taken_for_gone_gets_a_person(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        await ivr.call(FakeChannel([HANG_UP]))
        again = await ivr.call(FakeChannel(variables={"HL_ATTEMPT": "2"}))
        assert again.variables["IVR_NEXT"] == "queue"


async def test_the_end_of_agi_is_no_hang_up_while_asterisk_says_the_channel_lives(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        ivr.pbx.connected = True
        await ivr.call(FakeChannel(["3", HANG_UP]))
        assert not ivr.journal.state.contacts[CONTACT].over
        again = await ivr.call(FakeChannel(BY_SOUND, variables={"HL_ATTEMPT": "2"}))
        assert again.variables["IVR_NEXT"] == "end"
        assert Counter(ivr.kinds())["ticket_opened"] == 1


# ---- the fold itself ----


def test_fold_stops_at_the_question() -> None:
    flow = SmallFlow()
    folded = fold(flow, [Started("c", "", ""), LookedUp("identify"), LookedUp("identify")])
    assert isinstance(folded.effect, Perform)
    assert not folded.over
    folded.take(flow, Resumed(keys_only=True))
    assert isinstance(folded.effect, Perform)
    assert folded.effect.turn.keys_only


@pytest.mark.parametrize(
    "effects",
    [(), (Save(NodeEntered("f", "n")),), (Lookup("a"), Lookup("b")), (Lookup("a"), Save(NodeEntered("f", "n")))],
)
def test_a_step_must_end_with_one_waiting_effect(effects: tuple[Lookup | Save, ...]) -> None:
    with pytest.raises(FlowBroken):
        split(effects)


def _pressed(digits: str) -> TurnDone:
    return TurnDone(TurnResult("t", Cause.SUCCESS, Mode.DTMF, digits))


_GONE = TurnDone(TurnResult("t", Cause.HUNG_UP))
_TO_THE_MENU: list[Input] = [Started(CONTACT, "", ""), _pressed(""), LookedUp("identify", {})]
_TO_THE_NUMBER: list[Input] = [
    *_TO_THE_MENU, _pressed("3"), _pressed("12"), _pressed(""), LookedUp("ticket_number", {"number": "10000009"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("inputs", "end"),
    [
        ([], DialogueEnd.MISSED),
        ([*_TO_THE_MENU, _GONE], DialogueEnd.MISSED),
        ([*_TO_THE_MENU, _pressed("3"), _GONE], DialogueEnd.HUNG_UP),
        ([*_TO_THE_NUMBER, _GONE], DialogueEnd.REPORTED),
        ([*_TO_THE_NUMBER, HungUp()], DialogueEnd.REPORTED),
        ([*_TO_THE_NUMBER, _pressed("")], DialogueEnd.REPORTED),
        ([*_TO_THE_MENU, _pressed("0")], DialogueEnd.HANDED_OVER),
    ],
)
def test_who_hangs_up_after_the_number_has_reported(inputs: list[Input], end: DialogueEnd) -> None:
    call = CallInfo("l", "u", "c", "", "", "")
    assert dialogue_end(SmallFlow(), OpenContact(CONTACT, NOW, call, inputs)) is end


@pytest.mark.parametrize("elder", [True, False])
def test_elder_mode_is_found_in_the_journal_by_the_channel(elder: bool) -> None:
    driver = Driver(card={"known": True, "elder": elder}).start().press("0")
    contact = OpenContact(CONTACT, NOW, CallInfo("hotline-1.7", "hotline-1.7", "", "", "", "", ""), driver.inputs)
    flow = MachineFlow(program())
    assert is_elder(flow, [contact], "hotline-1.7") == elder
    assert not is_elder(flow, [contact], "hotline-1.8")
    assert not is_elder(flow, [], "hotline-1.7")


def test_who_cannot_be_replayed_is_spoken_to_as_everybody() -> None:
    flow = SmallFlow()
    flow.broken_at = "greet"
    started: list[Input] = [Started("c", "", "", keys_only=False), TurnDone(TurnResult("greet-1", Cause.SUCCESS))]
    contact = OpenContact(CONTACT, NOW, CallInfo("1.7", "1.7", "", "", "", "", ""), started)
    assert not is_elder(flow, [contact], "1.7")
