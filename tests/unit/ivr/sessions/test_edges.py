"""Small adapters: caller numbers, AMI actions, the pack of codes, the real flow machine, settings."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.contract.dialogue import LookedUp, LookupFailed, Save, Started
from ivr.contract.facts import HELD
from ivr.contract.hours import DEFAULT_HOURS, parse_hours
from ivr.flows.actions import ACTIONS, parse_answer
from ivr.flows.load import load_program
from ivr.flows.state import Place, State
from ivr.sessions.caller_id import to_e164
from ivr.sessions.code_pack import PackCodes
from ivr.sessions.lookups import Lookups
from ivr.sessions.machine_flow import MachineFlow
from ivr.sessions.numbers import NumberPool
from ivr.sessions.pbx import AMIPBX
from ivr.sessions.ports import PBXRefused, PBXUnavailable, QueueEntry, QueueLine
from ivr.settings import load_settings
from ivr.telephony.errors import AMINotConnected, AMIRefused, AMITimeout, UnsafeText
from ivr.telephony.events import MemberStateChanged
from tests.unit.ivr.flows.play import Driver
from tests.unit.ivr.sessions.fakes import NOW, MemoryDesk, OneArticle, OneCode, OpenQueues
from tests.unit.ivr.sessions.rig import clock, running_journal


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("13800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("075766883358", "+8675766883358"),
        ("8675766883358", "+8675766883358"),
        ("+14155550123", "+14155550123"),
        ("anonymous", ""),
        ("", ""),
        ("12", ""),
        ("sip:1@x", ""),
        ("1" * 40, ""),
    ],
)
def test_caller_numbers(raw: str, e164: str) -> None:
    assert to_e164(raw) == e164


@given(st.text(max_size=60))
def test_any_caller_number_is_e164_or_nothing(raw: str) -> None:
    e164 = to_e164(raw)
    assert e164 == "" or (e164[0] == "+" and e164[1:].isdigit())


# ---- AMI ----


class _AMI:
    connected = True

    def __init__(self, answer: list[dict[str, str]] | Exception) -> None:
        self.answer = answer
        self.sent: list[tuple[str, dict[str, str]]] = []

    async def action(
        self, name: str, fields: Mapping[str, str | Sequence[str]] | None = None, timeout_s: float = 5.0
    ) -> list[dict[str, str]]:
        assert 0 < timeout_s <= 5
        self.sent.append((name, {key: str(value) for key, value in (fields or {}).items()}))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_what_is_sent_to_asterisk() -> None:
    ami = _AMI([{"Response": "Success"}, {"Event": "CoreShowChannel", "Channel": "a"}, {"Event": "Other"}])
    pbx = AMIPBX(ami)
    await pbx.redirect("PJSIP/1", "hl-resume")
    await pbx.set_variable("PJSIP/1", "HL_QUEUE", "repair")
    await pbx.action("Hangup", {"Channel": "PJSIP/1"})
    assert await pbx.channels() == [{"Event": "CoreShowChannel", "Channel": "a"}]
    assert pbx.connected
    assert ami.sent == [
        ("Redirect", {"Channel": "PJSIP/1", "Context": "hl-resume", "Exten": "s", "Priority": "1"}),
        ("Setvar", {"Channel": "PJSIP/1", "Variable": "HL_QUEUE", "Value": "repair"}),
        ("Hangup", {"Channel": "PJSIP/1"}),
        ("CoreShowChannels", {}),
    ]


async def test_the_memberships_of_one_agent_and_nothing_of_others() -> None:
    row = {"Event": "QueueMember", "Queue": "repair", "Location": "PJSIP/8001", "Status": "1", "Paused": "1"}
    ami = _AMI([{"Response": "Success"}, row | {"PausedReason": HELD}, {"Event": "QueueMember", "Location": "?"}])
    assert await AMIPBX(ami).members("8001", NOW) == (MemberStateChanged(NOW, "8001", "repair", True, True, HELD, 1),)
    assert ami.sent == [("QueueStatus", {"Member": "PJSIP/8001"})]


@pytest.mark.parametrize("error", [AMINotConnected("x"), AMITimeout("x"), UnsafeText("x"), AMIRefused("no")])
async def test_every_failure_is_unavailable(error: Exception) -> None:
    with pytest.raises(PBXRefused if isinstance(error, AMIRefused) else PBXUnavailable):
        await AMIPBX(_AMI(error)).redirect("PJSIP/1", "hl-resume")


@pytest.mark.parametrize(
    ("members", "agents"),
    [([], 0), ([("5", "0")], 0), ([("1", "1")], 0), ([("5", "0"), ("2", "0")], 1), ([("1", "0"), ("2", "0")], 2)],
)
async def test_the_line_of_a_queue(members: list[tuple[str, str]], agents: int) -> None:
    rows = [{"Event": "QueueMember", "Status": status, "Paused": paused} for status, paused in members]
    rows += [{"Event": "QueueMember", "Status": "1", "Paused": "0", "Penalty": "100"}]  # helps after a long wait only
    rows += [{"Event": "QueueMember", "Status": "5", "Paused": "1", "PausedReason": HELD}]  # held, and away since
    rows += [
        {"Event": "QueueEntry", "Uniqueid": "hotline-1.9", "Priority": "20", "Wait": "7"},
        {"Event": "QueueEntry", "Uniqueid": "hotline-1.2", "Priority": "", "Wait": "x"},
    ]
    line = await AMIPBX(_AMI([{"Response": "Success"}, *rows])).line("repair")
    assert line == QueueLine(agents, (QueueEntry("hotline-1.9", 20, 7), QueueEntry("hotline-1.2")))
    assert line.waiting == ("hotline-1.9", "hotline-1.2")


async def test_who_is_held_for_a_caller_in_danger_works_at_the_queue() -> None:
    """Else a caller is told that nobody is there, or a wait as if one fewer worked."""
    rows = [{"Event": "QueueMember", "Status": "1", "Paused": "1", "PausedReason": reason} for reason in (HELD, "小休")]
    assert (await AMIPBX(_AMI([{"Response": "Success"}, *rows])).line("repair")).agents == 1


# ---- what flows ask ----


async def test_lookups_answer_or_fail(tmp_path: Path) -> None:
    async with running_journal(tmp_path) as journal:
        desk = MemoryDesk()
        lookups = Lookups(desk, NumberPool(journal, desk, clock), OpenQueues(), OneCode(), OneArticle())
        known = await lookups.ask("identify", {"caller_e164": "+8613800138000", "did": "4001726011"})
        assert isinstance(known, LookedUp)
        assert known.data["products"][0]["spoken"] == "壁挂炉"
        assert await lookups.ask("queue_state", {"queue": "repair"}) == LookedUp(
            "queue_state", {"open": True, "queue": "repair", "waiting": 0}
        )
        code = await lookups.ask("fault_code", {"code": "E01"})
        assert isinstance(code, LookedUp)
        assert code.data["catalogue_id"] == "E01"
        assert await lookups.ask("ticket_number", {}) == LookupFailed("ticket_number")
        assert await lookups.ask("weather", {}) == LookupFailed("weather")


async def test_whatever_the_flows_ask_is_answered(tmp_path: Path) -> None:
    async with running_journal(tmp_path) as journal:
        journal.block(1000, 1, NOW)
        desk = MemoryDesk()
        lookups = Lookups(desk, NumberPool(journal, desk, clock), OpenQueues(), OneCode(), OneArticle())
        for action in ACTIONS:
            answer = await lookups.ask(action, {"queue": "repair"})
            assert isinstance(answer, LookedUp), action
            assert parse_answer(action, answer.data) is not None, action


async def test_a_call_back_is_not_before_there_are_people(tmp_path: Path) -> None:
    hours = parse_hours(DEFAULT_HOURS, ZoneInfo("Asia/Shanghai"))
    async with running_journal(tmp_path) as journal:
        desk, pool = MemoryDesk(), NumberPool(journal, MemoryDesk(), clock)
        lookups = Lookups(desk, pool, OpenQueues(), OneCode(), OneArticle(), open_from=hours.open_from)
        for asked, told in (
            ("2026-11-23T23:00", "2026-11-24T08:00"),
            ("2026-11-23T15:30", "2026-11-23T15:30"),
            ("", ""),
        ):
            answer = await lookups.ask("callback_hours", {"queue": "consult", "after": asked})
            assert answer == LookedUp("callback_hours", {"after": told})


@pytest.mark.parametrize(
    ("told", "bought_on", "precision"),
    [("2026-03-05", "2026-03-05", "day"), ("2026-03", "2026-03-01", "month"), ("", "None", "unknown"),
     ("搬家那年", "None", "unknown")],
)  # fmt: skip
async def test_a_flow_asks_for_the_warranty(tmp_path: Path, told: str, bought_on: str, precision: str) -> None:
    async with running_journal(tmp_path) as journal:
        desk = MemoryDesk()
        lookups = Lookups(desk, NumberPool(journal, desk, clock), OpenQueues(), OneCode(), OneArticle())
        answer = await lookups.ask("warranty", {"product_class": "boiler", "bought_on": told, "has_proof": "no"})
        assert answer == LookedUp("warranty", {"line": "no_proof", "until": "", "reasons": ["no_proof"]})
        assert desk.asked == [("warranty", "boiler", bought_on, precision)]


def test_codes_come_from_the_pack_in_force(tmp_path: Path) -> None:
    codes = PackCodes(tmp_path)
    nothing = dict.fromkeys(("catalogue_id", "meaning_zh", "severity", "self_check_zh", "reset_allowed"), "")
    assert codes.find("E01") == nothing
    (tmp_path / "one.json").write_text('{"codes": {"E01": {"id": "7", "severity": "normal"}}}')
    (tmp_path / "current").write_text("one\n")
    found = {**nothing, "catalogue_id": "7", "severity": "normal"}
    assert codes.find("E01") == found
    assert codes.find("E99") == nothing
    for bad in ("{", '{"codes": []}', "[]"):
        (tmp_path / "two.json").write_text(bad)
        (tmp_path / "current").write_text("two")
        assert codes.find("E01") == found  # the last good one is kept


def test_the_real_flow_speaks_first_and_apologizes() -> None:
    flow = MachineFlow(load_program())
    _, effects = flow.step(flow.begin(), Started("c", "", ""))
    assert effects
    assert not isinstance(effects[-1], Save)
    assert [segment.key for segment in flow.apology] == ["sys_error"]
    assert "抱歉" in flow.apology[0].text
    assert flow.fingerprint == MachineFlow(load_program()).fingerprint
    assert flow.lexicon.yes


def test_a_question_that_an_aside_led_back_to_is_where_the_dialogue_stands() -> None:
    flow, driver = MachineFlow(load_program()), Driver().start()
    assert flow.place(flow.begin()) == ("", "")
    assert flow.place(driver.state) == ("main_menu", "main_menu")
    assert flow.place(driver.danger("check").state) == ("emergency", "emergency_check")
    assert flow.place(driver.press("2").state) == ("main_menu", "main_menu")


@pytest.mark.parametrize(
    ("node", "slot"),
    [
        ("address_full", "address"),
        ("address_record", "address"),
        ("fault_code_spell", "fault_code"),
        ("fault_code_confirm", "confirm"),
        ("summary_confirm", "confirm"),
        ("main_menu", ""),
        ("advice_offer", ""),  # a yes or no, but to nothing that was said
        ("repair_start", ""),  # listens to nothing
        ("", ""),
    ],
)
def test_a_question_is_known_by_the_slot_it_fills(node: str, slot: str) -> None:
    assert MachineFlow(load_program()).slot(State(place=Place(node))) == slot


# ---- the process ----


def test_settings_come_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("SPEECH_SOCKET", "PROMPTS_DIR", "CLIPS_DIR", "RECORDINGS_DIR", "VOICEMAIL_DIR", "JOURNAL_DIR", "HOME")
    lines = [f"HOTLINE_{name}={tmp_path}" for name in names]
    lines += [f"HOTLINE_{name}_PORT=24100" for name in ("DESK", "COMMANDS", "AUDIOSOCKET", "AGI", "AMI")]
    lines += ["HOTLINE_AMI_USER=hotline", "HOTLINE_AMI_SECRET=very-secret", "HOTLINE_INTERNAL_TOKEN=also-secret", "X=1"]
    (tmp_path / "hotline.env").write_text("\n".join(lines))
    monkeypatch.setenv("HOTLINE_ENV", str(tmp_path / "hotline.env"))
    settings = load_settings()
    assert settings.agi_port == 24100
    assert settings.packs == tmp_path / "packs"
    assert "secret" not in repr(settings)
