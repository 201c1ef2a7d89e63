"""What of a correction a recognizer can be tested by."""

import pytest

from crm.policy.samples import QUESTIONS, truth
from speech.contract import SlotKind

FOSHAN = {"province": "广东省", "city": "佛山市", "district": "顺德区", "town": "容桂街道", "adcode": "440606"}


def test_the_kinds_of_question_are_those_of_speech() -> None:
    assert {kind for kinds in QUESTIONS.values() for kind in kinds} <= {kind.value for kind in SlotKind}


@pytest.mark.parametrize(
    ("slot", "heard", "corrected", "wanted"),
    [
        ("fault_code", {"canonical": "E3"}, {"raw": "e03", "canonical": "E03"}, {"canonical": "E03"}),
        ("fault_code", {"canonical": "E03"}, {"canonical": "E03"}, {}),
        ("fault_code", {"canonical": "E03"}, {"canonical": "没有代码"}, {}),
        ("fault_code", {"canonical": "E03"}, {"text": "E04"}, {}),
        ("contact", {"number": "+8613800138000"}, {"number": "13800138001"}, {"number": "+8613800138001"}),
        ("contact", {"number": "+8613800138000"}, {"number": "13800138000"}, {}),
        ("contact", {"number": "+8613800138000"}, {"number": "不方便说"}, {}),
        ("visit", {"date": "2026-01-01"}, {"date": "2026-01-02"}, {}),
        ("address", {"raw": "融贵"}, FOSHAN, {}),
        ("address", FOSHAN, {**FOSHAN, "road": "凤翔路9号"}, {}),
        ("address", FOSHAN, {"road": "凤翔路9号"}, {}),
        (
            "address", {**FOSHAN, "town": "伦教街道"}, FOSHAN,
            {"province": "广东省", "city": "佛山市", "district": "顺德区", "town": "容桂街道"},
        ),
        (
            "address", {"province": "广东省", "city": "佛山市", "district": "南海区"}, FOSHAN,
            {"province": "广东省", "city": "佛山市", "district": "顺德区"},
        ),
    ],
)  # fmt: skip
def test_what_must_come_out_of_the_clip(
    slot: str, heard: dict[str, str], corrected: dict[str, str], wanted: dict[str, str]
) -> None:
    assert truth(slot, heard, corrected) == wanted
