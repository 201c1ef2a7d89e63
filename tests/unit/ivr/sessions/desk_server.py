"""crm's private HTTP in front of a Desk in memory: a real server on a real port."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from ivr.contract.desk import DeskFailed, FactsRefused, WarrantyQuestion
from ivr.contract.envelope import parse_envelope
from speech.contract import encode
from tests.unit.ivr.sessions.fakes import MemoryDesk

TOKEN = "token-of-the-tests"


def desk_app(desk: MemoryDesk, twist: dict[str, Any]) -> FastAPI:
    """Return the application. twist: path -> a raw body, a status, or "slow", instead of the right answer."""
    app = FastAPI(openapi_url=None)

    @app.middleware("http")
    async def twisted(request: Request, call_next: Any) -> Any:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Response(status_code=401)
        how = twist.get(request.url.path)
        if how == "slow":
            await asyncio.sleep(30)
        if isinstance(how, int):
            return Response(status_code=how)
        if isinstance(how, bytes):
            return Response(how, media_type="application/json")
        if desk.away:
            return Response(status_code=503)
        return await call_next(request)

    @app.post("/internal/identify")
    async def identify(request: Request) -> JSONResponse:
        body = await request.json()
        return JSONResponse(encode(await desk.identify(body["caller_e164"], body["did"])))

    @app.post("/internal/numbers")
    async def numbers(request: Request) -> JSONResponse:
        return JSONResponse(encode(await desk.lease_numbers((await request.json())["node"])))

    @app.post("/internal/warranty")
    async def warranty(request: Request) -> JSONResponse:
        body = await request.json()
        bought_on = date.fromisoformat(body["bought_on"]) if body["bought_on"] else None
        question = WarrantyQuestion(**{**body, "bought_on": bought_on, "cause": body["cause"] or ""})
        return JSONResponse(encode(await desk.warranty(question)))

    @app.post("/internal/visit-code")
    async def visit_code(request: Request) -> JSONResponse:
        return JSONResponse(encode(await desk.visit_code(**await request.json())))

    @app.post("/internal/tickets/of")
    async def tickets_of(request: Request) -> JSONResponse:
        found = await desk.tickets_of((await request.json())["caller_e164"])
        return JSONResponse({"tickets": encode(found)})

    @app.post("/internal/tickets/find")
    async def find_ticket(request: Request) -> JSONResponse:
        body = await request.json()
        return JSONResponse(encode(await desk.find_ticket(body["number"], body["tail"])))

    @app.post("/internal/callbacks/open")
    async def open_callback(request: Request) -> JSONResponse:
        return JSONResponse({"open": await desk.open_callback((await request.json())["number"])})

    @app.post("/internal/facts")
    async def facts(request: Request) -> JSONResponse:
        return await _ship(desk, await request.json())

    return app


async def _ship(desk: MemoryDesk, body: dict[str, Any]) -> JSONResponse:
    try:
        return JSONResponse({"acked": await desk.ship([parse_envelope(item) for item in body["facts"]])})
    except DeskFailed:
        return JSONResponse({"code": "failed"}, 500, media_type="application/problem+json")
    except FactsRefused as refused:
        status, _, code = refused.reason.partition(" ")
        problem = {"code": code} | ({"highest": refused.highest} if refused.conflict else {})
        return JSONResponse(problem, int(status), media_type="application/problem+json")


@contextlib.asynccontextmanager
async def desk_server(desk: MemoryDesk, twist: dict[str, Any] | None = None, port: int = 0) -> AsyncIterator[int]:
    """Run it; yield the port."""
    config = uvicorn.Config(
        desk_app(desk, twist or {}), host="127.0.0.1", port=port, log_config=None, lifespan="off", ws="none"
    )
    async with web_server(uvicorn.Server(config)) as used:
        yield used


@contextlib.asynccontextmanager
async def web_server(server: uvicorn.Server) -> AsyncIterator[int]:
    """Run a uvicorn server in this loop; yield its port."""
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    ticking = asyncio.create_task(server.main_loop())
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await ticking
        await server.shutdown()
