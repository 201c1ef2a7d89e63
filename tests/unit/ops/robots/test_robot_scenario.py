"""The scenario format: what is accepted, and how refusals read."""

from pathlib import Path

import pytest

from ops.robots.scenario import Answering, ScenarioInvalid, load_scenario, parse_scenario

_STEPS = """
from: "13800138000"
to: "4001726011"
voice: {name: cmn-latn-pinyin, variant: f3, speed: 150, pitch: 50, snr_db: null}
steps:
  - hear: prompt_end
  - say: "我要报修"
  - play: clip.wav
  - dtmf: "12#"
  - barge: {after: 1.0, say: "人工"}
  - pause: 2.0
  - expect: hangup
    within: 60
"""
_ANSWERS = """
from: anonymous
answers:
  main_menu: {say: "我要报修"}
  fault_code: [{say: "E一"}, {play: e01.wav}]
  address: {say: "凤翔路十八号"}
  address_region: {say: "佛山市顺德区"}
  confirm: {say: "对"}
  summary_confirm: {say: "没错"}
  default: {dtmf: "0"}
"""


def test_the_documented_steps_are_read() -> None:
    scenario = parse_scenario(_STEPS)
    assert [step.action for step in scenario.steps] == ["hear", "say", "play", "dtmf", "barge", "pause", "expect"]
    assert scenario.voice.variant == "f3"
    assert scenario.steps[-1].within == 60


def _answered(text: str, *questions: tuple[str, str]) -> list[str]:
    """Return what is answered to questions (node, slot) in turn."""
    answering = Answering(parse_scenario(text).answers)
    given = [answering.next(node, slot) for node, slot in questions]
    return [str(answer.say or answer.play or answer.dtmf) if answer else "" for answer in given]


def test_the_last_try_of_a_list_repeats() -> None:
    assert _answered(_ANSWERS, *[("fault_code", "fault_code")] * 3) == ["E一", "e01.wav", "e01.wav"]


def test_a_question_is_answered_by_its_node_then_its_slot_then_the_default() -> None:
    questions = [("main_menu", ""), ("address_full", "address"), ("address_region", "address"), ("visit_day", "visit")]
    assert _answered(_ANSWERS, *questions) == ["我要报修", "凤翔路十八号", "佛山市顺德区", "0"]
    assert _answered(_ANSWERS, ("fault_code_confirm", "confirm"), ("summary_confirm", "confirm")) == ["对", "没错"]
    assert _answered("answers: {a: {say: x}}", ("b", ""), ("b", "c")) == ["", ""]


def test_the_tries_of_a_slot_go_on_at_its_next_question() -> None:
    questions = [("fault_code", "fault_code"), ("fault_code_spell", "fault_code")]
    assert _answered(_ANSWERS, *questions) == ["E一", "e01.wav"]


def test_the_default_begins_anew_at_each_node() -> None:
    text = "answers: {default: [{dtmf: '1'}, {dtmf: '2'}]}"
    assert _answered(text, ("a", ""), ("a", ""), ("b", "")) == ["1", "2", "1"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no YAML"),
        ("[]", "top: "),
        ("from: '138'", "either steps or answers"),
        ("from: abc\nanswers: {a: {say: x}}", "from: "),
        ("answers: {a: {say: x, dtmf: '1'}}", "exactly one of say"),
        ("answers: {a: []}", "answers.a"),
        ("answers: 7", "answers"),
        ("steps: [{say: x, dtmf: '1'}]", "steps.0: "),
        ("steps: [{jump: 1}]", "steps.0.jump"),
        ("steps: [{barge: {after: 1}}]", "exactly one of say, dtmf"),
        ("steps: [{dtmf: 'x'}]", "steps.0.dtmf"),
    ],
)
def test_a_bad_scenario_says_where_and_what(text: str, words: str) -> None:
    with pytest.raises(ScenarioInvalid) as refused:
        parse_scenario(text, "call.yaml")
    assert str(refused.value).startswith("call.yaml: ")
    assert words in str(refused.value)


def test_a_file_is_loaded_by_path(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(_ANSWERS, encoding="utf-8")
    assert load_scenario(tmp_path / "a.yaml").from_ == "anonymous"
