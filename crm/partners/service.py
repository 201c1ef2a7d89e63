"""Rules of partners: who has a quota, what it is made of, how much of it is used."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm.customers import repository as customers
from crm.customers.models import Customer
from crm.errors import Conflict, Invalid
from crm.partners.schemas import PartnerChange, QuotaLine
from crm.parts import repository as parts
from crm.parts.models import Partner
from crm.parts.service import year_of
from crm.policy.quota import QuotaRules, Wanted, judge_quota, rules_of
from crm.rules.service import quota_rules


async def rules_today(session: AsyncSession, now: datetime, zone: ZoneInfo) -> QuotaRules:
    """Return the set of the quota that holds today."""
    return rules_of(await quota_rules(session), now.astimezone(zone).date())


async def quota_lines(
    session: AsyncSession, customer: Customer, standing: Partner | None, now: datetime, zone: ZoneInfo
) -> list[QuotaLine]:
    """Return the quota of every part that can be ordered, and of those issued this year."""
    used = await parts.used(session, customer.id, since=year_of(now, zone), but="")
    known = {row.code: row for row in await parts.listed(session) if row.active or row.code in used}
    verdict = judge_quota(
        await quota_rules(session),
        day=now.astimezone(zone).date(),
        customer_kind=customer.kind,
        environment=standing.environment if standing else "normal",
        units=standing.units_bought if standing else 0,
        wanted=[Wanted(code, 0, used.get(code, 0)) for code in known],
    )
    return [
        QuotaLine(
            part=line.part, name=known[line.part].name, unit=known[line.part].unit, quota=line.quota, used=line.used,
            left=max(0, line.quota - line.used),
        )
        for line in verdict.lines
    ]  # fmt: skip


async def save(
    session: AsyncSession, customer: str, wanted: PartnerChange, rules: QuotaRules, *, actor: str, now: datetime
) -> Partner:
    """Write down how many machines a partner bought and where they stand. Raises Invalid, Conflict."""
    person = await customers.get(session, customer)
    if person is None or person.kind not in rules.who:
        raise Invalid("只有经销商、工程商、维修网点有备件配额")
    if wanted.environment not in rules.environments:
        raise Invalid("没有这种使用环境", fields=[{"field": "environment", "detail": "没有这种使用环境"}])
    row = await parts.partner(session, customer, lock=True)
    if (row.version if row else 0) != wanted.version:
        raise Conflict("刚被别人改过，请看一下新内容再保存")
    if row is None:
        row = Partner(customer_id=customer, version=0)
    row.units_bought, row.environment, row.version = wanted.units_bought, wanted.environment, wanted.version + 1
    row.updated_by, row.updated_at = actor, now
    await parts.add(session, row)
    return row
