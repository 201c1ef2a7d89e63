"""Slots of a ticket: their labels, how a value is shown, which rows a kind wants; pure."""

import re
from collections.abc import Mapping, Sequence

from crm import phone
from crm.policy.warranty_terms import CAUSES, Cause
from crm.words import SAFETY, word

LABELS: Mapping[str, str] = {
    "fault_code": "故障代码",
    "address": "地址",
    "product": "产品",
    "visit": "上门时间",
    "symptom": "故障现象",
    "contact": "联系电话",
    "purchase": "购买日期",
    "invoice": "凭证",
    "warranty": "保修",
    "vulnerable": "家有老幼病人",
    "advice": "自查",
    "category": "类别",
    "statement": "诉求原话",
    "symptom_clip": "原话",
    "brand": "牌子",
    "voicemail": "留言",
    "topic": "主题",
    "answered": "已答复",
    "solved": "解决没有",
    "callback_pref": "答复方式",
    "callback_after": "回电时间",
    "review": "录音复核",
    "way": "办理方式",
    "identity": "身份",
    "note": "补充说明",
    "name": "称呼",
    "since": "何时开始",
    "right": "退换选择",
    "keep_draft": "是否回电",
    "fault_letter": "代码字母",
    "wanted": "客户要求",
    "part": "配件",
    "reply": "答复内容",
    "resolution": "处理结果",
    "inspection": "检测结果",
    "approval": "审批意见",
    "stock_reason": "库存说明",
    "courier_in": "寄来单号",
    "courier_out": "寄出单号",
    "new_serial": "新机序列号",
    "quote": "报价",
    "payment": "付款",
    "training": "培训内容",
    "attendees": "参加人数",
    "phone_support": "电话指导经过",
    "survey": "回访结果",
    "original": "原工单",
    "mood": "情绪",
    "gas_phone": "燃气抢修电话",
    "void_reason": "作废原因",
    "warranty_check": "保修核对",
    "reply_to": "回复到",
}
_REPAIR = ("fault_code", "address", "product", "visit")
_WANTED: Mapping[str, tuple[str, ...]] = {
    "repair": _REPAIR,
    "install": ("address", "product", "visit"),
    "complaint": ("category", "product", "statement"),
    "consult": ("topic",),
}
_NO_DIVISION = "没有认出区县，时限按其他算，请补全"
_PLACES = ("province", "city", "district", "town")
_STREETS = ("community", "street", "number", "estate", "landmark")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "product": {"boiler": "壁挂炉", "other": "其他设备", "unknown": "未知产品"},
    "invoice": {"yes": "有", "no": "没有", "unknown": "不清楚"},
    "vulnerable": {"yes": "是", "no": "否"},
    "brand": {"yes": "本公司", "no": "别的牌子"},
    "wanted": {"refund": "退货", "exchange": "换货", "repair": "返修", "swap": "保内更换"},
    "warranty": {
        "7d": "七天内",
        "15d": "十五天内",
        "in": "保修期内",
        "out": "保外",
        "no_proof": "没有凭证",
        "unknown": "以凭证和检查为准",
    },
    "advice": {"tried": "做过", "declined": "不愿做", "helped": "做后正常", "failed": "做后仍不行"},
    "purchase": {"unknown": "不记得"},
    "visit": {
        "asap": "越快越好",
        "today": "今天",
        "tomorrow": "明天",
        "after_tomorrow": "后天",
        "any": "哪天都行",
    },
    "symptom": {
        "no_ignition": "不点火",
        "no_hot_water": "没热水",
        "no_heating": "暖气不热",
        "leak": "漏水",
        "noise": "响声大",
        "other": "别的毛病",
    },
}
_CHECKED: Mapping[str, Mapping[str, str]] = {
    "receipt": {"yes": "有发票或售货凭证", "no": "没有发票和售货凭证"},
    "card": {"yes": "有保修卡", "no": "没有保修卡"},
    "serial_matches": {"yes": "机器与凭证相符", "no": "机器与凭证不符"},
    "cause": {code: name for code, name in CAUSES.items() if code is not Cause.UNKNOWN},
}
_PARTS: Mapping[str, str] = {
    "morning": "上午",
    "noon": "中午",
    "afternoon": "下午",
    "evening": "晚上",
    "any": "几点都行",
}
_HOUSE_NUMBER = re.compile(r"([0-9０-９A-Za-z]|[零一二三四五六七八九十百千两幺]+(?=[号弄巷栋座幢]|$)).*")
_SPOKEN_FIRST = ("text", "spoken", "canonical", "number", "value", "product_class", "raw", "raw_text", "meaning")


