"""Which division a written address lies in, by the real divisions of China; what is not certain stays as it was."""

import json
from collections.abc import Mapping

import pytest
import yaml

from divisions.gazetteer import Gazetteer, build_gazetteer, divisions_of
from divisions.written import recognized
from ops.layout import TREE
from ops.packs import MERGED_FILE, TOWNS_OF, TREE_FILE
from speech.packs import division_rows


@pytest.fixture(scope="module")
def china() -> Gazetteer:
    rows = division_rows(json.loads((TREE / TREE_FILE).read_bytes()), TOWNS_OF)
    merged: Mapping[str, str] = yaml.safe_load(MERGED_FILE.read_text("utf-8"))
    return build_gazetteer(divisions_of(rows), merged)


def places(value: Mapping[str, str]) -> str:
    return " ".join(value[name] for name in ("province", "city", "district", "town") if name in value)


@pytest.mark.parametrize(
    ("written", "division", "adcode", "road"),
    [
        ("广东省佛山市顺德区容桂街道文海西路5号", "广东省 佛山市 顺德区 容桂街道", "440606", "文海西路5号"),
        ("佛山顺德容桂文海西路5号", "广东省 佛山市 顺德区 容桂街道", "440606", "文海西路5号"),
        ("佛山顺德容桂大道北6号", "广东省 佛山市 顺德区", "440606", "容桂大道北6号"),
        ("顺德区北街12号", "广东省 佛山市 顺德区", "440606", "北街12号"),
        ("顺德桂畔路5号", "广东省 佛山市 顺德区", "440606", "桂畔路5号"),
        ("顺德市大良镇", "广东省 佛山市 顺德区 大良街道", "440606", ""),
        ("佛山", "广东省 佛山市", "440600", ""),
        ("佛山市桂澜路12号", "广东省 佛山市", "440600", "桂澜路12号"),
        ("佛山市区文华路1号", "广东省 佛山市", "440600", "文华路1号"),
        ("佛山南海大道3号", "广东省 佛山市", "440600", "南海大道3号"),
        ("广东 佛山，南海 桂城 海八路 3号", "广东省 佛山市 南海区 桂城街道", "440605", "海八路 3号"),
        ("我家住在佛山市禅城区祖庙路 1 号 3-502", "广东省 佛山市 禅城区", "440604", "祖庙路 1 号 3-502"),
        ("地址：中山石岐街道", "广东省 中山市 石岐街道", "442000", ""),
        ("东莞市长安镇", "广东省 东莞市 长安镇", "441900", ""),
        ("广州芳村花地大道", "广东省 广州市 荔湾区", "440103", "花地大道"),
        ("芳村区", "广东省 广州市 荔湾区", "440103", ""),
        ("北京朝阳区三里屯路19号", "北京市 朝阳区", "110105", "三里屯路19号"),
        ("吉林省", "吉林省", "220000", ""),
        ("吉林市昌邑区", "吉林省 吉林市 昌邑区", "220202", ""),
        ("杭州市江干区", "浙江省 杭州市 上城区", "330102", ""),
    ],
)
def test_a_certain_division_becomes_fields_and_the_rest_is_the_road(
    china: Gazetteer, written: str, division: str, adcode: str, road: str
) -> None:
    value, may_be = recognized({"raw_text": written, "text": written}, china)
    assert (places(value), value["adcode"], value.get("road", "")) == (division, adcode, road)
    assert (value["raw_text"], "text" in value, may_be) == (written, False, [])


@pytest.mark.parametrize(
    ("written", "may_be"),
    [
        ("西湖区文三路5号", {"浙江省 杭州市 西湖区", "江西省 南昌市 西湖区"}),
        ("朝阳区三里屯", {"北京市 朝阳区", "吉林省 长春市 朝阳区"}),
        ("长安镇", {"广东省 肇庆市 封开县 长安镇", "广东省 东莞市 长安镇"}),
        ("容桂街道文海西路", {"广东省 佛山市 顺德区 容桂街道"}),
        ("顺德", {"广东省 佛山市 顺德区"}),
        ("中山路8号", set()),
        ("佛山大道15号", set()),
        ("北京西路100号", set()),
        ("佛山市场3号", set()),
        ("海珠花园3栋", set()),
        ("五一路3号", set()),
        ("我家", set()),
        ("，", set()),
        ("", set()),
    ],
)
def test_what_is_not_certain_stays_as_it_was_written(china: Gazetteer, written: str, may_be: set[str]) -> None:
    value, proposed = recognized({"text": written}, china)
    assert value == {"text": written}
    assert {places(item) for item in proposed} == may_be


def test_a_name_of_many_places_is_proposed_three_times_at_most(china: Gazetteer) -> None:
    _, proposed = recognized({"raw": "鼓楼区中山北路1号"}, china)
    assert [item["road"] for item in proposed] == ["中山北路1号"] * 3


@pytest.mark.parametrize(
    ("value", "adcode"),
    [
        ({"city": "佛山市", "district": "顺德区", "road": "新发路5号"}, "440606"),
        ({"district": "西湖区", "road": "文三路5号"}, None),
        ({"city": "佛山市", "district": "顺德区", "adcode": "440606101"}, "440606101"),
    ],
)
def test_places_that_are_fields_stay_and_get_their_code(
    china: Gazetteer, value: dict[str, str], adcode: str | None
) -> None:
    found, may_be = recognized(value, china)
    assert found == value | ({"adcode": adcode} if adcode else {})
    assert may_be == []
