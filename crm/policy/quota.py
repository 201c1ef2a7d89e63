"""Quota of spare parts (五.二): pieces per machines bought, by environment; within issued, over approved; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm.policy.warranty_rules import BadRules, Sentence

ANY = "*"


@dataclass(frozen=True, slots=True)
class Quota:
    """pieces of `part` ("*" = any) per per_units machines bought, in `environment` ("*" = any)."""

    part: str
    environment: str
    pieces: int
    per_units: int


@dataclass(frozen=True, slots=True)
class QuotaRules:
    """What holds from a day on. who: kinds of customer that have a quota."""

    valid_from: date
    source: str
    sentence: Sentence
    who: tuple[str, ...]
    environments: Mapping[str, str]
    quotas: tuple[Quota, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a request; used: pieces already issued this year."""

    part: str
    quantity: int
    used: int = 0


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """What the quota says of a line."""

    part: str
    quota: int
    used: int
    quantity: int

    @property
    def over(self) -> int:
        """Return how many pieces are beyond the quota."""
        return max(0, self.used + self.quantity - self.quota)


@dataclass(frozen=True, slots=True)
class QuotaVerdict:
    """Whether the whole request is within the quota, line by line, with the reason and the document's sentence."""

    within: bool
    lines: tuple[LineVerdict, ...]
    reason: str
    sentence: Sentence


def parse_quota_rules(raw: Any) -> tuple[QuotaRules, ...]:
    """Return the sets in order of valid_from; raises BadRules."""
    if not isinstance(raw, list) or not raw:
        raise BadRules("quota: expected a list of sets")
    return tuple(_parse_one(item, index) for index, item in enumerate(raw))


def rules_of(sets: Sequence[QuotaRules], day: date) -> QuotaRules:
    """Return the set that holds on a day; before the first one that one."""
    return [sets[0], *(item for item in sets if item.valid_from <= day)][-1]


def judge_quota(
    sets: Sequence[QuotaRules], *, day: date, customer_kind: str, environment: str, units: int, wanted: Sequence[Wanted]
) -> QuotaVerdict:
    """Return the verdict on a request of `day`, one line for each part.

    Who has no quota, asks for nothing or for less than a piece, or stands nowhere we know, is not within one.
    """
    rules = rules_of(sets, day)
    if customer_kind not in rules.who:
        return QuotaVerdict(False, (), "只有经销商、工程商、维修网点有备件配额；终端用户按价目购买", rules.sentence)
    lines = tuple(
        LineVerdict(item.part, _pieces(rules, item.part, environment, units), item.used, item.quantity)
        for item in _by_part(wanted)
    )
    reason = f"购机 {units} 台，环境：{rules.environments.get(environment, environment)}；"
    if environment not in rules.environments:
        return QuotaVerdict(False, lines, f"{reason}没有这种使用环境，没有配额", rules.sentence)
    if any(item.quantity < 1 for item in wanted):
        return QuotaVerdict(False, lines, f"{reason}备件的数量要大于 0", rules.sentence)
    over = "，".join(f"{line.part} 超出 {line.over} 件" for line in lines if line.over)
    said = over or ("都在配额内" if lines else "还没有填备件")
    return QuotaVerdict(bool(lines) and not over, lines, reason + said, rules.sentence)


def _by_part(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Return one line for each part; what was issued of it is the same in all of its lines."""
    found: dict[str, Wanted] = {}
    for item in wanted:
        before = found.get(item.part, Wanted(item.part, 0))
        found[item.part] = Wanted(item.part, before.quantity + item.quantity, max(before.used, item.used))
    return list(found.values())


def _pieces(rules: QuotaRules, part: str, environment: str, units: int) -> int:
    """Return the quota of a part: the rule that names most of it holds. Where nobody can stand there is none."""
    if environment not in rules.environments:
        return 0
    fitting = [
        (quota.part != ANY, quota.environment != ANY, quota)
        for quota in rules.quotas
        if quota.part in (ANY, part) and quota.environment in (ANY, environment)
    ]
    best = max(fitting, key=lambda item: item[:2], default=(False, False, None))[2]
    return units * best.pieces // best.per_units if best else 0


def _parse_one(raw: Any, index: int) -> QuotaRules:
    try:
        rules = QuotaRules(
            valid_from=raw["valid_from"],
            source=str(raw["source"]),
            sentence=Sentence(str(raw["sentence"]["place"]), str(raw["sentence"]["text"])),
            who=tuple(str(item) for item in raw["who"]),
            environments={str(key): str(name) for key, name in raw["environments"].items()},
            quotas=tuple(
                Quota(str(item["part"]), str(item["environment"]), int(item["pieces"]), int(item["per_units"]))
                for item in raw["quotas"]
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRules(f"quota set {index}: {type(error).__name__} {error}") from error
    if not isinstance(rules.valid_from, date):
        raise BadRules(f"quota set {index}: valid_from is no date")
    for quota in rules.quotas:
        if quota.pieces < 0 or quota.per_units < 1 or quota.environment not in {ANY, *rules.environments}:
            raise BadRules(f"quota set {index}: quota of {quota.part} in {quota.environment}")
    return rules
