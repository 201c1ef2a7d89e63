"""The rules of a visit as the document has them: 出发前的准备, 一出示, 三到位, 五不准; what a step needs; pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

# 三.三.(二).1–3
BEFORE: Mapping[str, str] = {
    "address_confirmed": "电话联络，确认用户详细地址",
    "route_confirmed": "确认乘车路线",
    "wish_asked": "电话了解用户要求",
    "tools_ready": "工具携带齐全",
    "parts_ready": "配件携带齐全",
}
# 三.二.(一)
SHOWN: Mapping[str, str] = {"badge_shown": "上门服务必须出示“工作证”"}
# 三.二.(二).1–3
DONE: Mapping[str, str] = {
    "cleaned": "服务后清理现场到位",
    "demonstrated": "服务后通电试机演示到位",
    "taught": "服务后向用户讲述产品使用知识到位",
}
# 三.二.(三).1–5
NEVER: Mapping[str, str] = {
    "no_water": "不喝用户的水",
    "no_smoking": "不抽用户的烟",
    "no_meal": "不吃用户的饭",
    "no_gift": "不收用户的礼品",
    "no_damage": "不损坏和弄脏用户的一件物品",
}
ALL: Mapping[str, str] = {**BEFORE, **SHOWN, **DONE, **NEVER}
STATES: Mapping[str, str] = {
    "planned": "已派单", "on_the_way": "已出发", "on_site": "上门中", "done": "已完工", "cancelled": "已取消",
}  # fmt: skip
OPEN = frozenset({"planned", "on_the_way", "on_site"})
RESULTS: Mapping[str, str] = {
    "fixed": "修好了", "not_fixed": "没修好", "need_part": "等备件", "absent": "客户不在", "gas_leak": "发现燃气泄漏",
}  # fmt: skip
FEES: Mapping[str, str] = {
    "in": "保修期内，免费维修",
    "out": "保修期外，收材料成本费和上门人工费",
    "unknown": "保不保修，现场判断",
}
CODE_AFTER_END = timedelta(hours=24)  # the code dies a day after the appointment; setting of the house
LINK_AFTER_DONE = timedelta(hours=48)  # ux 7

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "depart": tuple(BEFORE),
    "work": tuple(SHOWN),
    "finish": (*SHOWN, *DONE, *NEVER),
}


def missing(step: str, checked: Mapping[str, bool], result: str = "") -> list[str]:
    """Return the keys of the checklist that a step (depart, work, finish) still needs.

    Somebody who was not let in, or who leaves for a gas leak, cannot clean up or demonstrate.
    """
    if step == "finish" and result in ("absent", "gas_leak"):
        return []
    needed = _NEEDED[step]
    if step == "finish" and result in ("not_fixed", "need_part"):
        needed = tuple(key for key in needed if key != "demonstrated")
    return [key for key in needed if not checked.get(key)]


def code_expires_at(ends_at: datetime) -> datetime:
    """Return until when the visit's code is good."""
    return ends_at + CODE_AFTER_END