def label(slot: str) -> str:
    """Return the slot's Chinese label."""
    return LABELS.get(slot, slot)


def wanted(kind: str) -> tuple[str, ...]:
    """Return the slots whose rows are shown for a kind even when nothing was said."""
    return _WANTED.get(kind, ())


def text(slot: str, value: Mapping[str, str]) -> str:
    """Return how a slot's value is shown, "" when it holds nothing."""
    if slot == "address":
        return address_text(value)
    if slot == "visit" and value.get("date"):
        return _visit_text(value)
    if slot == "purchase" and value.get("date"):
        return " ".join(filter(None, (value["date"], value.get("spoken") or value.get("raw", ""))))
    if slot == "warranty":
        return _WORDS[slot].get(value.get("line", ""), "")
    if slot == "warranty_check":
        return _check_text(value)
    if slot == "contact":
        number, extension = phone.split(value.get("number", ""))
        shown = phone.grouped(phone.to_e164(number) or number) or value.get("raw", "")
        return phone.with_extension(shown, value.get("extension") or extension)
    for key in _SPOKEN_FIRST:
        if value.get(key):
            return _WORDS.get(slot, {}).get(value[key], value[key])
    if value.get("clips"):
        return _recording_text(value)
    return " ".join(item for item in value.values() if item)


def _check_text(value: Mapping[str, str]) -> str:
    """Return what was found of papers and machine: "发票 2025-03-10；机器与凭证相符；不当操作；已修 2 次"."""
    days = (("发票", value.get("invoice_on", "")), ("售货凭证", value.get("voucher_on", "")))
    found = [f"{name} {day}" for name, day in days if day]
    found += [words[value[key]] for key, words in _CHECKED.items() if value.get(key, "") in words]
    repairs = value.get("repairs", "")
    return "；".join([*found, *([f"已修 {repairs} 次"] if repairs not in ("", "0") else [])])


def danger_text(danger: str) -> str:
    """Return how a danger is called that a machine heard in a recording."""
    return f"疑似危险：{word(SAFETY, danger).removeprefix('疑似')}"


def _recording_text(value: Mapping[str, str]) -> str:
    """Return what the ticket says of a recording: what a machine noticed in it is a hint, for nobody was asked."""
    codes, danger = value.get("codes", "").replace(" ", "、"), value.get("danger", "")
    noticed = [f"提到的代码：{codes}" if codes else "", danger_text(danger) if danger else ""]
    hint = "，".join(filter(None, noticed))
    return f"有录音；机器听到，未核实：{hint}" if hint else "有录音"


def _visit_text(value: Mapping[str, str]) -> str:
    """Return day, part of the day and hours: "2026-07-26 下午 15:00 以后"."""
    first, last = value.get("from", ""), value.get("to", "")
    hours = f"{first}–{last}" if first and last else f"{first} 以后" if first else f"{last} 以前" if last else ""
    part = _PARTS.get(value.get("part", ""), value.get("part", ""))
    return " ".join(filter(None, (value["date"], part, hours or value.get("window", ""))))


def address_text(value: Mapping[str, str]) -> str:
    """Return an address in one line; the raw words when no field was understood."""
    line = "".join((region_text(value), _street_text(value), value.get("room", "")))
    return line or value.get("text") or value.get("raw_text") or value.get("raw", "")


def region_text(value: Mapping[str, str]) -> str:
    """Return province to town, a city that is its own province once."""
    names = [value.get(key, "") for key in _PLACES]
    line = "".join(name for index, name in enumerate(names) if name not in names[:index])
    return line or value.get("region", "")


def lacking_division(value: Mapping[str, str], may_be: Sequence[Mapping[str, str]] = ()) -> str:
    """Return what to tell about an address in no division that promises go by, "" where it has one or is none."""
    if any(value.get(name) for name in ("adcode", "province", "city")) or not address_text(value):
        return ""
    places = "、".join(filter(None, (region_text(item) for item in may_be[:3])))
    return _NO_DIVISION + (f"。可能是：{places}" if places else "")


def road_text(value: Mapping[str, str]) -> str:
    """Return the road or estate without number, building or room: all that may be spoken to an unknown voice."""
    named = value.get("street") or value.get("estate") or value.get("community") or value.get("road", "")
    return _HOUSE_NUMBER.sub("", named)


def short_place(value: Mapping[str, str]) -> str:
    """Return the narrowest part of the region that lists show ("顺德区容桂街道")."""
    return "".join(value.get(key, "") for key in ("district", "town")) or value.get("city", "") or region_text(value)


def _street_text(value: Mapping[str, str]) -> str:
    return value.get("road") or "".join(value.get(key, "") for key in _STREETS)
