"""What a request has at hand: its transaction, the time, who asks, and the parts of the process."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession

from crm import idempotency
from crm.accounts import service as accounts
from crm.accounts.schemas import Viewer
from crm.audio import Audio
from crm.database import milliseconds
from crm.errors import Forbidden, NotSignedIn
from crm.idempotency import HEADER
from crm.knowledge.keeper import PackKeeper
from crm.lens import Lens
from crm.settings import Settings
from crm.telephone import Telephone
from crm.transaction import UnitOfWork

if TYPE_CHECKING:
    from crm.views.board import BoardRules
    from crm.web.health import Health
    from crm.web.hub import Hub

COOKIE = "hotline_session"
CSRF_HEADER = "X-Hotline"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Parts:
    """The process's parts, made by crm.bootstrap and kept in app.state.parts."""

    settings: Settings
    work: UnitOfWork
    now: Callable[[], datetime]
    throttle: accounts.Throttle
    telephone: Telephone
    hub: "Hub"
    audio: Audio
    health: "Health"
    rules: "BoardRules"
    knowledge: PackKeeper


class TransactionalRoute(APIRoute):
    """One request = one transaction: commits when the handler returns, rolls back when it raises.

    A handler whose transaction had to give way to another writer is called a second time, with the same request. Each
    POST honours Idempotency-Key, and says so in the OpenAPI document.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if "POST" in (options.get("methods") or ()):
            extra = options.get("openapi_extra") or {}
            options["openapi_extra"] = {**extra, "parameters": [*extra.get("parameters", ()), idempotency.PARAMETER]}
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler; the response is sent only after the commit."""
        handler = super().get_route_handler()

        async def transactional(request: Request) -> Response:
            await request.body()  # kept in the request; a slow peer must not hold a transaction open

            async def block(session: AsyncSession) -> Response:
                request.state.session = session
                if request.method == "POST" and HEADER in request.headers:
                    return await _once(request, session, handler)
                return await handler(request)

            return await get_parts(request).work.run(block)

        return transactional


async def _once(
    request: Request, session: AsyncSession, handler: Callable[[Request], Coroutine[Any, Any, Response]]
) -> Response:
    """Do what is asked unless the same Idempotency-Key did it: then give the earlier answer."""
    parts = get_parts(request)
    authorization, cookie = request.headers.get("authorization", ""), request.cookies.get(COOKIE, "")
    who = await identify(session, authorization, cookie, parts, parts.now())
    if who is None:  # the handler says what is missing
        return await handler(request)
    path = request.url.path
    scope = idempotency.scope_of(request.headers[HEADER], f"{who.id} {who.name}", path)
    held = await idempotency.claim(session, scope, await request.body(), milliseconds(parts.now()))
    if held is not None:
        return Response(held.answer, held.status, {"Idempotency-Replayed": "true"}, "application/json")
    answer = await handler(request)
    await idempotency.keep_answer(session, scope, answer.status_code, bytes(answer.body))
    return answer


def get_parts(request: Request) -> Parts:
    """Return the process's parts."""
    parts: Parts = request.app.state.parts
    return parts


def get_session(request: Request) -> AsyncSession:
    """Return the request's transaction."""
    session: AsyncSession = request.state.session
    return session


def get_now(request: Request) -> datetime:
    """Return the time of the request in UTC with milliseconds."""
    return milliseconds(get_parts(request).now())


PartsDep = Annotated[Parts, Depends(get_parts)]
SessionDep = Annotated[AsyncSession, Depends(get_session)]
NowDep = Annotated[datetime, Depends(get_now)]


async def get_viewer(request: Request, session: SessionDep, parts: PartsDep, now: NowDep) -> Viewer:
    """Return who asks; raises NotSignedIn, or Forbidden when a page's unsafe request lacks the header."""
    viewer = await identify(
        session, request.headers.get("authorization", ""), request.cookies.get(COOKIE, ""), parts, now
    )
    if viewer is None:
        raise NotSignedIn("请先登录")
    if request.method not in _SAFE and not viewer.program and request.headers.get(CSRF_HEADER) != "1":
        raise Forbidden("请求不是从本页面发出的", code="csrf")
    return viewer


async def identify(
    session: AsyncSession, authorization: str, cookie: str, parts: Parts, now: datetime
) -> Viewer | None:
    """Return who holds the bearer token or the cookie, None when neither is good."""
    secret = parts.settings.cookie_secret.get_secret_value()
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer" and value:
        return await accounts.viewer_of_token(session, value.strip(), secret)
    return await accounts.viewer_of_session(session, cookie, secret, now) if cookie else None


ViewerDep = Annotated[Viewer, Depends(get_viewer)]


def lens_of(parts: Parts, viewer: Viewer, now: datetime) -> Lens:
    """Return through whose eyes an answer is made."""
    return Lens(viewer=viewer, audio=parts.audio, now=now, zone=parts.settings.zone)


def get_lens(parts: PartsDep, viewer: ViewerDep, now: NowDep) -> Lens:
    """Return through whose eyes this request's answer is made."""
    return lens_of(parts, viewer, now)


LensDep = Annotated[Lens, Depends(get_lens)]
