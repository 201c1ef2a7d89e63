"""回访: whom it asks, when, what an answer brings about, and what may be counted of it; dated data, pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm.policy.warranty_rules import BadRules, Sentence

ABOUT: Mapping[str, str] = {"repair": "报过修", "install": "约过安装", "complaint": "反映过问题"}
FIXED: Mapping[str, str] = {"yes": "好了", "no": "没好", "again": "又不行了"}
OUTCOMES: Mapping[str, str] = {
    "answered": "已回访", "unanswered": "接通，未答", "unreached": "没联系上", "refused": "不愿再接",
    "wrong_number": "号码不对", "do_not_call": "勿呼，没有打", "no_number": "没有号码",
    "reopened": "原单已重开", "void": "作废",
}  # fmt: skip
PLACED = "placed"  # the hotline rings by itself, and what comes of it is not told yet
ATTEMPTS: Mapping[str, str] = {
    "answered": "接通，答了", "unanswered": "接通，没答", "later": "改天再打", "no_answer": "无人接听",
    "wrong_number": "打错了", "refused": "别再打了", "not_asked": "接通，没问成", PLACED: "正在打",
}  # fmt: skip
RULES: Mapping[str, str] = {
    "badge": "出示工作证", "cleanup": "清理现场", "demo": "通电试机演示", "teach": "讲解使用知识",
    "forbidden": "没有违反五不准",
}  # fmt: skip
SOME = "some"  # beside RULES: something was not kept, and the customer did not say what
CAME = ("on_site", "done")  # states of a visit that the customer can be asked about
_AGAIN = frozenset({"later", "no_answer", "not_asked"})
_WITHOUT_TALK = frozenset({"do_not_call", "no_number", "reopened", "void"})  # nobody tried: of no figure
SELF = "self_resolved"


@dataclass(frozen=True, slots=True)
class FollowUpRules:
    """What holds from a day on. after_days: per kind of ticket, SELF = the caller cured it on the telephone."""

    valid_from: date
    source: str
    sentence: Sentence
    zone: ZoneInfo
    after_days: Mapping[str, int]
    hours: tuple[tuple[time, time], ...]
    most_days: int
    low_score: int
    satisfied: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What the customer said. fixed: yes | no | again. Scores 1 to 5, None = not asked or not answered.

    rules: keys of RULES that were answered, "yes" = kept; SOME "no".
    """

    fixed: str
    score_visit: int | None = None
    rules: Mapping[str, str] = field(default_factory=dict)
    score_call: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """How often one and the same was the end of a follow-up."""

    outcome: str
    survey: Survey
    times: int


