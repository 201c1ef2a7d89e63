"""What a question lists as an answer means what it is listed for, through the real interpreter."""

from dataclasses import replace

import pytest

from ivr.flows.answers import Answer, Sort, read_answer
from ivr.flows.asking import slot_spec
from ivr.flows.nodes import Ask, Menu
from ivr.flows.state import Matter, Place, Slot, State
from speech.contract import Cause, Mode, TurnResult
from speech.slots import phrases
from tests.unit.ivr.flows.known import E01, E1, SHUNDE
from tests.unit.ivr.flows.play import interpreter, listening_nodes, program
from tests.unit.ivr.flows.worlds import at

QUESTIONS = [name for name in listening_nodes() if isinstance(program().nodes[name], Menu | Ask)]


def answer(node: str, *texts: str, **held: Slot) -> Answer:
    """Return what hypotheses mean at a question. held: slots that were filled before."""
    state = State(place=Place(node, ()), matters=(Matter(1, "repair", "", slots=held),))
    heard = interpreter()(slot_spec(program(), state), program().lexicon, texts)
    cause = Cause.NO_MATCH if heard.status == "no_match" and not heard.safety else Cause.SUCCESS
    return read_answer(program().question(node), state, TurnResult("t", cause, Mode.SPEECH, interpretation=heard))


def meant(node: str, *texts: str, **held: Slot) -> str:
    """Return the meaning, or the sort of an answer that has none."""
    heard = answer(node, *texts, **held)
    return heard.name or heard.sort.value


@pytest.mark.parametrize("node", QUESTIONS)
def test_every_sample_means_what_it_is_listed_for(node: str) -> None:
    hear = program().question(node).hear
    listed = {said: meaning for meaning, samples in hear.items() for said in samples}
    assert {said: meant(node, said) for said in listed} == listed


@pytest.mark.parametrize(
    "said",
    ["不知道是不是", "不晓得是不是", "不清楚有没有", "不知道有没有", "我也不确定", "说不清楚", "应该没有", "没有吧",
     "好像没有", "可能没有", "大概没有吧", "估计没有", "不敢说没有", "有", "有啊", "唔清楚", "闻不出来",
     "不好说", "很难说",
     "搞不清楚是不是", "是不是", "有没有"],
)  # fmt: skip
def test_doubt_is_no_no_where_danger_is_asked(said: str) -> None:
    """What is not understood there is taken for danger, as yes is; a question back is asked again."""
    assert meant("emergency_check", said) in ("yes", "no_match", "repeat")


@pytest.mark.parametrize(
    "said", ["没有", "没有啊", "没有没有", "不是", "没有,打错了", "师傅没有的", "没有闻到", "没事没事"]
)
def test_who_is_sure_that_there_is_no_danger_is_believed(said: str) -> None:
    assert meant("emergency_check", said) == "no"


def test_a_doubt_in_any_hypothesis_and_a_no_that_is_not_the_best_one_count_as_danger() -> None:
    assert meant("emergency_check", "没有", "应该没有") == "no_match"
    assert meant("emergency_check", "呃那什么", "没有") == "no_match"
    assert meant("emergency_check", "没有", "没有的") == "no"
    assert meant("emergency_check", "[unk] 没有", "师傅 没有") == "no"
    assert meant("emergency_check", "[unk] 没有", "应该 没有") == "no_match"
    assert meant("emergency_check", "[unk] 没有") == "no_match"


@pytest.mark.parametrize(("said", "meaning"), [
    ("不知道对不对", "no_match"), ("我不清楚", "no_match"), ("我不清楚,错了", "no"), ("好像不太对", "no"),
    ("不是不是", "no"), ("有没有", "repeat"), ("对不对", "repeat"), ("是不是房号错了", "no"),
])  # fmt: skip
def test_who_does_not_know_denies_nothing_at_a_read_back(said: str, meaning: str) -> None:
    assert meant("summary_confirm", said) == meaning


@pytest.mark.parametrize(("said", "meaning"), [
    ("房号错了吧", "room"), ("路名写错了", "road"), ("小区名字不对", "road"), ("不是房号,是路名错了", "road"),
    ("镇错了", "region"), ("单元错了", "room"), ("都不对", "all"), ("路名不对,是文海西路", "correction"),
    ("房号是五零三", "correction"), ("人工", "agent"),
])  # fmt: skip
def test_the_part_of_an_address_that_is_wrong(said: str, meaning: str) -> None:
    assert meant("address_fix", said) == meaning


CODES = Slot(dict(E01), "unverified", "speech", candidates=(dict(E01), dict(E1)))


@pytest.mark.parametrize(("said", "meaning"), [
    ("第二个吧", "pick2"), ("选第三个", "pick3"), ("我要后面那个", "pick3"), ("不是第一个,是第二个", "pick2"),
    ("都不是啊", "none"), ("不对", "none"), ("第二", "pick2"), ("都不对,是E三", "correction"), ("D二", "correction"),
])  # fmt: skip
def test_one_of_several_codes(said: str, meaning: str) -> None:
    assert meant("fault_code_pick", said, fault_code=CODES) == meaning


HELD = Slot(
    {"value": "date", "date": "2026-07-25", "part": "morning", "from": "", "to": "", "raw": "明天上午"},
    "unverified",
    "speech",
)


@pytest.mark.parametrize(("said", "date", "part"), [
    ("时间改成后天", "2026-07-26", "morning"), ("后天吧", "2026-07-26", "morning"),
    ("改成后天下午", "2026-07-26", "afternoon"), ("改成下午", "2026-07-25", "afternoon"), ("越快越好", "", ""),
])  # fmt: skip
def test_what_is_said_where_something_is_to_be_changed_is_the_change(said: str, date: str, part: str) -> None:
    heard = answer("summary_fix", said, visit=HELD)
    visit = heard.captured["visit"]
    assert (heard.sort, visit.get("date", ""), visit["part"]) == (Sort.CORRECTION, date, part)


