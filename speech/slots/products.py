"""Which device is meant and what is wrong with it, from the words of a sentence."""

import re

BOILER_SPOKEN = "壁挂炉"
_BOILER = re.compile("壁挂炉|燃气炉|采暖炉|供暖炉|暖气炉|两用炉|挂墙上|墙上挂|供暖那个热水器|采暖热水|锅炉|炉子")
_OTHER = re.compile("温控器|水泵|净水|热水器|循环泵|别的设备|散热器|(地暖)(?!不|没|半|冰|凉)")
_UNKNOWN = re.compile("不晓得叫啥|不知道叫|厨房那个白的|不清楚|不知道|说不上")
# Names of other makers, so that a caller who rang the wrong hotline is asked (brand_check), not sent an engineer.
_BRANDS = re.compile(
    "万和|万家乐|小松鼠|美的|海尔|林内|能率|博世|威能|方太|华帝|阿里斯顿|法罗力|菲斯曼|史密斯|八喜|依玛|大成|庆东|万喜|前锋|樱花|格力"
)
_NOT_OURS = re.compile("别的牌子|不是汉普顿|不是你们牌子|别家的|其他牌子")

# The order decides where a sentence holds two: what names the fault best comes first.
_SYMPTOMS = (
    ("leak", "漏水", "漏水|滴水|渗水|淌水|水管爆|爆了|流水"),
    (
        "no_ignition", "不点火",
        "打不着|点不着|不点火|不着火|着不了|打不燃|不打火|不起火苗|点两下就灭|老跳|熄火|黑屏|没电|不启动|没反应|不着了|点不了火",
    ),
    ("no_hot_water", "没热水", "没热水|没有热水|不出热水|热水不热|洗澡水冰|忽冷忽热|水不热|水是冷的|水冰凉"),
    (
        "no_heating", "暖气不热",
        "暖气.{0,3}不热|地暖.{0,3}不热|没暖气|没有暖气|不供暖|不制热|半边热|冰凉|不热|冷得很|冻死",
    ),
    ("noise", "响声大", "响声大|嗡嗡|噪音|声音大|拖拉机|滴滴响|一直响|好吵"),
    ("other", "别的毛病", "冻住|冻裂|遥控"),
)  # fmt: skip


def read_product(text: str) -> dict[str, str]:
    """Return value (boiler, other, unknown), spoken and brand of compact `text`; {} when no device is named."""
    brand = _BRANDS.search(text)
    named = {"brand": brand.group()} if brand else {}
    if _BOILER.search(text):
        return {"value": "boiler", "spoken": BOILER_SPOKEN, **named, "raw": text}
    match = _OTHER.search(text)
    if match:
        return {"value": "other", "spoken": match.group(), **named, "raw": text}
    if _UNKNOWN.search(text):
        return {"value": "unknown", "spoken": "", **named, "raw": text}
    return {"value": "unknown", "spoken": "", **named, "raw": text} if brand else {}


def another_brand(text: str) -> bool:
    """Tell whether compact `text` names another maker, or says that it is one."""
    return bool(_BRANDS.search(text) or _NOT_OURS.search(text))


def read_symptom(text: str) -> dict[str, str]:
    """Return value and spoken of the first symptom that compact `text` names, {} when it names none."""
    for value, spoken, pattern in _SYMPTOMS:
        if re.search(pattern, text):
            return {"value": value, "spoken": spoken, "raw": text}
    return {}


def without_devices_and_symptoms(text: str) -> str:
    """Return compact `text` with the words of devices and symptoms replaced by "|"."""
    patterns = [_BOILER, _OTHER, *(re.compile(pattern) for _value, _spoken, pattern in _SYMPTOMS)]
    for pattern in patterns:
        text = pattern.sub("|", text)
    return text
