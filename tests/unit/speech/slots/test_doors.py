"""Doors that a recognizer without tones takes for another: one 二 for two, 是 for 十."""

import pytest

from speech.contract import SlotKind, SlotSpec
from speech.slots import Slots
from tests.unit.speech.slots.samples import ADDRESS, LEXICON, PACK

SLOTS = Slots(PACK)


@pytest.mark.parametrize(
    ("said", "room"),
    [
        ("十五栋 三单元 三二二零三", "15栋3单元32203室"),  # may be a third unit's
        ("十九栋 一单元 幺七零二二", "19栋1单元1702室"),  # no seventieth floor
        ("三十栋 一单元 三零二二", "30栋1单元302室"),  # no twenty-second door
        ("三十栋 三零二二", "30栋302室"),
        ("三十栋 一单元 幺幺二二", "30栋1单元1122室"),
        ("三十栋 一单元 幺二二", "30栋1单元122室"),
        ("十五栋 二单元 三二二零三", "15栋2单元3203室"),
        ("十五栋 二单元 幺二二零六", "15栋2单元1206室"),
        ("十四栋 一单元 幺零零二二", "14栋1单元1002室"),  # no floor is called 00
        ("十四栋 一单元 幺二零二二", "14栋1单元12022室"),  # a first unit's: floor 20, door 22
        ("十五栋 二单元 二二二零三", "15栋2单元22203室"),
        ("十五栋 一单元 二二二零三", "15栋1单元2203室"),
        ("十五栋 一单元 二二三二二", "15栋1单元22322室"),  # which of them is too many?
        ("十五栋 一单元 三二二", "15栋1单元322室"),
        ("十五栋 一单元 二二零二", "15栋1单元2202室"),
        ("十五栋 三二二零三", "15栋32203室"),
    ],
)
def test_a_door_has_no_floor_over_99(said: str, room: str) -> None:
    whole = f"顺德区 容桂街道 新发路 三号 {said}"
    assert SLOTS.interpret(ADDRESS, LEXICON, (whole,)).value["room"] == room


@pytest.mark.parametrize("kind", [SlotKind.ROOM, SlotKind.ADDRESS])
def test_who_says_a_door_again_is_taken_at_the_word(kind: SlotKind) -> None:
    current = {"building": "15", "unit": "2", "room_no": "3203"} if kind is SlotKind.ADDRESS else {}
    slot = SlotSpec("address", kind, current=current)
    result = SLOTS.interpret(slot, LEXICON, ("十五栋 二单元 三二二零三",))
    assert result.value["room"] == "15栋2单元32203室"


@pytest.mark.parametrize(
    ("said", "held", "room"),
    [
        ("房号 错了 十 十九栋 二单元 三二零幺", ("19", "2", "32201"), "19栋2单元3201室"),
        ("不对 十二 十一栋 二单元 幺二零六", ("21", "2", "12206"), "21栋2单元1206室"),
        ("房号 错了 十五栋 二单元 二零零幺", ("5", "2", "200"), "5栋2单元2001室"),
        ("错了 十五栋 二单元 二零零幺", ("15", "2", "2001"), "5栋2单元2001室"),
        ("错了 十五栋", ("15", "2", "2001"), "5栋"),
        ("错了 十五栋", ("5", "2", "2001"), "15栋"),  # nothing else would be changed
        ("错了 十五栋 二单元 二零零幺", ("5", "2", "2001"), "15栋2单元2001室"),
        ("错了 十五栋 二单元 二零零幺", ("6", "2", "2001"), "15栋2单元2001室"),
        ("十五栋 二单元 二零零幺", ("5", "2", "200"), "15栋2单元2001室"),  # no word before it that 是 would follow
        ("不是五栋 十五栋 三单元", ("5", "2", "200"), "15栋3单元"),
    ],
)
def test_a_correction_of_the_door_may_begin_with_an_is(said: str, held: tuple[str, str, str], room: str) -> None:
    current = dict(zip(("building", "unit", "room_no"), held, strict=True))
    slot = SlotSpec("address_confirm", SlotKind.YES_NO, correcting=SlotKind.ADDRESS, current=current)
    result = SLOTS.interpret(slot, LEXICON, (said,))
    assert (result.meaning, result.value["room"]) == ("correction", room)
