"""The scenario format: what is accepted, and how refusals read."""

from pathlib import Path

import pytest

from ops.robots.scenario import ScenarioInvalid, load_scenario, parse_scenario

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
  default: {dtmf: "0"}
"""


def test_the_documented_steps_are_read() -> None:
    scenario = parse_scenario(_STEPS)
    assert [step.action for step in scenario.steps] == ["hear", "say", "play", "dtmf", "barge", "pause", "expect"]
    assert scenario.voice.variant == "f3"
    assert scenario.steps[-1].within == 60


def test_answers_are_chosen_by_name_and_attempt() -> None:
    scenario = parse_scenario(_ANSWERS)
    chosen = [scenario.answer_for(("fault_code",), attempt) for attempt in (1, 2, 3)]
    assert [(item.say, item.play) for item in chosen if item] == [
        ("E一", None),
        (None, Path("e01.wav")),
        (None, Path("e01.wav")),
    ]
    other = scenario.answer_for(("other_node", "main_menu"), 1)
    assert other is not None
    assert other.say == "我要报修"
    fallback = scenario.answer_for(("nothing",), 1)
    assert fallback is not None
    assert fallback.dtmf == "0"
    assert parse_scenario("answers: {a: {silence: true}}").answer_for(("b",), 1) is None


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
