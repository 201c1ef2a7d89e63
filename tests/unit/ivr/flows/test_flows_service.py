"""Whole conversations of consult, complaint and request flows, word for word, and what becomes of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ivr.contract.dialogue import End, HandOver
from ivr.contract.facts import CallbackRequested, MatterOpened, SlotFilled, TicketOpened
from ivr.flows.machine import fold
from ivr.flows.simulate import Conversation, Move, no_interpreter, simulate
from speech.contract import shown
from tests.unit.ivr.flows.known import AT, CARD
from tests.unit.ivr.flows.play import Driver, interpreter, program
from tests.unit.ivr.flows.repairs import press, say
from tests.unit.ivr.flows.worlds import at

HERE = Path(__file__).parent / "transcripts" / "service"
CLOSED = {"queue_state": {"open": False}}
OWNER = {**CARD, "products": [{**CARD["products"][0], "bought_on": "2022-03-05"}]}
PROMISED = {"complaint_reply_by": "2026-07-25T11:00"}
CHANGED = {"ans_period": {"segments": ["整机保修三年。"], "source": "二〇二六年新规", "version": "7"}}

SCRIPTS: Mapping[str, tuple[Sequence[Move], Mapping[str, Any]]] = {
    "consult_by_meaning": (say("我问一下保修几年", "保修几年", "那我再问一个", "上门费多少", "明白,谢谢啊"), {}),
    "consult_two_questions": (say("咨询", "保修几年,过了咋收费", "明白,谢谢啊"), {}),
    "consult_by_keys": (press("1", "1", "1", "3", "2", "3", "3", "3", "4", "3", "5", "1"), {"keys_only": True}),
    "consult_my_machine": (
        [*press("1", "1"), *say("算我这台"), *press("1"), *say("去年十一月", "有", "明白,谢谢啊")],
        {"lookups": {"warranty": {"line": "in"}}},
    ),
    "consult_my_machine_by_keys": (
        press("1", "1", "5", "2", "2", "1", "1"),
        {"keys_only": True, "lookups": {"warranty": {"line": "out"}, "warranty_earliest": {"line": "out"}}},
    ),
    "consult_my_machine_on_file": (
        [*say("咨询", "我这台保不保", "早丢了", "知道了")],
        {"lookups": {"identify": OWNER, "warranty": {"line": "no_proof"}}},
    ),
    "consult_not_in_the_catalogue": (say("咨询", "网点在哪"), {}),
    "consult_unanswered": ([*press("1", "1", "3"), "silence", "silence", "silence"], {"keys_only": True}),
    "consult_becomes_a_request": ([*press("1", "3", "4", "5", "3", "2"), *say("我们十来个人"), *press("1")], {}),
    "consult_changed_article": (
        [*press("1", "1", "2"), "hangup"],
        {"keys_only": True, "lookups": {"articles": {"articles": CHANGED}}},
    ),
    "complaint": (
        [*say("我要投诉", "光说来不来"), *press("1"), *say("约了三天"), *press("1"), *say("还有"),
         *press("3", "1", "3")],
        {},
    ),
    "complaint_with_a_time": (
        [*press("2", "1", "1"), *say("约了三天"), *press("3", "1", "3")],
        {"lookups": {"identify": PROMISED}},
    ),
    "complaint_call_me": ([*press("2", "4", "3"), *say("收了两百"), *press("3", "1", "2", "1")], {}),
    "complaint_suggestion": ([*press("2", "6"), *say("字太小"), *press("3", "1"), *say("等你们消息")], {}),
    "complaint_no_words": ([*press("2", "1", "1"), "silence", "silence", "silence"], {}),
    "request_install": (
        [*say("约安装"), *press("1"), *say("佛山市顺德区容桂街道凤翔路一百二十八号三栋五零二室"),
         *press("1"), *say("后天上午"), *press("#", "1"), "silence"],
        {},
    ),
    "request_factory": (
        [*say("寄回厂里修"), *press("1"), *say("去年十一月", "有", "主板坏"), *press("1", "#"),
         "silence"],
        {"lookups": {"warranty": {"line": "in"}}},
    ),
    "request_part_return": (
        [*say("要办理", "主板寄给你们修"), *press("1"), *say("三四年了", "早丢了"), *press("#", "1"), "silence"],
        {"lookups": {"warranty": {"line": "no_proof"}, "warranty_earliest": {"line": "no_proof"}}},
    ),
    "request_parts": (
        [*say("买个配件"), *press("1"), *say("佛山市顺德区容桂街道凤翔路一百二十八号三栋五零二室"),
         *press("1"), "silence", "silence", *press("#", "1"), "silence"],
        {},
    ),
}  # fmt: skip


def run(name: str) -> Conversation:
    script, options = SCRIPTS[name]
    understands = no_interpreter if options.get("keys_only") else interpreter()
    return simulate(program(), script, understands, at=AT, **options)


def of(talk: Conversation, kind: type[Any]) -> list[Any]:
    return [fact for fact in talk.facts if isinstance(fact, kind)]


@pytest.mark.parametrize("name", SCRIPTS)
def test_conversation(name: str) -> None:
    talk = run(name)
    assert "\n".join(talk.lines) + "\n" == (HERE / f"{name}.txt").read_text(encoding="utf-8")
    assert fold(program(), talk.inputs) == talk.state


@pytest.mark.parametrize(
    ("name", "kind", "priority", "outcome"),
    [
        ("consult_by_meaning", "consult", "low", "solved"),
        ("consult_not_in_the_catalogue", "consult", "low", "handed_over"),
        ("consult_unanswered", "consult", "low", "unconfirmed"),
        ("consult_my_machine", "consult", "low", "solved"),
        ("consult_my_machine_on_file", "consult", "low", "solved"),
        ("consult_changed_article", "consult", "low", "unconfirmed"),
        ("consult_becomes_a_request", "training", "normal", "reported"),
        ("complaint", "complaint", "high", "reported"),
        ("complaint_suggestion", "complaint", "normal", "reported"),
        ("complaint_no_words", "complaint", "high", "handed_over"),
        ("request_install", "install", "normal", "reported"),
        ("request_factory", "unit_return", "normal", "reported"),
        ("request_part_return", "part_return", "normal", "reported"),
        ("request_parts", "part_request", "normal", "reported"),
    ],
)
def test_one_ticket_of_the_right_kind(name: str, kind: str, priority: str, outcome: str) -> None:
    (ticket,) = of(run(name), TicketOpened)
    assert (ticket.kind, ticket.priority, ticket.outcome) == (kind, priority, outcome)


def test_a_question_that_was_answered_needs_no_call_back() -> None:
    assert not of(run("consult_changed_article"), CallbackRequested)
    assert isinstance(run("consult_changed_article").outcome, End)


def test_the_ticket_knows_what_was_answered_and_in_which_version() -> None:
    answered = [fact for fact in of(run("consult_by_meaning"), SlotFilled) if fact.slot == "answered"]
    assert answered[-1].value == {
        "topics": "period fee",
        "articles": "ans_period@0 ans_start@0 ans_out_fee@0",
        "spoken": "保修多久、过保收费",
    }
    changed = [fact for fact in of(run("consult_changed_article"), SlotFilled) if fact.slot == "answered"]
    assert changed[-1].value["articles"] == "ans_period@7 ans_start@0"


def slot_values(talk: Conversation) -> dict[str, Mapping[str, str]]:
    """Return what each slot held at the end of the call."""
    return {fact.slot: fact.value for fact in of(talk, SlotFilled)}


def test_the_callers_own_machine_is_judged_and_the_ticket_keeps_it() -> None:
    held = slot_values(run("consult_my_machine"))
    assert (held["product"]["value"], held["purchase"]["date"]) == ("boiler", "2025-11-30")
    assert (held["invoice"]["value"], held["warranty"]["line"]) == ("yes", "in")
    assert held["answered"] == {"topics": "mine", "articles": "", "spoken": "我这台保不保"}
    on_file = slot_values(run("consult_my_machine_on_file"))
    assert (on_file["product"]["product_id"], "purchase" in on_file) == ("p1", False)


def test_of_several_machines_the_caller_says_which() -> None:
    two = [{**CARD["products"][0], "bought_on": "2022-03-05"}, {"product_id": "p2", "product_class": "other"}]
    driver = Driver(card={**CARD, "products": two}).start().press("1").press("1").press("5")
    assert driver.node == "repair_product"


def test_who_hangs_up_before_the_verdict_was_not_answered() -> None:
    driver = Driver().start().press("1").press("1").press("5").press("1").hang_up()
    assert [fact.outcome for fact in driver.of(TicketOpened)] == ["hung_up"]
    assert [fact.reason for fact in driver.of(CallbackRequested)] == ["hung_up"]


def test_the_machines_verdict_goes_before_what_else_was_asked() -> None:
    moves: list[Move] = [*press("1"), *say("过保咋收费,我这台保不保"), *press("1", "5", "1"), "hangup"]
    talk = simulate(program(), moves, interpreter(), lookups={"warranty": {"line": "in"}})
    verdict = next(line for line in talk.lines if line.startswith("[consult_after]"))
    assert verdict.index("不是人为的故障") < verdict.index("只收材料成本费")
    assert slot_values(talk)["answered"]["topics"] == "fee mine"


@pytest.mark.parametrize("name", ["request_factory", "request_part_return"])
def test_a_return_knows_purchase_proof_and_warranty(name: str) -> None:
    held = slot_values(run(name))
    assert {"purchase", "invoice", "warranty", "product"} <= held.keys()
    assert held["way"]["spoken"].endswith(",寄送地址由客服告知")


def test_an_installation_has_its_day() -> None:
    assert slot_values(run("request_install"))["visit"]["part"] == "morning"
    assert "visit" not in slot_values(run("request_parts"))


@pytest.mark.parametrize(
    ("said", "topics", "node"),
    [
        ("保修几年,过了咋收费", "period fee", "consult_after"),
        ("保修几年过了咋收费", "period fee", "consult_after"),
        ("过了怎么收费,保修期多长", "fee period", "consult_after"),
        ("上门收不收费保修几年怎么找你们", "fee period channels", "consult_after"),
        ("安装要钱吗,还有哪些不保", "install excluded", "consult_after"),
        ("没发票咋办,保修从哪天算", "excluded start", "consult_after"),
        ("没热水,保修几年", "repair period", "repair_product"),
        ("你们保修几年", "period", "consult_after"),
    ],
)
def test_all_that_one_sentence_asks_is_answered_in_turn(said: str, topics: str, node: str) -> None:
    talk = simulate(program(), [*press("1"), *say(said)], interpreter())
    answered = [fact for fact in of(talk, SlotFilled) if fact.slot == "answered"][-1]
    assert answered.value["topics"] == topics
    keys = [key for topic in topics.split() for key in program().topics.get(topic, ())]
    assert [part.partition("@")[0] for part in answered.value["articles"].split()] == list(dict.fromkeys(keys))
    assert talk.state.place.node == node


@pytest.mark.parametrize("said", ["保修几年,配件多少钱", "师傅几点到,上门收费吗", "网点在哪,保修多久"])
def test_what_no_article_answers_of_two_questions_is_for_a_person(said: str) -> None:
    talk = simulate(program(), [*press("1"), *say(said)], interpreter(), lookups={"queue_state": {"open": True}})
    assert [fact.value["articles"] for fact in of(talk, SlotFilled) if fact.slot == "answered"]
    assert talk.outcome == HandOver("queue", "consult", 0)


def test_two_questions_that_only_a_person_answers_are_for_a_person() -> None:
    talk = simulate(
        program(), [*press("1"), *say("网点在哪,功率多大")], interpreter(), lookups={"queue_state": {"open": True}}
    )
    assert talk.outcome == HandOver("queue", "consult", 0)


def test_two_questions_of_the_three_guarantees_are_answered_as_well() -> None:
    talk = simulate(program(), [*press("1", "1"), *say("保几年,过保了咋算")], interpreter())
    assert [fact.value["topics"] for fact in of(talk, SlotFilled) if fact.slot == "answered"] == ["period fee"]


def test_a_broken_article_is_the_built_in_one() -> None:
    for articles in (None, {"articles": {"ans_period": {"segments": [], "source": "x"}}}, {"articles": 3}):
        driver = Driver(articles=articles).start().press("1").press("1").press("2")
        assert "整机保修两年" in driver.text


def test_a_consult_that_becomes_a_repair_is_one_ticket() -> None:
    driver = at("consult_after").mean("repair").hang_up()
    (ticket,) = driver.of(TicketOpened)
    assert (ticket.kind, ticket.matter) == ("repair", 1)
    assert [fact.kind for fact in driver.of(MatterOpened)] == ["consult", "repair"]


def test_a_time_is_promised_only_when_the_company_set_one_and_an_answer_is_waited_for() -> None:
    assert "最晚七月二十五号、星期六、上午十一点前给您答复。" in "\n".join(run("complaint_with_a_time").lines)
    assert "最晚" not in "\n".join(run("complaint").lines)
    suggestion = Driver(card=PROMISED).start().press("2").press("6").record().press("3").press("1")
    assert suggestion.node == "complaint_next"
    assert "最晚" not in suggestion.text


def test_every_complaint_leaves_a_call_back() -> None:
    assert [fact.reason for fact in at("complaint_next").hang_up().of(CallbackRequested)] == ["asked"]
    assert [fact.reason for fact in of(run("complaint"), CallbackRequested)] == ["asked"]
    assert len(of(run("complaint_call_me"), CallbackRequested)) == 1


def test_what_an_editor_writes_for_no_answer_is_what_the_next_caller_hears() -> None:
    changed = {"ans_unknown": {"segments": ["这个问题我请客服查好告诉您。"], "source": "新规", "version": "7"}}
    built_in = "这个我没有准确资料,不能随便答您,我请客服来说。"
    answers: list[tuple[Mapping[str, Any] | None, str]] = [
        ({"articles": changed}, "这个问题我请客服查好告诉您。"),
        ({"articles": {}}, built_in),
        (None, built_in),
    ]
    for articles, said in answers:
        driver = Driver(articles=articles).start().press("1").mean("model")
        spoken = [segment.text for turn in driver.performed for segment in turn.segments]
        assert said in spoken
        assert driver.last == HandOver("queue", "consult", 0)
        assert not any(fact.slot == "answered" for fact in driver.of(SlotFilled))  # it was no answer


@pytest.mark.parametrize("elder", [True, False])
@pytest.mark.parametrize("kind", ["complaint", "request"])
def test_elderly_callers_hear_after_every_number_that_they_need_not_keep_it(kind: str, elder: bool) -> None:
    driver = Driver(card={"elder": elder}).start()
    if kind == "complaint":
        driver.keys("2", "6").record().keys("3", "1")
    else:
        driver.mean("training").press("1").press("1").record().press("1")
    texts = [shown(segment.text) for turn in driver.performed for segment in turn.segments]
    assert any("单号是" in text for text in texts)
    assert ("单号不用记,下次打来,我们按电话也能查到。" in "".join(texts)) is elder


def test_another_machine_that_is_broken_is_a_report_at_once() -> None:
    driver = at("repair_after").mean("another")
    assert driver.node in ("repair_known_product", "repair_product")
    assert [fact.kind for fact in driver.of(MatterOpened)] == ["repair", "repair"]
