"""crm's own server on a free port of this machine, for what needs sockets: WebSockets and closed connections."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

from fastapi import FastAPI

from crm.serve import web_server
from tests.unit.crm.waiting import until


@contextlib.asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[int]:
    """Serve the application; gives the port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = int(listening.getsockname()[1])
        server = web_server(app, port)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        await until(lambda: server.started)
        try:
            yield port
        finally:
            server.should_exit = True
            await task
