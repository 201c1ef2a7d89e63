"""Scripts of repairs, one for each branch of the dialogues; their transcripts lie in `transcripts`, to be read."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ivr.flows.simulate import Move
from tests.unit.ivr.flows.known import CARD

ADDRESS = "广东省佛山市顺德区容桂街道凤翔路一百二十八号三栋五零二室"
AWAY: Mapping[str, Any] = MappingProxyType({})  # crm is away: nothing is answered


def say(*texts: str) -> list[Move]:
    """Return answers by voice."""
    return [{"say": text} for text in texts]


def press(*keys: str) -> list[Move]:
    """Return answers by keys."""
    return [{"dtmf": key} for key in keys]


def world(line: str = "in", card: Mapping[str, Any] | None = None, earliest: str = "") -> Mapping[str, Any]:
    """Return what crm answers: the caller's card and the warranty's line (`earliest`: that of the other end)."""
    verdicts = {"warranty": {"line": line}, "warranty_earliest": {"line": earliest or line}}
    return {"lookups": {"identify": card or {}, "fault_code": {}, **verdicts}}


Script = tuple[Sequence[Move], Mapping[str, Any]]
_TO_VISIT = (*say("报修", "壁挂炉", "E一", "对", ADDRESS, "对"),)
_TO_PURCHASE = (*_TO_VISIT, *say("越快越好", "可以"))

REPAIRS: Mapping[str, Script] = {
    "one_breath": (
        say(
            "我在顺德容桂,壁挂炉报E一没热水",
            "对,就是没热水",
            "凤翔路一百二十八号三栋五零二室",
            "对",
            "后天上午",
            "可以",
            "去年十一月",
            "有,手机里拍的",
            "没有",
            "对",
            "没了,谢谢",
        ),
        world(),
    ),
    "one_breath_with_day_and_number": (
        say(
            "我在顺德容桂,壁挂炉报E一没热水,电话一三八零零一三八零零零,后天下午三点以后来",
            "对",
            "凤翔路一百二十八号三栋五零二室",
            "对",
            "去年十一月",
            "有,手机里拍的",
            "没有",
            "对",
            "没了,谢谢",
        ),
        world(),
    ),
    "one_breath_corrected": (
        say(
            "我姓陈,容桂街道幸福花园的,昨天起暖气就不热,屏幕闪F二八",
            "是F一,别的都对",
            "对",
            "壁挂炉",
            "直接报修",
            "没房号",
            "对",
            "随便哪天",
            "可以",
            "前年冬天装的",
            "找找看",
            "有个月子里的娃",
            "对",
        ),
        world("in", earliest="out"),
    ),
    "one_breath_denied": ([*say("我在顺德容桂,壁挂炉报E一没热水", "不对", "壁挂炉", "F二八", "对"), "hangup"], world()),
    "one_breath_of_a_known_caller": (
        say(
            "打不着火,显示E一",
            "对",
            "就是那台",
            "不敢弄",
            "是",
            "明天",
            "几点都行",
            "可以",
            "去年十一月",
            "在",
            "没有",
            "对",
        ),
        world(card=CARD),
    ),
    "symptom_instead_of_product": (
        [*say("报修", "没热水了", "没有代码"), "silence", "silence", "hangup"],
        world(card=CARD),
    ),
    "for_somebody_else": ([*say("报修", "给我妈报", "壁挂炉", "E一", "对", ADDRESS), "hangup"], world(card=CARD)),
    "another_brand": (say("报修", "万和的", "不是"), world()),
    "another_brand_after_all_ours": ([*say("报修", "别的牌子", "写的拼音haputo", "E一"), "hangup"], world()),
    "a_number_that_is_a_temperature": (
        [*say("报修", "壁挂炉", "就写个三十五", "没有", "冻住了"), "silence", "silence", "hangup"],
        world(),
    ),
    "a_letter_alone": ([*say("报修", "壁挂炉", "E", "幺", "对"), "hangup"], world()),
    "a_leak": ([*say("漏水了", "壁挂炉", "看不清,没戴眼镜"), "silence", "silence", *say(ADDRESS), "hangup"], world()),
    "self_check_helped": (
        [
            *say("暖气不热", "壁挂炉", "没有代码"),
            "silence",
            "silence",
            *say("愿意", "试一下", "在哪儿啊,找不到", "好了", "我自己拆开看看", "好了", "着了着了", "没了,谢谢"),
        ],
        world(),
    ),
    "self_check_did_not_help": (
        [*say("炉子打不着火", "壁挂炉", "没有代码"), "silence", "silence", *say("试试", "好了", "还是那样"), "hangup"],
        world(),
    ),
    "self_check_left": (
        [*say("黑屏没电", "壁挂炉", "没有代码"), "silence", "silence", *say("试试", "不敢弄"), "hangup"],
        world(),
    ),
    "self_check_not_followed": (
        [
            *say("暖气不热", "壁挂炉", "没有代码"),
            "silence",
            "silence",
            *say("试一下", "在哪儿啊,找不到", "找不到", "呃"),
            "hangup",
        ],
        world(),
    ),
    "new_number_and_name": (
        [
            *_TO_VISIT,
            *say("越快越好", "打我儿子的", "幺三九零零幺三九零零零", "最后一位是九", "对", "免贵姓陈"),
            "hangup",
        ],
        world(),
    ),
    "new_number_in_breaths": (
        [*_TO_VISIT, *say("越快越好", "换号码", "我给你报哈,幺三九", "零零幺三", "九零零零", "对"), "hangup"],
        world(),
    ),
    "new_number_left_half_way": (
        [
            *_TO_VISIT,
            *say("越快越好", "换号码", "幺三九零零"),
            "silence",
            *say("幺三九零零", "呃", "幺三九零零幺三九零零零"),
        ],
        world(),
    ),
    "new_number_after_all_own": ([*_TO_VISIT, *say("越快越好", "换号码", "就这个号"), "hangup"], world()),
    "anonymous": (
        [*_TO_VISIT, *say("越快越好"), *press("13900139000#", "1"), "silence", "silence", "hangup"],
        {**world(), "caller": ""},
    ),
    "visit_too_late": ([*_TO_VISIT, *say("今天早上八点", "礼拜天", "吃了晌午饭"), "hangup"], world()),
    "visit_in_the_evening": ([*_TO_VISIT, *say("我白天上班,明天晚上七点后才有人"), "hangup"], world()),
    "visit_by_keys": ([*_TO_VISIT, *press("3", "3"), "hangup"], world()),
    "purchase_unknown": ([*_TO_PURCHASE, *say("搬家那年"), *press("3"), "hangup"], world("unknown")),
    "purchase_by_keys": ([*_TO_PURCHASE, *press("1", "1"), "hangup"], world("15d")),
    "purchase_on_file": (
        [*say("报修", "是", "E一", "对", "是", "越快越好", "可以", "有"), "hangup"],
        world("out", {**CARD, "products": [{**CARD["products"][0], "bought_on": "2022-03-05"}]}),
    ),
    "no_proof": ([*_TO_PURCHASE, *say("去年双十一", "早丢了"), "hangup"], world("no_proof")),
    "two_ends_of_a_year_disagree": ([*_TO_PURCHASE, *say("二零二四年", "有"), "hangup"], world("in", earliest="out")),
    "crm_away": (
        [*say("报修", "壁挂炉", "E一", "对", ADDRESS, "对", "越快越好", "可以", "去年十一月", "有", "对"), "silence"],
        {"lookups": AWAY},
    ),
    "seven_days_return": ([*_TO_PURCHASE, *say("上个礼拜买的", "有", "我不要了,退钱", "对"), "silence"], world("7d")),
    "seven_days_repair": ([*_TO_PURCHASE, *say("前天买的", "有", "修好就行"), "hangup"], world("7d")),
    "fifteen_days_exchange": ([*_TO_PURCHASE, *say("上个礼拜买的", "有", "换个新的"), "hangup"], world("15d")),
    "summary_corrected": (
        [*_TO_PURCHASE, *say("不记得", "没有", "时间改成后天", "房号是五零三", "对对对,快点来"), "silence"],
        world("no_proof"),
    ),
    "summary_fixed": (
        [
            *_TO_PURCHASE,
            *say(
                "不记得",
                "没有",
                "要改",
                "代码是F一,不是E一",
                "要改",
                "地址",
                "房号是五零三",
                "对",
                "要改",
                "时间",
                "后天上午",
                "对",
            ),
            "silence",
        ],
        world("no_proof"),
    ),
    "summary_fixed_in_words": (
        [*_TO_PURCHASE, *say("不记得", "没有", "要改", "时间改成后天", "要改", "改成下午", "对"), "silence"],
        world("no_proof"),
    ),
    "summary_fixed_by_keys": (
        [
            *_TO_PURCHASE,
            *press("5", "2", "2", "4", "13900139000#", "1", "2", "1"),
            *say("E一", "对"),
            *press("2", "3", "1", "1"),
            "silence",
        ],
        world("no_proof"),
    ),
    "address_on_file_changed": (
        [*say("报修", "是", "E一", "对", "搬家了", "跟上回一样", "是"), "hangup"],
        world(card=CARD),
    ),
    "address_corrected": ([*_TO_VISIT[:-1], *say("不是三栋,十三栋", "对"), "hangup"], world()),
    "address_recorded": (
        [*say("报修", "壁挂炉", "E一", "对"), "silence", "silence", "silence", *say("容桂凤翔路十八号"), "hangup"],
        world(),
    ),
    "notice_of_an_area": (
        [*say("报修"), "hangup"],
        world(card={"notice_area": "容桂街道", "notice_event": "今天停气"}),
    ),
    "many_calls": ([*say("报修"), "hangup"], world(card={"surge": True})),
    "waits_while_the_caller_looks": (
        [*say("报修", "壁挂炉", "等一下"), "silence", "silence", *say("E一", "对"), "hangup"],
        world(),
    ),
    "slower": ([*say("报修", "慢一点", "壁挂炉", "嗯嗯嗯哦", "E一"), "hangup"], world()),
    "elder_to_the_number": (
        say("慢一点", "报修", "壁挂炉", "E一", "对", ADDRESS, "对", "越快越好", "可以", "不记得", "没有", "对"),
        world("no_proof"),
    ),
    "small_talk": ([*say("有人吗", "你是机器人吧", "再说一遍", "报修"), *press("#", "#", "#", "#", "#", "#")], world()),
    "gives_up_and_is_rung_back": ([*say("报修", "壁挂炉", "算了", "留着吧"), *press("1")], world()),
    "gives_up": (say("报修", "壁挂炉", "算了", "不用了"), world()),
    "angry": (say("报修", "什么破机器"), world()),
    "offered_a_person": ([*say("报修", "壁挂炉"), *["silence"] * 6, *press("0")], world()),
    "code_with_a_meaning_in_the_province": (
        [*say("报修", "壁挂炉", "E零一", "对", "广州番禺大石路十八号", "没有房号", "对"), "hangup"],
        world(),
    ),
    "two_places_of_one_name": (
        [*say("报修", "壁挂炉", "E一", "对", "西湖区", "第一个", "文海路十八号", "没有房号", "对"), "hangup"],
        world(),
    ),
    "two_places_of_one_name_by_name": (
        [
            *say("报修", "壁挂炉", "E一", "对", "西湖区", "西湖区", "杭州那个", "文海路十八号", "没有房号", "对"),
            "hangup",
        ],
        world(),
    ),
    "neither_place_of_one_name": (
        [*say("报修", "壁挂炉", "E一", "对", "西湖区", "不是,是佛山", "文海路十八号", "没有房号", "对"), "hangup"],
        world(),
    ),
    "nobody_says_a_word": (["silence", "silence", "silence", "silence"], world()),
}
