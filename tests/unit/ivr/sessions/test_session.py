"""One call from ring to the end by keys: the whole session on real sockets, fakes only at the ports."""

from pathlib import Path

import pytest

from ivr.contract.facts import ContactStarted, HandedOver, SlotFilled, TicketOpened
from ivr.contract.ids import is_ticket_number
from ivr.sessions.session import NOTICE_VERSION
from tests.unit.ivr.sessions.fake_channel import HANG_UP, FakeChannel
from tests.unit.ivr.sessions.rig import CONTACT, rig

REPAIR = ("3", "12#")


async def test_a_repair_by_keys_becomes_a_ticket(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        channel = await ivr.call(FakeChannel(REPAIR))
        assert channel.variables["IVR_NEXT"] == "end"
        assert ivr.kinds() == [
            "contact_started", "node_entered", "matter_opened", "node_entered", "slot_filled", "node_entered",
            "slot_filled", "ticket_opened", "handed_over",
        ]  # fmt: skip
        facts = [envelope.fact for envelope in ivr.facts()]
        started, code, ticket = facts[0], facts[4], facts[7]
        assert isinstance(started, ContactStarted)
        assert started.caller_e164 == "+8613800138000"
        assert not started.resumed
        assert isinstance(code, SlotFilled)
        assert code.value == {"raw": "12"}
        assert isinstance(ticket, TicketOpened)
        assert is_ticket_number(ticket.number)
        assert ivr.journal.state.contacts[CONTACT].over


async def test_handing_over_sets_ivr_next_last(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        channel = await ivr.call(FakeChannel(["0"]))
        assert channel.set_order == ["HL_QUEUE", "QUEUE_PRIO", "IVR_NEXT"]
        assert channel.variables["HL_QUEUE"] == "consult"
        assert channel.variables["QUEUE_PRIO"] == "1"
        assert ivr.kinds().count("handed_over") == 1


@pytest.mark.parametrize("node", ["menu", "code", "say", "number", "bye"])
async def test_a_flow_that_breaks_brings_the_caller_to_a_person(tmp_path: Path, node: str) -> None:
    async with rig(tmp_path) as ivr:
        ivr.flow.broken_at = node
        channel = await ivr.call(FakeChannel(REPAIR))
        assert channel.variables["IVR_NEXT"] == "queue"
        assert "HL_QUEUE" not in channel.variables  # the dialplan then takes the queue of the dialled subject
        assert channel.played[-1] == channel.played[-1]


@pytest.mark.parametrize("at", range(8, 26))
async def test_a_hang_up_at_any_command_ends_the_dialogue_once(tmp_path: Path, at: int) -> None:
    async with rig(tmp_path) as ivr:
        await ivr.call(FakeChannel(REPAIR, hang_up_at=at))
        kinds = ivr.kinds()
        assert kinds[0] == "contact_started"
        assert kinds.count("ticket_opened") == (1 if "matter_opened" in kinds else 0)
        assert kinds.count("handed_over") <= 1
        assert not any(isinstance(item.fact, HandedOver) and item.fact.reason == "error" for item in ivr.facts())
        assert ivr.journal.state.contacts[CONTACT].over
        if "callback_requested" in kinds:
            assert "ticket_opened" in kinds


async def test_silence_is_answered_by_a_person_in_the_end(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        channel = await ivr.call(FakeChannel())
        assert channel.variables["IVR_NEXT"] == "queue"


async def test_the_key_pressed_during_the_greeting_answers_the_menu(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        channel = await ivr.call(FakeChannel(variables={"HL_KEY": "0"}))
        assert channel.variables["HL_QUEUE"] == "consult"
        assert len(channel.played) == 1  # the greeting may not be stopped, the menu need not be played


async def test_desk_away_is_an_unknown_caller(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        ivr.desk.away = True
        channel = await ivr.call(FakeChannel(REPAIR))
        assert channel.variables["IVR_NEXT"] == "end"
        assert "ticket_opened" in ivr.kinds()


async def test_no_number_left_still_makes_a_ticket(tmp_path: Path) -> None:
    async with rig(tmp_path, numbers=False) as ivr:
        ivr.desk.away = True
        await ivr.call(FakeChannel(REPAIR))
        ticket = next(item.fact for item in ivr.facts() if isinstance(item.fact, TicketOpened))
        assert ticket.number == ""


async def test_anonymous_and_garbage_callers_are_unknown(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        for index, raw in enumerate(("anonymous", "", "+" * 40, "DROP TABLE", "１２３")):
            await ivr.call(FakeChannel([HANG_UP], variables={"HL_CALLER": raw, "HL_CONTACT": f"c{index}"}))
        started = [item.fact for item in ivr.facts() if isinstance(item.fact, ContactStarted)]
        assert [fact.caller_e164 for fact in started] == [""] * 5


@pytest.mark.parametrize(("key", "notice"), [("", NOTICE_VERSION), ("3", NOTICE_VERSION), ("9", "")])
async def test_only_the_key_for_danger_cuts_the_notice(tmp_path: Path, key: str, notice: str) -> None:
    async with rig(tmp_path) as ivr:
        await ivr.call(FakeChannel([HANG_UP], variables={"HL_KEY": key}))
        (started,) = [item.fact for item in ivr.facts() if isinstance(item.fact, ContactStarted)]
        assert started.notice_version == notice


async def test_a_call_without_our_variables_is_still_a_call(tmp_path: Path) -> None:
    async with rig(tmp_path) as ivr:
        blank = {"HL_CONTACT": "", "HL_RECORDING": "", "HL_DID": "", "HL_CALLER": "", "HL_ATTEMPT": ""}
        channel = await ivr.call(FakeChannel(["0"], variables=blank))
        assert channel.variables["IVR_NEXT"] == "queue"
        assert len(ivr.facts()[0].contact) == 32
