"""A small pack and lexicon that the slot tests share."""

from divisions.gazetteer import Division
from speech.contract import Lexicon, SlotKind, SlotSpec
from speech.packs import Pack

_ROWS = (
    ("44", "广东省", 1, ""),
    ("4406", "佛山市", 2, "44"),
    ("440606", "顺德区", 3, "4406"),
    ("440606003", "容桂街道", 4, "440606"),
    ("440606102", "北滘镇", 4, "440606"),
    ("4401", "广州市", 2, "44"),
    ("440113", "番禺区", 3, "4401"),
    ("4419", "东莞市", 2, "44"),
    ("441900", "东莞市", 3, "4419"),
    ("441900119", "长安镇", 4, "441900"),
    ("33", "浙江省", 1, ""),
    ("3301", "杭州市", 2, "33"),
    ("330106", "西湖区", 3, "3301"),
    ("330102", "上城区", 3, "3301"),
    ("36", "江西省", 1, ""),
    ("3601", "南昌市", 2, "36"),
    ("360103", "西湖区", 3, "3601"),
    ("11", "北京市", 1, ""),
    ("1101", "市辖区", 2, "11"),
    ("110105", "朝阳区", 3, "1101"),
)
PACK = Pack(
    version="test",
    codes={
        "E0": {"id": "E0"},
        "E03": {"id": "E03", "severity": "info"},
        "F28": {"id": "F28", "meaning_zh": "点火失败"},
    },
    divisions={row[0]: Division(*row) for row in _ROWS},
    aliases={"江干区": "330102", "不存在区": "999999"},
)
LEXICON = Lexicon(
    commands={"agent": ("人工", "转人工"), "back": ("返回", "上一步"), "repeat": ("再说一遍", "没听清")},
    yes=("对", "是", "是的", "嗯对", "没错", "可以", "行", "好", "就是这个", "对对对"),
    no=("不是", "不对", "错了", "不行", "重来"),
    safety={
        "gas": ("漏气", "煤气味", "燃气味"),
        "co": ("头晕", "一氧化碳"),
        "fire": ("着火了", "冒烟"),
        "electric": ("漏电",),
        "check": ("怪味",),
    },
    not_safety=("打不着火", "点不着火", "不起火苗"),
    doubt_before=("没有", "没", "不是"),
    fillers=("嗯", "啊", "喂", "那个", "呃"),
)
CODE = SlotSpec("fault_code", SlotKind.FAULT_CODE, {"none": ("没有代码", "看不清", "黑屏")})
CONFIRM_CODE = SlotSpec("fault_code_confirm", SlotKind.YES_NO, correcting=SlotKind.FAULT_CODE)
CONFIRM = SlotSpec("summary_confirm", SlotKind.YES_NO)
ADDRESS = SlotSpec("address_full", SlotKind.ADDRESS)
MENU = SlotSpec(
    "main_menu",
    SlotKind.MENU,
    {
        "repair": ("我要报修", "炉子不着了", "没热水了", "打不着火"),
        "complaint": ("我要投诉",),
        "consult": ("保修几年",),
    },
)
