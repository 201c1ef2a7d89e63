"""Every number and exclusion of the company's document, parts 二, 四 and 五, quoted beside the behavior it asks for."""

from datetime import date, timedelta

import pytest

from crm.policy import ticket_states as policy
from crm.policy.clock_rules import promises_for
from crm.policy.processes import Move
from crm.policy.quota import Wanted, judge_quota
from crm.policy.training import DEALER_TOPICS, USER_TOPICS, check_topics
from crm.policy.warranty import judge
from crm.policy.warranty_terms import Cause, Known, Line, ProductClass, Question, Standing, Verdict
from ivr.dialplan.numbers import DIDS, table
from tests.unit.crm.policy.defaults import clock_rules, quota_rules, warranty_rules

SOLD = date(2026, 3, 1)
RULES = warranty_rules()[0]
CLOCKS = clock_rules()[0]


def after(days: int = 0, *, kind: ProductClass = ProductClass.BOILER, day: date | None = None, card: Known = Known.YES,
          receipt: Known = Known.YES, matches: Known = Known.YES, cause: Cause = Cause.QUALITY) -> Verdict:  # fmt: skip
    asked = Question(kind, day or SOLD + timedelta(days=days), invoice_on=SOLD, card=card, receipt=receipt,
                     serial_matches=matches, cause=cause)  # fmt: skip
    return judge(asked, warranty_rules())


def moves(kind: str) -> list[Move]:
    return [move for found in policy.MOVES[kind].values() for move in found]


def quoted(verdict: Verdict, sentence: str) -> bool:
    return sentence in {reason.sentence for reason in verdict.reasons}


# ---- 第二部分 一、“三包”服务 ----


def test_within_seven_days_refund_exchange_or_repair() -> None:
    sentence = "产品自售出之日起7日内,发生性能故障,用户可以选择退货、换货或修理。"  # 二.一.(一).1
    verdict = after(7)
    assert quoted(verdict, sentence)
    assert [verdict.standing(right) for right in ("refund", "exchange", "free_repair")] == [Standing.YES] * 3
    assert after(8).standing("refund") is Standing.NO


def test_within_fifteen_days_exchange_or_repair() -> None:
    sentence = "产品自售出之日起15日内,发生性能故障,用户可以选择换货或修理。"  # 二.一.(一).2
    verdict = after(15)
    assert quoted(verdict, sentence)
    assert (verdict.standing("exchange"), verdict.standing("refund")) == (Standing.YES, Standing.NO)
    assert after(16).standing("exchange") is Standing.NO


def test_within_one_year_or_two_for_boilers_repair_is_free() -> None:
    sentence = "产品自售出之日起一年(燃气采暖热水炉产品二年)内,发生性能故障,免费进行维修处理。"  # 二.一.(一).3
    assert quoted(after(30), sentence)
    for kind, last in ((ProductClass.OTHER, date(2027, 3, 1)), (ProductClass.BOILER, date(2028, 3, 1))):
        assert after(kind=kind, day=last).fees == ()
        assert after(kind=kind, day=last + timedelta(days=1)).line is Line.OUT


def test_it_counts_from_the_invoice_or_the_sale_voucher() -> None:
    sentence = "“三包”有效期规定:“三包”有效期自开具销售发票(或售货凭证)之日起计算。"  # 二.一.(一).4
    assert quoted(after(), sentence)
    by_voucher = Question(ProductClass.OTHER, SOLD, voucher_on=SOLD, receipt=Known.YES)
    assert judge(by_voucher, warranty_rules()).counted_from == SOLD


def test_what_is_nobodys_fault_is_repaired_free() -> None:
    sentence = "产品保修期间内非人为问题造成的质量问题均可获得免费维修服务;"  # 二.一.(二).1
    assert RULES.sentences["free"].text == sentence
    assert after(100, cause=Cause.QUALITY).standing("free_repair") is Standing.YES


def test_only_what_nobody_did_to_it_is_covered() -> None:
    sentence = "产品在“三包”期限内出现非人为的任何故障,导致产品无法正常使用的可以保修;"  # 二.一.(二)
    assert "非人为" in sentence
    covered = {cause: after(100, cause=cause).standing("free_repair") for cause in Cause if cause is not Cause.UNKNOWN}
    assert {cause for cause, standing in covered.items() if standing is Standing.YES} == {Cause.QUALITY}


