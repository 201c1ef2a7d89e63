"""Follow-ups: the day's list, taken, attempts written down; the figures for those who lead."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.errors import Invalid
from crm.followups import repository, service
from crm.followups.planning import current
from crm.followups.schemas import AttemptDraft, FollowUpFigures, FollowUpForm, FollowUpHours
from crm.paging import Cursor, Listing, SliceSize, cut, listing
from crm.policy.follow_up import figures, hours_text, may_ring
from crm.views import followups as view
from crm.web.context import LensDep, SessionDep, TransactionalRoute
from crm.wire import PageTime

router = APIRouter(route_class=TransactionalRoute, tags=["followups"])
FollowUpPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_MAY_CALL = (Role.AGENT, Role.SUPERVISOR)
_NAMES = {"due": "今天", "later": "以后", "done": "已回访", "supervisor": "主管回电"}
_USUAL = timedelta(days=30)
_LONGEST = timedelta(days=400)


@router.get("/followups", operation_id="listFollowUps")
async def list_follow_ups(
    session: SessionDep,
    lens: LensDep,
    tab: Literal["due", "later", "done", "supervisor"] = "due",
    cursor: Cursor = "",
    size: SliceSize = 50,
) -> Listing[FollowUpForm]:
    """due: to be rung today; later: whose day has not come; done; supervisor: whose answer made a supervisor ring."""
    require(lens.viewer, *_MAY_CALL)
    await note(session, lens.viewer, "followups_seen", "list", _NAMES[tab], lens.now)
    found, total = await repository.search(session, tab, lens.now, cursor=cursor, limit=size + 1)
    kept, after = cut(found, size, repository.place)
    return listing(await view.forms(session, kept, lens), after, total)


@router.get("/followups-hours", operation_id="getFollowUpHours")
async def hours(session: SessionDep, lens: LensDep) -> FollowUpHours:
    """When customers may be rung, and whether now is such a time."""
    require(lens.viewer, *_MAY_CALL)
    rules = await current(session, lens.now)
    return FollowUpHours(open=may_ring(rules, lens.now), text=hours_text(rules), low_score=rules.low_score)


@router.get("/followups-figures", operation_id="getFollowUpFigures")
async def get_figures(
    session: SessionDep,
    lens: LensDep,
    since: Annotated[PageTime | None, Query(alias="from")] = None,
    until: Annotated[PageTime | None, Query(alias="to")] = None,
) -> FollowUpFigures:
    """What the follow-ups that ended from a time until another say, at most 400 days; else of the last 30 days."""
    require(lens.viewer, Role.SUPERVISOR, Role.QUALITY, Role.ADMIN)
    until = until or lens.now
    since = since or until - _USUAL
    if not since < until <= since + _LONGEST:
        raise Invalid("时间段不对：结束要晚于开始，最长 400 天", fields=[{"field": "to", "detail": "时间段不对"}])
    rules = await current(session, lens.now)
    return view.figures_form(figures(rules, await repository.counted(session, since, until)), since, until)


@router.post("/followups/{follow_up}/take", operation_id="takeFollowUp")
async def take(follow_up: FollowUpPath, session: SessionDep, lens: LensDep) -> FollowUpForm:
    """Take it for ten minutes; 409 `not_now` outside of the hours, 409 `follow_up_taken` while it is another's.

    A number that is marked 勿呼 is not rung: the follow-up ends with the outcome `do_not_call`.
    """
    require(lens.viewer, *_MAY_CALL)
    taken = await service.take(session, follow_up, lens.viewer, lens.now)
    return (await view.forms(session, [taken], lens))[0]


@router.post("/followups/{follow_up}/attempts", operation_id="tellFollowUp", status_code=201)
async def tell(follow_up: FollowUpPath, body: AttemptDraft, session: SessionDep, lens: LensDep) -> FollowUpForm:
    """Write down how an attempt went. Not mended opens the first ticket again; a low score or a broken rule of 五不准
    makes a supervisor ring; nobody reached, or no time: another day, three days at most."""
    require(lens.viewer, *_MAY_CALL)
    told = await service.attempt(session, follow_up, body, lens.viewer, lens.now)
    return (await view.forms(session, [told], lens))[0]
