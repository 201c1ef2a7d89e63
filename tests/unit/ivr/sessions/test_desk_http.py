"""The Desk by HTTP: what it passes on, and what only HTTP can do wrong (the port's contract is in tests/contract)."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

import httpx
import pytest

from ivr.contract.desk import CallerCard, DeskFailed, DeskUnavailable, GasPhone, WarrantyQuestion
from ivr.contract.envelope import Envelope
from ivr.contract.facts import ContactEnded
from ivr.contract.ids import ContactId
from ivr.flows.actions import CallerAnswer, parse_answer
from ivr.sessions.desk_http import DeskTimeouts, HTTPDesk
from ivr.sessions.wire import caller_card_from_json
from speech.contract import encode
from tests.unit.ivr.sessions.desk_server import TOKEN, desk_server
from tests.unit.ivr.sessions.fakes import CARD, CUT_CARD, NOW, MemoryDesk


@contextlib.asynccontextmanager
async def _by_http(
    desk: MemoryDesk, twist: dict[str, Any] | None = None, token: str = TOKEN
) -> AsyncIterator[HTTPDesk]:
    async with (
        desk_server(desk, twist) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        patience = 0.3 if twist and "slow" in twist.values() else 30.0  # the machine may be busy
        yield HTTPDesk(client, token, DeskTimeouts(*[patience] * 6))


async def test_what_is_asked_arrives_word_for_word() -> None:
    memory = MemoryDesk()
    async with _by_http(memory) as desk:
        await desk.identify("+8613800138000", "4001726011")
        await desk.warranty(WarrantyQuestion("boiler", date(2026, 3, 5), "month", "yes"))
        await desk.visit_code("447108", "+8613800138000")
        await desk.find_ticket("10000016", "8005")
    assert memory.asked == [
        ("identify", "+8613800138000", "4001726011"),
        ("warranty", "boiler", "2026-03-05", "month"),
        ("visit_code", "447108", "+8613800138000"),
        ("find_ticket", "10000016", "8005"),
    ]


def test_nothing_that_crm_tells_of_a_caller_is_dropped_on_the_way() -> None:
    known = replace(CARD, past=CUT_CARD.past, open_ticket=CUT_CARD.open_ticket, draft=CUT_CARD.draft)
    noticed = replace(known, notice_area="容桂街道", notice_event="今天停气", surge=True)
    gas = (GasPhone("佛山市", "075722881000"),)
    full = replace(noticed, complaint_reply_by="2026-11-23T12:00", gas_phones=gas)
    assert not [item.name for item in fields(CallerCard) if getattr(full, item.name) == item.default]
    assert caller_card_from_json(encode(full)) == full
    kept = parse_answer("identify", encode(full))  # what the flow makes of it
    assert isinstance(kept, CallerAnswer)
    assert encode(kept.model_dump()) == encode(full)


async def test_facts_arrive_as_they_were() -> None:
    memory = MemoryDesk()
    told = [Envelope("ivr-1", seq, NOW, ContactId("c"), ContactEnded("talked")) for seq in (1, 2)]
    async with _by_http(memory) as desk:
        await desk.ship(told)
    assert list(memory.held["ivr-1"].values()) == told


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
            await desk.ship([Envelope("ivr-1", 1, NOW, ContactId("c"), ContactEnded("talked"))])
        with pytest.raises(DeskUnavailable):
            await desk.warranty(WarrantyQuestion("boiler", None))


async def test_crm_that_breaks_over_a_fact_is_told_from_crm_that_is_away() -> None:
    fact = Envelope("ivr-1", 1, NOW, ContactId("c"), ContactEnded("talked"))
    async with _by_http(MemoryDesk(breaks_over={ContactEnded.KIND: 1}), {}) as desk:
        with pytest.raises(DeskFailed):
            await desk.ship([fact])
        assert await desk.ship([fact]) == 1
    async with _by_http(MemoryDesk(away=True), {}) as desk:
        with pytest.raises(DeskUnavailable) as away:
            await desk.ship([fact])
        assert not isinstance(away.value, DeskFailed)


async def test_a_wrong_token_is_unavailable() -> None:
    async with _by_http(MemoryDesk(), token="wrong") as desk:
        with pytest.raises(DeskUnavailable):
            await desk.identify("", "")


async def test_nobody_there_is_unavailable() -> None:
    async with httpx.AsyncClient(base_url="http://127.0.0.1:1", trust_env=False) as client:
        with pytest.raises(DeskUnavailable):
            await HTTPDesk(client, TOKEN).identify("", "")
