"""One conversation for each row of the dialogue design that no longer one passes, in the words that stand there."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ivr.flows.simulate import Move
from tests.unit.ivr.flows.repairs import Script, press, say, world

_AWAY: Mapping[str, Any] = {}
_RESET = {"fault_code": {"catalogue_id": "E28", "reset_allowed": "yes"}}


def _question(*words: str) -> Script:
    """A question about what the line knows, its answer, and thanks."""
    return say("咨询", *words, "明白,谢谢啊"), _AWAY


def _person(*words: str) -> Script:
    """A question that the line must not answer."""
    return say("咨询", *words), {"lookups": {"queue_state": {"open": True}}}


def _complaint(words: str) -> Script:
    return [*say("我要投诉", words), *press("1"), *say("我跟你讲啊"), "hangup"], _AWAY


def _without_product(words: str) -> Script:
    return [*say("提个意见", words), *say("我跟你讲啊"), "hangup"], _AWAY


def _request(words: str) -> Script:
    return [*say("要办理", words), *press("1"), *say("要两个密封圈"), *press("1"), "hangup"], _AWAY


def _return(words: str) -> Script:
    moves = [*say("要办理", words), *press("1"), *say("去年十一月", "有", "要两个密封圈"), *press("1"), "hangup"]
    return moves, {"lookups": {"warranty": {"line": "in"}}}


def _danger(*words: str) -> Script:
    return say(*words), _AWAY


def _to_the_code(*moves: Move, **lookups: Mapping[str, Any]) -> Script:
    return [*say("报修", "壁挂炉"), *moves], {"lookups": {"identify": {}, **lookups}}


ROWS: Mapping[str, Script] = MappingProxyType({
    # consult: the topics by their own words, and what no article answers
    "ans_7d": _question("几天能退"),
    "ans_15d": _question("半个月了能换吗"),
    "ans_period": _question("壁挂炉管几年"),
    "ans_start": _question("从哪天算"),
    "ans_excluded": _question("打雷打坏了"),
    "ans_out_fee": _question("过保咋收费"),
    "ans_visit_time": _question("多久能来"),
    "ans_install": _question("安装要钱吗"),
    "ans_training": _question("不会用"),
    "ans_parts": _question("有配件卖吗"),
    "ans_factory": _question("能寄回去修吗"),
    "ans_replace": _question("保修期能换零件吗"),
    "ans_channels": _question("网上能报吗"),
    "ans_services": _question("你们都管啥"),
    "ans_tech": _question("我们师傅搞不定"),
    "ans_file": _question("你们怎么有我资料"),
    "ans_visit_rules": _question("师傅上门有啥规矩"),
    "ans_unknown": _person("型号参数"),
    "unknown_price": _person("壁挂炉多少钱一台"),
    "unknown_outlet": _person("网点在哪"),
    "unknown_eta": _person("师傅几点到"),
    "unreasonable": _person("赔我一台新的"),
    "consult_3bao 1": _question("保修", "买了五天就坏了能退不"),
    "consult_3bao 2": _question("保修", "保几年"),
    "consult_3bao 3": _question("保修", "自己拆过"),
    "consult_3bao 4": _question("保修", "过保了咋算"),
    # complaint: what about
    "complaint_category 1": _complaint("师傅态度差"),
    "complaint_category 1 forbidden": _complaint("还抽烟"),
    "complaint_category 1 no badge": _complaint("没出示工作证"),
    "complaint_category 2": _complaint("约了三天没人来"),
    "complaint_category 3": _complaint("一年坏四回"),
    "complaint_category 4": _complaint("保修期还收费"),
    "complaint_category 4 impostor": _without_product("假师傅骗了我"),
    "complaint_category 5": _without_product("挂我电话"),
    "complaint_category 6": _without_product("说明书字太小"),
    "complaint_category 6 praise": _without_product("夸一下那个师傅"),
    # service_request: the kinds
    "request_kind unit_return": _return("换一台"),
    "request_kind part_return": _return("主板寄给你们修"),
    "request_kind part_request": (
        [*say("要办理", "要个点火针"), *press("1"), *say("佛山市顺德区容桂街道凤翔路一百二十八号三栋五零二室", "对"),
         *say("我是用户", "型号我不懂"), *press("1"), "hangup"], _AWAY,
    ),
    "request_kind part_request outlet": (
        [*say("要办理", "网点补货"), *press("1"), *say("佛山市顺德区容桂街道凤翔路一百二十八号三栋五零二室", "对"),
         *say("要两个密封圈"), *press("1"), "hangup"], _AWAY,
    ),
    "request_kind training dealer in the menu": (
        [*say("我们是经销商,要培训"), *press("1"), *say("我们十来个人想去厂里实操"), *press("1"), "hangup"], _AWAY,
    ),
    "request_kind training": _request("经销商培训"),
    "request_kind tech_support": _request("我是工程商,现场搞不定"),
    # emergency: the kinds by words and by key, the one question, and who cannot get out
    "emergency_gas": _danger("燃气报警器响了", "在楼下"),
    "emergency_co": _danger("头昏想吐", "还在家"),
    "emergency_fire": _danger("机器里头窜火", "出来了"),
    "emergency_electric": _danger("摸着麻手", "出来了"),
    "emergency_trapped": _danger("着火了", "屋里有老人出不来"),
    "emergency_kind 2": (press("9", "2", "1"), _AWAY),
    "emergency_kind 3": (press("9", "3", "1"), _AWAY),
    "emergency_kind 4": (press("9", "4", "1"), _AWAY),
    "emergency_check yes": _danger("有股怪味", "有一点味", "烧起来了", "出来了"),
    "emergency_check key": ([*say("报警器响"), *press("1", "1", "1")], _AWAY),
    "emergency_check no": ([*say("没有漏气", "没有没有,就是点不着", "我要报修"), "hangup"], _AWAY),
    # repair: two readings of a code, and a code that may be reset
    "fault_code_pick by key": _to_the_code(*say("E一或者F一"), *press("2", "1"), "hangup"),
    "fault_code_pick by word": _to_the_code(*say("E一或者F一", "后面那个", "对"), "hangup"),
    "fault_code_pick second": _to_the_code(*say("E一或者F一", "第二个", "对"), "hangup"),
    "fault_code_pick neither": _to_the_code(*say("E一或者F一", "都不是", "佛山的F,二,八", "对"), "hangup"),
    "symptom_speech code": _to_the_code(*say("没有代码"), *press("5"), *say("哦对了,它闪过一个E四", "对"), "hangup"),
    "symptom_speech no code": _to_the_code(*say("没有代码"), *press("5"), *say("屏幕闪E四", "不对"), "hangup"),
    "symptom_speech two codes": _to_the_code(*say("没有代码"), *press("5"), *say("先闪E四,后来报F二"), "hangup"),
    "adv_reset": _to_the_code(*say("E二八", "对", "试试", "好了", "正常了"), "silence", **_RESET),
    # callers: a wrong number
    "wrong number": _danger("打错了"),
    "wrong number, of another maker": _danger("报修", "万和的", "打错电话了"),
    # system_trouble
    "sys_keys_only": (["failed", *press("3"), "hangup"], world()),
    "sys_resume": (["failed", "failed", *press("3"), "hangup"], world()),
    "sys_busy": ([*press("3"), "hangup"], {**world(), "keys_only": True, "busy": True}),
})  # fmt: skip