@dataclass(frozen=True, slots=True)
class Mean:
    """How many gave a score, and their mean; None when nobody did."""

    given: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the follow-ups of a time say. ended: all that were tried; silent: who was not reached or did not answer.

    satisfied: mended and every score given high; a silent one never is. kept: per rule how many said so, of how many.
    """

    ended: int
    answered: int
    silent: int
    satisfied: int
    fixed: int
    visit: Mean
    call: Mean
    kept: Mapping[str, tuple[int, int]]


def parse_follow_up_rules(raw: Any) -> tuple[FollowUpRules, ...]:
    """Return the sets in order of valid_from; raises BadRules."""
    if not isinstance(raw, list) or not raw:
        raise BadRules("follow_up: expected a list of sets")
    return tuple(_parse_one(item, index) for index, item in enumerate(raw))


def rules_on(sets: Sequence[FollowUpRules], day: date) -> FollowUpRules:
    """Return the set that holds on a day; before the first one that one."""
    return [sets[0], *(item for item in sets if item.valid_from <= day)][-1]


def due_on(rules: FollowUpRules, kind: str, outcome: str, completed: datetime) -> date | None:
    """Return the day on which the customer of a completed ticket is asked, None when nobody is."""
    if kind not in ABOUT:
        return None
    days = rules.after_days[SELF if outcome == SELF else kind]
    return completed.astimezone(rules.zone).date() + timedelta(days=days)


def may_ring(rules: FollowUpRules, now: datetime) -> bool:
    """Tell whether customers are rung at this time of the day."""
    local = now.astimezone(rules.zone).time()
    return any(begin <= local < end for begin, end in rules.hours)


def hours_text(rules: FollowUpRules) -> str:
    """Return the hours as people read them: "09:00–12:00、14:00–20:00"."""
    return "、".join(f"{begin:%H:%M}–{end:%H:%M}" for begin, end in rules.hours)


def end_of(rules: FollowUpRules, result: str, attempts: int) -> str:
    """Return the outcome after so many attempts, the last of which had this result; "" = another day again."""
    if result not in _AGAIN:
        return result
    return "unreached" if attempts >= rules.most_days else ""


def reopens(survey: Survey) -> bool:
    """Tell whether the first ticket is opened again: its customer says it is not mended."""
    return survey.fixed in ("no", "again")


def complaints(rules: FollowUpRules, survey: Survey) -> list[str]:
    """Return why a supervisor must ring, nothing when nobody need."""
    why = [FIXED[survey.fixed]] if reopens(survey) else []
    for name, score in (("上门", survey.score_visit), ("电话服务", survey.score_call)):
        if score is not None and score <= rules.low_score:
            why.append(f"{name}打 {score} 分")
    return [*why, *(["违反五不准"] if survey.rules.get("forbidden") == "no" else [])]


def survey_text(survey: Survey) -> str:
    """Return the answers in one line."""
    scores = (("上门", survey.score_visit), ("电话服务", survey.score_call))
    given = [f"{name} {score} 分" for name, score in scores if score is not None]
    undone = [RULES[key] for key in RULES if survey.rules.get(key) == "no"]
    undone += ["有没做的，没说哪一样"] if survey.rules.get(SOME) == "no" else []
    return "，".join([FIXED[survey.fixed], *given, *([f"没做到：{'、'.join(undone)}"] if undone else [])])


def figures(rules: FollowUpRules, counted: Iterable[Counted]) -> Figures:
    """Return what they say together. Who did not answer is counted, but never as satisfied (五.五)."""
    tried = [item for item in counted if item.outcome not in _WITHOUT_TALK]
    told = [item for item in tried if item.outcome == "answered"]
    ended, answered = _times(tried), _times(told)
    return Figures(
        ended=ended,
        answered=answered,
        silent=ended - answered,
        satisfied=_times(item for item in told if _is_satisfied(rules, item.survey)),
        fixed=_times(item for item in told if item.survey.fixed == "yes"),
        visit=_mean((item.survey.score_visit, item.times) for item in told),
        call=_mean((item.survey.score_call, item.times) for item in told),
        kept={key: _kept(told, key) for key in RULES},
    )


def _times(counted: Iterable[Counted]) -> int:
    return sum(item.times for item in counted)


def _is_satisfied(rules: FollowUpRules, survey: Survey) -> bool:
    scores = [score for score in (survey.score_visit, survey.score_call) if score is not None]
    return survey.fixed == "yes" and bool(scores) and min(scores) >= rules.satisfied


def _mean(scores: Iterable[tuple[int | None, int]]) -> Mean:
    given = [(score, times) for score, times in scores if score is not None]
    count = sum(times for _, times in given)
    return Mean(count, round(sum(score * times for score, times in given) / count, 2) if count else None)


def _kept(told: Sequence[Counted], key: str) -> tuple[int, int]:
    asked = [item for item in told if item.survey.rules.get(key)]
    return _times(item for item in asked if item.survey.rules[key] == "yes"), _times(asked)


def _parse_one(raw: Any, index: int) -> FollowUpRules:
    try:
        rules = FollowUpRules(
            valid_from=raw["valid_from"],
            source=str(raw["source"]),
            sentence=Sentence(str(raw["sentence"]["place"]), str(raw["sentence"]["text"])),
            zone=ZoneInfo(str(raw["zone"])),
            after_days={str(key): int(days) for key, days in raw["after_days"].items()},
            hours=tuple((_time(item["begin"]), _time(item["end"])) for item in raw["hours"]),
            most_days=int(raw["most_days"]),
            low_score=int(raw["low_score"]),
            satisfied=int(raw["satisfied"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, ZoneInfoNotFoundError) as error:
        raise BadRules(f"follow_up set {index}: {type(error).__name__} {error}") from error
    _check(rules, f"follow_up set {index}")
    return rules


def _time(text: Any) -> time:
    return time.fromisoformat(str(text))


def _check(rules: FollowUpRules, where: str) -> None:
    if not isinstance(rules.valid_from, date):
        raise BadRules(f"{where}: valid_from is no date")
    if set(rules.after_days) != {SELF, *ABOUT} or not all(0 <= days <= 60 for days in rules.after_days.values()):
        raise BadRules(f"{where}: after_days")
    if not rules.hours or any(begin >= end for begin, end in rules.hours):
        raise BadRules(f"{where}: hours")
    if not 1 <= rules.most_days <= 10 or not 1 <= rules.low_score < rules.satisfied <= 5:
        raise BadRules(f"{where}: most_days, low_score, satisfied")
