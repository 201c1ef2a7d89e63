"""Facts that crm will not take: kept on disk with the rest of their contact, tried again, and in nobody's way."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ivr.contract.commands import Command, CommandName, CommandStatus
from ivr.contract.envelope import Envelope
from ivr.contract.facts import ContactEnded, Fact, SafetyRaised, TicketOpened
from ivr.contract.ids import ContactId
from ivr.dialplan.limits import Limits
from ivr.sessions.commands import CommandExecutor
from ivr.sessions.journal import Journal
from ivr.sessions.outbound import Outbound
from ivr.sessions.shipper import Shipper
from tests.unit.ivr.sessions.fakes import NOW, MemoryDesk, MemoryPBX
from tests.unit.ivr.sessions.rig import clock, running_journal, until

BAD = TicketOpened(1, "10000009", "repair", "normal", "reported")
GOOD = SafetyRaised(1, "gas", "key")
END = ContactEnded("reported")
A, B = ContactId("a"), ContactId("b")


@contextlib.asynccontextmanager
async def _shipping(
    folder: Path, desk: MemoryDesk, anew_s: float = 300, **options: int
) -> AsyncIterator[tuple[Journal, Shipper]]:
    async with running_journal(folder, **options) as journal:
        shipper = Shipper(journal, desk, clock, retry_first_s=0.01, anew_s=anew_s)
        task = asyncio.create_task(shipper.run())
        try:
            yield journal, shipper
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _files(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("*.jsonl")]


def _tell(journal: Journal, *facts: tuple[ContactId, Fact]) -> None:
    for contact, fact in facts:
        journal.fact(contact, fact, NOW)


def _arrived(desk: MemoryDesk) -> list[tuple[str, str]]:
    return [(envelope.contact, envelope.fact.KIND) for envelope in desk.held.get("ivr-1", {}).values()]


async def test_a_refused_fact_keeps_back_its_own_contact_only(tmp_path: Path) -> None:
    desk = MemoryDesk(refuses={"ticket_opened"})
    async with _shipping(tmp_path, desk) as (journal, shipper):
        _tell(journal, (A, GOOD), (A, BAD), (B, GOOD), (A, END), (B, END))
        await until(lambda: len(_arrived(desk)) == 3, "the others")
        _tell(journal, (A, GOOD), (B, GOOD))
        await until(lambda: shipper.waiting == 0, "the rest")
        assert _arrived(desk) == [("a", "safety_raised"), *[("b", kind) for kind in (GOOD.KIND, END.KIND, GOOD.KIND)]]
        assert shipper.held == 3
        assert shipper.refused() == [{"seq": 2, "kind": "ticket_opened", "reason": "422 malformed_fact"}]


async def test_a_refused_fact_of_no_contact_stands_alone(tmp_path: Path) -> None:
    desk = MemoryDesk(refuses={"ticket_opened"})
    async with _shipping(tmp_path, desk) as (journal, shipper):
        _tell(journal, (ContactId(""), BAD), (ContactId(""), GOOD))
        await until(lambda: len(_arrived(desk)) == 1, "the other")
        assert shipper.held == 1


async def test_a_fact_that_crm_breaks_over_is_in_no_other_calls_way(tmp_path: Path) -> None:
    desk = MemoryDesk(breaks_over={"ticket_opened": 1000})
    async with _shipping(tmp_path, desk) as (journal, shipper):
        _tell(journal, (A, GOOD), (A, BAD), (B, GOOD), (A, END), (B, END))
        await until(lambda: len(_arrived(desk)) == 3, "the others")
        assert shipper.held == 2
        assert shipper.refused() == [{"seq": 2, "kind": "ticket_opened", "reason": "500 crm broke over it"}]


async def test_what_crm_broke_over_a_few_times_is_not_kept_back(tmp_path: Path) -> None:
    desk = MemoryDesk(breaks_over={"ticket_opened": 5})
    async with _shipping(tmp_path, desk) as (journal, shipper):
        _tell(journal, (A, BAD), (A, END))
        await until(lambda: len(_arrived(desk)) == 2, "both")
        assert (desk.breaks_over, shipper.held, shipper.last_error) == ({"ticket_opened": 0}, 0, "")


async def test_what_crm_breaks_over_is_tried_anew_by_itself(tmp_path: Path) -> None:
    desk = MemoryDesk(breaks_over=dict.fromkeys([GOOD.KIND, BAD.KIND, END.KIND], 20))  # all that comes, for a time
    async with _shipping(tmp_path, desk, anew_s=0.05) as (journal, shipper):
        _tell(journal, (A, BAD), (B, GOOD), (A, GOOD), (B, END), (A, END))
        await until(lambda: len(_arrived(desk)) == 5 and shipper.held == shipper.waiting == 0, "all at crm")
        of_a = [kind for contact, kind in _arrived(desk) if contact == "a"]
        assert of_a == [BAD.KIND, GOOD.KIND, END.KIND]
        assert sorted(desk.held["ivr-1"]) == [1, 2, 3, 4, 5]


async def test_a_restart_tries_again_and_crm_mended_takes_all_in_order(tmp_path: Path) -> None:
    desk = MemoryDesk(refuses={"ticket_opened"})
    async with _shipping(tmp_path, desk) as (journal, shipper):
        _tell(journal, (A, BAD), (B, GOOD), (A, END))
        await until(lambda: shipper.held == 2 and shipper.waiting == 0, "the quarantine")
        await journal.durable()
    async with _shipping(tmp_path, desk) as (journal, shipper):
        await until(lambda: shipper.held == 2 and shipper.waiting == 0, "the quarantine again")
        assert len(_arrived(desk)) == 1
        await journal.durable()
    desk.refuses.clear()
    async with _shipping(tmp_path, desk) as (journal, shipper):
        await until(lambda: shipper.held == shipper.waiting == 0, "all at crm")
        assert _arrived(desk) == [("b", GOOD.KIND), ("a", BAD.KIND), ("a", END.KIND)]
        assert sorted(desk.held["ivr-1"]) == [1, 2, 3]


async def test_the_operators_command_tries_again(tmp_path: Path) -> None:
    desk = MemoryDesk(refuses={"ticket_opened"})
    async with _shipping(tmp_path, desk) as (journal, shipper):
        executor = CommandExecutor(journal, MemoryPBX(), Outbound(MemoryPBX(), journal, clock, Limits()), clock)

        async def retry(command_id: str) -> CommandStatus:
            command = Command(command_id, CommandName.RETRY_FACTS, NOW.replace(second=NOW.second + 5))
            return (await executor.execute(command)).status

        assert await retry("one") is CommandStatus.REFUSED
        _tell(journal, (A, BAD))
        await until(lambda: shipper.held == 1, "the quarantine")
        desk.refuses.clear()
        assert await retry("two") is CommandStatus.DONE
        await until(lambda: _arrived(desk) == [("a", BAD.KIND)], "the fact")


async def test_files_go_and_refused_facts_stay(tmp_path: Path) -> None:
    desk = MemoryDesk(refuses={"ticket_opened"})
    async with _shipping(tmp_path, desk, segment_bytes=2000) as (journal, shipper):
        _tell(journal, (A, BAD), (A, END))
        await until(lambda: shipper.held == 2, "the quarantine")
        for _ in range(60):
            _tell(journal, (B, GOOD))
            await until(lambda: shipper.waiting == 0, "delivery")
        assert min(_files(tmp_path)) > f"{3:015d}", "the file in which the fact was first written is gone"
        await journal.durable()
    desk.refuses.clear()
    async with _shipping(tmp_path, desk) as (_, shipper):
        await until(lambda: shipper.held == shipper.waiting == 0, "all at crm")
    assert [kind for contact, kind in _arrived(desk) if contact == "a"] == [BAD.KIND, END.KIND]


async def test_a_journal_that_began_anew_gets_free_numbers(tmp_path: Path) -> None:
    desk = MemoryDesk()
    async with _shipping(tmp_path / "lost", desk) as (journal, _):
        _tell(journal, *[(B, GOOD)] * 10)
        await until(lambda: len(_arrived(desk)) == 10, "delivery")
    async with _shipping(tmp_path / "new", desk) as (journal, shipper):
        _tell(journal, (A, GOOD), (B, GOOD), (A, BAD), (A, END))
        await until(lambda: shipper.waiting == 0, "delivery")
        assert [kind for contact, kind in _arrived(desk) if contact == "a"] == [GOOD.KIND, BAD.KIND, END.KIND]
        assert shipper.held == 0
        assert journal.fact(A, GOOD, NOW).seq > 10
        await journal.durable()
    async with running_journal(tmp_path / "new") as journal:
        assert journal.state.seq > 10
        assert not [seq for seq in journal.state.facts if seq <= 10]


# ---- nothing is ever lost, whatever the order and wherever the files end ----

_STEPS = st.lists(
    st.sampled_from(["tell a", "tell b", "tell nobody", "ship", "refuse", "release", "renumber", "restart"])
)


class _Course:
    """A journal that is driven by hand beside what must be in it: every fact once, with crm or in the outbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[str] = []
        self.with_crm: list[str] = []

    async def run(self, steps: list[str]) -> None:
        left = steps
        while left:
            async with running_journal(self.folder, segment_bytes=600) as journal:
                self.check(journal)
                while left:
                    step, left = left[0], left[1:]
                    if step == "restart":
                        break
                    self.take(journal, step)
                    self.check(journal)
                await journal.durable()
        async with running_journal(self.folder) as journal:
            self.check(journal)

    def take(self, journal: Journal, step: str) -> None:
        outbox = journal.state.outbox
        first: Callable[[], Envelope] = lambda: next(iter(outbox.ready.values()))  # noqa: E731 - a name for the cases
        match step.split():
            case ["tell", who]:
                self.told.append(f"{len(self.told)}")
                contact = ContactId("" if who == "nobody" else who)
                journal.fact(contact, SafetyRaised(1, "gas", self.told[-1]), NOW)
            case ["release"]:
                journal.release(NOW)
            case _ if not outbox.ready:
                return
            case ["ship"]:
                sent = [envelope for _, envelope in zip(range(2), outbox.ready.values(), strict=False)]
                journal.acked(sent[-1].seq, NOW)
                self.with_crm += [_name(envelope) for envelope in sent]
            case ["refuse"]:
                journal.refused(first().seq, "422", NOW)
            case ["renumber"]:
                journal.renumber(first().seq, journal.state.seq + 3, NOW)

    def check(self, journal: Journal) -> None:
        outbox = journal.state.outbox
        kept = [_name(envelope) for envelope in [*outbox.ready.values(), *outbox.held.values()]]
        assert sorted(kept + self.with_crm) == sorted(self.told)
        assert list(outbox.ready) == sorted(outbox.ready)
        assert set(outbox.refused) <= set(outbox.held)
        waiting = {envelope.contact for envelope in outbox.held.values()} - {""}
        for envelope in outbox.ready.values():
            assert envelope.contact not in waiting or envelope.seq < min(
                held.seq for held in outbox.held.values() if held.contact == envelope.contact
            )


def _name(envelope: Envelope) -> str:
    assert isinstance(envelope.fact, SafetyRaised)
    return envelope.fact.trigger


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
@example(steps=["tell nobody", "ship", "restart", "restart", "tell nobody"])  # the same file name twice
@example(
    steps=[
        *("tell b", "tell nobody", "refuse", "tell b", "refuse", "tell a", "tell a", "renumber", "tell b"),
        *("renumber", "restart", "release", "renumber"),
    ]
)  # an old head read after a newer one
def test_every_fact_is_at_crm_or_in_the_outbox(steps: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    asyncio.run(_Course(tmp_path_factory.mktemp("journal")).run(steps))
