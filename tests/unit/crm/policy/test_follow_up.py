"""回访: on which day and at what hours, how often, what an answer brings about, and what may be counted."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from crm.policy.follow_up import (
    RULES,
    Counted,
    Mean,
    Survey,
    complaints,
    due_on,
    end_of,
    figures,
    hours_text,
    may_ring,
    parse_follow_up_rules,
    reopens,
    rules_on,
    survey_text,
)
from crm.policy.warranty_rules import BadRules
from crm.rules.service import default_sets
from tests.unit.crm.policy.defaults import follow_up_rules

HOUSE = follow_up_rules()[0]
LATE = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # half past midnight of the 23rd at home


def changed(**more: Any) -> list[dict[str, Any]]:
    return [{**default_sets("follow_up")[0], **more}]


@pytest.mark.parametrize(
    ("kind", "outcome", "day"),
    [("repair", "self_resolved", date(2026, 11, 24)), ("repair", "reported", date(2026, 11, 25)),
     ("install", "", date(2026, 11, 25)), ("complaint", "", date(2026, 11, 25)), ("consult", "", None),
     ("follow_up", "", None)],
)  # fmt: skip
def test_who_is_asked_on_which_day(kind: str, outcome: str, day: date | None) -> None:
    assert due_on(HOUSE, kind, outcome, LATE) == day


@pytest.mark.parametrize(
    ("hour", "minute", "open_"),
    [(8, 59, False), (9, 0, True), (11, 59, True), (12, 0, False), (13, 59, False), (14, 0, True), (19, 59, True),
     (20, 0, False)],
)  # fmt: skip
def test_nobody_is_rung_at_noon_or_at_night(hour: int, minute: int, *, open_: bool) -> None:
    local = datetime.combine(date(2026, 11, 24), time(hour, minute), HOUSE.zone)
    assert may_ring(HOUSE, local.astimezone(UTC)) is open_
    assert hours_text(HOUSE) == "09:00–12:00、14:00–20:00"


def test_three_days_once_each_at_most() -> None:
    assert [end_of(HOUSE, "no_answer", nth) for nth in (1, 2, 3)] == ["", "", "unreached"]
    assert [end_of(HOUSE, "later", nth) for nth in (1, 3)] == ["", "unreached"]
    assert [end_of(HOUSE, result, 1) for result in ("answered", "refused")] == ["answered", "refused"]


@pytest.mark.parametrize(
    ("survey", "why"),
    [(Survey("yes", 5, {"badge": "no"}, 4), []), (Survey("yes"), []), (Survey("no"), ["没好"]),
     (Survey("again", 1), ["又不行了", "上门打 1 分"]), (Survey("yes", 3, {}, 2), ["电话服务打 2 分"]),
     (Survey("yes", 5, {"forbidden": "no"}, 5), ["违反五不准"])],
)  # fmt: skip
def test_when_a_supervisor_rings(survey: Survey, why: list[str]) -> None:
    assert complaints(HOUSE, survey) == why
    assert reopens(survey) is (survey.fixed != "yes")


def test_the_answers_in_one_line() -> None:
    told = Survey("yes", 4, {"badge": "yes", "cleanup": "no", "forbidden": "no"}, 5)
    assert survey_text(told) == "好了，上门 4 分，电话服务 5 分，没做到：清理现场、没有违反五不准"
    assert survey_text(Survey("again")) == "又不行了"


def test_who_is_not_reached_or_does_not_answer_is_not_satisfied() -> None:
    none = Survey("")
    found = figures(
        HOUSE,
        [
            Counted("answered", Survey("yes", 5, {"badge": "yes", "forbidden": "yes"}, 4), 3),
            Counted("answered", Survey("yes", 3, {"badge": "no"}, None), 1),
            Counted("answered", Survey("yes"), 2),  # mended, and no score: who knows
            Counted("answered", Survey("no"), 1),
            Counted("unreached", none, 4),
            Counted("unanswered", none, 2),
            Counted("refused", none, 1),
            Counted("do_not_call", none, 9),  # nobody rang
            Counted("reopened", none, 9),
        ],
    )
    assert (found.ended, found.answered, found.silent) == (14, 7, 7)
    assert (found.satisfied, found.fixed) == (3, 6)
    assert found.visit == Mean(4, 4.5)
    assert found.call == Mean(3, 4.0)
    assert (found.kept["badge"], found.kept["forbidden"], found.kept["teach"]) == ((3, 4), (3, 3), (0, 0))


def test_without_answers_there_is_no_mean() -> None:
    found = figures(HOUSE, [])
    assert (found.ended, found.visit, found.call) == (0, Mean(0, None), Mean(0, None))
    assert set(found.kept) == set(RULES)


def test_the_set_of_the_day_holds() -> None:
    sets = parse_follow_up_rules([*default_sets("follow_up"), *changed(valid_from=date(2027, 1, 1), most_days=2)])
    assert [rules_on(sets, day).most_days for day in (date(1999, 1, 1), date(2026, 12, 31), date(2027, 1, 1))] == [
        3, 3, 2,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [None, [], [{}], ["x"], changed(valid_from="2026"), changed(zone="Moon/Base"), changed(hours=[]),
     changed(hours=[{"begin": "12:00", "end": "09:00"}]), changed(hours=[{"begin": "x", "end": "09:00"}]),
     changed(after_days={"repair": 1}),
     changed(after_days={"self_resolved": 1, "repair": 99, "install": 2, "complaint": 2}), changed(most_days=0),
     changed(low_score=4), changed(satisfied=6), changed(low_score="x")],
)  # fmt: skip
def test_bad_rules_are_refused(raw: Any) -> None:
    with pytest.raises(BadRules):
        parse_follow_up_rules(raw)
