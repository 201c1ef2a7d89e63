"""Danger words by text: a table of what callers say, and what must hold whatever is said around them."""

from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from danger.find import CHECK, KINDS, clauses, find_safety, spoken_phrases, without_danger
from speech.contract import SlotKind, SlotSpec
from speech.slots.slots import Slots
from tests.unit.ivr.flows.play import program

LEXICON = program().lexicon
MENU = SlotSpec("main_menu", SlotKind.MENU, {"repair": ("我要报修", "没热水了")})
CODE = SlotSpec("fault_code", SlotKind.FAULT_CODE)
FILLERS = ("嗯", "啊", "喂", "那个", "就是说", "呃", "哦", "我跟你讲啊", "师傅", "你好", "快点", "我家", "现在", "哎呀")
HARMLESS = ("打不着火", "没热水了", "我要报修", "漏水了", "面板报警E一", "对不起", "六七年了", "炉子不着火", "我没发票")


@cache
def table() -> dict[str, list[str]]:
    raw = yaml.safe_load((Path(__file__).parent / "safety" / "phrases.yaml").read_text("utf-8"))
    return {str(kind): [str(phrase) for phrase in phrases] for kind, phrases in raw.items()}


ROWS = [(phrase, kind) for kind, phrases in table().items() for phrase in phrases]
NAMED = [(phrase, kind) for phrase, kind in ROWS if kind in KINDS]


def test_the_table_is_long_and_says_nothing_twice() -> None:
    assert len(ROWS) >= 150
    assert len({phrase for phrase, _kind in ROWS}) == len(ROWS)
    assert min(len(phrases) for phrases in table().values()) >= 20


@pytest.mark.parametrize(("said", "kind"), ROWS)
def test_what_callers_say(said: str, kind: str) -> None:
    assert find_safety(said, LEXICON) == ("" if kind == "none" else kind)


@pytest.mark.parametrize(("said", "kind"), ROWS)
def test_without_punctuation_no_danger_is_lost(said: str, kind: str) -> None:
    """A recognizer gives no punctuation: what is named then may be asked about, but never passed over."""
    found = find_safety(clauses(said).replace("|", ""), LEXICON)
    assert found in ((kind, CHECK) if kind in KINDS else (kind, "") if kind == "none" else (CHECK, *KINDS))


@settings(deadline=None)  # the machine may be busy
@given(
    st.sampled_from(NAMED), st.lists(st.sampled_from(FILLERS + HARMLESS), max_size=3),
    st.lists(st.sampled_from(FILLERS + HARMLESS), max_size=3),
)  # fmt: skip
def test_nothing_said_beside_it_hides_a_danger(row: tuple[str, str], before: list[str], after: list[str]) -> None:
    said, kind = row
    assert find_safety(",".join([*before, said, *after]), LEXICON) == kind


@settings(deadline=None)  # the machine may be busy
@given(st.sampled_from(NAMED), st.lists(st.sampled_from(FILLERS), max_size=3))
def test_fillers_run_into_it_hide_no_danger(row: tuple[str, str], before: list[str]) -> None:
    said, kind = row
    assert find_safety("".join(before) + said, LEXICON) == kind


@settings(deadline=None)  # the machine may be busy
@given(
    st.sampled_from(["没有", "没", "不是", "是不是", "会不会", "怕", "要是", "以前", "没闻到", "并没有"]),
    st.sampled_from(
        ["漏气", "煤气味", "漏煤气", "冒烟", "漏电", "触电", "着火", "一氧化碳", "头晕", "起火", "煤气中毒"]
    ),
    st.lists(st.sampled_from(HARMLESS), max_size=2),
)
def test_a_negated_or_asked_danger_is_one_question(doubt: str, danger: str, beside: list[str]) -> None:
    assert find_safety(",".join([*beside, doubt + danger]), LEXICON) == CHECK


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.sampled_from(table()["none"]), min_size=1, max_size=4))
def test_harmless_sentences_together_are_harmless(said: list[str]) -> None:
    assert find_safety(",".join(said), LEXICON) == ""


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.sampled_from([phrase for phrase, kind in ROWS if kind in (*KINDS, CHECK)]), min_size=1, max_size=4))
def test_several_at_once_are_the_first_of_the_table(said: list[str]) -> None:
    named = [kind for kind in KINDS if any(phrase in table()[kind] for phrase in said)]
    assert find_safety("。".join(said), LEXICON) == (named[0] if named else CHECK)


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=60))
def test_any_text_is_survived(text: str) -> None:
    assert find_safety(text, LEXICON) in ("", CHECK, *KINDS)
    without_danger(text, LEXICON)


def test_unknown_words_part_nothing_and_negate_nothing() -> None:
    assert find_safety("没 [unk] 漏气", LEXICON) == "gas"
    assert find_safety("煤气 [unk] 味", LEXICON) == "gas"
    assert find_safety("漏 [unk] 煤气", LEXICON) == "gas"


def test_what_else_was_said_is_kept_for_the_draft() -> None:
    heard = Slots().interpret(CODE, LEXICON, ("E 一 还有 煤气味",))
    assert (heard.safety, heard.value["canonical"]) == ("gas", "E1")
    heard = Slots().interpret(MENU, LEXICON, ("我要报修 漏气 了",))
    assert (heard.safety, heard.meaning, heard.command) == ("gas", "repair", "")
    assert without_danger("我家漏气了", LEXICON).startswith("我家")


def test_a_named_danger_in_any_hypothesis_beats_a_doubtful_one() -> None:
    assert Slots().interpret(MENU, LEXICON, ("没有 漏气", "漏气")).safety == "gas"


def test_a_lexicon_without_words_finds_nothing() -> None:
    bare = program().lexicon.__class__()
    assert find_safety("漏气", bare) == ""
    assert spoken_phrases(bare) == []


def test_a_recognizer_expects_every_wording_of_the_dialogues() -> None:
    expected = spoken_phrases(LEXICON)
    assert len(expected) == len(set(expected))
    assert {"漏气", "煤气味", "头晕", "着火", "冒烟", "漏电", "叫不醒", "没气了"} <= set(expected)
    assert not any(set(phrase) & set("()|…") for phrase in expected)
