"""Keys in a turn on a virtual clock: before, under and after a prompt, digits, what is kept."""

from dataclasses import replace

import pytest

from speech.contract import Bargein, Cause, KeyMode, Mode
from speech.turn_events import (
    Decided,
    Finish,
    KeepKey,
    Order,
    PromptEnded,
    Verdict,
)
from tests.unit.speech.turn_script import ASK, DIGITS, LISTEN, SAY, WHOLE, Script


def test_with_bargein_keys_speech_waits_for_the_prompt_to_end() -> None:
    turn = Script(replace(ASK, bargein=Bargein.KEYS)).quiet(1000).voice(600).give(WHOLE).quiet(3000)
    assert turn.orders == [Order.START_RECOGNITION]
    turn.give(PromptEnded())
    assert turn.orders[1:] == [Order.START_INPUT, Order.FINALIZE]


def test_keys_during_a_say_are_kept_and_end_it() -> None:
    turn = Script(SAY).quiet(1000).keys("3")
    assert turn.orders == [KeepKey("3"), Order.DROP_PROMPT, Finish(Cause.SUCCESS)]


def test_keys_under_a_protected_say_are_kept_and_do_not_end_it() -> None:
    turn = Script(replace(SAY, bargein=Bargein.NONE, speech=False)).quiet(1000).keys("3").quiet(1000)
    assert turn.orders == [KeepKey("3")]
    assert turn.give(PromptEnded()).end == Finish(Cause.SUCCESS)


def test_keys_under_a_protected_question_answer_it_when_the_prompt_is_over() -> None:
    turn = Script(replace(ASK, bargein=Bargein.NONE)).quiet(1000).keys("12")
    assert turn.orders == []
    turn.give(PromptEnded())
    assert turn.orders == [Order.START_INPUT, Finish(Cause.SUCCESS, Mode.DTMF, "1"), KeepKey("2")]


def test_keys_beat_speech_at_once() -> None:
    turn = Script(ASK).quiet(1000).voice(300).keys("1")
    assert turn.orders == [
        Order.START_RECOGNITION,
        Order.PAUSE_PROMPT,
        Order.STOP_RECOGNITION,
        Order.DROP_PROMPT,
        Order.START_INPUT,
        Finish(Cause.SUCCESS, Mode.DTMF, "1"),
    ]


def test_a_key_while_the_result_is_awaited_wins() -> None:
    turn = Script(LISTEN).voice(400).give(WHOLE).quiet(600).keys("2")
    assert turn.end == Finish(Cause.SUCCESS, Mode.DTMF, "2")
    assert turn.give(Decided(Verdict.MATCH)).end == Finish(Cause.SUCCESS, Mode.DTMF, "2")


def test_a_key_that_is_no_answer_is_no_match() -> None:
    assert Script(replace(LISTEN, keys="12")).keys("5").end == Finish(Cause.NO_MATCH, Mode.DTMF, "5")


@pytest.mark.parametrize(
    ("pressed", "digits"),
    [
        ("123#", "123"),
        ("#", "#"),
        ("12*34#", "34"),
        ("*0", "*0"),
        ("12*9", "*9"),
        ("*10#", "10"),
        ("10#", "10"),
        ("12345678901", "12345678901"),
        ("A1B#", "1"),
    ],
)
def test_digits_mode(pressed: str, digits: str) -> None:
    assert Script(DIGITS).keys(pressed).end == Finish(Cause.SUCCESS, Mode.DTMF, digits)


def test_digits_end_after_the_interdigit_time() -> None:
    turn = Script(DIGITS).keys("07").quiet(2980)
    assert turn.end is None
    assert turn.quiet(20).end == Finish(Cause.SUCCESS, Mode.DTMF, "07")


def test_a_cleared_number_waits_like_a_fresh_question() -> None:
    turn = Script(DIGITS).keys("07*").quiet(5980)
    assert turn.end is None
    assert turn.quiet(20).end == Finish(Cause.NO_INPUT)


def test_speech_is_ignored_while_digits_are_collected() -> None:
    turn = Script(DIGITS).keys("0").voice(500).quiet(2600)
    assert turn.orders == [Order.START_INPUT, Finish(Cause.SUCCESS, Mode.DTMF, "0")]


def test_keys_are_ignored_where_none_are_wanted() -> None:
    assert Script(replace(LISTEN, key_mode=KeyMode.NONE)).keys("123").orders == []


def test_a_key_to_a_turn_without_prompt_and_slot_is_kept() -> None:
    assert Script(replace(SAY, prompted=False)).keys("3").orders == [KeepKey("3"), Finish(Cause.SUCCESS)]


def test_keys_only_never_listens_to_speech() -> None:
    turn = Script(replace(LISTEN, speech=False)).voice(3000).quiet(3000)
    assert turn.orders == [Finish(Cause.NO_INPUT)]
