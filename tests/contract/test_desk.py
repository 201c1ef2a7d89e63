"""The Desk port: one contract for the Desk in memory and the HTTP adapter against a real server."""

import contextlib
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest

from ivr.contract.desk import (
    CallerCard,
    Desk,
    DeskUnavailable,
    FactsRefused,
    VisitCodeVerdict,
    WarrantyAnswer,
    WarrantyLine,
    WarrantyQuestion,
)
from ivr.contract.envelope import Envelope
from ivr.contract.facts import ContactEnded, TicketOpened
from ivr.contract.ids import ContactId
from ivr.contract.tickets import FoundTicket
from ivr.sessions.desk_http import DeskTimeouts, HTTPDesk
from tests.unit.ivr.sessions.desk_server import TOKEN, desk_server
from tests.unit.ivr.sessions.fakes import CARD, DRAFTED, NOW, TICKET, MemoryDesk


@contextlib.asynccontextmanager
async def _by_http(
    desk: MemoryDesk, twist: dict[str, Any] | None = None, token: str = TOKEN
) -> AsyncIterator[HTTPDesk]:
    async with (
        desk_server(desk, twist) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        short = 0.3 if twist and "slow" in twist.values() else 5.0  # the machine may be busy
        yield HTTPDesk(client, token, DeskTimeouts(short, short, short))


@contextlib.asynccontextmanager
async def _in_memory(desk: MemoryDesk) -> AsyncIterator[Desk]:
    yield desk


@pytest.fixture(params=["memory", "http"])
def opened(request: pytest.FixtureRequest) -> Any:
    """Return a function from a MemoryDesk to the adapter under test."""
    return _in_memory if request.param == "memory" else _by_http


Opened = Any


def _envelopes(*seqs: int) -> list[Envelope]:
    ticket = TicketOpened(1, "00000019", "repair", "normal", "reported")
    return [Envelope("ivr-1", seq, NOW, ContactId("c"), ticket if seq % 2 else ContactEnded("talked")) for seq in seqs]


async def test_identify_knows_and_does_not_know(opened: Opened) -> None:
    async with opened(MemoryDesk()) as desk:
        assert await desk.identify("+8613800138000", "4001726011") == CARD
        assert await desk.identify("+8613800138009", "4001726011") == DRAFTED
        assert await desk.identify("", "") == CallerCard()


async def test_blocks_never_overlap(opened: Opened) -> None:
    async with opened(MemoryDesk()) as desk:
        first, second = await desk.lease_numbers("ivr-1"), await desk.lease_numbers("ivr-1")
        assert first.size == second.size == 1000
        assert first.first + first.size <= second.first


async def test_a_visit_code_is_good_or_not(opened: Opened) -> None:
    memory = MemoryDesk()
    async with opened(memory) as desk:
        good = await desk.visit_code("447108", "+8613800138000")
        assert (good.verdict, good.engineer, good.badge_no, good.fee) == (VisitCodeVerdict.OK, "李强", "1026", "in")
        assert (await desk.visit_code("308217", "")).date == "2026-11-20"
        assert (await desk.visit_code("", "")).reason == "no_code"
        assert memory.asked[0] == ("visit_code", "447108", "+8613800138000")
        memory.away = True
        with pytest.raises(DeskUnavailable):
            await desk.visit_code("447108", "")


async def test_the_warranty_is_asked_with_what_is_known(opened: Opened) -> None:
    memory = MemoryDesk()
    async with opened(memory) as desk:
        told = WarrantyQuestion("boiler", date(2026, 3, 5), "month", "yes")
        answer = WarrantyAnswer(WarrantyLine.IN, "2027-11-22", ("from_told", "repair"))
        assert await desk.warranty(told) == answer
        assert memory.asked == [("warranty", "boiler", "2026-03-05", "month")]
        assert (await desk.warranty(WarrantyQuestion("other", None, "unknown"))).line is WarrantyLine.UNKNOWN
        assert (await desk.warranty(WarrantyQuestion("other", None, has_proof="no"))).line == "no_proof"
        memory.away = True
        with pytest.raises(DeskUnavailable):
            await desk.warranty(told)


async def test_shipping_is_idempotent_and_tells_the_highest(opened: Opened) -> None:
    memory = MemoryDesk()
    async with opened(memory) as desk:
        assert await desk.ship(_envelopes(1, 2)) == 2
        assert await desk.ship(_envelopes(1, 2, 3)) == 3
        assert await desk.ship(_envelopes(1)) == 3
        assert list(memory.held["ivr-1"].values()) == _envelopes(1, 2, 3)


async def test_a_refusal_is_told_apart_and_takes_nothing(opened: Opened) -> None:
    memory = MemoryDesk(refuses={"ticket_opened"})
    async with opened(memory) as desk:
        with pytest.raises(FactsRefused) as refused:
            await desk.ship(_envelopes(2, 3))
        assert (refused.value.reason, refused.value.conflict) == ("422 malformed_fact", False)
        assert not memory.held
        assert await desk.ship(_envelopes(2)) == 2


async def test_another_fact_under_the_same_number_is_a_conflict(opened: Opened) -> None:
    async with opened(MemoryDesk()) as desk:
        assert await desk.ship(_envelopes(1, 2, 3)) == 3
        other = Envelope("ivr-1", 2, NOW, ContactId("other"), ContactEnded("talked"))
        with pytest.raises(FactsRefused) as refused:
            await desk.ship([other])
        assert (refused.value.conflict, refused.value.highest) == (True, 3)


async def test_away_is_unavailable(opened: Opened) -> None:
    memory = MemoryDesk(away=True)
    async with opened(memory) as desk:
        with pytest.raises(DeskUnavailable):
            await desk.identify("+8613800138000", "")
        with pytest.raises(DeskUnavailable):
            await desk.lease_numbers("ivr-1")
        with pytest.raises(DeskUnavailable):
            await desk.ship(_envelopes(1))
        memory.away = False
        assert await desk.ship(_envelopes(1)) == 1


async def test_a_caller_hears_of_own_tickets_and_of_others_with_the_last_digits(opened: Opened) -> None:
    memory = MemoryDesk(waiting_callbacks={"+8613800138000"})
    async with opened(memory) as desk:
        assert await desk.tickets_of("+8613800138000") == (TICKET,)
        assert await desk.tickets_of("") == ()
        assert await desk.find_ticket(TICKET.number, "8000") == FoundTicket(exists=True, status=TICKET)
        assert await desk.find_ticket(TICKET.number, "8001") == FoundTicket(exists=True)
        assert await desk.find_ticket("10000022", "8000") == FoundTicket(exists=False)
        assert await desk.open_callback("+8613800138000")
        assert not await desk.open_callback("+8613800138001")
        memory.away = True
        for asked in (desk.tickets_of(""), desk.find_ticket("", ""), desk.open_callback("")):
            with pytest.raises(DeskUnavailable):
                await asked


def test_both_are_desks() -> None:
    fakes: list[type[Desk]] = [MemoryDesk, HTTPDesk]
    assert len(fakes) == 2


# ---- what only HTTP can do wrong ----


@pytest.mark.parametrize(
    "how",
    [
        "slow",
        401,
        422,
        500,
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"[" * 5000,
        b'{"acked": "1", "known": 1}',
        b'{"first": -1, "size": 3}',
        b'{"first": 1, "size": 100000}',
        b'{"known": "yes", "acked": true}',
        b'{"foreign": 1, "acked": -5}',
        b'{"line": "perhaps", "until": "", "reasons": []}',
        b'{"line": "in", "until": 3, "reasons": []}',
        b'{"line": "in", "until": "", "reasons": [1]}',
        400,
        409,
        413,
    ],
)
async def test_every_bad_answer_is_unavailable(how: Any) -> None:
    paths = ("/internal/identify", "/internal/numbers", "/internal/facts", "/internal/warranty")
    async with _by_http(MemoryDesk(), dict.fromkeys(paths, how)) as desk:
        if how != b"{}":  # every field of a card has a default
            with pytest.raises(DeskUnavailable):
                await desk.identify("+8613800138000", "")
        with pytest.raises(DeskUnavailable):
            await desk.lease_numbers("ivr-1")
        with pytest.raises(DeskUnavailable):
            await desk.ship(_envelopes(1))
        with pytest.raises(DeskUnavailable):
            await desk.warranty(WarrantyQuestion("boiler", None))


async def test_a_wrong_token_is_unavailable() -> None:
    async with _by_http(MemoryDesk(), token="wrong") as desk:
        with pytest.raises(DeskUnavailable):
            await desk.identify("", "")


async def test_nobody_there_is_unavailable() -> None:
    async with httpx.AsyncClient(base_url="http://127.0.0.1:1", trust_env=False) as client:
        with pytest.raises(DeskUnavailable):
            await HTTPDesk(client, TOKEN).identify("", "")
