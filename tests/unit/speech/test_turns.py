"""The turn machine on a virtual clock: barge-in, end of turn, timers; and properties over random inputs."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.contract import Bargein, Cause, KeyMode, Mode, Segment, SlotKind, SlotSpec, Timeouts, Turn
from speech.turn_events import (
    Decided,
    Digit,
    Finish,
    Gone,
    Input,
    KeepKey,
    Order,
    Partial,
    PromptEnded,
    RecognizerLost,
    Tick,
    TurnRules,
    Verdict,
    rules_of,
)
from tests.unit.speech.turn_script import ASK, DANGER, DIGITS, FILLER, LISTEN, SAY, WHOLE, WORDS, Script


def test_a_short_answer_ends_after_complete_timeout_and_an_unfinished_one_after_incomplete() -> None:
    for partial, wait in ((WHOLE, 600), (WORDS, 1500)):
        turn = Script(LISTEN).quiet(1000).voice(400).give(partial)
        spoke_until = turn.now
        turn.quiet(2000)
        assert turn.orders == [Order.START_RECOGNITION, Order.START_INPUT, Order.FINALIZE]
        assert turn.when(Order.FINALIZE) == spoke_until + wait
        assert turn.machine.endpoint_ms == wait
        turn.give(Decided(Verdict.MATCH))
        assert turn.end == Finish(Cause.SUCCESS, Mode.SPEECH)
        assert turn.machine.speech_ms == 400


def test_the_timer_is_chosen_anew_each_time_the_partial_changes() -> None:
    turn = Script(LISTEN).voice(400).give(WHOLE).quiet(400).voice(300).give(WORDS).quiet(1480)
    assert Order.FINALIZE not in turn.orders
    assert Order.FINALIZE in turn.quiet(20).orders


def test_no_input_counts_only_from_the_end_of_the_prompt() -> None:
    turn = Script(ASK).quiet(20_000)
    assert turn.orders == []
    turn.give(PromptEnded()).quiet(5980)
    assert turn.end is None
    assert turn.quiet(20).end == Finish(Cause.NO_INPUT)


def test_barge_in_pauses_at_once_and_words_drop_the_prompt() -> None:
    turn = Script(ASK).quiet(1000).voice(240)
    assert turn.orders == [Order.START_RECOGNITION]
    turn.voice(20)
    assert turn.orders[1:] == [Order.PAUSE_PROMPT]
    turn.voice(300).give(WHOLE)
    assert turn.orders[2:] == [Order.DROP_PROMPT, Order.START_INPUT]
    turn.quiet(600).give(Decided(Verdict.MATCH))
    assert turn.end == Finish(Cause.SUCCESS, Mode.SPEECH)
    assert turn.machine.barged_in


def test_a_short_word_stops_the_prompt_as_soon_as_it_is_recognized() -> None:
    turn = Script(ASK).quiet(1000).voice(180).quiet(200).give(WHOLE)
    assert turn.orders == [Order.START_RECOGNITION, Order.DROP_PROMPT, Order.START_INPUT]


@pytest.mark.parametrize("partial", [None, FILLER])
def test_a_false_barge_in_resumes_after_a_second(partial: Partial | None) -> None:
    turn = Script(ASK).quiet(1000).voice(300)
    if partial:
        turn.give(partial)
    turn.quiet(1500)
    assert turn.orders == [
        Order.START_RECOGNITION,
        Order.PAUSE_PROMPT,
        Order.RESUME_PROMPT,
        Order.STOP_RECOGNITION,
    ]
    assert turn.when(Order.RESUME_PROMPT) - turn.when(Order.PAUSE_PROMPT) == 1000
    assert turn.machine.false_bargeins == 1
    assert not turn.machine.barged_in


def test_words_that_come_late_still_stop_the_prompt() -> None:
    turn = Script(ASK).quiet(1000).voice(600).quiet(1000).give(WHOLE).quiet(600)
    assert turn.orders[2:] == [Order.RESUME_PROMPT, Order.DROP_PROMPT, Order.START_INPUT, Order.FINALIZE]


def test_a_noise_that_goes_on_pauses_the_prompt_only_once() -> None:
    turn = Script(ASK).quiet(1000).voice(8000)
    assert turn.orders == [Order.START_RECOGNITION, Order.PAUSE_PROMPT, Order.RESUME_PROMPT]


def test_a_steady_noise_cannot_stop_the_prompt_for_ever() -> None:
    turn = Script(ASK).quiet(1000)
    for _ in range(5):
        turn.voice(300).quiet(1500)
    assert turn.orders.count(Order.PAUSE_PROMPT) == 2
    turn.voice(300).give(WORDS)
    assert turn.orders[-2:] == [Order.DROP_PROMPT, Order.START_INPUT]


def test_the_head_of_a_prompt_is_guarded() -> None:
    turn = Script(ASK).voice(380)
    assert turn.orders == []
    turn.voice(40)
    assert turn.orders == [Order.START_RECOGNITION, Order.PAUSE_PROMPT]


def test_a_noise_under_a_prompt_that_speech_may_not_stop_is_forgotten() -> None:
    turn = Script(replace(ASK, bargein=Bargein.KEYS)).quiet(1000).voice(200).quiet(1500)
    assert turn.orders == [Order.START_RECOGNITION, Order.STOP_RECOGNITION]


@pytest.mark.parametrize("rules", [replace(ASK, bargein=Bargein.KEYS), replace(SAY, bargein=Bargein.KEYS)])
def test_danger_words_stop_any_prompt_that_is_listened_under(rules: TurnRules) -> None:
    turn = Script(rules).quiet(1000).voice(600).give(DANGER)
    assert Order.DROP_PROMPT in turn.orders
    assert turn.quiet(600).orders[-1] == Order.FINALIZE
    assert turn.give(Decided(Verdict.MATCH)).end == Finish(Cause.SUCCESS, Mode.SPEECH)


def test_a_danger_word_that_was_none_ends_a_say_plainly() -> None:
    turn = Script(SAY).quiet(1000).voice(600).give(DANGER).quiet(600).give(Decided(Verdict.NO_MATCH))
    assert turn.end == Finish(Cause.SUCCESS)


def test_ordinary_words_do_not_stop_a_say() -> None:
    turn = Script(SAY).quiet(1000).voice(600).give(WORDS).quiet(2000).give(PromptEnded())
    assert Order.DROP_PROMPT not in turn.orders
    assert turn.end == Finish(Cause.SUCCESS)


def test_a_turn_without_prompt_and_slot_is_over_at_once() -> None:
    assert Script(replace(SAY, prompted=False)).give(Tick()).end == Finish(Cause.SUCCESS)


def test_fillers_are_no_answer_and_the_clock_starts_again() -> None:
    turn = Script(LISTEN).quiet(5000).voice(300).give(FILLER).quiet(1500).give(Decided(Verdict.FILLER))
    assert turn.end is None
    assert turn.quiet(5980).end is None
    assert turn.quiet(20).end == Finish(Cause.NO_INPUT)


def test_the_third_filler_is_no_match() -> None:
    turn = Script(LISTEN)
    for _ in range(3):
        turn.voice(300).quiet(1500).give(Decided(Verdict.FILLER))
    assert turn.end == Finish(Cause.NO_MATCH, Mode.SPEECH)


def test_a_click_is_nothing_but_a_long_sound_without_words_is_no_match() -> None:
    assert Script(LISTEN).voice(200).quiet(1500).give(Decided(Verdict.NOTHING)).end is None
    long = Script(LISTEN).voice(900).quiet(1500).give(Decided(Verdict.NOTHING))
    assert long.end == Finish(Cause.NO_MATCH, Mode.SPEECH)


def test_max_speech_cuts() -> None:
    turn = Script(LISTEN).voice(12_200)
    assert turn.orders[-1] == Order.FINALIZE
    assert turn.when(Order.FINALIZE) == 12_100
    assert turn.machine.endpoint_ms == 0  # no silence was waited for
    assert turn.give(Decided(Verdict.NO_MATCH)).end == Finish(Cause.NO_MATCH, Mode.SPEECH)


def test_a_lost_recognizer_ends_the_turn_that_was_being_spoken() -> None:
    turn = Script(LISTEN).voice(300).give(RecognizerLost())
    assert turn.orders[-2:] == [Order.STOP_RECOGNITION, Finish(Cause.RECOGNIZER_ERROR)]


def test_a_lost_recognizer_under_a_prompt_lets_the_prompt_go_on() -> None:
    turn = Script(ASK).quiet(1000).voice(300).give(RecognizerLost())
    assert turn.orders[-2:] == [Order.STOP_RECOGNITION, Order.RESUME_PROMPT]
    assert Script(ASK).give(RecognizerLost()).orders == []


def test_a_lost_recognizer_before_the_prompt_was_paused_only_stops_listening() -> None:
    turn = Script(ASK).quiet(1000).voice(200).give(RecognizerLost())
    assert turn.orders == [Order.START_RECOGNITION, Order.STOP_RECOGNITION]


@pytest.mark.parametrize("late", [WHOLE, Decided(Verdict.MATCH), PromptEnded()])
def test_what_comes_when_nobody_waits_for_it_changes_nothing(late: Input) -> None:
    turn = Script(LISTEN).quiet(1000).give(late)
    assert turn.orders == []
    assert turn.quiet(5000).end == Finish(Cause.NO_INPUT)


def test_a_hang_up_ends_any_turn() -> None:
    assert Script(ASK).give(Gone()).end == Finish(Cause.HUNG_UP)


def test_rules_come_from_the_contract() -> None:
    slot = SlotSpec("phone", SlotKind.DIGITS, key_mode=KeyMode.DIGITS, max_digits=11, keys="0123456789")
    segments = (Segment("a.p.1", "好"),)
    rules = rules_of(Turn("t", segments, slot=slot, keys_only=True))
    assert rules == replace(DIGITS, prompted=True, speech=False, keys="0123456789")
    assert rules_of(Turn("t", segments)) == SAY
    assert not rules_of(Turn("t", (), bargein=Bargein.NONE)).speech


INPUTS: st.SearchStrategy[Any] = st.one_of(
    st.builds(Partial, st.booleans(), st.booleans(), st.booleans()),
    st.sampled_from("0123456789*#A").map(Digit),
    st.sampled_from([PromptEnded(), RecognizerLost(), Tick(), Gone()]),
    st.sampled_from(Verdict).map(Decided),
    st.tuples(st.sampled_from(["voice", "quiet"]), st.integers(20, 2500)),
)


RULES = st.builds(
    TurnRules,
    listening=st.booleans(),
    prompted=st.booleans(),
    speech=st.booleans(),
    bargein=st.sampled_from(Bargein),
    key_mode=st.sampled_from(KeyMode),
    keys=st.sampled_from(["0123456789*#", "12"]),
    max_digits=st.integers(1, 11),
    timeouts=st.just(Timeouts()),
)


@settings(max_examples=400, deadline=None)
@given(RULES, st.lists(INPUTS, max_size=30))
def test_any_sequence_ends_in_exactly_one_finish_and_orders_make_sense(rules: TurnRules, items: list[Any]) -> None:
    turn = Script(rules)
    for item in items:
        if isinstance(item, tuple):
            (turn.voice if item[0] == "voice" else turn.quiet)(item[1])
        else:
            turn.give(item)
        if turn.out and turn.out[-1][1] is Order.FINALIZE:
            turn.give(Decided(Verdict.NOTHING))
    turn.give(PromptEnded())
    for _ in range(10):  # whoever falls silent is answered in the end
        turn.quiet(6000).give(Decided(Verdict.NOTHING))
    assert turn.end is not None
    assert [item for item in turn.orders if isinstance(item, Finish)] == [turn.end]
    playing, paused, recognizing = rules.prompted, False, False
    for item in turn.orders:
        match item:
            case Order.PAUSE_PROMPT:
                assert playing
                playing, paused = False, True
            case Order.RESUME_PROMPT:
                assert paused
                playing, paused = True, False
            case Order.DROP_PROMPT:
                assert playing or paused
                playing = paused = False
            case Order.START_RECOGNITION:
                assert not recognizing
                recognizing = True
            case Order.STOP_RECOGNITION:
                assert recognizing
                recognizing = False
            case Order.FINALIZE:
                assert recognizing
                recognizing = False
            case Order.START_INPUT | KeepKey() | Finish():
                pass
    assert turn.orders.count(Order.START_INPUT) <= 1
    assert rules.speech or not any(item is Order.START_RECOGNITION for item in turn.orders)
