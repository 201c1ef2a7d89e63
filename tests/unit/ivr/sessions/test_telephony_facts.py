"""From Asterisk's events to facts in the journal: whole contacts, restarts of ivr and Asterisk, recordings."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from ivr.contract.dialogue import LookupFailed, Started, TurnDone
from ivr.contract.envelope import Envelope
from ivr.contract.facts import (
    AgentAnswered,
    AgentRinging,
    ContactEnded,
    DutyTaken,
    QueueJoined,
    QueueLeft,
    RecordingFinished,
    TalkEnded,
)
from ivr.contract.ids import ContactId
from ivr.dialplan.variables import HL_DUTY_TAKEN
from ivr.sessions.caller_id import to_e164
from ivr.sessions.calls import Calls
from ivr.sessions.found_calls import FoundCalls
from ivr.sessions.journal import Journal
from ivr.sessions.recording_files import RecordingWatch
from ivr.sessions.telephony_facts import TelephonyFacts
from ivr.telephony.calls import CallLedger
from ivr.telephony.errors import AMIRefused, AMITimeout
from ivr.telephony.events import TelephonyEvent
from speech.contract import Cause, Mode, TurnResult
from tests.unit.ivr.sessions.fake_channel import HANG_UP, FakeChannel
from tests.unit.ivr.sessions.fakes import NOW
from tests.unit.ivr.sessions.rig import CONTACT, Rig, clock, rig, running_journal, until
from tests.unit.ivr.sessions.small_flow import SmallFlow
from tests.unit.ivr.sessions.test_journal import INFO, STARTED

STAMP = {"Timestamp": str(NOW.timestamp()), "Linkedid": "hotline-1.1", "Uniqueid": "hotline-1.1"}
LEG = {"Queue": "repair", "Interface": "PJSIP/8001", "DestUniqueid": "hotline-1.2"}
TAKEN_AT = NOW.replace(microsecond=0)
TAKEN = {
    **STAMP, "Event": "UserEvent", "UserEvent": "HLDutyTaken",
    "Taken": f"{'f' * 32}:13900000002:{TAKEN_AT.timestamp():.0f}",
}  # fmt: skip
HANGUP = {"Event": "Hangup", "Cause": "16", **STAMP}
JOIN = {"Event": "QueueCallerJoin", "Queue": "repair", "Position": "1", **STAMP}
CONNECT = {"Event": "AgentConnect", "HoldTime": "3", **LEG, **STAMP}
COMPLETE = {"Event": "AgentComplete", "HoldTime": "3", "TalkTime": "5", "Reason": "caller", **LEG, **STAMP}


class FakeAMI:
    """Answers the questions of a reconcile, keeps global variables, and yields the events it was given."""

    def __init__(
        self, channels: tuple[str, ...] = (), started: str = "09:00:00", queue: tuple[Mapping[str, str], ...] = ()
    ) -> None:
        self.channels = channels
        self.entries = queue
        self.started = started
        self.queue: asyncio.Queue[Mapping[str, str]] = asyncio.Queue()
        self.variables: dict[str, str] = {}

    async def events(self) -> AsyncIterator[Mapping[str, str]]:
        while True:
            yield await self.queue.get()

    async def action(self, name: str, fields: Mapping[str, str], timeout_s: float = 5.0) -> list[dict[str, str]]:
        assert timeout_s > 0
        if name == "Setvar":
            self.variables[fields["Variable"]] = fields["Value"]
            return [{"Response": "Success"}]
        if name == "Getvar":
            return [{"Response": "Success", "Value": self.variables.get(fields["Variable"], "")}]
        assert not fields
        if name == "CoreStatus":
            return [{"Response": "Success", "CoreStartupDate": "2026-11-22", "CoreStartupTime": self.started}]
        if name == "CoreShowChannels":
            return [
                {"Response": "Success"},
                *({"Event": "CoreShowChannel", "Uniqueid": item} for item in self.channels),
            ]
        return [{"Response": "Success"}, *map(dict, self.entries)]


class StartingAMI(FakeAMI):
    """Knows who it is before its modules are there."""

    async def action(self, name: str, fields: Mapping[str, str], timeout_s: float = 5.0) -> list[dict[str, str]]:
        if name == "QueueStatus":
            raise AMIRefused("QueueStatus", "Invalid/unknown command")
        return await super().action(name, fields, timeout_s)


class DeafAMI(FakeAMI):
    """Sets no variable."""

    async def action(self, name: str, fields: Mapping[str, str], timeout_s: float = 5.0) -> list[dict[str, str]]:
        if name == "Setvar":
            raise AMITimeout("Setvar: no answer in 5 s")
        return await super().action(name, fields, timeout_s)


def _rounds_taken(ivr: Rig) -> list[Envelope]:
    return [item for item in ivr.facts() if isinstance(item.fact, DutyTaken)]


def _take(ivr: Rig, *events: Mapping[str, str]) -> None:
    for event in events:
        ivr.watch.take(event)


async def test_a_duty_phone_that_took_a_round_is_a_fact_of_no_contact(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        _take(ivr, TAKEN)
        (taken,) = _rounds_taken(ivr)
        assert (taken.contact, taken.fact, taken.at) == ("", DutyTaken("f" * 32, "13900000002"), TAKEN_AT)


async def test_rounds_taken_while_ivr_was_away_are_told_when_it_is_back(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        ami = FakeAMI()
        second = f"{TAKEN_AT.timestamp():.0f}"
        ami.variables[HL_DUTY_TAKEN] = f"{'a' * 32}:13900000001:{second} {'f' * 32}:13900000002:{second} {'b' * 32}:139"
        await ivr.watch.reconcile(ami)
        assert [taken.fact for taken in _rounds_taken(ivr)] == [
            DutyTaken("f" * 32, "13900000002"), DutyTaken("a" * 32, "13900000001"),
        ]  # fmt: skip
        assert ivr.journal.durable_seq == ivr.journal.state.seq  # before Asterisk forgets
        assert ami.variables[HL_DUTY_TAKEN] == ""
        await ivr.watch.reconcile(ami)
        assert len(_rounds_taken(ivr)) == 2


async def test_a_round_both_heard_and_kept_is_told_as_the_same(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        ami = FakeAMI()
        _take(ivr, TAKEN)
        ami.variables[HL_DUTY_TAKEN] = TAKEN["Taken"]
        await ivr.watch.reconcile(ami)
        first, again = _rounds_taken(ivr)
        assert (first.fact, first.at) == (again.fact, again.at)  # crm tells the two by that


async def test_a_round_that_asterisk_does_not_forget_stops_no_comparison(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        ami = DeafAMI()
        ami.variables[HL_DUTY_TAKEN] = TAKEN["Taken"]
        assert (await ivr.watch.reconcile(ami)).channels == frozenset()
        assert len(_rounds_taken(ivr)) == 1


async def test_a_reported_call_ends_once(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        await ivr.call(FakeChannel(["3", "12#"]))
        _take(ivr, HANGUP, HANGUP)
        ended = [item.fact for item in ivr.facts() if isinstance(item.fact, ContactEnded)]
        assert [fact.outcome for fact in ended] == ["reported"]
        assert CONTACT not in ivr.journal.state.contacts


async def test_a_talk_with_an_agent(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        await ivr.call(FakeChannel(["0"]))
        _take(ivr, JOIN, CONNECT, COMPLETE, HANGUP)
        kinds = ivr.kinds()
        assert kinds.index("handed_over") < kinds.index("queue_joined") < kinds.index("agent_answered")
        ended = ivr.facts()[-1].fact
        assert isinstance(ended, ContactEnded)
        assert ended.outcome == "talked"


async def test_the_end_of_the_contact_waits_for_the_dialogue(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        ivr.pbx.connected = True
        channel = FakeChannel(["3", HANG_UP])
        call = asyncio.create_task(ivr.call(channel))
        await until(channel.hung_up.is_set, "the hang-up")
        _take(ivr, HANGUP)
        await call
        kinds = ivr.kinds()
        assert kinds.index("ticket_opened") < kinds.index("contact_ended")
        assert kinds.count("contact_ended") == 1
        assert CONTACT not in ivr.journal.state.contacts


async def test_a_hang_up_after_the_session_left_ends_the_dialogue(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        ivr.pbx.connected = True
        await ivr.call(FakeChannel(["3", HANG_UP]))  # Asterisk did not say Hangup: the session left it open
        assert "ticket_opened" not in ivr.kinds()
        _take(ivr, HANGUP)
        kinds = ivr.kinds()
        assert kinds.count("ticket_opened") == kinds.count("contact_ended") == 1
        assert kinds.count("callback_requested") == 1


async def test_a_call_that_never_met_ivr_is_a_contact_too(tmp_path: Path) -> None:
    user = {"Event": "UserEvent", "Contact": "d" * 32, "Recording": "", "Caller": "13800138000", "Did": "4001726011"}
    async with rig(tmp_path) as ivr:
        _take(ivr, {**user, "UserEvent": "HLContact", **STAMP}, JOIN)
        _take(ivr, {**user, "UserEvent": "HLEnded", "Stage": "queue", **STAMP}, HANGUP)
        kinds = ivr.kinds()
        assert kinds[0] == "contact_started"
        assert kinds[-1] == "contact_ended"
        assert "callback_requested" in kinds


async def test_events_that_break_harm_nobody(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        ami = FakeAMI()
        task = asyncio.create_task(ivr.watch.run(ami))
        await ivr.call(FakeChannel(["0"]))
        for junk in ({}, {"Event": "Hangup"}, {"Event": "QueueCallerJoin", "Queue": "\r\n"}, {"Event": "Nobody"}, JOIN):
            ami.queue.put_nowait(junk)
        await until(lambda: "queue_joined" in ivr.kinds(), "the good event")
        assert ivr.watch.invalid == 2
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_breaks_a_listener_costs_no_fact(tmp_path: Path) -> None:
    def broken(event: TelephonyEvent) -> None:
        raise OSError(str(event))

    async with running_journal(tmp_path / "journal") as journal:
        recordings = RecordingWatch(tmp_path, journal, clock, patience_s=0.1)
        found = FoundCalls(tmp_path / "queue_log", tmp_path / "mark")
        ledger = CallLedger(to_e164)
        watch = TelephonyFacts(ledger, journal, Calls(), SmallFlow(), recordings, found, clock, heard=broken)
        _half_a_call(journal)
        watch.recover()
        with pytest.raises(OSError, match="CallerJoinedQueue"):
            watch.take(JOIN)
        assert any(isinstance(item.fact, QueueJoined) for item in journal.state.facts.values())


# ---- restarts ----


@contextlib.asynccontextmanager
async def _watch(folder: Path) -> AsyncIterator[tuple[TelephonyFacts, Journal]]:
    async with running_journal(folder / "journal") as journal:
        recordings = RecordingWatch(folder, journal, clock, patience_s=0.1)
        found = FoundCalls(folder / "queue_log", folder / "calls-found")
        yield TelephonyFacts(CallLedger(to_e164), journal, Calls(), SmallFlow(), recordings, found, clock), journal


def _half_a_call(journal: Journal) -> None:
    journal.open_contact(CONTACT, INFO, NOW)
    journal.fact(CONTACT, STARTED, NOW)
    pressed = TurnResult("menu-0", Cause.SUCCESS, Mode.DTMF, "3")
    spoken = TurnResult("greet-1", Cause.SUCCESS)
    for item in (Started(CONTACT, "", ""), TurnDone(spoken), LookupFailed("identify"), TurnDone(pressed)):
        journal.input(CONTACT, item, NOW)


async def test_gone_while_ivr_was_away_becomes_a_ticket(tmp_path: Path) -> None:
    async with running_journal(tmp_path / "journal") as journal:
        _half_a_call(journal)
    async with _watch(tmp_path) as (watch, journal):
        watch.recover()
        await watch.reconcile(FakeAMI())
        facts = [envelope.fact for envelope in journal.state.facts.values()]
        kinds = [fact.KIND for fact in facts]
        assert kinds.count("ticket_opened") == 1
        assert kinds.count("contact_started") == 1
        assert isinstance(facts[-1], ContactEnded)
        assert not journal.state.contacts


async def test_still_there_waits_for_its_second_session(tmp_path: Path) -> None:
    async with running_journal(tmp_path / "journal") as journal:
        _half_a_call(journal)
    async with _watch(tmp_path) as (watch, journal):
        watch.recover()
        await watch.reconcile(FakeAMI(("hotline-1.1",)))
        assert "ticket_opened" not in [envelope.fact.KIND for envelope in journal.state.facts.values()]
        assert CONTACT in journal.state.contacts


async def test_a_restarted_asterisk_cuts_its_calls(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        await ivr.watch.reconcile(FakeAMI(("hotline-1.1",)))
        await ivr.call(FakeChannel(["0"]))
        _take(ivr, JOIN)
        with pytest.raises(AMIRefused):
            await ivr.watch.reconcile(StartingAMI(started="10:00:00"))
        await ivr.watch.reconcile(FakeAMI(started="10:00:00"))
        ended = ivr.facts()[-1].fact
        assert isinstance(ended, ContactEnded)
        assert ended.outcome == "cut"


async def test_a_wait_open_over_a_restart_goes_on(tmp_path: Path) -> None:
    async with running_journal(tmp_path / "journal") as journal:
        _half_a_call(journal)
        journal.fact(CONTACT, QueueJoined("v1", "repair", 1), NOW)
        journal.fact(CONTACT, AgentRinging("v1", "repair", "8001"), NOW)
        journal.dialogue_over(CONTACT, NOW)
    async with _watch(tmp_path) as (watch, journal):
        watch.recover()
        entry = {"Event": "QueueEntry", "Queue": "repair", "Uniqueid": "hotline-1.1", "Wait": "1"}
        held = await watch.reconcile(FakeAMI(("hotline-1.1",), queue=(entry,)))
        assert list(held.waiting) == [("repair", "hotline-1.1")]
        kinds = [envelope.fact.KIND for envelope in journal.state.facts.values()]
        assert [kinds.count(kind) for kind in ("queue_joined", "agent_ring_ended", "queue_left")] == [1, 1, 0]
        await watch.reconcile(FakeAMI())
        left = [envelope.fact for envelope in journal.state.facts.values() if isinstance(envelope.fact, QueueLeft)]
        assert [(fact.visit, fact.reason) for fact in left] == [("v1", "uncertain")]


async def test_a_talk_open_over_a_restart_goes_on(tmp_path: Path) -> None:
    async with running_journal(tmp_path / "journal") as journal:
        _half_a_call(journal)
        journal.fact(CONTACT, QueueJoined("v1", "repair", 1), NOW)
        journal.fact(CONTACT, AgentAnswered("v1", "repair", "8001", 1000, 500), NOW)
        journal.dialogue_over(CONTACT, NOW)
    async with _watch(tmp_path) as (watch, journal):
        watch.recover()
        await watch.reconcile(FakeAMI(("hotline-1.1",)))
        assert "talk_ended" not in [envelope.fact.KIND for envelope in journal.state.facts.values()]
        await watch.reconcile(FakeAMI())
        facts = [envelope.fact for envelope in journal.state.facts.values()]
        (talk,) = [fact for fact in facts if isinstance(fact, TalkEnded)]
        assert (talk.visit, talk.by) == ("v1", "uncertain")
        assert [fact.outcome for fact in facts if isinstance(fact, ContactEnded)] == ["talked"]


# ---- recordings ----


@pytest.mark.parametrize(("content", "present"), [(b"R" * 44, True), (b"", False), (None, False)])
async def test_the_recording_is_there_or_a_gap(tmp_path: Path, content: bytes | None, present: bool) -> None:
    async with running_journal(tmp_path / "journal") as journal:
        watch = RecordingWatch(tmp_path, journal, clock, patience_s=0.6)
        if content is not None:
            (tmp_path / "r1-rx.wav").write_bytes(content)
        task = asyncio.create_task(watch.run())
        watch.expect(ContactId("c"), "")
        watch.expect(ContactId("c"), "r1")
        await until(lambda: journal.state.facts, "the fact")
        fact = journal.state.facts[1].fact
        assert fact == RecordingFinished("r1", present, len(content or b""))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
