"""Every question, answered with what nobody can understand and with nothing: the way there, then its other prompts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.unit.ivr.flows.known import ASKS, CARD, TICKET, VISIT_CODE, tickets
from tests.unit.ivr.flows.repairs import ADDRESS, Script, press, say, world

NOT_UNDERSTOOD = "天气不错"
_KNOWN = world(card=CARD)
_NOBODY: Mapping[str, Any] = {"lookups": {"queue_state": {"open": False}}}
_TICKETS: Mapping[str, Any] = {"lookups": {"my_tickets": tickets({}, {"kind": "install"})}}
_TICKET: Mapping[str, Any] = {"lookups": {"my_tickets": tickets({})}}
_NO_TICKET: Mapping[str, Any] = {"lookups": {"my_tickets": {"tickets": []}, "find_ticket": {"exists": True}}}
_CUT = {"ticket": "12345674", "kind": "repair", "slots": []}

_ASKED: Mapping[str, Any] = {"follow_up": ASKS["asked"]}
_TO_SCORE = press("1", "1")
_TO_LAST = press("1", "1", "5", "1")

_PRODUCT = say("报修", "壁挂炉")
_CODE = [*_PRODUCT, *say("E一", "对")]
_ADDRESS = [*_CODE, *say(ADDRESS, "对")]
_VISIT = [*_ADDRESS, *say("越快越好")]
_CONTACT = [*_VISIT, *say("可以")]
_SYMPTOM = [*_PRODUCT, *say("没有代码")]
_TRY = [*_SYMPTOM, *say("打不着火"), *press("#"), "silence"]
_REGION = [*_CODE, *say("呃")]
_SUMMARY = [*_CONTACT, *say("不记得", "没有")]

# Question -> the answers that lead to it, and what crm says meanwhile.
WAYS: Mapping[str, Script] = MappingProxyType({
    "common_offer_agent": ([*_PRODUCT, *["silence"] * 6], {}),
    "common_quit": ([*_PRODUCT, *say("算了")], {}),
    "resume_draft": ([], world(card={**CARD, "draft": _CUT})),
    "main_menu": ([], {}),
    "consult_topic": (press("1"), {}),
    "consult_3bao": (press("1", "1"), {}),
    "consult_after": (press("1", "1", "2"), {}),
    "complaint_category": (press("2"), {}),
    "complaint_statement": (press("2", "6"), {}),
    "record_review": ([*press("2", "6"), *say("字太小")], {}),
    "complaint_next": ([*press("2", "6"), *say("字太小"), *press("3", "1")], {}),
    "brand_check": (say("报修", "万和的"), {}),
    "one_breath_confirm": (say("我在顺德容桂,壁挂炉报E一没热水"), {}),
    "fault_code_confirm": ([*_PRODUCT, *say("E一")], {}),
    "advice_offer": (_TRY, {}),
    "advice_result": ([*_TRY, *say("试试", "好了")], {}),
    "address_on_file": (say("报修", "是", "E一", "对"), _KNOWN),
    "address_confirm": ([*_CODE, *say(ADDRESS)], {}),
    "contact_known": (_VISIT, {}),
    "contact_confirm": ([*_VISIT, *press("2", "13900139000#")], {}),
    "return_offer": ([*_CONTACT, *say("前天买的", "有")], world("7d")),
    "return_offer_15d": ([*_CONTACT, *say("前天买的", "有")], world("15d")),
    "vulnerable": (
        [*say("没热水了", "壁挂炉", "E一", "对", ADDRESS, "对"), *press("1", "1", "5", "2")], world("no_proof")
    ),
    "summary_confirm": (_SUMMARY, world("no_proof")),
    "repair_known_product": (say("报修"), _KNOWN),
    "repair_product": (say("报修"), {}),
    "fault_code": (_PRODUCT, {}),
    "fault_temp_hint": ([*_PRODUCT, *say("就写个三十五")], {}),
    "fault_ask_digits": ([*_PRODUCT, *say("E")], {}),
    "fault_code_spell": ([*_PRODUCT, *say("E一", "不对")], {}),
    "fault_code_key_letter": ([*_PRODUCT, "silence", *press("1")], {}),
    "fault_code_key_digits": ([*_PRODUCT, "silence", *press("1", "1")], {}),
    "fault_code_pick": ([*_PRODUCT, *say("E一或者F一")], {}),
    "symptom": (_SYMPTOM, {}),
    "symptom_speech": ([*_SYMPTOM, *press("5")], {}),
    "advice_step": ([*_TRY, *say("试试")], {}),
    "address_full": (_CODE, {}),
    "address_region": (_REGION, {}),
    "address_region_pick": ([*_CODE, *say("西湖区")], {}),
    "address_road": ([*_REGION, *say("顺德容桂")], {}),
    "address_room": ([*_REGION, *say("顺德容桂", "文海路十八号")], {}),
    "address_fix": ([*_CODE, *say(ADDRESS, "不对")], {}),
    "address_record": ([*_REGION, *say("说不清")], {}),
    "visit_day": (_ADDRESS, {}),
    "contact_number": ([*_VISIT, *say("换号码")], {}),
    "contact_number_rest": ([*_VISIT, *say("换号码", "幺三九零零")], {}),
    "visit_part": ([*_ADDRESS, *say("后天")], {}),
    "contact_name": ([*_VISIT, *press("2", "13900139000#", "1")], {}),
    "purchase_date": (_CONTACT, {}),
    "invoice": ([*_CONTACT, *press("3")], {}),
    "summary_fix": ([*_SUMMARY, *say("不对")], world("no_proof")),
    "repair_after": ([*_SUMMARY, *say("对")], world("no_proof")),
    "request_kind": (say("要办理"), {}),
    "request_identity": ([*say("要办理"), *press("5", "1")], {}),
    "request_note": ([*say("要办理"), *press("5", "1", "1")], {}),
    "emergency_kind": (press("9"), {}),
    "emergency_check": (say("报警器响"), {}),
    "emergency_outside": (say("漏气"), {}),
    "my_ticket_menu": (press("4"), _TICKET),
    "ticket_note": ([*press("4"), *say("补充情况")], _TICKET),
    "my_ticket_pick": (press("4"), _TICKETS),
    "my_ticket_find": (press("4"), _NO_TICKET),
    "my_ticket_verify": (press("4", f"{TICKET['number']}#"), _NO_TICKET),
    "no_agent_offer": (press("0"), _NOBODY),
    "callback_number": (press("0", "1"), _NOBODY),
    "callback_when": ([*press("0", "1"), *say("晚点打给我")], _NOBODY),
    "voicemail_record": (press("0", "2"), _NOBODY),
    "visit_code": (press("5"), {}),
    "visit_code_after": (press("5", "308217#"), {"lookups": {"visit_code": VISIT_CODE}}),
    "fu_hello": ([], _ASKED),
    "fu_hello_again": (say("骗子吧"), _ASKED),
    "fu_fixed": (press("1"), _ASKED),
    "fu_fixed_install": (press("1"), {"follow_up": ASKS["asked_of_installation"]}),
    "fu_fixed_complaint": (press("1"), {"follow_up": ASKS["asked_of_complaint"]}),
    "fu_score_visit": (_TO_SCORE, _ASKED),
    "fu_visit_number": ([*_TO_SCORE, *say("还行吧")], _ASKED),
    "fu_rules": ([*_TO_SCORE, *press("5")], _ASKED),
    "fu_score_call": (_TO_LAST, _ASKED),
    "fu_call_number": ([*_TO_LAST, *say("一般")], _ASKED),
    "fu_remark": ([*_TO_LAST, *press("4")], _ASKED),
})  # fmt: skip


def _slower(way: Script) -> Script:
    moves, options = way
    return [*say("慢一点"), *moves], options


def _silent(way: Script, times: int) -> Script:
    return [*way[0], *["silence"] * times, "hangup"], way[1]


def _mumbled(way: Script, times: int) -> Script:
    return [*way[0], *say(*[NOT_UNDERSTOOD] * times), "hangup"], way[1]


_ELDER = ("address_region", "address_road", "address_room")  # what they are asked last has keys from the start
ASKED_AGAIN: Mapping[str, Script] = MappingProxyType({
    **{f"{name}: silence": _silent(way, 3) for name, way in WAYS.items()},
    **{f"{name}: not understood": _mumbled(way, 3) for name, way in WAYS.items()},
    **{f"{name}: silence, slower": _silent(_slower(WAYS[name]), 1) for name in _ELDER},
})  # fmt: skip
