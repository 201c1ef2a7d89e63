"""Logging in and out of the pages."""

from fastapi import APIRouter, Request, Response

from crm.accounts import service
from crm.accounts.schemas import LogIn
from crm.agents.schemas import Me
from crm.errors import Forbidden
from crm.views import me
from crm.web.context import COOKIE, CSRF_HEADER, NowDep, PartsDep, SessionDep, TransactionalRoute, lens_of

router = APIRouter(route_class=TransactionalRoute, tags=["session"])


@router.post("/session", operation_id="logIn", status_code=201)
async def log_in(
    body: LogIn, request: Request, response: Response, session: SessionDep, parts: PartsDep, now: NowDep
) -> Me:
    """Log in by 工号 and password; sets the cookie. Locked for 15 minutes after five wrong ones."""
    if request.headers.get(CSRF_HEADER) != "1":
        raise Forbidden("请求不是从本页面发出的", code="csrf")
    account = await service.log_in(
        session, parts.throttle, number=body.number, password=body.password, now=now, zone=parts.settings.zone
    )
    secret = parts.settings.cookie_secret.get_secret_value()
    response.set_cookie(
        COOKIE,
        await service.open_session(session, account, secret, now),
        max_age=int(service.SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return await me.me(session, lens_of(parts, service.viewer(account), now), parts.settings.zone)


@router.delete("/session", operation_id="logOut", status_code=204)
async def log_out(request: Request, response: Response, session: SessionDep, parts: PartsDep) -> None:
    """Log out; the cookie is forgotten on both sides."""
    if request.headers.get(CSRF_HEADER) != "1":
        raise Forbidden("请求不是从本页面发出的", code="csrf")
    secret = parts.settings.cookie_secret.get_secret_value()
    await service.end_session(session, request.cookies.get(COOKIE, ""), secret)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
