"""The Desk port: one contract for the fake in memory, for the HTTP adapter before it, and for crm itself."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ivr.contract.desk import (
    CallerCard,
    DeskUnavailable,
    FactsRefused,
    VisitCodeAnswer,
    VisitCodeVerdict,
    WarrantyLine,
    WarrantyQuestion,
)
from ivr.contract.envelope import Envelope
from ivr.contract.facts import CallFound, ContactEnded, Fact, MatterOpened, TicketOpened
from ivr.contract.ids import ContactId, is_ticket_number, ticket_number
from ivr.contract.tickets import FoundTicket
from tests.contract.desks import CUT, KNOWN, STRANGER, World, by_http, in_memory, real_crm
from tests.unit.crm.made import emptied
from tests.unit.ivr.sessions.fakes import CARD, CUT_CARD, NOW, REPORTED, REPORTED_CARD, TICKET

OTHER_NUMBER = ticket_number(5_000_000)


@pytest.fixture(params=["memory", "http", "crm"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        if request.param == "crm":
            made = real_crm(emptied(request.getfixturevalue("database_url")), tmp_path)
        else:
            made = in_memory() if request.param == "memory" else by_http()
        yield await stack.enter_async_context(made)


def _fact(seq: int, node: str = "ivr-1", contact: str = "c") -> Envelope:
    ticket = TicketOpened(1, ticket_number(6_000_000), "repair", "normal", "reported")
    return Envelope(node, seq, NOW, ContactId(contact), ticket if seq % 2 else ContactEnded("talked"))


def _facts(*seqs: int) -> list[Envelope]:
    return [_fact(seq) for seq in seqs]


def _without_ids(card: CallerCard) -> CallerCard:
    products = tuple(replace(item, product_id="") for item in card.products)
    return replace(card, customer_id="", address_id="", products=products)


@pytest.mark.parametrize(("number", "told"), [(KNOWN, CARD), (REPORTED, REPORTED_CARD), (CUT, CUT_CARD)])
async def test_who_is_known_is_told_as_far_as_a_number_may_tell(world: World, number: str, told: CallerCard) -> None:
    card = await world.desk.identify(number, "4001726011")
    assert _without_ids(card) == _without_ids(told)
    assert card.customer_id
    assert bool(card.address_id) == bool(told.address_id)
    assert all(item.product_id for item in card.products)


@pytest.mark.parametrize("number", [STRANGER, ""])
async def test_of_a_stranger_nothing_is_known(world: World, number: str) -> None:
    assert await world.desk.identify(number, "") == CallerCard()


async def test_blocks_never_overlap_and_hold_numbers_of_eight_digits(world: World) -> None:
    blocks = [await world.desk.lease_numbers(node) for node in ("ivr-1", "ivr-1", "ivr-2")]
    serials = [serial for block in blocks for serial in range(block.first, block.first + block.size)]
    assert {block.size for block in blocks} == {1000}
    assert len(set(serials)) == 3000
    assert {len(ticket_number(serial)) for serial in serials} == {8}


async def test_a_visit_code_is_an_engineers_or_our_own_or_bad(world: World) -> None:
    good = VisitCodeAnswer(VisitCodeVerdict.OK, TICKET.engineer, "1026", TICKET.window, "in")
    assert await world.desk.visit_code(world.door_code, KNOWN) == good
    ours = VisitCodeAnswer(VisitCodeVerdict.CALLBACK, date="2026-11-20")
    assert await world.desk.visit_code(world.own_code, "") == ours
    none = next(code for code in ("111111", "222222", "333333") if code not in (world.door_code, world.own_code))
    for code, reason in ((none, "unknown"), ("", "no_code")):
        bad = VisitCodeAnswer(VisitCodeVerdict.BAD, reason=reason)
        assert await world.desk.visit_code(code, STRANGER) == bad


@pytest.mark.parametrize(
    ("question", "line", "until", "reason"),
    [
        (WarrantyQuestion("boiler", date(2026, 3, 5), "month", "yes"), WarrantyLine.IN, "2028-03-31", "from_month"),
        (WarrantyQuestion("other", None, "unknown"), WarrantyLine.UNKNOWN, "", "no_date"),
        (WarrantyQuestion("other", None, has_proof="no"), WarrantyLine.NO_PROOF, "", "no_proof"),
    ],
)
async def test_the_warranty_is_told_of_what_is_known(
    world: World, question: WarrantyQuestion, line: WarrantyLine, until: str, reason: str
) -> None:
    answer = await world.desk.warranty(question)
    assert (answer.line, answer.until) == (line, until)
    assert reason in answer.reasons


async def test_shipping_is_idempotent_and_tells_the_highest_of_the_node(world: World) -> None:
    assert await world.desk.ship(_facts(1, 2)) == 2
    assert await world.desk.ship(_facts(1, 2, 3)) == 3
    assert await world.desk.ship(_facts(1)) == 3
    assert await world.desk.ship([_fact(1, "ivr-2", "d")]) == 1
    assert await world.desk.ship([]) == 0
    kinds = [TicketOpened.KIND, ContactEnded.KIND, TicketOpened.KIND]
    assert await world.held("ivr-1") == list(enumerate(kinds, 1))


async def test_a_call_that_was_found_is_taken_as_often_as_it_is_told(world: World) -> None:
    """A restarted ivr may have told it: the second is another fact of the same call."""
    found = CallFound("hotline-7.1", "", "", "4001726011", "", "v1", "voicemail", "voicemail/m", danger=True)
    told = [Envelope("ivr-1", seq, NOW, ContactId("found"), found) for seq in (1, 2)]
    assert await world.desk.ship(told) == 2
    assert await world.held("ivr-1") == [(1, CallFound.KIND), (2, CallFound.KIND)]
    assert await world.tickets("found") == []


@pytest.mark.parametrize(("priority", "safety"), [("normal", ""), ("urgent", "gas")])
async def test_a_ticket_that_brings_no_number_is_taken_and_given_one_of_its_own(
    world: World, priority: str, safety: str
) -> None:
    """ivr had none left: crm was away for as long as it takes to use them up."""
    told: list[Fact] = []
    for matter in (1, 2):
        opened = TicketOpened(matter, "", "repair", priority, "handed_over", safety)
        told += [MatterOpened(matter, "repair"), opened]
    facts = [Envelope("ivr-1", seq, NOW, ContactId("c"), fact) for seq, fact in enumerate(told, 1)]
    assert [await world.desk.ship(facts), await world.desk.ship(facts)] == [4, 4]
    first, second = await world.tickets("c")
    assert first != second
    assert is_ticket_number(first)
    assert is_ticket_number(second)


async def test_a_refusal_is_told_apart_and_what_came_before_the_bad_one_may_stay(world: World) -> None:
    with pytest.raises(FactsRefused) as refused:
        await world.desk.ship([_fact(1), world.refused, _fact(3)])
    assert refused.value.reason.startswith("422 malformed_fact")
    assert not refused.value.conflict
    assert await world.held("ivr-1") == [(1, TicketOpened.KIND)]
    assert await world.desk.ship(_facts(1, 2, 3)) == 3


async def test_another_fact_under_the_same_number_is_a_conflict_and_nothing_of_it_is_taken(world: World) -> None:
    assert await world.desk.ship(_facts(1, 2, 5)) == 5
    other = Envelope("ivr-1", 5, NOW, ContactId("other"), ContactEnded("talked"))
    with pytest.raises(FactsRefused) as refused:
        await world.desk.ship([*_facts(3, 4), other])
    assert (refused.value.conflict, refused.value.highest) == (True, 5)
    assert refused.value.reason == "409 journal_conflict"
    assert [seq for seq, _ in await world.held("ivr-1")] == [1, 2, 5]


async def test_a_caller_hears_of_own_tickets_and_of_others_with_the_last_digits(world: World) -> None:
    assert await world.desk.tickets_of(REPORTED) == (TICKET,)
    for nobody in (STRANGER, ""):
        assert await world.desk.tickets_of(nobody) == ()
    assert await world.desk.find_ticket(TICKET.number, REPORTED[-4:]) == FoundTicket(exists=True, status=TICKET)
    for tail in ("8001", ""):
        assert await world.desk.find_ticket(TICKET.number, tail) == FoundTicket(exists=True)
    assert await world.desk.find_ticket(OTHER_NUMBER, REPORTED[-4:]) == FoundTicket(exists=False)


async def test_a_number_waits_for_a_call_back_or_does_not(world: World) -> None:
    assert await world.desk.open_callback(REPORTED)
    for number in (STRANGER, CUT, ""):  # CUT is rung back by people, and may have a place yet
        assert not await world.desk.open_callback(number)


async def test_away_is_unavailable_whatever_is_asked_and_back_is_as_before(world: World) -> None:
    desk = world.desk
    await world.go(True)
    for asked in (
        desk.identify(KNOWN, ""),
        desk.lease_numbers("ivr-1"),
        desk.visit_code(world.door_code, KNOWN),
        desk.warranty(WarrantyQuestion("boiler", date(2026, 3, 5))),
        desk.tickets_of(REPORTED),
        desk.find_ticket(TICKET.number, ""),
        desk.open_callback(REPORTED),
        desk.ship(_facts(1)),
    ):
        with pytest.raises(DeskUnavailable):
            await asked
    await world.go(False)
    assert await desk.ship(_facts(1)) == 1
    assert (await desk.identify(KNOWN, "")).known
