"""Roads, estates and buildings that bear the name of a place, and places said by another kind than theirs."""

import pytest

from divisions.gazetteer import Division
from speech.packs import Pack
from speech.slots import Slots
from tests.unit.speech.slots.samples import ADDRESS, LEXICON, PACK

_ROWS = (
    ("440106", "天河区", 3, "4401"), ("440104", "越秀区", 3, "4401"), ("440104019", "人民街道", 4, "440104"),
    ("440104020", "北京街道", 4, "440104"), ("440113005", "大石街道", 4, "440113"), ("4420", "中山市", 2, "44"),
    ("4413", "惠州市", 2, "44"), ("441302", "惠城区", 3, "4413"), ("441302110", "三栋镇", 4, "441302"),
    ("4403", "深圳市", 2, "44"), ("440303", "罗湖区", 3, "4403"), ("440303001", "桂园街道", 4, "440303"),
    ("31", "上海市", 1, ""), ("310115", "浦东新区", 3, "31"), ("445102", "湘桥区", 3, "44"),
    ("445102400", "开发区", 4, "445102"),
)  # fmt: skip
SLOTS = Slots(Pack("test", {}, {**PACK.divisions, **{row[0]: Division(*row) for row in _ROWS}}, {}))


@pytest.mark.parametrize(
    ("said", "region", "road", "room"),
    [
        ("广州天河路一百号", "广东省广州市", "天河路100号", ""),
        ("广州天河北路", "广东省广州市", "天河北路", ""),
        ("天河区天河路一百号", "广东省广州市天河区", "天河路100号", ""),
        ("中山市中山路一号", "广东省中山市", "中山路1号", ""),
        ("佛山顺德大道", "广东省佛山市", "顺德大道", ""),
        ("人民路五号", "", "人民路5号", ""),
        ("人民街道人民路三号", "广东省广州市越秀区人民街道", "人民路3号", ""),
        ("碧桂园三栋五零二", "", "碧桂园", "3栋502室"),
        ("顺德碧桂园十二座三零一", "广东省佛山市顺德区", "碧桂园", "12栋301室"),
        ("三栋一零零一", "", "", "3栋1001室"),
        ("惠州惠城区三栋镇一百号", "广东省惠州市惠城区三栋镇", "100号", ""),
        ("上海浦东世纪大道", "上海市浦东新区", "世纪大道", ""),
        ("顺德容桂村心路五号", "广东省佛山市顺德区容桂街道", "村心路5号", ""),
        ("番禺大石街朝阳东路五号", "广东省广州市番禺区大石街道", "朝阳东路5号", ""),
        ("番禺大石街", "广东省广州市番禺区大石街道", "", ""),
        ("番禺大石街十二号", "广东省广州市番禺区", "大石街12号", ""),
        ("北滘街道林头村", "广东省佛山市顺德区北滘镇", "林头村", ""),
        ("我家这里是容桂街道凤翔路五号", "广东省佛山市顺德区容桂街道", "凤翔路5号", ""),
        ("北京朝阳路五号", "北京市", "朝阳路5号", ""),
        ("顺德新发路一百二十八号之三", "广东省佛山市顺德区", "新发路128之3号", ""),
    ],
)
def test_a_name_before_road_or_estate_is_theirs(said: str, region: str, road: str, room: str) -> None:
    value = SLOTS.interpret(ADDRESS, LEXICON, (said,)).value
    assert tuple(value.get(name, "") for name in ("region", "road", "room")) == (region, road, room)


def test_a_general_name_behind_others_is_no_town() -> None:
    assert SLOTS.interpret(ADDRESS, LEXICON, ("火炬开发区",)).status == "no_match"


@pytest.mark.parametrize(
    ("said", "room"), [("负一楼", "-1楼"), ("二栋A一二零二", "2栋A1202室"), ("二栋一二零二B", "2栋1202B室")]
)
def test_floors_below_and_doors_with_letters(said: str, room: str) -> None:
    assert SLOTS.interpret(ADDRESS, LEXICON, (said,)).value["room"] == room
