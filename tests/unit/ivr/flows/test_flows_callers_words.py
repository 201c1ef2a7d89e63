"""Whatever the dialogue design lets callers say to a question is understood there, by the real interpreter."""

from pathlib import Path

import pytest

from ivr.contract.facts import SlotFilled, TurnEnded
from ivr.flows.load import read_yaml
from tests.unit.ivr.flows.asked_again import WAYS
from tests.unit.ivr.flows.dialogue_keys import samples
from tests.unit.ivr.flows.repairs import say
from tests.unit.ivr.flows.transcribe import talk

SAID: dict[str, list[str]] = read_yaml(Path(__file__).parent / "dialogue_keys.yaml")["said"]
RECORDED = {
    "complaint_statement",
    "symptom_speech",
    "request_note",
    "fu_remark",
}  # kept as they are said, not understood
NOT_WHOLE = {"二六零七……"}  # the beginning of a ticket's number
QUESTIONS = [key for key in SAID if key not in RECORDED and not key.startswith("ans_")]


def meant(question: str, words: str) -> str:
    """Return what the words meant where they were said: "no_match", "value", a meaning or a command."""
    moves, options = WAYS[question]
    conversation = talk(([*moves, *say(words), "hangup"], options))
    ends = [fact for fact in conversation.facts if isinstance(fact, TurnEnded) and fact.node == question and fact.text]
    return ends[-1].meaning


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_callers_say_to_a_question_is_understood(question: str) -> None:
    lost = [words for words in SAID[question] if words not in NOT_WHOLE and meant(question, words) == "no_match"]
    assert lost == []


@pytest.mark.parametrize("key", [key for key in SAID if key.startswith("ans_") and key != "ans_unknown"])
def test_what_callers_ask_is_answered_by_the_article_it_stands_beside(key: str) -> None:
    for words in SAID[key]:
        filled = [fact for fact in talk((say("咨询", words), {})).facts if isinstance(fact, SlotFilled)]
        answered = [fact.value["articles"] for fact in filled if fact.slot == "answered"]
        assert answered, words
        assert f"{key}@0" in answered[-1], words


def test_the_samples_are_taken_from_the_text_by_the_rule() -> None:
    text = """
#### `ask_it` 问(“不是说法”)
- 说 提示「六?」
- 听 1 “一”(“也不是”)“二”;2 “三”
  - 没有 “四”
- 接 按键 “五”
| 键·目的 | 提示 | 重提1 | 听 | 去向 |
|---|---|---|---|---|
| `row_it` 问 | 「十?」 | (同提示) | “对”→1;“错” | “是” |

| 键 | 问法(举例) | 答 |
|---|---|---|
| `ans_it` | “几天” | 「三天。」 |
"""
    assert samples(text) == {"ask_it": ["一", "二", "三", "四"], "row_it": ["对", "错"], "ans_it": ["几天"]}
