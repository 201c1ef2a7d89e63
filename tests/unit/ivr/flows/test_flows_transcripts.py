"""Whole conversations, word for word: by keys alone, by voice with the real interpreter, and when things go wrong."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ivr.contract.dialogue import End, HandOver
from ivr.contract.facts import CallbackRequested, SlotFilled, TicketOpened
from ivr.flows.machine import fold
from ivr.flows.simulate import Conversation, InvalidScript, Move, check_script, no_interpreter, simulate
from tests.unit.ivr.flows.known import AT, CARD
from tests.unit.ivr.flows.play import interpreter, program
from tests.unit.ivr.flows.repairs import REPAIRS, press, say

HERE = Path(__file__).parent / "transcripts"


ADDRESS = "广东省佛山市顺德区容桂街道凤翔路一百二十八号三栋五零二室"
SCRIPTS: Mapping[str, tuple[Sequence[Move], Mapping[str, Any]]] = {
    **REPAIRS,
    "repair_by_keys": (
        [
            *press("3", "1", "1", "1", "01#", "1"), *say("地址"), *press("2", "2", "1", "2", "1", "1", "#"), "silence",
        ],
        {"keys_only": True, "lookups": {"warranty": {"line": "in"}}},
    ),
    "repair_by_voice": (
        say(
            "我要报修", "壁挂炉", "E一", "不是E一,是F二八", "对", ADDRESS, "对", "明天下午", "可以", "不记得", "早丢了",
            "对", "没了,谢谢",
        ),
        {"lookups": {"warranty": {"line": "no_proof"}}},
    ),
    "repair_of_a_known_caller": (
        [
            *say("打不着火", "是的", "没有代码"), "silence", "silence", *say("直接报修", "是", "越快越好", "可以"),
            *press("4", "1"), *say("有病人", "对"),
        ],
        {"lookups": {"identify": CARD, "warranty": {"line": "out"}, "warranty_earliest": {"line": "out"}}},
    ),
    "address_in_parts": (
        [
            *press("3", "1", "2", "6"), "silence", "silence", *say("呃", "佛山市顺德区容桂街道", "幸福花园"),
            *press("502#", "2"), *say("路名不对,是文海路十八号"), *press("1", "1", "1", "5", "3", "1"), "hangup",
        ],
        {},
    ),
    "danger_and_false_alarm": (
        [*say("我要报修", "壁挂炉"), *press("9"), *say("按错了", "没有"), *press("2", "1"), "hangup"],
        {},
    ),
    "gas": ([*say("家里有煤气味"), "silence"], {}),
    "called_back_in_turn": (
        [*press("2", "0"), {"queue": "callback"}, *say("晚上六点以后再打")],
        {"lookups": {"queue_state": {"open": True, "waiting": 3}, "callback_open": {"open": False}}},
    ),
    "called_back_when_somebody_is_there": (
        [*press("2", "0"), {"queue": "callback"}, *say("晚上十一点打给我")],
        {"lookups": {"queue_state": {"open": True, "waiting": 3}, "callback_open": {"open": False},
                     "callback_hours": {"after": "2026-07-25T09:00"}}},
    ),
    "called_back_later_after_all": (
        [*press("0", "1"), *say("今天早上八点", "明天上午打给我")],
        {"lookups": {"queue_state": {"open": False}, "callback_open": {"open": False}}},
    ),
    "waits_for_a_call_back_already": (
        [*press("0"), {"queue": "callback"}, *press("1")],
        {"lookups": {"queue_state": {"open": True, "waiting": 0}, "callback_open": {"open": True}}},
    ),
    "waited_too_long": (
        [*press("0"), {"queue": "timeout"}, *say("打给我吧", "就这个")],
        {"lookups": {"queue_state": {"open": True}, "callback_open": {"open": False}}},
    ),
    "message_from_the_queue": (
        [
            *press("0"), {"queue": "voicemail"}, "silence", *say("我姓陈,叫人打给我"), *press("1"), *say("还有"),
            *press("3"),
        ],
        {"lookups": {"queue_state": {"open": True, "waiting": 4}}},
    ),
    "danger_in_a_message_from_the_queue": (
        [*press("2", "0"), {"queue": "voicemail"}, *press("9", "1"), *press("1")],
        {"lookups": {"queue_state": {"open": True, "waiting": 4}}},
    ),
    "angry_nobody_there": (
        say("报修", "什么破机器"),
        {"lookups": {"queue_state": {"open": False, "queue": "complaint"}, "callback_open": {"open": False}}},
    ),
    "angry_waited_too_long": (
        [*say("叫你们领导"), {"queue": "timeout"}],
        {"lookups": {"queue_state": {"open": True}, "callback_open": {"open": True}}},
    ),
    "angry_and_anonymous": (
        [*say("我要曝光"), *press("13900139000#", "1")],
        {"caller": "", "lookups": {"queue_state": {"open": False}, "callback_open": {"open": False}}},
    ),
    "nobody_there": (
        [*press("0", "2"), *say("喂我要留言"), *press("1"), *say("还有"), *press("3")],
        {"lookups": {"queue_state": {"open": False}}},
    ),
}  # fmt: skip


def run(name: str) -> Conversation:
    script, options = SCRIPTS[name]
    understands = no_interpreter if options.get("keys_only") else interpreter()
    return simulate(program(), script, understands, at=AT, **options)


@pytest.mark.parametrize("name", SCRIPTS)
def test_conversation(name: str) -> None:
    talk = run(name)
    assert "\n".join(talk.lines) + "\n" == (HERE / f"{name}.txt").read_text(encoding="utf-8")
    assert fold(program(), talk.inputs) == talk.state


def test_a_correction_in_one_turn_is_what_gets_confirmed() -> None:
    codes = [
        fact for fact in run("repair_by_voice").facts if isinstance(fact, SlotFilled) and fact.slot == "fault_code"
    ]
    assert [(fact.value["canonical"], fact.status) for fact in codes] == [
        ("E1", "unverified"),
        ("F28", "unverified"),
        ("F28", "voice_confirmed"),
    ]


def test_each_repair_is_one_ticket() -> None:
    for name in ("repair_by_keys", "repair_by_voice", "repair_of_a_known_caller", "address_in_parts"):
        (ticket,) = [fact for fact in run(name).facts if isinstance(fact, TicketOpened)]
        cold_and_ill = name == "repair_of_a_known_caller"
        priority = "high" if cold_and_ill else "normal"
        assert (ticket.kind, ticket.outcome, ticket.priority) == ("repair", "reported", priority), name


def test_danger_is_handed_over_with_an_urgent_ticket() -> None:
    talk = run("gas")
    (ticket,) = [fact for fact in talk.facts if isinstance(fact, TicketOpened)]
    assert (ticket.priority, ticket.safety) == ("urgent", "gas")
    assert talk.outcome == HandOver("queue", "emergency", 30)


def test_a_false_alarm_leads_back_and_leaves_an_ordinary_draft() -> None:
    talk = run("danger_and_false_alarm")
    (ticket,) = [fact for fact in talk.facts if isinstance(fact, TicketOpened)]
    assert (ticket.priority, ticket.outcome) == ("normal", "hung_up")
    assert [fact.reason for fact in talk.facts if isinstance(fact, CallbackRequested)] == ["hung_up"]
    assert isinstance(talk.outcome, End)


def test_lost_media_and_keys_in_a_recording() -> None:
    script: list[Move] = [*press("3", "1", "2", "1"), "failed", *press("0")]
    assert isinstance(simulate(program(), script, no_interpreter).outcome, HandOver)
    again: list[Move] = [*press("3"), "failed", *say("壁挂炉"), *press("1", "2", "1", "#"), "silence", "hangup"]
    assert isinstance(simulate(program(), again, interpreter()).outcome, End)


@pytest.mark.parametrize("move", ["wait", {"say": 1}, {"say": "a", "dtmf": "1"}, {"shout": "a"}, {}])
def test_a_script_that_is_none_is_refused(move: Any) -> None:
    with pytest.raises(InvalidScript, match="move 2"):
        check_script(["silence", move])
