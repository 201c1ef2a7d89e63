"""Dated rules: read by everybody, added by administrators."""

import json
from typing import Literal

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.database import storable
from crm.rules import service
from crm.rules.schemas import NewRuleSet, RuleBook, RuleSetForm
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["rules"])
RuleName = Literal["warranty", "clocks", "quota", "follow_up"]


@router.get("/rules/{name}", operation_id="getRules")
async def get_rules(name: RuleName, session: SessionDep, lens: LensDep) -> RuleBook:  # noqa: ARG001 a log-in is needed
    """The sets of 三包, 时限, 备件配额 or 回访 with the day each begins."""
    return await _book(session, name)


@router.post("/rules/{name}", operation_id="addRules", status_code=201)
async def add_rules(name: RuleName, body: NewRuleSet, session: SessionDep, lens: LensDep) -> RuleBook:
    """Add a set from a day on; older tickets and sales keep theirs."""
    require(lens.viewer, Role.ADMIN)
    await service.add_set(session, name, body.valid_from, storable(body.body), actor=lens.viewer.name, now=lens.now)
    await note(session, lens.viewer, "rules_added", "rules", name, lens.now, detail=body.valid_from.isoformat())
    return await _book(session, name)


async def _book(session: AsyncSession, name: str) -> RuleBook:
    own = await service.own_days(session, name)
    sets = [
        RuleSetForm(
            valid_from=item["valid_from"],
            own=item["valid_from"] in own,
            body=json.loads(json.dumps({key: value for key, value in item.items() if key != "valid_from"})),
        )
        for item in await service.raw_sets(session, name)
    ]
    return RuleBook(name=name, title=service.NAMES[name], sets=sets)
