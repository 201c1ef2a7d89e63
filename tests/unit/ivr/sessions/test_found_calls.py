"""Calls that ended while ivr was away are told when it is back; each line of queue_log is read once it was told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.contract.facts import CallFound, ContactEnded, RecordingFinished, VoicemailRecorded
from ivr.sessions.found_calls import FoundCalls
from ivr.sessions.journal import JournalUnavailable
from tests.unit.ivr.sessions.fakes import NOW
from tests.unit.ivr.sessions.rig import CONTACT, Rig, rig
from tests.unit.ivr.sessions.test_journal import INFO, STARTED
from tests.unit.ivr.sessions.test_telephony_facts import FakeAMI

OTHER = "01234567-89ab-cdef-0123-456789abcdef"


def trace(recording: str, contact: str = "", at: datetime = NOW, linkedid: str = "hotline-9.9") -> str:
    """Return the line of a message of 13800138000."""
    second = round(at.timestamp())
    fields = [contact or recording.replace("-", ""), recording, linkedid, "13800138000", "4001726011", str(second - 60)]
    return f"{second}|{linkedid}|hl|NONE|HLCALL|{':'.join([*fields, 'voicemail', 'repair', '2', '', '', '', '16'])}\n"


def calls_found(ivr: Rig) -> list[tuple[str, CallFound]]:
    return [(item.contact, item.fact) for item in ivr.facts() if isinstance(item.fact, CallFound)]


async def test_a_call_that_nobody_told_of_is_told_once_with_its_recording(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        log = tmp_path / "queue_log"
        log.write_text("1|NONE|NONE|NONE|QUEUESTART|\n" + trace(OTHER), encoding="ascii")
        (tmp_path / "recordings").mkdir()
        for _ in range(2):
            await ivr.watch.reconcile(FakeAMI())
        ((contact, fact),) = calls_found(ivr)
        assert (contact, fact.caller_e164, fact.clip) == (
            OTHER.replace("-", ""),
            "+8613800138000",
            f"voicemail/{OTHER}",
        )
        assert ivr.journal.durable_seq == ivr.journal.state.seq  # before the mark moves on
        log.write_text(log.read_text(encoding="ascii") + trace(OTHER, contact="f" * 32), encoding="ascii")
        await ivr.watch.reconcile(FakeAMI())
        assert [contact for contact, _ in calls_found(ivr)] == [OTHER.replace("-", ""), "f" * 32]


async def test_its_recording_is_looked_for(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        (tmp_path / "queue_log").write_text(trace(OTHER), encoding="ascii")
        await ivr.watch.reconcile(FakeAMI())
        contact, recording = await ivr.watch._recordings._expected.get()
        assert (contact, recording) == (OTHER.replace("-", ""), OTHER)
        assert not any(isinstance(item.fact, RecordingFinished) for item in ivr.facts())


async def test_a_call_that_the_journal_holds_ends_with_its_message(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        ivr.journal.open_contact(CONTACT, INFO, NOW)
        ivr.journal.fact(CONTACT, STARTED, NOW)
        ivr.watch.recover()
        line = trace(OTHER, contact=CONTACT, linkedid=INFO.linkedid)
        (tmp_path / "queue_log").write_text(line, encoding="ascii")
        await ivr.watch.reconcile(FakeAMI())
        facts = [item.fact for item in ivr.facts() if item.contact == CONTACT]
        assert VoicemailRecorded(f"voicemail/{OTHER}") in facts
        assert [fact.outcome for fact in facts if isinstance(fact, ContactEnded)] == ["voicemail"]
        assert calls_found(ivr) == []


async def test_a_disk_that_takes_nothing_leaves_the_mark_where_it_was(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        (tmp_path / "queue_log").write_text(trace(OTHER), encoding="ascii")

        async def refused(patience_s: float = 0.0) -> None:
            raise JournalUnavailable(f"{patience_s}")

        with pytest.MonkeyPatch.context() as disk:
            disk.setattr(ivr.journal, "durable", refused)
            await ivr.watch.reconcile(FakeAMI())
        await ivr.watch.reconcile(FakeAMI())
        assert len(calls_found(ivr)) == 2  # crm knows the second


def test_reading_goes_on_behind_the_mark_and_anew_in_another_file(tmp_path: Path) -> None:
    log, calls = tmp_path / "queue_log", FoundCalls(tmp_path / "queue_log", tmp_path / "mark")
    assert calls.read(NOW).calls == []  # Asterisk has never written
    log.write_text(trace(OTHER) + trace(OTHER, "e" * 32).rstrip("\n"), encoding="ascii")
    found = calls.read(NOW)
    assert [call.end.contact for call in found.calls] == [OTHER.replace("-", "")]  # the last is being written
    calls.told(found)
    assert calls.read(NOW).calls == []
    with log.open("a", encoding="ascii") as file:
        file.write("\n")
    again = calls.read(NOW)
    assert [call.end.contact for call in again.calls] == ["e" * 32]
    calls.told(again)
    new = tmp_path / "new"
    new.write_text(trace(OTHER, "d" * 32) + trace(OTHER, "c" * 32) + trace(OTHER, "b" * 32), encoding="ascii")
    new.replace(log)
    assert len(calls.read(NOW).calls) == 3
    (tmp_path / "mark").write_text("never", encoding="ascii")
    assert len(calls.read(NOW).calls) == 3


def test_long_lines_bytes_and_old_calls_are_passed_over(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    old = trace(OTHER, "a" * 32, NOW - timedelta(days=8))
    log.write_bytes(b"\xff\x00" * 3000 + b"\n" + old.encode() + b"1|" + "工".encode() + b"\n" + trace(OTHER).encode())
    found = FoundCalls(log, tmp_path / "mark").read(NOW)
    assert [call.end.contact for call in found.calls] == [OTHER.replace("-", "")]
    assert found.mark.endswith(f" {log.stat().st_size}")


def test_a_mark_that_cannot_be_written_costs_only_a_second_reading(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_text(trace(OTHER), encoding="ascii")
    calls = FoundCalls(log, tmp_path / "no folder" / "mark")
    calls.told(calls.read(NOW))
    assert len(calls.read(datetime.now(UTC).replace(year=NOW.year, month=NOW.month, day=NOW.day)).calls) == 1
