"""The two FastAPI applications: the pages' public API with the console, and the private one for ivr."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response

from crm.accounts.routes import router as accounts
from crm.agents.routes import router as agents
from crm.audit.routes import router as audit
from crm.callbacks.routes import router as callbacks
from crm.calls.routes import router as calls
from crm.clocks.routes import router as clocks
from crm.corrections.routes import router as corrections
from crm.customers.file_routes import router as customer_files
from crm.customers.routes import router as customers
from crm.desk.routes import router as desk
from crm.engineers.routes import router as engineers
from crm.followups.routes import router as followups
from crm.gas_phones.routes import router as gas_phones
from crm.imports.routes import router as imports
from crm.knowledge.routes import router as knowledge
from crm.live.routes import router as live
from crm.messages.routes import router as messages
from crm.notices.routes import router as notices
from crm.outlets.routes import router as outlets
from crm.partners.routes import router as partners
from crm.parts.routes import router as parts_router
from crm.privacy.routes import router as privacy
from crm.products.routes import router as products
from crm.rules.routes import router as rules
from crm.saved_views.routes import router as saved_views
from crm.stock.routes import router as stock
from crm.tickets.routes import router as tickets
from crm.visits.mobile import router as mobile
from crm.visits.routes import router as visits
from crm.warranty.routes import router as warranty
from crm.web.context import Parts
from crm.web.live import router as stream
from crm.web.problems import add_handlers, problem
from crm.web.static import Console
from crm.web.status import open_router
from crm.web.status import router as status
from crm.webhooks.routes import router as webhooks

PREFIX = "/api/v1"
MOST_BYTES = 2_000_000
MOST_PHOTO_BYTES = 9_000_000
MOST_TABLE_BYTES = 6_000_000
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; frame-ancestors 'none'",
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {"application/problem+json": {}}}
    for status, text in {
        400: "Refused", 401: "Not logged in", 403: "Not allowed", 404: "Not there", 409: "Conflict", 412: "Outdated",
        422: "Invalid", 429: "Locked", 503: "Away",
    }.items()
}  # fmt: skip


_ROUTERS = (
    accounts, agents, live, tickets, calls, customers, callbacks, knowledge, outlets,
    engineers, visits, customer_files, products, open_router, status, stream, warranty,
    clocks, parts_router, rules, audit, privacy, webhooks, imports, messages, saved_views,
    stock, partners, notices, followups, gas_phones, corrections,
)  # fmt: skip


def make_web_app(parts: Parts) -> FastAPI:
    """Return the public application."""
    app = FastAPI(
        title="400 hotline",
        version="1",
        description="See crm/API.md.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=f"{PREFIX}/docs",
        redoc_url=None,
        responses=_PROBLEMS,
    )
    app.state.parts = parts
    api = APIRouter(prefix=PREFIX)
    for router in _ROUTERS:
        api.include_router(router)
    app.include_router(api)
    app.include_router(mobile)
    app.mount("/", Console())
    app.middleware("http")(_guard)
    add_handlers(app)
    return app


def make_desk_app(parts: Parts) -> FastAPI:
    """Return the private application."""
    app = FastAPI(title="400 hotline, private", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.parts = parts
    app.include_router(desk)
    app.middleware("http")(_limit_body)
    add_handlers(app)
    return app


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await _limit_body(request, call_next)
    for name, value in _HEADERS.items():
        if not request.url.path.startswith(f"{PREFIX}/docs"):
            response.headers.setdefault(name, value)
    if request.url.path.startswith(PREFIX):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _most(request: Request) -> int:
    """Return how long a body may be: photos and tables are longer."""
    path = request.url.path
    photo = path.startswith("/v/") or (path.startswith(f"{PREFIX}/visits/") and path.endswith("/photos"))
    if path.startswith(f"{PREFIX}/imports/"):
        return MOST_TABLE_BYTES
    return MOST_PHOTO_BYTES if photo else MOST_BYTES


async def _limit_body(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > _most(request):
        return problem(413, "内容太大", "too_large")
    if "chunked" in request.headers.get("transfer-encoding", ""):
        return problem(411, "请求没有说明长度", "length_required")
    return await call_next(request)
