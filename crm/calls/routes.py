"""Calls, their recordings and clips."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse

from crm.accounts.schemas import SEES_PEOPLE
from crm.accounts.service import require
from crm.audit.service import note
from crm.calls import repository, service
from crm.calls.errors import ClipMissing
from crm.calls.schemas import CallForm, CallRow
from crm.calls.service import LegName
from crm.paging import Cursor, Listing, SliceSize, cut, listing
from crm.views import calls as view
from crm.web.context import LensDep, SessionDep, TransactionalRoute
from crm.wire import PageTime, Search, Text

router = APIRouter(route_class=TransactionalRoute, tags=["calls"])
ContactPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$")]
_WAV: dict[int | str, dict[str, Any]] = {200: {"content": {"audio/wav": {}}}, 206: {"description": "A part of it"}}


@router.get("/calls", operation_id="listCalls")
async def list_calls(
    session: SessionDep,
    lens: LensDep,
    q: Search = "",
    since: Annotated[PageTime | None, Query(alias="from")] = None,
    until: Annotated[PageTime | None, Query(alias="to")] = None,
    outcome: Annotated[Text, Query(max_length=40)] = "",
    cursor: Cursor = "",
    size: SliceSize = 50,
) -> Listing[CallRow]:
    """Calls, newest first; agents see those that rang at their telephone."""
    require(lens.viewer, *SEES_PEOPLE)
    where = repository.conditions(since=since, until=until, outcome=outcome, agent=service.listed_for(lens.viewer))
    where += await repository.about(session, q)
    found, total = await repository.search(session, where, cursor=cursor, limit=size + 1)
    kept, after = cut(found, size, lambda contact: (contact.started_at, contact.id))
    return listing(await view.rows(session, kept, lens), after, total)


@router.get("/calls/{contact}", operation_id="getCall")
async def get_call(contact: ContactPath, session: SessionDep, lens: LensDep) -> CallForm:
    """One call: path, turns, matters, queue visits, pops, recording."""
    found = await service.open_call(session, contact, lens.viewer)
    await note(session, lens.viewer, "call_seen", "contact", contact, lens.now)
    return await view.call(session, found, lens)


@router.get("/calls/{contact}/recording", operation_id="getRecording", response_class=FileResponse, responses=_WAV)
async def get_recording(
    contact: ContactPath, session: SessionDep, lens: LensDep, leg: LegName = "stereo"
) -> FileResponse:
    """The recording as WAV, with Range: left the caller, right the agent. The access is logged."""
    found = await service.open_call(session, contact, lens.viewer)
    path = await service.recording_file(session, found, leg, lens)
    await note(session, lens.viewer, "recording_played", "contact", contact, lens.now, detail=leg)
    return FileResponse(path, media_type="audio/wav", headers={"Cache-Control": "private, no-store"})


@router.get("/clips/{contact}/{name}", operation_id="getClip", response_class=FileResponse, responses=_WAV)
async def get_clip(
    contact: ContactPath,
    name: Annotated[str, Path(pattern=r"^[A-Za-z0-9_.@-]{1,120}$")],
    session: SessionDep,
    lens: LensDep,
) -> FileResponse:
    """One answer of the caller as WAV, with Range. The access is logged."""
    await service.open_call(session, contact, lens.viewer)
    path = lens.audio.clip(contact, name)
    if path is None:
        raise ClipMissing("原声还没有传到")
    await note(session, lens.viewer, "clip_played", "contact", contact, lens.now, detail=name)
    return FileResponse(path, media_type="audio/wav", headers={"Cache-Control": "private, no-store"})
