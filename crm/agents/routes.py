"""The agent's own state: sign in and out, ready, pause."""

from fastapi import APIRouter

from crm.agents import service
from crm.agents.schemas import Me, Pause, SignIn
from crm.views import me
from crm.web.context import LensDep, NowDep, PartsDep, SessionDep, TransactionalRoute, ViewerDep, lens_of

router = APIRouter(route_class=TransactionalRoute, tags=["me"])


@router.get("/me", operation_id="getMe")
async def get_me(session: SessionDep, lens: LensDep, parts: PartsDep) -> Me:
    """Who is logged in, and the state of their telephone."""
    return await me.me(session, lens, parts.settings.zone)


@router.post("/me/sign-in", operation_id="signIn")
async def sign_in(body: SignIn, session: SessionDep, viewer: ViewerDep, parts: PartsDep, now: NowDep) -> Me:
    """Take calls at a telephone for queues."""
    changed = await service.sign_in(session, parts.telephone, viewer, body.extension, body.queues, now)
    return await me.me(session, lens_of(parts, changed, now), parts.settings.zone)


@router.post("/me/sign-out", operation_id="signOut")
async def sign_out(session: SessionDep, lens: LensDep, parts: PartsDep) -> Me:
    """Take no more calls."""
    await service.sign_out(parts.telephone, lens.viewer, lens.now)
    return await me.me(session, lens, parts.settings.zone)


@router.post("/me/ready", operation_id="becomeReady")
async def ready(session: SessionDep, lens: LensDep, parts: PartsDep) -> Me:
    """Take the next call; also ends the wrap-up."""
    await service.ready(parts.telephone, lens.viewer, lens.now)
    return await me.me(session, lens, parts.settings.zone)


@router.post("/me/pause", operation_id="pause")
async def pause(body: Pause, session: SessionDep, lens: LensDep, parts: PartsDep) -> Me:
    """Take no calls for a while, with a reason."""
    await service.pause(parts.telephone, lens.viewer, body.reason, lens.now)
    return await me.me(session, lens, parts.settings.zone)
