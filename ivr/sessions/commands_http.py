"""ivr's private HTTP: commands of crm, status, and the node each dialogue listens at."""

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from ivr.sessions.caller_id import to_e164
from ivr.sessions.commands import CommandExecutor, InvalidCommand, parse_command
from ivr.sessions.live import LiveBoard
from speech.contract import encode

MAX_BODY = 16_384
_MAX_POLL_S = 25.0


class _BadRequest(Exception):
    """The request cannot be read; `status` is the answer's."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


def commands_app(
    executor: CommandExecutor, live: LiveBoard, status: Callable[[], Mapping[str, Any]], token: str
) -> FastAPI:
    """Return the application; every path wants the bearer token."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.middleware("http")
    async def authorized(request: Request, call_next: Callable[[Request], Awaitable[Any]]) -> Any:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {token}".encode()):
            return _error(401, "unauthorized")
        return await call_next(request)

    @app.exception_handler(_BadRequest)
    async def bad(request: Request, error: _BadRequest) -> JSONResponse:  # noqa: ARG001 - FastAPI's signature
        return _error(error.status, error.error)

    @app.post("/commands")
    async def commands(request: Request) -> JSONResponse:
        try:
            command = parse_command(await _body(request))
        except InvalidCommand as error:
            raise _BadRequest(422, f"invalid command: {error}") from error
        return JSONResponse(encode(await executor.execute(command)))

    @app.get("/status")
    async def show_status() -> JSONResponse:
        return JSONResponse(dict(status()))

    @app.get("/live")
    async def newest(caller: str = "") -> JSONResponse:
        contact = live.newest(to_e164(caller))
        return JSONResponse({"contact": contact}) if contact else _error(404, "no dialogue of this caller")

    @app.get("/live/{contact}")
    async def listening(contact: str, after: int = 0, wait: float = _MAX_POLL_S) -> JSONResponse:
        node = await live.wait(contact, after, max(0.0, min(wait, _MAX_POLL_S)))
        return JSONResponse(node) if node is not None else _error(404, "nothing new")

    return app


def _error(status: int, error: str) -> JSONResponse:
    return JSONResponse({"error": error}, status)


async def _body(request: Request) -> Any:
    """Read a JSON body of at most MAX_BODY bytes; raises _BadRequest. How long it may take is the server's to say."""
    data = bytearray()
    try:
        async for chunk in request.stream():
            data += chunk
            if len(data) > MAX_BODY:
                raise _BadRequest(413, "body too long")
    except ClientDisconnect as error:
        raise _BadRequest(400, "gone") from error
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _BadRequest(400, "not JSON") from error
