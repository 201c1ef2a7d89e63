"""Rules of gas companies' numbers: one of a city, saved with the version that was read, each change audited."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.audit.service import note
from crm.errors import Conflict, Invalid, NotFound
from crm.gas_phones import repository
from crm.gas_phones.models import GasPhone
from crm.gas_phones.schemas import GasPhoneDraft


async def save(session: AsyncSession, adcode: str, draft: GasPhoneDraft, viewer: Viewer, now: datetime) -> GasPhone:
    """Enter or change the number of a city; raises Conflict, Invalid."""
    row = await repository.get(session, adcode)
    if (row.version if row else 0) != draft.version:
        raise Conflict("这个城市的号码刚被别人改过，请看一下新内容再保存")
    held = await repository.of_city(session, draft.city)
    if held is not None and held.adcode != adcode:
        raise Conflict("这个城市已有号码", fields=[{"field": "city", "detail": f"{draft.city}已有号码"}])
    if draft.checked_on > (now + timedelta(days=1)).date():
        raise Invalid("核对日期不能在以后", fields=[{"field": "checked_on", "detail": "不能在以后"}])
    new = row is None
    row = row or GasPhone(adcode=adcode, version=0)
    row.city, row.number = draft.city, "".join(filter(str.isdigit, draft.number))
    row.source, row.checked_on, row.version = draft.source, draft.checked_on, row.version + 1
    row.changed_by, row.changed_at = viewer.name, now
    if new:
        await repository.add(session, row)
    await note(session, viewer, "gas_phone_saved", "gas_phone", adcode, now, detail=f"{row.city} {row.number}")
    return row


async def remove(session: AsyncSession, adcode: str, viewer: Viewer, now: datetime) -> None:
    """Take a city's number out; raises NotFound."""
    row = await repository.get(session, adcode)
    if row is None:
        raise NotFound("这个城市没有号码")
    await repository.remove(session, row)
    await note(session, viewer, "gas_phone_removed", "gas_phone", adcode, now, detail=f"{row.city} {row.number}")
