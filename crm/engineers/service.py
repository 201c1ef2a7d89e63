"""Rules of engineers."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.engineers import repository
from crm.engineers.models import Engineer
from crm.engineers.schemas import EngineerArea, EngineerChange, EngineerDraft, EngineerForm
from crm.errors import Conflict, Invalid, NotFound
from crm.outlets import repository as outlets
from crm.policy.dispatch import SKILLS
from crm.words import word


async def create(session: AsyncSession, draft: EngineerDraft, now: datetime) -> Engineer:
    """Make an engineer; raises Conflict for a badge that is taken, Invalid for a number or outlet that is none."""
    await _check(session, draft, "")
    engineer = Engineer(name=draft.name, badge_no=draft.badge_no, created_at=now, version=1)
    _fill(engineer, draft)
    await repository.add(session, engineer)
    return engineer


async def change(session: AsyncSession, engineer_id: str, wanted: EngineerChange) -> Engineer:
    """Change an engineer; raises NotFound, Conflict, Invalid."""
    engineer = await repository.get(session, engineer_id, lock=True)
    if engineer is None:
        raise NotFound("没有这位师傅")
    if engineer.version != wanted.version:
        raise Conflict("这位师傅的资料刚被别人改过，请看一下新内容再保存")
    await _check(session, wanted, engineer_id)
    _fill(engineer, wanted)
    engineer.version += 1
    return engineer


def form(engineer: Engineer, outlet_name: str) -> EngineerForm:
    """Return an engineer for the page."""
    return EngineerForm(
        id=engineer.id, name=engineer.name, badge_no=engineer.badge_no, number=phone.grouped(engineer.e164),
        outlet=engineer.outlet_id or "", outlet_name=outlet_name, skills=engineer.skills,
        skill_names=[word(SKILLS, item) for item in engineer.skills],
        areas=[EngineerArea.model_validate(row) for row in engineer.areas], capacity=engineer.capacity,
        active=engineer.active, version=engineer.version,
    )  # fmt: skip


def _fill(engineer: Engineer, draft: EngineerDraft) -> None:
    engineer.name, engineer.badge_no, engineer.capacity = draft.name, draft.badge_no, draft.capacity
    engineer.e164 = phone.to_e164(draft.number) if draft.number else ""
    engineer.outlet_id = draft.outlet or None
    engineer.skills = list(draft.skills)
    engineer.areas = [{"adcode": item.adcode, "name": item.name} for item in draft.areas]
    engineer.active = draft.active


async def _check(session: AsyncSession, draft: EngineerDraft, own: str) -> None:
    held = await repository.by_badge(session, draft.badge_no)
    if held is not None and held.id != own:
        raise Conflict("这个工号已有人用", fields=[{"field": "badge_no", "detail": "这个工号已有人用"}])
    if draft.number and not phone.to_e164(draft.number):
        why = phone.why_not(draft.number)
        raise Invalid(why, fields=[{"field": "number", "detail": why}])
    if draft.outlet and await outlets.get(session, draft.outlet) is None:
        raise Invalid("没有这个网点", fields=[{"field": "outlet", "detail": "没有这个网点"}])
