"""The warranty's properties: time never helps, evidence never hurts, every verdict tells why; and its rules as data."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.policy.warranty import judge, last_day_after_days, last_day_after_years
from crm.policy.warranty_rules import BadRules, parse_rules, rules_on
from crm.policy.warranty_terms import (
    CAUSES,
    FEES,
    LINES,
    RIGHTS,
    Cause,
    Known,
    Line,
    Precision,
    ProductClass,
    Question,
    Standing,
    Verdict,
)
from crm.rules.service import default_sets
from tests.unit.crm.policy.defaults import warranty_rules

RAW = [dict(item) for item in default_sets("warranty")]
RANK = {Standing.NO: 0, Standing.MAYBE: 1, Standing.YES: 2}
MORE = {Known.NO: Known.UNKNOWN, Known.UNKNOWN: Known.YES, Known.YES: Known.YES}
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
ASKED = {
    "product_class": st.sampled_from(ProductClass),
    "card": st.sampled_from(Known),
    "receipt": st.sampled_from(Known),
    "serial_matches": st.sampled_from(Known),
    "cause": st.sampled_from(Cause),
    "repairs": st.integers(0, 5),
}


@st.composite
def questions(draw: st.DrawFn) -> Question:
    sold_on = draw(DAYS)
    source = draw(st.sampled_from(["invoice_on", "voucher_on", "told_on", "nothing"]))
    given_date: dict[str, Any] = {} if source == "nothing" else {source: sold_on}
    return Question(
        day=sold_on + timedelta(days=draw(st.integers(0, 900) | st.sampled_from([7, 8, 15, 16, 365, 366, 730, 731]))),
        precision=draw(st.sampled_from(Precision)),
        **given_date,
        **{name: draw(strategy) for name, strategy in ASKED.items()},
    )


def ranks(verdict: Verdict) -> list[int]:
    return [RANK[right.standing] for right in verdict.rights]


def not_better(later: Verdict, earlier: Verdict) -> bool:
    return all(second <= first for first, second in zip(ranks(earlier), ranks(later), strict=True))


def changed(question: Question, **what: Any) -> Question:
    return Question(**{**{name: getattr(question, name) for name in Question.__dataclass_fields__}, **what})


@given(questions(), st.integers(1, 800))
def test_a_later_day_never_gives_a_better_right(question: Question, days: int) -> None:
    later = changed(question, day=question.day + timedelta(days=days))
    assert not_better(judge(later, warranty_rules()), judge(question, warranty_rules()))


@given(questions(), st.sampled_from(["card", "receipt", "serial_matches"]))
def test_more_evidence_never_gives_a_worse_right(question: Question, piece: str) -> None:
    more = changed(question, **{piece: MORE[getattr(question, piece)]})
    assert not_better(judge(question, warranty_rules()), judge(more, warranty_rules()))


@given(questions())
def test_every_verdict_is_consistent_and_tells_why(question: Question) -> None:
    verdict = judge(question, warranty_rules())
    assert verdict.standing("paid_visit") is Standing.YES
    assert RANK[verdict.standing("refund")] <= RANK[verdict.standing("exchange")]
    assert RANK[verdict.standing("exchange")] <= RANK[verdict.standing("free_repair")]
    assert (verdict.fees == ()) is (verdict.standing("free_repair") is Standing.YES)
    assert verdict.reasons
    assert all(reason.place for reason in verdict.reasons)
    assert verdict.spoken is not Line.EXCLUDED
    if verdict.spoken in (Line.DAYS_7, Line.DAYS_15, Line.IN):
        assert verdict.standing("free_repair") is Standing.YES
        assert verdict.until is not None
        assert question.day <= verdict.until


@given(DAYS, st.integers(1, 4))
def test_a_calendar_year_is_the_same_day_or_the_28th_of_february(sold_on: date, years: int) -> None:
    last = last_day_after_years(sold_on, years)
    assert last.year == sold_on.year + years
    assert last.month == sold_on.month
    assert last.day == sold_on.day or (sold_on.day, last.day) == (29, 28)


@given(st.dates(), st.dates(), st.sampled_from(["invoice_on", "voucher_on", "told_on"]), st.sampled_from(Precision))
def test_every_day_of_the_calendar_has_a_verdict(sold_on: date, day: date, source: str, precision: Precision) -> None:
    dated: dict[str, Any] = {source: sold_on}
    assert judge(Question(ProductClass.UNKNOWN, day, precision=precision, **dated), warranty_rules()).reasons


@pytest.mark.parametrize("sold_on", [date(9999, 1, 1), date(9999, 12, 31), date(9998, 2, 28)])
def test_a_period_ends_with_the_calendar(sold_on: date) -> None:
    question = Question(ProductClass.BOILER, date.max, invoice_on=sold_on, receipt=Known.YES)
    assert judge(question, warranty_rules()).standing("free_repair") is Standing.YES
    assert last_day_after_days(sold_on, 10_000) == date.max


def test_the_invoice_comes_before_the_voucher_and_both_before_words() -> None:
    base = Question(ProductClass.OTHER, date(2026, 3, 20), receipt=Known.YES, told_on=date(2020, 1, 1))
    assert judge(base, warranty_rules()).line is Line.OUT
    with_voucher = changed(base, voucher_on=date(2026, 3, 10))
    assert judge(with_voucher, warranty_rules()).line is Line.DAYS_15
    assert judge(changed(with_voucher, invoice_on=date(2026, 3, 15)), warranty_rules()).line is Line.DAYS_7


def test_the_rules_of_the_day_of_sale_hold() -> None:
    newer = deepcopy(RAW[0])
    newer["valid_from"] = date(2027, 1, 1)
    newer["periods"]["repair"]["years"]["boiler"] = 3
    sets = parse_rules([*RAW, newer])
    before = Question(ProductClass.BOILER, date(2028, 12, 30), invoice_on=date(2026, 12, 31), receipt=Known.YES)
    after = changed(before, day=date(2029, 12, 30), invoice_on=date(2027, 1, 1))
    assert judge(before, sets).until == date(2028, 12, 31)
    assert judge(after, sets).until == date(2030, 1, 1)
    assert judge(after, sets).rules_from == date(2027, 1, 1)
    assert rules_on(sets, date(1990, 1, 1)) is sets[0]


def _without(path: str) -> Any:
    raw = deepcopy(RAW)
    *way, last = path.split(".")
    place = raw[0]
    for name in way:
        place = place[name]
    del place[last]
    return raw


def _with(path: str, value: Any) -> Any:
    raw = deepcopy(RAW)
    *way, last = path.split(".")
    place = raw[0]
    for name in way:
        place = place[name]
    place[last] = value
    return raw


@pytest.mark.parametrize(
    "raw",
    [
        [], {}, None, [1], [*RAW, *RAW],
        _without("periods.refund"), _without("sentences.over"), _without("valid_from"),
        _with("valid_from", "soon"), _with("periods.refund.days", 20), _with("periods.refund.days", 0),
        _with("periods.repair.years", {"boiler": 2}), _with("periods.repair.years.other", 99), _with("sentences", []),
    ],
)  # fmt: skip
def test_bad_rules_are_refused(raw: Any) -> None:
    with pytest.raises(BadRules):
        parse_rules(raw)


def test_every_constant_has_its_word() -> None:
    assert set(LINES) == set(Line)
    assert set(CAUSES) == set(Cause)
    assert set(FEES) == set(RAW[0]["fees"])
    verdict = judge(Question(ProductClass.BOILER, date(2026, 1, 1)), warranty_rules())
    assert [right.right for right in verdict.rights] == list(RIGHTS)
