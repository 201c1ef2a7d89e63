"""What is said around a fault code, several codes in one sentence, and a code of which a part is corrected."""

from dataclasses import replace

import pytest

from speech.contract import Interpretation, SlotKind, SlotSpec
from speech.packs import Pack
from speech.slots import Slots
from tests.unit.speech.slots.samples import CODE, CONFIRM_CODE, LEXICON

BARE = Slots(Pack())
LISTED = Slots(Pack(codes={code: {"id": code} for code in ("E0", "E03", "E18", "F28", "H1")}))


def hear(said: str, slots: Slots = BARE) -> Interpretation:
    return slots.interpret(CODE, LEXICON, (said,))


def confirm(held: str, said: str) -> Interpretation:
    return BARE.interpret(replace(CONFIRM_CODE, current={"canonical": held}), LEXICON, (said,))


@pytest.mark.parametrize(
    ("said", "canonical"),
    [
        ("E 一 吧", "E1"),
        ("E 零三 吧", "E03"),
        ("好像 F 二八 吧", "F28"),
        ("E 一 就", "E1"),
        ("E 一 亮 红灯", "E1"),
        ("E 五 唔", "E5"),
        ("F 二十八 把", "F28"),
        ("五 P 一 吧", "5P1"),
        ("二 零 八 就", "208"),
        ("易 零三 吧", "E03"),
        ("E 零 散", "E03"),  # a letter and 零 are the beginning of a code
        ("艾 弗 二 吧", "F28"),
    ],
)
def test_what_sounds_like_a_digit_behind_a_whole_code_is_none(said: str, canonical: str) -> None:
    assert hear(said).value.get("canonical") == canonical


@pytest.mark.parametrize(
    ("said", "canonical"),
    [("E 一 吧", "E18"), ("H 一 吧", "H1"), ("E 零 散", "E03"), ("E 零 吧", "E0")],
)
def test_the_catalogue_may_hold_the_longer_code(said: str, canonical: str) -> None:
    assert hear(said, LISTED).value.get("canonical") == canonical


@pytest.mark.parametrize("said", ["英文字母 E 后面 一个 零 一个 五", "E 一个 零 然后 一个 五"])
def test_digits_told_one_by_one_are_of_one_code(said: str) -> None:
    assert hear(said).value.get("canonical") == "E05"


@pytest.mark.parametrize("slots", [BARE, LISTED])
@pytest.mark.parametrize(
    ("said", "codes"),
    [("E 零三 E 零五", {"E03", "E05"}), ("F 二八 还是 F 二九", {"F28", "F29"}), ("E 四 E 七 吧", {"E4", "E7"})],
)
def test_of_two_codes_it_is_asked_which(slots: Slots, said: str, codes: set[str]) -> None:
    found = hear(said, slots)
    assert found.status == "ambiguous"
    assert {item["canonical"] for item in found.candidates} == codes


@pytest.mark.parametrize(
    ("said", "canonical"), [("E 零 E 零 三", "E03"), ("F 二 呃 F 二八", "F28"), ("住 二 零 二 E 零三", "E03")]
)
def test_a_code_begun_anew_or_beside_other_digits_is_one(said: str, canonical: str) -> None:
    assert (hear(said, LISTED).status, hear(said, LISTED).value["canonical"]) == ("match", canonical)


@pytest.mark.parametrize(
    ("held", "said", "canonical"),
    [
        ("E1", "不是 E 一 是 零五", "E05"),
        ("E1", "不是 一 是 七", "E7"),
        ("E1", "不是 一 是 十七 吧", "E17"),
        ("E1", "不是 E 是 F", "F1"),
        ("E1", "不对 是 三", "E3"),
        ("E03", "错了 是 零五", "E05"),
        ("E03", "是 五 不是 三", "E05"),
        ("F28", "不是 二十八 是 二十九", "F29"),
        ("108", "不是 八 是 九", "109"),
        ("5P1", "不是 五 应该是 六", "6P1"),
    ],
)
def test_a_part_of_a_code_is_put_right(held: str, said: str, canonical: str) -> None:
    found = confirm(held, said)
    assert (found.meaning, found.value.get("canonical")) == ("correction", canonical)


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("E11", "不是 一 是 七"),  # which of the two
        ("E03", "不对 是 五"),  # which of the two
        ("E1", "不是 四 是 七"),
        ("E1", "不是 E 是 七"),
        ("108", "不对 是 三"),
        ("E1", "不是 一"),
        ("E1", "不是 十十 是 七"),
        ("E1", "不是 是 七 八 九 九"),
    ],
)
def test_a_part_that_does_not_fit_is_a_plain_no(held: str, said: str) -> None:
    assert confirm(held, said).meaning == "no"


@pytest.mark.parametrize("said", ["对 E 一", "是 E 一", "E 一", "没错 就是 E 一"])
def test_the_code_that_was_read_back_is_a_yes(said: str) -> None:
    assert confirm("E1", said).meaning == "yes"


@pytest.mark.parametrize("said", ["E 一 吧", "好像 是 E 一", "不对 E 一"])
def test_the_code_that_was_read_back_with_a_doubt_is_read_back_again(said: str) -> None:
    found = confirm("E1", said)
    assert (found.meaning, found.value["canonical"]) == ("correction", "E1")


@pytest.mark.parametrize(("said", "whole"), [("不是 H 一 是 F", False), ("不是 H 一 是 F 二八", True)])
def test_a_denial_ends_with_its_new_code_not_with_the_denied(said: str, whole: bool) -> None:
    assert LISTED.is_complete(CONFIRM_CODE, said) is whole


def test_who_says_the_house_number_of_an_address_again_does_not_confirm_the_rest() -> None:
    held = {"region": "广东省东莞市长安镇", "street": "一路", "number": "36", "road": "一路36号"}
    slot = SlotSpec("address_confirm", SlotKind.YES_NO, correcting=SlotKind.ADDRESS, current=held)
    assert BARE.interpret(slot, LEXICON, ("不 五一路 三十六号",)).meaning == "correction"


@pytest.mark.parametrize("said", ["好像是吧", "可能是的", "大概对吧", "不知道是不是"])
def test_a_guess_confirms_nothing_that_was_read_back(said: str) -> None:
    assert confirm("E1", said).meaning != "yes"


@pytest.mark.parametrize("said", ["是吧", "对的吧", "应该是的", "没错"])
def test_a_polite_yes_is_one(said: str) -> None:
    assert confirm("E1", said).meaning == "yes"