@pytest.mark.parametrize(
    ("sentence", "cause"),
    [
        ("不可抗拒的外部因素(如自然灾害)造成的故障不属于保修之列;", Cause.FORCE_MAJEURE),  # 二.一.(二).2
        ("由于个人不当操作引发的故障,不属于保修之列。", Cause.MISUSE),  # 二.一.(二).3
        ("人为损坏或自行拆卸的;", Cause.DAMAGE),  # 二.一.(四).3
        ("人为损坏或自行拆卸的;", Cause.DISMANTLED),  # 二.一.(四).3
    ],
)
def test_what_somebody_or_nature_did_is_not_covered(sentence: str, cause: Cause) -> None:
    verdict = after(3, cause=cause)
    assert quoted(verdict, sentence)
    assert [verdict.standing(right) for right in ("refund", "exchange", "free_repair")] == [Standing.NO] * 3


def test_visits_go_on_for_life() -> None:
    sentence = "继续提供终身上门维修服务"  # 二.一.(三).1
    verdict = after(20_000)
    assert quoted(verdict, sentence)
    assert verdict.standing("paid_visit") is Standing.YES


def test_outside_of_the_period_parts_and_labor_are_charged() -> None:
    assert RULES.sentences["fees"].text == "收取维修、更换零配件工本费和服务工时费。"  # 二.一.(三).2
    assert after(20_000).fees == ("material", "labor")


def test_no_card_and_no_voucher() -> None:
    sentence = "无“保修卡”或售货凭证;"  # 二.一.(四).1
    verdict = after(1, card=Known.NO, receipt=Known.NO)
    assert quoted(verdict, sentence)
    assert (verdict.line, verdict.standing("free_repair")) == (Line.NO_PROOF, Standing.NO)
    assert after(1, card=Known.YES, receipt=Known.NO).standing("refund") is Standing.YES


def test_over_the_period() -> None:
    assert quoted(after(1000), "超过“三包”时间期限的;")  # 二.一.(四).2


def test_machine_and_papers_do_not_match() -> None:
    sentence = "产品实物与发票或售货凭证不符的,或实物与“保修卡”不相符的。"  # 二.一.(四).4
    verdict = after(1, matches=Known.NO)
    assert quoted(verdict, sentence)
    assert verdict.line is Line.EXCLUDED


# ---- 第二部分 二、三、四 ----


def test_four_topics_for_users() -> None:
    assert list(USER_TOPICS.values()) == [
        "介绍产品性能结构、操作", "产品说明书阅读、操作指导", "排除一般故障的知识和技能", "日常维护保养知识",
    ]  # 二.二.(一).1–4  # fmt: skip


def test_seven_courses_for_dealers_and_contractors() -> None:
    assert list(DEALER_TOPICS.values()) == [
        "产品基础知识介绍", "产品工作原理", "产品故障代码分析", "产品安装与调试", "产品控制流程",
        "产品零部件的具体性能要求", "工厂实操",
    ]  # 二.二.(二).1–7  # fmt: skip


def test_the_seven_are_additional_and_only_for_dealers_and_contractors() -> None:
    sentence = "针对经销商、工程商(或工程商物业管理)额外提供了以下专业培训课程:"  # 二.二.(二)
    assert "额外" in sentence
    every = [*USER_TOPICS, *DEALER_TOPICS]
    assert (len(every), check_topics("dealer", every), check_topics("user", list(USER_TOPICS))) == (11, "", "")
    assert all(check_topics("user", [topic]) for topic in DEALER_TOPICS)


@pytest.mark.parametrize("kind", list(policy.KINDS))
def test_all_of_it_is_free_of_charge_while_it_is_under_warranty(kind: str) -> None:
    # 四.一.6 (质保期内免费维修); 二.一.(一).3 免费进行维修处理: payment is asked only for parts sold, for a refund, and
    # where the factory quoted a price, which it does for what is beyond its term
    asked = {move.move for move in moves(kind) if "payment" in move.needs}
    paid = {"part_request": {"pay"}, "unit_return": {"resolve", "pay"}, "part_return": {"pay"}, "repair": {"pay"}}
    assert asked == paid.get(kind, set())


def test_telephone_first_then_headquarters_send_somebody() -> None:
    # 二.三.2 通过电话技术支持不能及时解决时…及时从公司总部派遣技术人员到用户现场
    path = ["start", "escalate", "dispatch", "arrive", "resolve"]
    state = "new"
    for name in path:
        move = policy.find_move("tech_support", state, name)
        assert move is not None, (state, name)
        state = move.to
    assert state == "resolved"


def test_customers_are_visited_or_called_afterwards() -> None:
    # 二.四.1 对用户进行不定期电话或上门回访
    assert {move.move for move in moves("follow_up")} >= {"resolve", "not_fixed", "no_answer"}