def test_the_same_again_changes_nothing() -> None:
    for said in ("时间改成明天", "改成上午", "改成明天上午"):
        assert answer("summary_fix", said, visit=HELD).captured == {}


@pytest.mark.parametrize(("said", "meaning", "date"), [
    ("改成后天", "visit", "2026-07-26"), ("后天吧", "visit", "2026-07-26"),
    ("后天我没空,大后天吧", "visit", "2026-07-27"), ("明天我不在家", "visit", ""), ("改时间", "visit", ""),
    ("换到周末", "visit", ""), ("推迟一天", "visit", ""), ("师傅怎么还不来", "urge", ""),
    ("今天能来吗", "urge", ""), ("催一下,明天要用", "urge", ""),
    ("现在又报E六了", "more", ""), ("还有一台要修", "another", ""),
])  # fmt: skip
def test_a_day_said_about_a_ticket_is_the_new_day(said: str, meaning: str, date: str) -> None:
    heard = answer("my_ticket_menu", said)
    assert (heard.name, heard.captured.get("visit", {}).get("date", "")) == (meaning, date)


@pytest.mark.parametrize(("said", "code"), [
    ("E……E零……三", "E03"), ("呃……上头闪的是E……E零……三", "E03"), ("E,E,E一", "E1"), ("E零,E零三", "E03"),
    ("F二八,F二八", "F28"), ("幺零……幺零八", "108"), ("幺幺二", "112"), ("EE", "EE"), ("E九九", "E99"),
])  # fmt: skip
def test_a_code_begun_anew_is_one_code(said: str, code: str) -> None:
    assert answer("fault_code", said).value["canonical"] == code


def test_a_code_begun_anew_in_a_sentence_is_one_code() -> None:
    for said, code in (("壁挂炉报E,E零三没热水", "E03"), ("壁挂炉报EA三没热水", "EA3"), ("壁挂炉报EA没热水", "EA")):
        assert answer("main_menu", said).captured["fault_code"]["canonical"] == code


WEST = [{"province": province, "city": city, "district": "西湖区", "region": f"{province}{city}西湖区"}
        for province, city in (("浙江省", "杭州市"), ("江西省", "南昌市"))]  # fmt: skip
LAKES = Slot({}, "unverified", "speech", candidates=tuple(WEST))


@pytest.mark.parametrize(("said", "meaning", "region"), [
    ("杭州那个", "correction", "浙江省杭州市西湖区"), ("我在南昌", "correction", "江西省南昌市西湖区"),
    ("江西的", "correction", "江西省南昌市西湖区"),
    ("不是,是佛山", "correction", "广东省佛山市"), ("第一个", "pick1", ""), ("后面那个", "pick2", ""),
    ("都不是", "none", ""), ("西湖区", "ambiguous", ""),
])  # fmt: skip
def test_one_of_several_places(said: str, meaning: str, region: str) -> None:
    heard = answer("address_region_pick", said, address=LAKES)
    assert (heard.name or heard.sort.value, heard.value.get("region", "")) == (meaning, region)


def test_a_choice_without_candidates_keeps_what_was_held() -> None:
    driver = at("fault_code_pick")
    matter = driver.state.matters[-1]
    held = replace(matter.slots["fault_code"], candidates=())
    driver.state = driver.state.with_matter(replace(matter, slots={**matter.slots, "fault_code": held}))
    driver.mean("pick1")
    assert driver.node == "fault_code_confirm"
    assert driver.state.slot("fault_code") == held


def test_beyond_the_last_choice_it_is_the_last() -> None:
    driver = at("fault_code_pick").mean("pick3")
    held = driver.state.slot("fault_code")
    assert held is not None
    assert held.value == held.candidates[-1]


@pytest.mark.parametrize(("said", "meanings"), [
    ("保修几年没发漂咋办", ("period", "excluded")), ("保修几年我家在顺德容桂", ("period",)), ("没发漂咋办", ()),
    ("过了咋收费", ("fee",)), ("几天能退几天能修", ("week", "visit_time")),
])  # fmt: skip
def test_what_one_sentence_asks(said: str, meanings: tuple[str, ...]) -> None:
    assert phrases.meanings(said, program().question("consult_topic").hear) == meanings


def test_a_listed_phrase_is_taken_before_a_code_of_another_hypothesis() -> None:
    assert meant("fault_code_pick", "第二个", "D二", fault_code=CODES) == "pick2"
    assert meant("fault_code_pick", "D二", "第二个", fault_code=CODES) == "correction"


def test_the_hypothesis_that_asks_most_is_answered() -> None:
    asked = [row["meaning"] for row in answer("consult_topic", "保修几年 [unk]", "保修几年过了怎么收费").candidates]
    assert asked == ["period", "fee"]
    assert meant("consult_topic", "转人工", "保修几年过了怎么收费") == "agent"


def test_another_place_of_several_is_asked_about_at_the_read_back() -> None:
    for said in ("西湖区", "不是,是西湖区"):
        heard = answer("address_confirm", said, address=Slot(dict(SHUNDE), "unverified", "speech"))
        assert (heard.sort, len(heard.candidates)) == (Sort.AMBIGUOUS, 2)
    for said in ("不对", "不是", "错了"):
        assert meant("address_confirm", said) == "no"


def test_an_ordinal_is_no_code_but_a_letter_heard_as_one_still_is() -> None:
    assert answer("fault_code", "第二个").sort is Sort.NO_MATCH
    assert answer("fault_code", "第二").value["canonical"] == "D2"
