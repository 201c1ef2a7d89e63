"""Answers at single questions: digits, addresses in pieces, two readings, what is not read, recordings."""

from ivr.contract.dialogue import HandOver, Record
from ivr.contract.facts import SlotFilled
from tests.unit.ivr.flows.known import CARD, E01, ROAD, ROOM, SHUNDE
from tests.unit.ivr.flows.play import Driver
from tests.unit.ivr.flows.worlds import at


def test_digits_with_stars_and_digits_said() -> None:
    assert at("contact_number").press("12*13900139000").node == "contact_confirm"
    assert isinstance(at("contact_number").press("123*0").last, HandOver)
    assert at("contact_number").press("#").node == "contact_number"
    assert at("contact_number").value({"digits": "13900139000"}).node == "contact_confirm"
    assert at("contact_number").value({"digits": "12"}).node == "contact_number"
    assert at("contact_number").press("12").node == "contact_number"
    assert at("contact_number").press("+").node == "contact_number"


def test_an_address_without_a_room_and_one_said_in_pieces() -> None:
    driver = at("address_full").value({**SHUNDE, **ROAD})
    assert driver.node == "address_room"
    driver.press("#")
    assert driver.node == "address_confirm"
    assert driver.state.slot("address") is not None
    driver.value({"room_no": "503", "room": "503室", "raw": "房号是五零三"})
    assert "五零三室" in driver.text
    spoken = at("address_room").mean("empty")
    assert spoken.of(SlotFilled)[-1].value["no_room"] == "1"


def test_one_field_of_the_room_is_corrected_alone() -> None:
    driver = at("address_full").value({**SHUNDE, **ROAD, **ROOM})
    driver.value({"building": "13", "room": "13栋", "raw": "不是三栋,十三栋"})
    assert "十三栋二单元五零二室" in driver.text
    driver.value({"building": "13", "raw": "对,十三栋"})
    assert driver.node == "address_confirm"
    driver.hear(meaning="yes", value={"building": "13", "raw": "对,十三栋"})
    assert driver.node == "visit_day"


def test_two_readings_at_a_read_back_are_offered() -> None:
    driver = at("fault_code").value(E01).value(E01, {"canonical": "E1", "raw": "E一"})
    assert driver.node == "fault_code_pick"
    assert set(driver.slot.keys) == set("1240*#9") | {"4"}
    assert at("fault_code").value(E01, {"canonical": "E1"}).press("2").node == "fault_code_confirm"
    assert at("fault_code").value(E01, {"canonical": "E1"}).press("3").node == "fault_code_pick"
    assert at("fault_code").value(E01, {"canonical": "E1"}).mean("pick3").node == "fault_code_confirm"
    assert at("fault_code").value(E01, {"canonical": "E1"}).value({"canonical": "F1"}).node == "fault_code_confirm"
    assert at("address_full").value(SHUNDE, {**SHUNDE, "region": "湖南省"}).node == "address_region_pick"


def test_a_denied_code_is_not_read_in_the_summary() -> None:
    driver = at("fault_code").value(E01).mean("no").press("2").press("1").record().press("2")
    driver.value({**SHUNDE, **ROAD, **ROOM}).mean("yes").press("1").press("1").press("5").press("2").press("2")
    assert driver.node == "summary_confirm"
    assert "不点火" in driver.text
    assert "E" not in driver.text


def test_a_person_or_danger_from_a_recording() -> None:
    assert isinstance(at("address_record").press("0").last, HandOver)
    assert at("address_record").press("9").node == "emergency_kind"
    again = at("address_record").silence()
    assert isinstance(again.last, Record)
    assert again.silence().node != "address_record"


def test_a_known_caller_without_products_is_asked_for_one() -> None:
    assert Driver(card={**CARD, "products": []}).start().press("3").node == "repair_product"