# ---- 第四部分 一、服务承诺 ----


def test_on_site_in_eight_hours_in_the_city_and_answer_in_twenty_four_in_the_province() -> None:
    sentence = "市区内8小时上门服务,省内24小时内响应。"  # 四.一.2
    for scope, key, hours in (("city", "on_site", 8), ("province", "response", 24)):
        promise = next(item for item in promises_for(CLOCKS, "repair", scope) if item.key == key)
        assert (promise.hours, promise.working, promise.sentence) == (hours, False, sentence)
    assert all(item.sentence == "" for item in promises_for(CLOCKS, "repair", "other")), "nothing promised outside"


def test_the_hotline_is_there_day_and_night() -> None:
    # 四.一.1 24小时服务电话: what the document promises has no calendar
    assert not any(item.working for item in CLOCKS.promises if item.place == "四.一.2")


def test_installation_consulting_and_training_cost_nothing() -> None:
    # 四.一.3 免费上门安装调试。四.一.4 免费产品技术咨询。四.一.7 免费对使用设备人员进行培训。
    for kind in ("install", "consult", "training", "tech_support"):
        assert not any("payment" in move.needs for move in moves(kind)), kind


def test_two_years_for_boilers_one_for_the_others_then_only_material_and_labor() -> None:
    sentence = (
        "壁挂炉整机保修两年,其他设备整机保修一年(质保期内免费维修)。超出质保期外的产品只收取材料成本费和上门人工费。"
    )
    assert RULES.sentences["fees_promised"].text == sentence  # 四.一.6
    assert RULES.repair_years == {"boiler": 2, "other": 1}
    assert quoted(after(2000), sentence)


def test_visits_for_life_are_promised_twice() -> None:
    assert RULES.sentences["visits_for_life"].text == "终身上门服务。"  # 四.一.8


# ---- 第五部分 服务流程 ----


def test_returns_follow_the_warranty() -> None:
    # 五.一 因产品质量问题需要退换或返修的: decided, sent in, received, then repaired, exchanged or refunded
    accept = policy.find_move("unit_return", "approving", "accept")
    assert accept is not None
    assert accept.guard == "warranty_right"
    assert {move.move for move in policy.moves("unit_return", "received")} >= {"repair", "exchange", "refund"}


def test_spare_parts_by_units_bought_and_environment() -> None:
    sentence = "根据客户的购机数量和当地使用环境按比例进行配发,超过配额部分零配件申请按下列流程:"  # 五.二
    within, over = (
        judge_quota(quota_rules(), day=SOLD, customer_kind="dealer", environment="normal", units=50,
                    wanted=[Wanted("PCB", quantity)])
        for quantity in (1, 2)
    )  # fmt: skip
    assert within.sentence.text.endswith(sentence)
    assert (within.within, over.within) == (True, False)
    approve = policy.find_move("part_request", "new", "approve")
    assert approve is not None
    assert approve.to == "approving"


@pytest.mark.parametrize("kind", ["dealer", "contractor", "outlet"])
def test_who_is_given_spare_parts(kind: str) -> None:
    assert kind in quota_rules()[0].who  # 五.二 公司为经销商、工程商、维修网点提供备用配件


def test_parts_come_back_for_repair_or_exchange() -> None:
    # 五.三 零配件需要退换或返修的
    assert {move.move for move in policy.moves("part_return", "received")} >= {"repair", "exchange"}


@pytest.mark.parametrize(("kind", "name"), [("consult", "咨询"), ("complaint", "投诉建议"), ("repair", "维修申报")])
def test_calls_are_consults_complaints_or_repairs(kind: str, name: str) -> None:
    assert policy.KINDS[kind] == name  # 五.四.1–3


# ---- 第四部分: the numbers that are called ----


@pytest.mark.parametrize(
    ("sentence", "printed", "trunk"),
    [
        ("1、24小时服务电话(全国服务热线:400-172-6011)", "400-172-6011", "+864001726011"),  # 四.一.1
        (
            "1、拨打售后服务中心直线电话:0757-66883358进行咨询或者故障申报;",
            "0757-66883358",
            "+8675766883358",
        ),  # 四.二.1
        (
            "2、拨打全国统一免费服务热线400-172-6011进行产品咨询、投诉建议、或者故障申报;",
            "400-172-6011",
            "86400-172-6011",
        ),
    ],
)
def test_both_numbers_of_the_document_are_ours(sentence: str, printed: str, trunk: str) -> None:
    assert printed in sentence
    did = printed.replace("-", "")
    assert did in DIDS
    assert table()[trunk.replace("-", "")] == did
