"""Numbers and facts with crm away and back: no number twice, every fact once and in order."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from ivr.contract.desk import DeskUnavailable
from ivr.contract.envelope import Envelope
from ivr.contract.facts import ContactEnded, Fact, TicketOpened
from ivr.contract.ids import ContactId, is_ticket_number, ticket_number
from ivr.sessions.journal import Journal
from ivr.sessions.numbers import NoNumberLeft, NumberPool
from ivr.sessions.records import CallInfo, OpenContact
from ivr.sessions.resume import Folded, write_missing
from ivr.sessions.shipper import Shipper
from tests.unit.ivr.sessions.fakes import NOW, MemoryDesk
from tests.unit.ivr.sessions.rig import clock, running_journal, until


@contextlib.asynccontextmanager
async def _task(job: NumberPool | Shipper) -> AsyncIterator[None]:
    task = asyncio.create_task(job.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


TAKEN = ticket_number(5)


def _open(journal: Journal) -> OpenContact:
    journal.open_contact(ContactId("c"), CallInfo("l", "u", "PJSIP/c-1", "+8613800138000", "4001726011", ""), NOW)
    return journal.state.contacts[ContactId("c")]


def _write(journal: Journal, count: int) -> None:
    for _ in range(count):
        journal.fact(ContactId("c"), ContactEnded("talked"), NOW)


# ---- numbers ----


async def test_numbers_are_leased_ahead_and_never_twice(tmp_path: Path) -> None:
    desk = MemoryDesk(size=20)
    async with running_journal(tmp_path) as journal:
        pool = NumberPool(journal, desk, clock, low_water=10)
        async with _task(pool):
            await until(lambda: pool.left >= 10, "a block")
            taken: list[str] = []
            for _ in range(60):
                await until(lambda: pool.left > 0, "a refill")
                taken += await asyncio.gather(pool.take(), pool.take())
    assert len(set(taken)) == 120
    assert all(is_ticket_number(number) for number in taken)


async def test_a_restart_goes_on_after_the_last_number(tmp_path: Path) -> None:
    desk = MemoryDesk()
    async with running_journal(tmp_path) as journal:
        journal.block(1000, 5, NOW)
        pool = NumberPool(journal, desk, clock)
        first = [await pool.take() for _ in range(2)]
    desk.away = True
    async with running_journal(tmp_path) as journal:
        pool = NumberPool(journal, desk, clock)
        assert pool.left == 3
        second = [await pool.take() for _ in range(3)]
        with pytest.raises(NoNumberLeft):
            await pool.take()
    assert first + second == [ticket_number(serial) for serial in range(1000, 1005)]


async def test_a_ticket_of_danger_is_given_its_number_when_it_is_written(tmp_path: Path) -> None:
    """Nothing was asked before the words of danger; the number is on disk before the fact, and given once."""
    facts: list[Fact] = [
        TicketOpened(1, "", "repair", "urgent", "handed_over", "gas"),
        TicketOpened(2, TAKEN, "repair", "normal", ""),
    ]
    async with running_journal(tmp_path) as journal:
        journal.block(1000, 1, NOW)
        contact = _open(journal)
        write_missing(journal, contact, Folded(None, facts), NOW)
        write_missing(journal, contact, Folded(None, facts), NOW)
        write_missing(journal, contact, Folded(None, [*facts, facts[0]]), NOW)
        await journal.durable()
        written = [
            envelope.fact.number
            for envelope in journal.state.outbox.ready.values()
            if isinstance(envelope.fact, TicketOpened)
        ]
    assert written == [ticket_number(1000), TAKEN, ""]  # the block had one number
    async with running_journal(tmp_path) as journal:
        assert NumberPool(journal, MemoryDesk(away=True), clock).left == 0


async def test_the_pool_waits_for_crm_to_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.sessions.numbers._RETRY_FIRST_S", 0.01)
    desk = MemoryDesk(away=True)
    async with running_journal(tmp_path) as journal:
        pool = NumberPool(journal, desk, clock)
        async with _task(pool):
            with pytest.raises(NoNumberLeft):
                await pool.take()
            desk.away = False
            await until(lambda: pool.left == 1000, "a block")


# ---- facts ----


async def test_facts_arrive_once_and_in_order(tmp_path: Path) -> None:
    desk = MemoryDesk()
    async with running_journal(tmp_path) as journal:
        shipper = Shipper(journal, desk, clock)
        async with _task(shipper):
            _write(journal, 500)
            await until(lambda: shipper.waiting == 0 and journal.state.acked == 500, "all facts at crm")
            await until(shipper.idle.is_set, "idle")
    assert list(desk.held["ivr-1"]) == list(range(1, 501))


async def test_facts_wait_while_crm_is_away_and_over_a_restart(tmp_path: Path) -> None:
    desk = MemoryDesk(away=True)
    async with running_journal(tmp_path) as journal:
        shipper = Shipper(journal, desk, clock, retry_first_s=0.01)
        async with _task(shipper):
            _write(journal, 5)
            await until(lambda: shipper.last_error, "a failed try")
        await journal.durable()
    async with running_journal(tmp_path) as journal:
        shipper = Shipper(journal, desk, clock, retry_first_s=0.01)
        async with _task(shipper):
            _write(journal, 2)
            desk.away = False
            await until(lambda: journal.state.acked == 7, "all facts at crm")
            assert shipper.last_error == ""
    assert list(desk.held["ivr-1"]) == list(range(1, 8))


async def test_a_lost_acknowledgement_sends_again_and_crm_keeps_one(tmp_path: Path) -> None:
    class Forgetful(MemoryDesk):
        failures = 3

        async def ship(self, facts: Sequence[Envelope]) -> int:
            acked = await super().ship(facts)
            if self.failures:
                self.failures -= 1
                raise DeskUnavailable("the answer was lost")
            return acked

    desk = Forgetful()
    async with running_journal(tmp_path) as journal, _task(Shipper(journal, desk, clock, retry_first_s=0.01)):
        _write(journal, 20)
        await until(lambda: journal.state.acked == 20, "all facts at crm")
    assert len(desk.held["ivr-1"]) == 20


@pytest.mark.parametrize("answer", [0, 3, 10_000])
async def test_only_what_was_sent_counts_as_acknowledged(tmp_path: Path, answer: int) -> None:
    class Odd(MemoryDesk):
        async def ship(self, facts: Sequence[Envelope]) -> int:
            self.deliveries += 1
            await super().ship(facts)
            return answer

    desk = Odd()
    async with running_journal(tmp_path) as journal:
        shipper = Shipper(journal, desk, clock, retry_first_s=0.01)
        async with _task(shipper):
            _write(journal, 5)
            await until(lambda: desk.deliveries > 0, "deliveries")
            await until(lambda: journal.state.acked == min(answer, 5), "the acknowledgement")


async def test_a_fact_that_is_not_durable_does_not_leave(tmp_path: Path) -> None:
    desk = MemoryDesk()
    journal = Journal(tmp_path, "ivr-1", NOW)
    shipper = Shipper(journal, desk, clock)
    async with _task(shipper):
        _write(journal, 1)  # nothing writes it to the disk
        await asyncio.sleep(0)
        assert shipper.waiting == 1
        assert desk.deliveries == 0
    await journal.close()
