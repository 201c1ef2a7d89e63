"""Call-backs: list, taken, done."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.callbacks import repository, service, turns
from crm.callbacks.forms import forms
from crm.callbacks.schemas import CallbackDone, CallbackForm, CallbackTake
from crm.paging import Cursor, Listing, SliceSize, cut, listing
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["callbacks"])
TaskPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_MAY_CALL = (Role.AGENT, Role.SUPERVISOR)
_MARKED = {"wrong": "号码标了有误"}
_NO_REASON = CallbackTake()
_REASONS = {"callback": "", "voicemail": "voicemail", "abandoned": "abandoned"}
_NAMES = {"callback": "待回拨", "voicemail": "留言", "abandoned": "排队放弃"}


@router.get("/callbacks", operation_id="listCallbacks")
async def list_callbacks(
    session: SessionDep,
    lens: LensDep,
    tab: Literal["callback", "voicemail", "abandoned"] = "callback",
    done: bool = False,
    cursor: Cursor = "",
    size: SliceSize = 50,
) -> Listing[CallbackForm]:
    """Tasks, what is due first; numbers in full because they must be dialled."""
    require(lens.viewer, *_MAY_CALL)
    await note(session, lens.viewer, "callbacks_seen", "list", "已办完" if done else _NAMES[tab], lens.now)
    found, total = await repository.search(session, reason=_REASONS[tab], done=done, cursor=cursor, limit=size + 1)
    kept, after = cut(found, size, repository.place)
    return listing(await forms(session, kept), after, total)


@router.post("/callbacks/{task}/take", operation_id="takeCallback")
async def take(task: TaskPath, session: SessionDep, lens: LensDep, body: CallbackTake = _NO_REASON) -> CallbackForm:
    """Take it for ten minutes: who rings now is shown to the others; 409 `callback_taken` while it is another's.

    A number marked wrong, or 勿呼 whose caller did not ask, is rung with a reason only (422 `do_not_call`); it goes
    into the timelines of its tickets and the audit log.
    """
    require(lens.viewer, *_MAY_CALL)
    taken = await service.take(session, task, lens.viewer, lens.now, body.reason)
    form = (await forms(session, [taken]))[0]
    if form.do_not_call and body.reason:
        await note(session, lens.viewer, "unwanted_call", "callback", task, lens.now, reason=body.reason)
        marked = _MARKED.get(form.do_not_call, "标了勿呼")
        await turns.tell(session, taken, f"{marked}，仍要回拨：{body.reason}", lens.now, lens.viewer.name)
    return form


@router.post("/callbacks/{task}/done", operation_id="finishCallback")
async def finish(task: TaskPath, body: CallbackDone, session: SessionDep, lens: LensDep) -> CallbackForm:
    """Record how it went; nobody answering leaves the task open for `again_min` minutes later."""
    require(lens.viewer, *_MAY_CALL)
    done = await service.finish(session, task, result=body.result, note=body.note, actor=lens.viewer.name, now=lens.now)
    return (await forms(session, [done]))[0]
