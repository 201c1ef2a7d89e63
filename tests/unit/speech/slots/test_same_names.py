"""Places that share a name, were merged or are no district at all, by the real divisions of China."""

import json
from collections.abc import Mapping

import pytest
import yaml

from divisions.gazetteer import Division
from ops.layout import TREE
from ops.packs import MERGED_FILE, TOWNS_OF, TREE_FILE
from speech.packs import Pack, division_rows
from speech.slots import Slots
from tests.unit.speech.slots.samples import ADDRESS, LEXICON


@pytest.fixture(scope="module")
def china() -> Slots:
    rows = division_rows(json.loads((TREE / TREE_FILE).read_bytes()), TOWNS_OF)
    merged: Mapping[str, str] = yaml.safe_load(MERGED_FILE.read_text("utf-8"))
    places = [Division(str(code), str(name), int(level), str(parent)) for code, name, level, parent in rows]
    return Slots(Pack("china", {}, {place.code: place for place in places}, merged))


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("西湖区", {"浙江省杭州市西湖区", "江西省南昌市西湖区"}),
        ("朝阳区", {"北京市朝阳区", "吉林省长春市朝阳区"}),
        ("鼓楼区", {"江苏省徐州市鼓楼区", "江苏省南京市鼓楼区", "福建省福州市鼓楼区", "河南省开封市鼓楼区"}),
    ],
)
def test_a_name_that_several_places_have_is_asked_about(china: Slots, said: str, places: set[str]) -> None:
    found = china.interpret(ADDRESS, LEXICON, (said,))
    assert found.status == "ambiguous"
    offered = {item["region"] for item in found.candidates}
    assert len(offered) >= 2
    assert offered <= places
    assert not found.value.get("region")


@pytest.mark.parametrize(
    ("said", "region", "road"),
    [
        ("杭州市江干区", "浙江省杭州市上城区", ""),
        ("江干区", "浙江省杭州市上城区", ""),
        ("北京市朝阳区三里屯路十九号", "北京市朝阳区", "三里屯路19号"),
        ("杭州市西湖区五一路八号", "浙江省杭州市西湖区", "五一路8号"),
        ("河北省保定市容城县", "河北省保定市容城县", ""),
        ("雄安容城县", "河北省保定市容城县", ""),
        ("深圳南山", "广东省深圳市南山区", ""),  # the district, not the street in it that is called so too
        ("东莞市长安镇", "广东省东莞市长安镇", ""),
    ],
)
def test_one_place_is_found_whatever_it_is_called(china: Slots, said: str, region: str, road: str) -> None:
    found = china.interpret(ADDRESS, LEXICON, (said,))
    assert found.status == "match"
    assert (found.value.get("region", ""), found.value.get("road", "")) == (region, road)


@pytest.mark.parametrize(
    ("said", "region", "road"),
    [
        ("湛江赤坎中山二路", "广东省湛江市赤坎区", "中山二路"),
        ("沈阳和平大街", "辽宁省沈阳市", "和平大街"),
        ("广州珠江新城花城大道", "广东省广州市", "珠江新城花城大道"),
        ("北京朝阳门外大街一号", "北京市", "朝阳门外大街1号"),
        ("恒大名都五号楼", "", "恒大名都"),
        ("幸福花园东区三栋", "", "幸福花园东区"),
        ("我姓陈顺德", "广东省佛山市顺德区", ""),
        ("我想报修顺德", "广东省佛山市顺德区", ""),
    ],
)
def test_a_name_within_a_longer_one_is_no_place(china: Slots, said: str, region: str, road: str) -> None:
    test_one_place_is_found_whatever_it_is_called(china, said, region, road)


def test_a_piece_of_a_place_that_is_not_known_is_none(china: Slots) -> None:
    assert china.interpret(ADDRESS, LEXICON, ("香港九龙",)).status == "no_match"
