"""Arithmetic of clocks: all day and working hours, pauses that give back what was left; their rules, and the quota."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.policy.clock_rules import (
    key_of_round,
    parse_clock_rules,
    promise_of,
    promises_for,
    rules_of_day,
    scope_of,
    with_calendar,
    with_outlets,
)
from crm.policy.clocks import ClockState, add, begin, between, meet, pause, resume
from crm.policy.quota import Wanted, judge_quota, parse_quota_rules
from crm.policy.warranty_rules import BadRules
from crm.rules.service import default_sets
from ivr.contract.hours import DEFAULT_HOURS, parse_hours
from tests.unit.crm.policy.defaults import clock_rules, quota_rules

ZONE = ZoneInfo("Asia/Shanghai")
RULES = clock_rules()[0]
HOURS = RULES.hours  # Monday to Saturday 9 to 18
MOMENTS = st.integers(0, 700 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
SPANS = st.integers(0, 60 * 24 * 20).map(lambda minutes: timedelta(minutes=minutes))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-20T10:00", 2, "2026-11-20T12:00"),
        ("2026-11-20T17:00", 2, "2026-11-21T10:00"),
        ("2026-11-21T17:00", 2, "2026-11-23T10:00"),  # Saturday evening → Monday
        ("2026-11-22T12:00", 9, "2026-11-23T18:00"),  # Sunday counts nothing
        ("2026-11-20T03:00", 1, "2026-11-20T10:00"),
        ("2026-11-20T19:00", 2, "2026-11-21T11:00"),  # a day whose hours are over counts nothing
    ],
)
def test_working_hours(start: str, hours: float, end: str) -> None:
    assert add(at(start), timedelta(hours=hours), HOURS, ZONE) == at(end)
    assert between(at(start), at(end), HOURS, ZONE) == timedelta(hours=hours)


@given(MOMENTS, SPANS, st.booleans())
def test_adding_and_measuring_agree(start: datetime, span: timedelta, working: bool) -> None:
    hours = HOURS if working else None
    end = add(start, span, hours, ZONE)
    assert end >= start
    assert between(start, end, hours, ZONE) == span


@given(MOMENTS, SPANS, SPANS, st.booleans())
def test_a_pause_gives_back_what_was_left(start: datetime, before: timedelta, stood: timedelta, working: bool) -> None:
    hours = HOURS if working else None
    clock = begin(start, timedelta(hours=8), 0.75, hours, ZONE)
    assert start <= clock.at_risk_at <= clock.due_at
    stopped = pause(clock, start + before, ZONE)
    if start + before >= clock.due_at:
        assert stopped == clock
        return
    again = resume(stopped, start + before + stood, ZONE)
    assert again.state is ClockState.RUNNING
    assert again.due_at >= clock.due_at
    counted = between(start, start + before, hours, ZONE)
    assert counted + between(start + before + stood, again.due_at, hours, ZONE) == timedelta(hours=8)


def test_only_a_clock_that_runs_and_is_not_due_can_be_paused() -> None:
    clock = begin(at("2026-11-20T10:00"), timedelta(hours=2), 0.75, HOURS, ZONE)
    assert pause(clock, clock.due_at, ZONE) is clock
    stopped = pause(clock, at("2026-11-20T10:30"), ZONE)
    assert (stopped.state, stopped.left) == (ClockState.PAUSED, timedelta(minutes=90))
    assert pause(stopped, at("2026-11-20T11:00"), ZONE) is stopped


def test_keeping_a_promise_in_time_and_late() -> None:
    start = at("2026-11-22T12:00")
    clock = begin(start, timedelta(hours=8), 0.75, None, ZONE)
    assert clock.at_risk_at == start + timedelta(hours=6)
    assert meet(clock, clock.due_at).state is ClockState.MET
    late = meet(clock, clock.due_at + timedelta(milliseconds=1))
    assert late.state is ClockState.MET_LATE
    assert meet(late, start) is late
    assert meet(pause(clock, start, ZONE), clock.due_at + timedelta(days=9)).state is ClockState.MET
    assert resume(clock, start, ZONE) is clock
    assert add(start, timedelta(days=20_000), HOURS, ZONE) > start + timedelta(days=900)
    assert between(start, start, HOURS, ZONE) == timedelta(0)
    years = between(start, start + timedelta(days=2000), HOURS, ZONE)
    assert timedelta(days=300) < years < timedelta(days=500), "counting ends after some years"


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ({"adcode": "440606100", "city": "佛山市"}, "city"),
        ({"adcode": "440300"}, "province"),
        ({"adcode": "110101"}, "other"),
        ({"province": "广东省", "city": "佛山市"}, "city"),
        ({"province": "广东省", "city": "深圳市"}, "province"),
        ({"raw": "听不清"}, "other"),
        ({}, "other"),
    ],
)
def test_which_place_counts(address: dict[str, str], scope: str) -> None:
    assert scope_of(RULES, address) == scope


def test_the_outlets_tell_which_city_counts() -> None:
    served = [{"adcode": "430100", "name": "长沙市", "city": "yes"}, {"adcode": "4403", "name": "深圳市", "city": "no"},
              {"adcode": "", "name": "某市", "city": "yes"}]  # fmt: skip
    rules = with_outlets(RULES, served)
    places = ("430100", "440606", "440300", "430200")
    assert [scope_of(rules, {"adcode": code}) for code in places] == ["city", "province", "province", "other"]
    assert with_outlets(RULES, served[1:]) is RULES


def test_eight_hours_in_the_city_and_twenty_four_in_the_province() -> None:
    city = {item.key: item for item in promises_for(RULES, "repair", "city")}
    assert (city["on_site"].hours, city["on_site"].working) == (8, False)
    assert "市区内8小时上门服务" in city["on_site"].sentence
    province = {item.key: item for item in promises_for(RULES, "repair", "province")}
    assert (province["response"].hours, province["response"].working) == (24, False)
    assert not any(item.place == "四.一.2" for item in promises_for(RULES, "repair", "other"))
    assert {item.key for item in promises_for(RULES, "complaint", "other")} == {"complaint_reply", "complaint_close"}


def _clocks(**changed: Any) -> list[Any]:
    return [{**deepcopy(default_sets("clocks")[0]), **changed}]


PROMISE = default_sets("clocks")[0]["promises"][0]


@pytest.mark.parametrize(
    "raw",
    [
        [], {}, [1], _clocks(at_risk=1), _clocks(valid_from="x"), _clocks(zone="Mars/Base"), _clocks(promises=None),
        _clocks(working={"days": [], "begin": "09:00", "end": "18:00"}),
        _clocks(working={"days": [1], "begin": "18:00", "end": "09:00"}),
        _clocks(areas=[{"scope": "moon", "adcode": "44", "name": "x"}]),
        _clocks(promises=[PROMISE, PROMISE]),
        _clocks(promises=[{**PROMISE, "hours": 0}]), _clocks(promises=[{**PROMISE, "met_by": ["nowhere"]}]),
        _clocks(promises=[{**PROMISE, "calendar": "sometimes"}]), _clocks(promises=[{**PROMISE, "met_by": []}]),
    ],
)  # fmt: skip
def test_bad_clock_rules_are_refused(raw: Any) -> None:
    with pytest.raises(BadRules):
        parse_clock_rules(raw)


def test_days_off_do_not_count_and_the_weekend_that_makes_up_for_them_does() -> None:
    """国庆节 2026: 1 to 7 October off, Saturday the 10th worked; only for promises with a working calendar."""
    week = with_calendar(RULES, parse_hours(DEFAULT_HOURS, ZONE)).hours
    eve = datetime(2026, 9, 30, 17, 0, tzinfo=ZONE)
    due = add(eve, timedelta(hours=3), week, ZONE)
    assert due == datetime(2026, 10, 8, 11, 0, tzinfo=ZONE)
    assert between(eve, due, week, ZONE) == timedelta(hours=3)
    assert add(eve, timedelta(hours=3), RULES.hours, ZONE) == datetime(2026, 10, 1, 11, 0, tzinfo=ZONE)
    assert add(eve, timedelta(hours=3), None, ZONE) == datetime(2026, 9, 30, 20, 0, tzinfo=ZONE)
    weekdays = replace(week, days=frozenset(range(1, 6)))
    friday = datetime(2026, 10, 9, 17, 0, tzinfo=ZONE)
    assert add(friday, timedelta(hours=2), weekdays, ZONE) == datetime(2026, 10, 10, 10, 0, tzinfo=ZONE)


def test_the_set_of_the_day_of_opening_holds() -> None:
    newer = _clocks(valid_from=date(2027, 1, 1))
    sets = parse_clock_rules([*default_sets("clocks"), *newer])
    assert rules_of_day(sets, date(2026, 12, 31)) is sets[0]
    assert rules_of_day(sets, date(2027, 1, 1)) is sets[1]
    assert rules_of_day(sets, date(1999, 1, 1)) is sets[0]


# ---- quota (五.二) ----


@pytest.mark.parametrize(
    ("kind", "environment", "units", "wanted", "within"),
    [
        ("dealer", "normal", 100, [Wanted("PCB", 2)], True),
        ("dealer", "normal", 100, [Wanted("PCB", 3)], False),
        ("contractor", "normal", 100, [Wanted("PCB", 1, 1)], True),
        ("outlet", "normal", 100, [Wanted("PCB", 1, 2)], False),
        ("dealer", "cold", 90, [Wanted("PCB", 3)], True),
        ("dealer", "normal", 49, [Wanted("PCB", 1)], False),
        ("dealer", "normal", 100, [], False),
        ("dealer", "normal", 100, [Wanted("PCB", 1), Wanted("PCB", 1)], True),
        ("dealer", "normal", 100, [Wanted("PCB", 2), Wanted("FAN", 1), Wanted("PCB", 1)], False),
        ("dealer", "normal", 100, [Wanted("PCB", 1, 1), Wanted("PCB", 1, 1)], False),
        ("dealer", "normal", 100, [Wanted("PCB", 0)], False),
        ("dealer", "normal", 100, [Wanted("PCB", 3), Wanted("PCB", -1)], False),
        ("dealer", "normal", 100, [Wanted("PCB", -1)], False),
        ("dealer", "moon", 100, [Wanted("PCB", 1)], False),
        ("owner", "normal", 100, [Wanted("PCB", 1)], False),
    ],
)
def test_the_quota_by_units_bought_and_environment(
    kind: str, environment: str, units: int, wanted: list[Wanted], within: bool
) -> None:
    verdict = judge_quota(
        quota_rules(), day=date(2026, 5, 1), customer_kind=kind, environment=environment, units=units, wanted=wanted
    )
    assert verdict.within is within
    assert "按比例进行配发" in verdict.sentence.text
    assert verdict.reason


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 20), st.integers(0, 20))
def test_more_machines_never_make_a_smaller_quota(fewer: int, more: int, quantity: int, used: int) -> None:
    judged = [
        judge_quota(quota_rules(), day=date(2026, 5, 1), customer_kind="dealer", environment="cold", units=units,
                    wanted=[Wanted("PCB", quantity, used)])
        for units in sorted((fewer, more))
    ]  # fmt: skip
    assert judged[0].within <= judged[1].within


def _quota(**changed: Any) -> list[Any]:
    return [{**deepcopy(default_sets("quota")[0]), **changed}]


@pytest.mark.parametrize(
    "raw",
    [
        [], None, [1], _quota(valid_from="x"), _quota(who=3),
        _quota(quotas=[{"part": "*", "environment": "moon", "pieces": 1, "per_units": 1}]),
        _quota(quotas=[{"part": "*", "environment": "*", "pieces": 1, "per_units": 0}]),
    ],
)  # fmt: skip
def test_bad_quota_rules_are_refused(raw: Any) -> None:
    with pytest.raises(BadRules):
        parse_quota_rules(raw)


def test_a_part_without_a_rule_has_no_quota() -> None:
    sets = parse_quota_rules(_quota(quotas=[]))
    verdict = judge_quota(sets, day=date(2026, 5, 1), customer_kind="dealer", environment="x", units=9,
                          wanted=[Wanted("PCB", 1)])  # fmt: skip
    assert (verdict.within, verdict.lines[0].over) == (False, 1)


def test_a_round_of_a_promise_has_a_key_of_its_own_and_is_known_by_it() -> None:
    assert [key_of_round("on_site", nth) for nth in (1, 2, 3)] == ["on_site", "on_site.2", "on_site.3"]
    assert {promise_of(key) for key in ("on_site", "on_site.2", "on_site.13")} == {"on_site"}
    assert [promise_of(key) for key in (".2", "on_site.x", "")] == [".2", "on_site.x", ""]
