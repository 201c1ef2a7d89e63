"""Errors on the wire: problem+json with a constant code and a Chinese detail, the same for every route."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from crm.errors import Refusal
from crm.transaction import sql_state

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
_DATABASE_AWAY = "暂时连不上数据库，没有保存成功；请稍后再试，通话不受影响"
_DATABASE_BUSY = "正好有别人在改同一份资料，没有保存成功；请再试一次"
_TOO_LONG = "这一次查得太久，没有查完；请加一个条件再查"
_READS = ("GET", "HEAD")
_BUSY = ("40001", "40P01", "55P03", "57014")  # serialization, deadlock, lock not available, statement timeout
_DETAILS = {404: "没有这个地址", 405: "这个地址不支持这种操作", 413: "内容太大"}


def problem(
    status: int,
    detail: str,
    code: str,
    fields: Sequence[Mapping[str, str]] = (),
    members: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """Return an error as problem+json (RFC 9457)."""
    content = {
        **(members or {}),
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "fields": list(fields),
    }
    return JSONResponse(content, status, media_type=MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Make every error of the application a problem."""
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    for away in (OperationalError, InterfaceError, PoolTimeoutError, ConnectionError):
        app.add_exception_handler(away, _database_away)
    app.add_exception_handler(DBAPIError, _database_error)
    app.add_exception_handler(Exception, _unexpected)


async def _refusal(_: Request, error: Exception) -> JSONResponse:
    assert_type = error if isinstance(error, Refusal) else Refusal("请求被拒绝")
    return problem(assert_type.status, assert_type.detail, assert_type.code, assert_type.fields, assert_type.members)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    raw = error.errors() if isinstance(error, RequestValidationError) else []
    fields = [{"field": ".".join(str(part) for part in item["loc"][1:]), "detail": "填写的内容不对"} for item in raw]
    return problem(422, "填写的内容不对，请检查后再提交", "invalid", fields)


async def _http(_: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    answer = problem(status, _DETAILS.get(status, "请求不对"), f"http_{status}")
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


async def _gone(request: Request, _: Exception) -> JSONResponse:
    """Nobody hears it: the peer went, or was too slow, with its request half said."""
    log.info("client_gone", path=request.scope.get("path"))
    return problem(400, "请求没有发完", "gone")


async def _database_away(request: Request, error: Exception) -> JSONResponse:
    state = sql_state(error) if isinstance(error, DBAPIError) else ""
    if state in _BUSY:
        log.warning("database_busy", path=request.scope.get("path"), sqlstate=state)
        reads = request.scope.get("method") in _READS
        return problem(503, _TOO_LONG if reads else _DATABASE_BUSY, "database_busy")
    log.warning("database_away", path=request.scope.get("path"), error=type(error).__name__)
    return problem(503, _DATABASE_AWAY, "database_unavailable")


async def _database_error(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return await _database_away(request, error)
    # The database's own message can quote a row, so only its code is logged.
    cause = error.orig if isinstance(error, DBAPIError) else None
    state = getattr(cause, "sqlstate", "")
    log.error("statement_failed", path=request.scope.get("path"), error=type(cause).__name__, sqlstate=state)
    return _failed()


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("request_failed", path=request.scope.get("path"), error=type(error).__name__, exc_info=error)
    return _failed()


def _failed() -> JSONResponse:
    return problem(500, "这次操作没有成功，已记录；请再试一次", "failed")
