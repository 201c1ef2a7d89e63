"""Who is suggested and why; what a step of a visit needs, in the document's words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.policy import visit_rules as rules
from crm.policy.dispatch import Area, Booking, Candidate, Nearness, Need, late_by_minutes, nearness, suggest

FIVE = datetime(2026, 11, 22, 17, tzinfo=UTC)
NEED = Need("440606101", "广东省佛山市顺德区容桂街道", "顺德区容桂街道", "boiler", FIVE, FIVE + timedelta(hours=2))
SHUNDE, NANHAI = Area("440606", "顺德区"), Area("440605", "南海区")


def somebody(name: str, *areas: Area, load: int = 0, skills: str = "boiler", street: str = "") -> Candidate:
    start = FIVE.replace(hour=8)
    booked = tuple(Booking(start, start + timedelta(minutes=30), street) for _ in range(load))
    return Candidate(name, name, "网点", frozenset(skills.split()), areas, 7, booked)


def test_the_suggestion_says_why_and_why_not() -> None:
    people = [
        somebody("周立", SHUNDE, load=7),
        somebody("黄海", NANHAI, load=3),
        somebody("李强", SHUNDE, load=5, street="顺德区容桂街道"),
        somebody("陈工", SHUNDE, skills="other"),
        somebody("新人"),
    ]
    best, second, *rest = suggest(people, NEED)
    assert (best.name, best.possible) == ("李强", True)
    assert best.reasons == ("同街道已有 5 单", "负责顺德区容桂街道", "会修壁挂炉", "17:00 起有空", "当天 5/7")
    assert (second.name, second.against) == ("黄海", ("跨区：南海区到顺德区容桂街道",))
    against = {item.name: item.against for item in rest if not item.possible}
    assert against["周立"] == ("已满",)
    assert against["陈工"] == ("不会修壁挂炉",)


def test_installing_is_told_in_words_of_its_own() -> None:
    able, unable = suggest(
        [somebody("李强", SHUNDE, skills="install"), somebody("周立", SHUNDE)], replace(NEED, skill="install")
    )
    assert "会安装调试" in able.reasons
    assert unable.against == ("不会安装调试",)


def test_a_clash_of_times_is_said() -> None:
    busy = replace(somebody("李强", SHUNDE), booked=(Booking(FIVE, FIVE + timedelta(hours=1), ""),))
    (only,) = suggest([busy], NEED)
    assert (only.possible, only.against) == (False, ("17:00–18:00 已有安排",))


@pytest.mark.parametrize(("areas", "adcode", "near"), [
    ([SHUNDE], "440606101", Nearness.DISTRICT), ([Area("440606101", "容桂街道")], "440606101", Nearness.TOWN),
    ([Area("4406", "佛山市")], "440606101", Nearness.CITY), ([NANHAI], "440606101", Nearness.CITY),
    ([Area("440106", "天河区")], "440606101", Nearness.FAR), ([SHUNDE], "", Nearness.DISTRICT),
    ([Area("440606101", "容桂街道")], "", Nearness.TOWN), ([NANHAI], "", Nearness.FAR), ([], "440606", Nearness.FAR),
    ([Area("440606101", "容桂街道")], "440606", Nearness.TOWN),
    ([Area("440606002", "大良街道")], "440606", Nearness.CITY),
])  # fmt: skip
def test_nearness(areas: list[Area], adcode: str, near: Nearness) -> None:
    assert nearness(areas, replace(NEED, adcode=adcode)) is near


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["boiler", "other"]), st.sampled_from([SHUNDE, NANHAI]))))
def test_everybody_is_judged_once_and_the_possible_come_first(people: list[tuple[int, str, Area]]) -> None:
    candidates = [somebody(str(i), area, load=load, skills=skill) for i, (load, skill, area) in enumerate(people)]
    found = suggest(candidates, NEED)
    assert sorted(item.engineer for item in found) == sorted(str(i) for i in range(len(people)))
    assert [item.possible for item in found] == sorted((item.possible for item in found), reverse=True)
    assert all(item.against for item in found if not item.possible)


def test_lateness() -> None:
    assert late_by_minutes(FIVE, None) == late_by_minutes(FIVE, FIVE) == 0
    assert late_by_minutes(FIVE, FIVE - timedelta(minutes=40)) == 40
    assert late_by_minutes(FIVE, FIVE - timedelta(seconds=1)) == 1


def test_the_checklists_are_the_documents() -> None:
    assert list(rules.SHOWN.values()) == ["上门服务必须出示“工作证”"]
    assert list(rules.DONE.values()) == [
        "服务后清理现场到位", "服务后通电试机演示到位", "服务后向用户讲述产品使用知识到位",
    ]  # fmt: skip
    assert list(rules.NEVER.values()) == [
        "不喝用户的水", "不抽用户的烟", "不吃用户的饭", "不收用户的礼品", "不损坏和弄脏用户的一件物品",
    ]  # fmt: skip
    assert "电话了解用户要求" in rules.BEFORE.values()


def test_what_a_step_needs() -> None:
    assert rules.missing("depart", {}) == list(rules.BEFORE)
    assert rules.missing("depart", dict.fromkeys(rules.BEFORE, True)) == []
    whole = dict.fromkeys((*rules.SHOWN, *rules.DONE, *rules.NEVER), True)
    assert rules.missing("finish", whole, "fixed") == []
    assert rules.missing("finish", {**whole, "demonstrated": False}, "fixed") == ["demonstrated"]
    assert rules.missing("finish", {**whole, "demonstrated": False}, "need_part") == []
    assert rules.missing("finish", {}, "absent") == rules.missing("finish", {}, "gas_leak") == []
    assert rules.missing("work", {}) == ["badge_shown"]
