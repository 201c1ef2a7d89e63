"""Made-up people and places for the benchmark of the CRM: the same for the same seed."""

from dataclasses import dataclass
from random import Random

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜"
    "范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚"
)
_GIVEN = (
    "国强小燕建华丽娟志明秀英伟民芳玉兰海涛静敏勇军杰娜磊洋艳红超平刚桂霞文辉力永健世广义兴良山仁波宁贵福"
    "生元全胜学祥才发武新利清飞彬富顺信子涛昌成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承"
    "乐"
)
_TREE: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("广东省", "佛山市"): {
        "顺德区": ("容桂街道", "大良街道", "伦教街道", "勒流街道", "陈村镇", "北滘镇", "乐从镇", "龙江镇"),
        "南海区": ("桂城街道", "九江镇", "西樵镇", "丹灶镇", "狮山镇", "大沥镇", "里水镇"),
        "禅城区": ("祖庙街道", "石湾镇街道", "张槎街道", "南庄镇"),
        "高明区": ("荷城街道", "杨和镇", "明城镇"),
    },
    ("广东省", "广州市"): {
        "番禺区": ("市桥街道", "大石街道", "沙湾街道", "石碁镇"),
        "白云区": ("三元里街道", "同和街道", "太和镇", "江高镇"),
    },
    ("广东省", "中山市"): {"": ("小榄镇", "古镇镇", "东凤镇", "石岐街道")},
    ("湖南省", "长沙市"): {"岳麓区": ("望城坡街道", "西湖街道"), "雨花区": ("侯家塘街道", "砂子塘街道")},
    ("湖北省", "武汉市"): {"武昌区": ("中南路街道", "水果湖街道"), "江汉区": ("民权街道", "万松街道")},
    ("河北省", "石家庄市"): {"长安区": ("青园街道", "广安街道"), "裕华区": ("裕兴街道", "东苑街道")},
    ("山东省", "济南市"): {"历下区": ("千佛山街道", "甸柳新村街道"), "市中区": ("舜玉路街道", "七里山街道")},
    ("陕西省", "西安市"): {"雁塔区": ("小寨路街道", "电子城街道"), "莲湖区": ("北院门街道", "桃园路街道")},
}
_FIRST = "凤新文建人中解北南东西和平长红光明华桂容振兴德胜学府科技环城沿江工业花园"
_SECOND = "翔发化设民山放京海风湖庆安江星荣华林桂怡业兰昌利苑前技南北河滨园大岭泉"
_KINDS = ("路", "路", "街", "大道", "巷")


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up customer."""

    name: str
    numbers: tuple[str, ...]
    address: dict[str, str]
    model: str
    serial: str


class Maker:
    """Makes people one after the other."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 made-up data
        self._places = [
            (province, city, district, town)
            for (province, city), districts in _TREE.items()
            for district, towns in districts.items()
            for town in towns
        ]
        self._roads = [
            first + second + kind
            for first, second, kind in zip(
                self._chance.choices(_FIRST, k=400), self._chance.choices(_SECOND, k=400),
                self._chance.choices(_KINDS, k=400), strict=True,
            )
        ]  # fmt: skip

    def person(self, index: int) -> Person:
        """Return the customer of this index; call in order."""
        chance = self._chance
        name = chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=chance.choice((1, 2, 2))))
        numbers = [f"+861{chance.choice('35789')}{chance.randrange(10**9):09d}"]
        if chance.random() < 0.2:
            numbers.append(f"+86757{chance.randrange(20_000_000, 89_999_999)}")
        province, city, district, town = self._places[min(int(chance.expovariate(0.05)), len(self._places) - 1)]
        road = f"{chance.choice(self._roads)}{chance.randrange(1, 400)}号"
        room = f"{chance.randrange(1, 30)}栋{chance.randrange(1, 33)}{chance.randrange(1, 9):02d}室"
        address = {"province": province, "city": city, "district": district, "town": town, "road": road, "room": room}
        model = chance.choice(("HP-18", "HP-20", "HP-24", "HP-28", "HP-32", "HP-36"))
        serial = f"{chance.randrange(20, 27)}{chance.randrange(1, 13):02d}-{index:07d}"
        return Person(name, tuple(numbers), {key: item for key, item in address.items() if item}, model, serial)
