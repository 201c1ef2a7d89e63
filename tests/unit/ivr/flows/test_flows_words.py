"""What is said: read-backs, variables, clauses left out, pinyin, pieces, and the list of everything fixed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flows import readback
from ivr.flows.nodes import Ask
from ivr.flows.program import Template
from ivr.flows.prompts import SLOW_MOST, render, render_all, slow_parts, static_texts
from ivr.flows.state import Caller, Matter, Slot, State
from ivr.flows.variables import VARIABLES
from speech.contract import ELDER_RATE, Segment, shown
from tests.unit.ivr.flows.known import E01, E1, SHUNDE
from tests.unit.ivr.flows.play import program


def held(ticket: str = "", **slots: Slot) -> State:
    return State(caller=Caller("c", "+8613800138000"), matters=(Matter(1, "repair", ticket, slots=slots),))


def heard(value: dict[str, str], *candidates: dict[str, str]) -> Slot:
    return Slot(value, "unverified", "speech", candidates=candidates)


def said(text: str, state: State) -> str:
    segment = render(Template("k", text), state)
    return shown(segment.text) if segment else ""


@pytest.mark.parametrize(
    ("code", "spoken"), [("E01", "E零幺"), ("F28", "F二八"), ("5P1", "五P幺"), ("e-7", "E七"), ("代码", "")]
)
def test_codes_letter_by_letter(code: str, spoken: str) -> None:
    assert "".join(readback.spell(code)) == spoken


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("13800138000", "幺三八、零零幺三、八零零零"),
        ("075766883358", "零七五七、六六八八、三三五八"),
        ("02012345678", "零二零、幺二三四、五六七八"),
        ("110", "幺幺零"),
    ],
)
def test_telephone_numbers_in_groups(number: str, spoken: str) -> None:
    assert readback.phone(number) == spoken


@pytest.mark.parametrize(
    ("e164", "dialled"),
    [("+8613800138000", "13800138000"), ("+8675766883358", "075766883358"), ("+85212345678", "85212345678")],
)
def test_numbers_as_they_are_dialled_at_home(e164: str, dialled: str) -> None:
    assert readback.national(e164) == dialled


@pytest.mark.parametrize(
    ("number", "spoken"),
    [(0, "零"), (8, "八"), (10, "十"), (18, "十八"), (20, "二十"), (101, "一百零一"), (110, "一百一十"),
     (128, "一百二十八"), (1001, "一千零一"), (1010, "一千零一十"), (9000, "九千"), (10000, "幺零零零零")],
)  # fmt: skip
def test_counts(number: int, spoken: str) -> None:
    assert readback.count(number) == spoken


@given(st.integers(0, 10**7))
def test_a_count_is_never_empty_and_has_no_digits(number: int) -> None:
    spoken = readback.count(number)
    assert spoken
    assert not any(char.isascii() for char in spoken)


@pytest.mark.parametrize(
    ("part", "spoken"),
    [
        ("凤翔路128号", "凤翔路一百二十八号"),
        ("3栋2单元502室", "三栋二单元五零二室"),
        ("12A室", "幺二A室"),
        ("五一路8号", "五一路八号"),
        ("林头村", "林头村"),
    ],
)
def test_addresses(part: str, spoken: str) -> None:
    assert readback.address(part) == spoken


def test_a_clause_without_its_value_is_left_out() -> None:
    pick = "可能是这几个:{c1},请按一;{c2},请按二;{c3},请按三;都不是,请按四。"
    two = held(fault_code=heard(dict(E01), dict(E01), dict(E1)))
    assert said(pick, two) == "可能是这几个:E、零、幺,请按一;E、幺,请按二;都不是,请按四。"
    address = "地址是:{region};{road};{room}。"
    assert said(address, held(address=heard({"region": "佛山市", "road": "凤翔路8号"}))) == "地址是:佛山市;凤翔路八号。"
    assert said("{region},{road},{room}。", held(address=heard({"region": "佛山市"}))) == "佛山市。"
    assert said("{region},{road},{room}。", held()) == ""
    assert said("报好了。单号是{ticket_no}。", held()) == "报好了。"
    assert said("报好了。单号是{ticket_no}。", held("12345674")) == "报好了。单号是幺二三四、五六七四。"
    assert render_all([Template("k", "{road}"), Template("l", "好。")], held())[0].key == "l"


def test_variables_without_a_matter_are_harmless() -> None:
    for name, read in VARIABLES.items():
        assert isinstance(read(State()).text, str), name


def test_regions_to_choose_from_and_what_they_share() -> None:
    west = [{"district": "西湖区", "city": city, "region": f"{city}西湖区"} for city in ("杭州市", "南昌市")]
    state = held(address=heard({}, *west))
    assert (
        said("有几个{name}。{r1},请按一;{r2},请按二。", state)
        == "有几个西湖区。杭州市西湖区,请按一;南昌市西湖区,请按二。"
    )
    apart = held(address=heard({}, dict(SHUNDE), west[0]))
    assert said("有几个{name}。", apart) == "有几个这样的地方。"


def test_who_is_rung_back() -> None:
    assert said("打{number_tail}。{number}", held()) == "打尾号八零零零的电话。幺三八、零零幺三、八零零零"
    other = held(contact=heard({"number": "+8675766883358"}))
    assert said("尾号{tail},不是{caller_tail}", other) == "尾号三三五八,不是八零零零"


def test_hints_are_pinyin_in_the_place_of_a_character_and_are_not_shown() -> None:
    segment = render(Template("k", "重新说,还有,核对。"), State())
    assert segment is not None
    assert segment.text == "[[chong2]]新说,[[hai2]]有,[[he2]]对。"
    assert shown(segment.text) == "重新说,还有,核对。"
    assert shown("[[xx9]]") == ""


def test_everything_fixed_is_listed_at_both_rates_with_every_piece() -> None:
    listed = static_texts()
    assert listed == static_texts(program())
    texts = {item["text"] for item in listed}
    assert {item["rate"] for item in listed} == {1.0, ELDER_RATE}
    normal = [str(item["text"]) for item in listed if item["rate"] == 1.0]
    slow = [str(item["text"]) for item in listed if item["rate"] == ELDER_RATE]
    assert len(set(normal)) == len(normal)
    assert all(text in slow or any(text.startswith(part) for part in slow) for text in normal)
    assert {"key": "visit_day.nm.1", "text": "抱歉,没听清时间。", "rate": 1.0} in listed
    keyed = held(
        "12345674",
        fault_code=heard({"canonical": "E01"}),
        product=heard({"spoken": "壁挂炉"}),
        visit=heard({"value": "tomorrow"}),
    )
    for prompt in (
        "fault_code_confirm.p",
        "fault_unknown",
        "repair_number",
        "visit_noted",
        "contact_known.p",
        "callback_done",
    ):
        for segment in render_all(program().prompts[prompt], keyed):
            assert segment.pieces, segment.key
            assert set(segment.pieces) <= texts, segment.key


def test_what_cannot_be_pieced_together_has_no_pieces() -> None:
    segment = render(Template("k", "{road}。好。"), held(address=heard({"road": "凤翔路"})))
    assert segment is not None
    assert segment.pieces == ()


def test_a_long_segment_is_said_slowly_in_two_parts_that_are_the_whole() -> None:
    long = "请直接说您要办什么,比如:我要报修。咨询,请按一;投诉建议,请按二;报修,请按三;查进度,请按四。"
    first, second = slow_parts(Segment("main_menu.p.1", long))
    assert first.text + second.text == long
    assert first.text.endswith(";")
    assert (first.key, second.key) == ("main_menu.p.1.slow1", "main_menu.p.1.slow2")
    assert max(len(first.text), len(second.text)) <= SLOW_MOST
    commas = "请说上门地址,从城市说到房号,比如:佛山市顺德区容桂街道,某某路几号,几栋几零几"
    assert "".join(part.text for part in slow_parts(Segment("a", commas))) == commas
    for whole in (Segment("a", "好的。"), Segment("", long), Segment("a", long, (long,)), Segment("a", "好" * 50)):
        assert slow_parts(whole) == (whole,)


_TWO_VALUES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "product": ({"value": "boiler", "spoken": "壁挂炉"}, {"value": "other", "spoken": "温控器"}),
    "fault_code": ({"canonical": "E01"}, {"canonical": "F28"}),
    "symptom": ({"value": "no_hot_water", "spoken": "没热水"}, {"value": "leak", "spoken": "漏水"}),
    "address": ({"region": "佛山市顺德区", "road": "凤翔路18号"}, {"region": "佛山市南海区", "road": "凤翔路18号"}),
    "visit": (
        {"value": "date", "date": "2026-11-28", "part": "morning"},
        {"value": "date", "date": "2026-11-29", "part": "morning"},
    ),
    "contact": ({"number": "+8613900139000"}, {"number": "+8613900139001"}),
    "name": ({"name": "陈", "surname": "陈"}, {"name": "黄", "surname": "黄"}),
}
_CONFIRMED = [
    (name, slot)
    for name, node in program().nodes.items()
    if isinstance(node, Ask)
    for slot in node.confirms
]  # fmt: skip


@pytest.mark.parametrize(("node", "slot"), _CONFIRMED)
def test_a_yes_confirms_only_what_was_said_aloud(node: str, slot: str) -> None:
    def spoken(value: dict[str, str]) -> str:
        slots = {name: heard(first) for name, (first, _) in _TWO_VALUES.items()} | {slot: heard(value)}
        state = State(caller=Caller("c", "+8613800138000"), matters=(Matter(1, "repair", "", slots=slots),))
        segments = [render(template, state) for template in program().prompts[f"{node}.p"]]
        return "".join(segment.text for segment in segments if segment)

    one, other = _TWO_VALUES[slot]
    assert spoken(one) != spoken(other)
