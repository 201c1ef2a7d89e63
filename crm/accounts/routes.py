"""Logging in and out of the pages; the accounts that administrators keep."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Request, Response

from crm.accounts import repository, service, staff
from crm.accounts.models import Account
from crm.accounts.schemas import AccountChange, AccountForm, AccountSaved, LogIn, PasswordChange, Role
from crm.agents.schemas import Me
from crm.errors import Forbidden
from crm.views import me
from crm.web.context import (
    COOKIE,
    CSRF_HEADER,
    LensDep,
    NowDep,
    PartsDep,
    SessionDep,
    TransactionalRoute,
    ViewerDep,
    lens_of,
)

router = APIRouter(route_class=TransactionalRoute, tags=["session"])
AccountPath = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{1,20}$")]


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
    await _give_cookie(request, response, session, account, parts, now)
    return await me.me(session, lens_of(parts, service.viewer(account), now), parts.settings.zone)


@router.delete("/session", operation_id="logOut", status_code=204)
async def log_out(request: Request, response: Response, session: SessionDep, parts: PartsDep) -> None:
    """Log out; the cookie is forgotten on both sides."""
    if request.headers.get(CSRF_HEADER) != "1":
        raise Forbidden("请求不是从本页面发出的", code="csrf")
    secret = parts.settings.cookie_secret.get_secret_value()
    await service.end_session(session, request.cookies.get(COOKIE, ""), secret)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


@router.put("/me/password", operation_id="changePassword", status_code=204)
async def change_password(
    body: PasswordChange, request: Request, response: Response, session: SessionDep, viewer: ViewerDep, parts: PartsDep,
    now: NowDep,
) -> None:  # fmt: skip
    """Change one's own password; other log-ins end, this one goes on."""
    await staff.change_own_password(session, parts.throttle, viewer, body.old, body.new, now)
    account = await repository.by_number(session, viewer.number)
    if account is not None:
        await _give_cookie(request, response, session, account, parts, now)


# accounts are PUT, not POST: the answer holds a password, and answers of POSTs with an Idempotency-Key are stored


@router.get("/accounts", operation_id="listAccounts")
async def list_accounts(session: SessionDep, viewer: ViewerDep, now: NowDep) -> list[AccountForm]:
    """All accounts, the active ones first."""
    service.require(viewer, Role.ADMIN)
    return await staff.forms(session, await repository.everybody(session), now)


@router.put("/accounts/{account}", operation_id="saveAccount")
async def save_account(
    account: AccountPath, body: AccountChange, session: SessionDep, lens: LensDep, parts: PartsDep,
    after: BackgroundTasks,
) -> AccountSaved:  # fmt: skip
    """Make (version 0) or change an account; its pages are told to connect again, with the rights it has then."""
    service.require(lens.viewer, Role.ADMIN)
    saved, password = await staff.save(session, parts.telephone, account, body, lens.viewer, lens.now)
    after.add_task(parts.hub.dismiss, saved.id)
    return AccountSaved(account=(await staff.forms(session, [saved], lens.now))[0], password=password)


@router.put("/accounts/{account}/password", operation_id="resetPassword")
async def reset_password(
    account: AccountPath, session: SessionDep, lens: LensDep, parts: PartsDep, after: BackgroundTasks
) -> AccountSaved:
    """Give a new password, told this once; every log-in of the account ends."""
    service.require(lens.viewer, Role.ADMIN)
    changed, password = await staff.reset(session, account, lens.viewer, lens.now)
    after.add_task(parts.hub.dismiss, changed.id)
    return AccountSaved(account=(await staff.forms(session, [changed], lens.now))[0], password=password)


async def _give_cookie(
    request: Request, response: Response, session: SessionDep, account: Account, parts: PartsDep, now: NowDep
) -> None:
    secret = parts.settings.cookie_secret.get_secret_value()
    response.set_cookie(
        COOKIE,
        await service.open_session(session, account, secret, now),
        max_age=int(service.SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
