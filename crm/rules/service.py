"""Rules of the day: the package's YAML as defaults, the company's own sets from the database on top, checked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from crm.errors import Conflict, Invalid
from crm.policy.clock_rules import ClockRules, parse_clock_rules, with_calendar
from crm.policy.follow_up import FollowUpRules, parse_follow_up_rules
from crm.policy.quota import QuotaRules, parse_quota_rules
from crm.policy.warranty_rules import WarrantyRules, parse_rules
from crm.rules import repository
from crm.rules.models import RuleSet

CALENDAR = "calendar"  # key of AsyncSession.info: the HumanHours of the process
_FOLDER = Path(__file__).parents[1] / "policy"
_PARSERS: Mapping[str, Callable[[Any], Sequence[Any]]] = {
    "warranty": parse_rules,
    "clocks": parse_clock_rules,
    "quota": parse_quota_rules,
    "follow_up": parse_follow_up_rules,
}
NAMES: Mapping[str, str] = {"warranty": "三包", "clocks": "时限", "quota": "备件配额", "follow_up": "回访"}


@cache
def default_sets(name: str) -> tuple[Mapping[str, Any], ...]:
    """Return the sets that travel with the package."""
    return tuple(yaml.safe_load((_FOLDER / f"{name}_rules.yaml").read_text(encoding="utf-8")))


async def raw_sets(session: AsyncSession, name: str) -> list[Mapping[str, Any]]:
    """Return all sets of a name, the company's in place of a default of the same day, by day."""
    own = {row.valid_from: {**row.body, "valid_from": row.valid_from} for row in await repository.sets(session, name)}
    merged = {item["valid_from"]: item for item in default_sets(name)} | own
    return [merged[day] for day in sorted(merged)]


async def own_days(session: AsyncSession, name: str) -> frozenset[date]:
    """Return the days from which a set of the company's own holds."""
    return frozenset(row.valid_from for row in await repository.sets(session, name))


async def warranty_rules(session: AsyncSession) -> Sequence[WarrantyRules]:
    """Return the sets of the warranty."""
    return parse_rules(await raw_sets(session, "warranty"))


async def clock_rules(session: AsyncSession) -> Sequence[ClockRules]:
    """Return the sets of the clocks, with the days off that the hotline keeps."""
    calendar = session.info.get(CALENDAR)
    sets = parse_clock_rules(await raw_sets(session, "clocks"))
    return [with_calendar(item, calendar) for item in sets]


async def quota_rules(session: AsyncSession) -> Sequence[QuotaRules]:
    """Return the sets of the parts quota."""
    return parse_quota_rules(await raw_sets(session, "quota"))


async def follow_up_rules(session: AsyncSession) -> Sequence[FollowUpRules]:
    """Return the sets of 回访."""
    return parse_follow_up_rules(await raw_sets(session, "follow_up"))


async def add_set(
    session: AsyncSession, name: str, valid_from: date, body: Mapping[str, Any], *, actor: str, now: datetime
) -> RuleSet:
    """Add the company's set; raises Invalid with what is wrong, Conflict when that day has one."""
    raw = await raw_sets(session, name)
    if any(row.valid_from == valid_from for row in await repository.sets(session, name)):
        raise Conflict("这一天已有一套规则，请换一个生效日期")
    kept = [item for item in raw if item["valid_from"] != valid_from]
    try:
        _PARSERS[name](sorted([*kept, {**body, "valid_from": valid_from}], key=lambda item: item["valid_from"]))
    except ValueError as error:
        raise Invalid("规则写得不对", fields=[{"field": "body", "detail": str(error)}]) from error
    row = RuleSet(id=uuid4().hex, name=name, valid_from=valid_from, body=dict(body), created_by=actor, created_at=now)
    await repository.add(session, row)
    return row
