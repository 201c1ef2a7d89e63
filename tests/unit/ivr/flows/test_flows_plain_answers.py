"""What a caller plainly answers or asks back is understood where it is said, and a denial is not taken for it."""

import pytest

from ivr.contract.facts import SlotFilled
from ivr.flows.simulate import Conversation
from tests.unit.ivr.flows.play import interpreter, program
from tests.unit.ivr.flows.repairs import ADDRESS, say, world
from tests.unit.ivr.flows.test_flows_samples import meant
from tests.unit.ivr.flows.transcribe import talk
from tests.unit.ivr.flows.worlds import at

_TO_ADDRESS = ("报修", "壁挂炉", "E一", "对")


def called(*texts: str) -> Conversation:
    return talk(([*say(*texts), "hangup"], world()))


@pytest.mark.parametrize(
    ("question", "said", "meaning"),
    [
        *(("callback_number", said, "own") for said in ("可以", "好的", "对", "行,就打这个", "打这个就行")),
        *(("callback_number", said, "other") for said in ("不可以", "不行,换一个", "这个不行", "不对", "好像不行")),
        *(("record_review", said, "done") for said in ("说完了", "好了", "就这样")),
        *(("record_review", said, "no_match") for said in ("没说完", "还没说完")),
        *(
            ("visit_code_after", said, "other")
            for said in ("不对", "人不对", "不是他", "看着不像", "没对上", "工号不对")
        ),
        *(("visit_code_after", said, "fine") for said in ("谢谢", "没问题了", "对上了")),
        *(("complaint_next", said, "later") for said in ("没事了", "等你们电话", "好的", "不用了,谢谢")),
        ("complaint_next", "好的,现在就说", "now"),
        *(("return_offer", said, "return") for said in ("退货", "换货", "退换")),
        *(("return_offer", said, "repair") for said in ("不退货", "不换货", "不要退换", "不退了,修吧", "不换了")),
        *(("return_offer_15d", said, "repair") for said in ("不换货", "不换了", "不用换")),
        *(("common_offer_agent", said, "go_on") for said in ("不要", "不要转", "不转", "先不转")),
        *(("common_offer_agent", said, "person") for said in ("要", "好", "转吧")),
        *(("common_quit", said, "yes") for said in ("要", "打电话给我")),
        *(("common_quit", said, "no") for said in ("不要", "别打电话给我", "不要打电话给我")),
        *(("my_ticket_menu", said, "urge") for said in ("催一催", "好的,催一下")),
        *(("my_ticket_menu", said, "done") for said in ("好的", "不用了", "不用催了")),
        *(("consult_after", said, "solved") for said in ("好的", "没别的了")),
        *(("consult_after", said, "person") for said in ("没听懂", "没明白")),
        *(("repair_after", said, "done") for said in ("好的", "就这样", "没别的了")),
        ("repair_after", "好的,还有个事", "more"),
        *(("advice_offer", said, "no") for said in ("不会弄", "不试")),
        *(("advice_step", said, "stop") for said in ("不会弄", "看不懂")),
        *(("main_menu", said, "consult") for said in ("还在保修吗", "我去年三月买的壁挂炉还在保修吗", "过保了吗")),
        *(("main_menu", said, "install") for said in ("安装壁挂炉", "买的壁挂炉要安装")),
        *(("main_menu", said, "my_ticket") for said in ("改一下上门时间", "我要改上门时间")),
    ],
)
def test_a_plain_answer_is_understood_and_its_denial_is_another(question: str, said: str, meaning: str) -> None:
    assert meant(question, said) == meaning


@pytest.mark.parametrize("question", ["fault_code", "fault_code_spell"])
@pytest.mark.parametrize("said", ["打不着火", "不着火", "没热水", "就是不热", "看不见"])
def test_who_names_the_trouble_or_cannot_see_is_not_asked_for_letters_again(question: str, said: str) -> None:
    assert meant(question, said) == "none"


@pytest.mark.parametrize(("said", "code"), [("E一,不热", "E1"), ("没热水,显示E一", "E1"), ("F二八,打不着火", "F28")])
def test_a_code_beside_the_trouble_is_still_the_code(said: str, code: str) -> None:
    heard = interpreter()(at("fault_code").slot, program().lexicon, (said,))
    assert heard.value is not None
    assert heard.value["canonical"] == code


@pytest.mark.parametrize("back", ["你说什么", "你刚才说什么"])
def test_who_asks_back_hears_it_again_and_no_part_of_an_address_is_made_of_it(back: str) -> None:
    before, after = called(*_TO_ADDRESS, ADDRESS), called(*_TO_ADDRESS, ADDRESS, back)
    read = [line for line in after.lines if line.startswith("[address_confirm]")]
    assert len(read) == 2
    assert read[0] == read[1]
    whole = [fact.value for fact in before.facts if isinstance(fact, SlotFilled) and fact.slot == "address"]
    assert [fact.value for fact in after.facts if isinstance(fact, SlotFilled) and fact.slot == "address"] == whole
    first = called(*_TO_ADDRESS, back)
    assert not [fact for fact in first.facts if isinstance(fact, SlotFilled) and fact.slot == "address"]
