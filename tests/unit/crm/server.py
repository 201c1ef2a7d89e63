"""A real uvicorn on a free port of this machine, for what needs sockets: WebSockets and closed connections."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI

from tests.unit.crm.waiting import until


@contextlib.asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[int]:
    """Serve the application; gives the port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = int(listening.getsockname()[1])
        config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1, ws="websockets-sansio")
        server = uvicorn.Server(config)
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # pytest keeps its own
        task = asyncio.create_task(server.serve(sockets=[listening]))
        await until(lambda: server.started)
        try:
            yield port
        finally:
            server.should_exit = True
            await task
