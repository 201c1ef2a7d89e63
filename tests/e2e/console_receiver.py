"""A program elsewhere that is told of events by webhooks: answers as it is set and notes what it was told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI, Request, Response

from tests.e2e.console_crm import free_port
from tests.e2e.served import served


@dataclass
class Receiver:
    """url: its address; what is told below /down it never takes. answer: status of every other answer."""

    url: str
    answer: int = 204
    numbers: list[int] = field(default_factory=list)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Serve until the block ends."""
    port = free_port()
    receiver = Receiver(f"http://127.0.0.1:{port}")
    app = FastAPI()

    @app.post("/{path:path}")
    async def take(path: str, request: Request) -> Response:
        receiver.numbers.append(int(request.headers["X-Hotline-Event"]))
        return Response(status_code=503 if path.startswith("down") else receiver.answer)

    async with served(app, port):
        yield receiver
