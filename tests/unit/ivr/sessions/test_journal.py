"""The journal on a real disk: restart, crash in the middle of a line, rotation, a disk that refuses, two processes."""

import asyncio
import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ivr.contract.dialogue import HungUp, Started
from ivr.contract.facts import ContactEnded, ContactStarted
from ivr.contract.ids import ContactId
from ivr.sessions.journal import Journal, JournalLocked, JournalUnavailable
from ivr.sessions.records import CallInfo
from tests.unit.ivr.sessions.fakes import NOW
from tests.unit.ivr.sessions.rig import CONTACT, running_journal, until

INFO = CallInfo("hotline-1.1", "hotline-1.1", "PJSIP/1", "+8613800138000", "4001726011", "r1")
STARTED = ContactStarted("hotline-1.1", "138", "+8613800138000", "4001726011", "r1", "n1")


def _begin(journal: Journal, contact: ContactId = CONTACT) -> None:
    journal.open_contact(contact, INFO, NOW)
    journal.fact(contact, STARTED, NOW)
    journal.input(contact, Started(contact, "", ""), NOW)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


async def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    async with running_journal(tmp_path) as journal:
        _begin(journal)
        journal.block(1000, 10, NOW)
        journal.number(1000, NOW)
        await journal.durable()
        before = journal.state
    async with running_journal(tmp_path) as journal:
        assert journal.state == before
        assert journal.durable_seq == 1
        assert journal.fact(CONTACT, ContactEnded("talked"), NOW).seq == 2
        await journal.durable()
        assert journal.damaged == 0


async def test_idle_restarts_of_the_same_process_number_lose_nothing(tmp_path: Path) -> None:
    async with running_journal(tmp_path) as journal:
        journal.fact(CONTACT, STARTED, NOW)
        journal.acked(1, NOW)
        await journal.durable()
    for _ in range(3):
        async with running_journal(tmp_path) as journal:
            await journal.durable()
    async with running_journal(tmp_path) as journal:
        journal.fact(CONTACT, ContactEnded("talked"), NOW)
        await journal.durable()
    async with running_journal(tmp_path) as journal:
        assert list(journal.state.facts) == [2]


async def test_a_torn_last_line_is_left_out_and_never_appended_to(tmp_path: Path) -> None:
    async with running_journal(tmp_path) as journal:
        _begin(journal)
        await journal.durable()
    newest = max(_files(tmp_path), key=lambda path: path.name)
    with newest.open("rb+") as file:
        file.truncate(newest.stat().st_size - 5)
    async with running_journal(tmp_path) as journal:
        assert journal.damaged == 1
        assert journal.state.contacts[CONTACT].inputs == []
        journal.input(CONTACT, HungUp(), NOW)
        await journal.durable()
    async with running_journal(tmp_path) as journal:
        assert journal.state.contacts[CONTACT].inputs == [HungUp()]


async def test_files_go_when_nothing_in_them_is_needed(tmp_path: Path) -> None:
    async with running_journal(tmp_path, segment_bytes=2000) as journal:
        for index in range(40):
            contact = ContactId(f"c{index}")
            _begin(journal, contact)
            journal.close_contact(contact, NOW)
            await journal.durable()
        many = len(_files(tmp_path))
        assert many > 3  # crm has acknowledged nothing
        journal.acked(journal.state.seq, NOW)
        journal.block(5000, 10, NOW)
        await journal.durable()
        await until(lambda: len(_files(tmp_path)) == 1, "old files removed")
        before = journal.state
    async with running_journal(tmp_path) as journal:
        assert journal.state == before
        assert journal.state.seq == 40


async def test_a_file_with_an_open_contact_stays(tmp_path: Path) -> None:
    async with running_journal(tmp_path, segment_bytes=500) as journal:
        _begin(journal)
        for index in range(20):
            journal.acked(journal.state.seq, NOW)
            journal.block(1000 * index, 10, NOW)
            await journal.durable()
        assert len(_files(tmp_path)) > 1
    async with running_journal(tmp_path) as journal:
        assert len(journal.state.contacts[CONTACT].inputs) == 1


class _FullDisk(Journal):
    """A journal whose disk is full for a while, after it has written part of the batch."""

    full = False

    def _write(self, batch: Sequence[Any]) -> None:
        if self.full:
            super()._write(list(batch)[: len(batch) // 2])
            os.write(self._opened(batch[-1].segment.path), b'{"crc":"torn')
            raise OSError(errno.ENOSPC, "No space left on device")
        super()._write(list(batch))


async def test_a_full_disk_loses_nothing_and_leaves_no_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.sessions.journal._RETRY_S", 0.02)
    journal = _FullDisk(tmp_path, "ivr-1", NOW)
    task = asyncio.create_task(journal.run())
    await journal.durable()
    journal.full = True
    _begin(journal)
    with pytest.raises(JournalUnavailable):
        await journal.durable(0.2)
    journal.fact(CONTACT, ContactEnded("talked"), NOW)
    journal.full = False
    await journal.durable()
    before = journal.state
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await journal.close()
    async with running_journal(tmp_path) as again:
        assert again.state == before
        assert list(again.state.facts) == [1, 2]


async def test_one_process_per_folder(tmp_path: Path) -> None:
    async with running_journal(tmp_path):
        with pytest.raises(JournalLocked):
            Journal(tmp_path, "ivr-1", NOW)


async def test_the_files_are_for_the_owner_alone(tmp_path: Path) -> None:
    async with running_journal(tmp_path / "journal") as journal:
        await journal.durable()
        modes = {path.stat().st_mode & 0o077 for path in [tmp_path / "journal", *(tmp_path / "journal").iterdir()]}
        assert modes == {0}


async def test_many_writers_share_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = []
    real = os.fsync

    def counted(descriptor: int) -> None:
        syncs.append(descriptor)
        real(descriptor)

    monkeypatch.setattr("os.fsync", counted)
    async with running_journal(tmp_path) as journal:
        await journal.durable()
        syncs.clear()

        async def write(index: int) -> None:
            journal.block(index * 100, 10, NOW)
            await journal.durable()

        await asyncio.gather(*(write(index) for index in range(100)))
        assert len(syncs) <= 10
